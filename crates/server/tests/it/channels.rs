//! Channels: added, edited, embedded, deleted with all that belongs to them.

use server::clock::Clock;
use testkit::{Heard, TestServer, db_tests};
use types::agents::Role;
use types::channels::{Channel, ChannelContents, ChannelPatch, ChannelStyle, Channels, CreateChannel, DeleteChannel};
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::messages::MessageWindow;
use types::page::Page;

db_tests!(
    a_channel_is_added_edited_and_listed,
    an_edit_that_changes_nothing_tells_nobody,
    null_is_not_absent,
    wrong_fields_are_named,
    only_admins_change_channels,
    an_organisation_has_at_most_500_channels,
    deleting_asks_for_the_name_and_takes_everything_at_once,
    an_interrupted_purge_goes_on_at_the_next_start,
    a_purge_that_nobody_told_of_is_found_by_a_look_now_and_then,
    channels_are_purged_one_after_the_other,
    the_loader_carries_the_channels_configuration,
    the_chat_page_embeds_the_loader,
);

fn path(channel: &Channel) -> String {
    format!("/api/v1/channels/{}", channel.id)
}

async fn a_channel_is_added_edited_and_listed(server: TestServer) {
    let organisation = server.organisation().await;
    let first = organisation.channel().await;
    assert_eq!((first.name.as_str(), first.enabled, first.alert, first.style_revision), ("官网", true, true, 1));
    let public_url = &server.state().config.public_url;
    assert_eq!(
        first.embed_code,
        format!("<script src=\"{public_url}/w/{}.js\" charset=\"utf-8\"></script>", first.key)
    );
    assert_eq!(first.chat_url, format!("{public_url}/chat/{}", first.key));
    server.clock.advance(1_000);
    let second = organisation.channel().await;
    assert_ne!(first.key, second.key);

    let style = ChannelStyle { color: "#ff6600".to_owned(), ..ChannelStyle::default() };
    let patch =
        ChannelPatch { name: Some(" 旗舰店 ".to_owned()), style: Some(style.clone()), ..ChannelPatch::default() };
    let edited: Channel = organisation.admin.patch(&path(&first), &patch).await.having(200).json();
    assert_eq!((edited.name.as_str(), edited.style.clone(), edited.style_revision), ("旗舰店", style, 2));
    assert_eq!(edited.introduction, first.introduction, "what the patch leaves out stays");
    assert_eq!(edited.key, first.key, "pasted tags go on working");
    let agent = organisation.agent(Role::Agent).await;
    let listed: Channels = agent.get("/api/v1/channels").await.json();
    assert_eq!(listed.items, [edited.clone(), second]);
    assert_eq!(agent.get(&path(&first)).await.json::<Channel>(), edited);
}

async fn an_edit_that_changes_nothing_tells_nobody(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (mut socket, _) = organisation.admin.socket().await;
    let same = ChannelPatch { name: Some(channel.name.clone()), enabled: Some(true), ..ChannelPatch::default() };
    server.clock.advance(1_000);
    let after: Channel = organisation.admin.patch(&path(&channel), &same).await.having(200).json();
    assert_eq!(after, channel);
    assert!(socket.heard_so_far().await.is_empty());
}

async fn null_is_not_absent(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (&organisation.admin, organisation.channel().await);
    let patch = serde_json::json!({"name": "新", "introduction": "新", "alert": false, "enabled": false,
        "style": {"color": "#ffffff"}});
    for field in patch.as_object().unwrap().keys() {
        let mut body = patch.clone();
        body[field] = serde_json::Value::Null;
        let refused = admin.patch(&path(&channel), &body).await.having(400);
        assert_eq!(refused.code(), ErrorCode::MalformedRequest);
        assert!(
            refused.text().contains(&format!("Body: {field}: invalid type: null, expected ")),
            "{}",
            refused.text()
        );
    }
    assert_eq!(admin.get(&path(&channel)).await.json::<Channel>(), channel);
    let refused = admin.patch("/api/v1/me", &serde_json::json!({"login_state": null})).await.having(400);
    assert!(refused.text().contains("Body: login_state: "), "{}", refused.text());
}

async fn wrong_fields_are_named(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let admin = &organisation.admin;
    for (body, field, code) in [
        (serde_json::json!({"kind": "website", "name": "  "}), "name", FieldCode::Required),
        (serde_json::json!({"kind": "website", "name": "长".repeat(41)}), "name", FieldCode::TooLong),
        (serde_json::json!({"kind": "website", "name": "a\u{0}b"}), "name", FieldCode::InvalidFormat),
        (
            serde_json::json!({"kind": "website", "name": "a", "introduction": "长".repeat(501)}),
            "introduction",
            FieldCode::TooLong,
        ),
        (
            serde_json::json!({"kind": "website", "name": "a", "introduction": "a\u{0}b"}),
            "introduction",
            FieldCode::InvalidFormat,
        ),
        (
            serde_json::json!({"kind": "website", "name": "a", "style": {"color": "red"}}),
            "style.color",
            FieldCode::InvalidFormat,
        ),
        (
            serde_json::json!({"kind": "website", "name": "a", "style": {"schema": 3, "color": "#000000"}}),
            "style.schema",
            FieldCode::OutOfRange,
        ),
    ] {
        let faults = admin.post("/api/v1/channels", &body).await.having(422).faults();
        assert_eq!(faults, [(field.to_owned(), code)], "{body}");
    }
    for body in [serde_json::json!({"kind": "fax", "name": "a"}), serde_json::json!({"name": 1}), serde_json::json!([])]
    {
        assert_eq!(admin.post("/api/v1/channels", &body).await.having(400).code(), ErrorCode::MalformedRequest);
    }
    let unknown = serde_json::json!({"colour": "#000000"});
    assert_eq!(admin.patch(&path(&channel), &unknown).await.having(400).code(), ErrorCode::MalformedRequest);
    assert_eq!(admin.get("/api/v1/channels").await.json::<Channels>().items, [channel]);
}

async fn only_admins_change_channels(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let create = CreateChannel {
        kind: types::channels::ChannelKind::Website,
        name: "另一个".to_owned(),
        introduction: String::new(),
        alert: true,
        enabled: true,
        unsent_preview: false,
        max_file_megabytes: 0,
        style: ChannelStyle::default(),
        group_id: None,
    };
    let delete = DeleteChannel { name: channel.name.clone() };
    for role in [Role::Agent, Role::Supervisor] {
        let agent = organisation.agent(role).await;
        assert_eq!(agent.post("/api/v1/channels", &create).await.having(403).code(), ErrorCode::Forbidden);
        agent.patch(&path(&channel), &ChannelPatch::default()).await.expect(403);
        agent.delete_with(&path(&channel), &delete).await.expect(403);
        agent.get(&format!("{}/contents", path(&channel))).await.expect(403);
    }
    // Another organisation's admin cannot even tell that it exists.
    let stranger = server.organisation().await.admin;
    stranger.get(&path(&channel)).await.expect(404);
    stranger.patch(&path(&channel), &ChannelPatch::default()).await.expect(404);
    stranger.delete_with(&path(&channel), &delete).await.expect(404);
    stranger.get(&format!("{}/contents", path(&channel))).await.expect(404);
    assert!(stranger.get("/api/v1/channels").await.json::<Channels>().items.is_empty());
}

async fn an_organisation_has_at_most_500_channels(server: TestServer) {
    let organisation = server.organisation().await;
    let state = server.state();
    let org_id = organisation.org_id;
    let ids = state.ids.clone();
    let at = server.clock.now();
    let made = state.write(move |tx| {
        Box::pin(async move {
            for n in 0..types::limits::CHANNELS_MAX {
                let new = store::channels::NewChannel {
                    id: ids.make(types::id::ChannelId),
                    org_id,
                    kind: types::channels::ChannelKind::Website,
                    key: format!("key{n}"),
                    name: n.to_string(),
                    introduction: String::new(),
                    alert: true,
                    enabled: true,
                    unsent_preview: false,
                    max_file_megabytes: 0,
                    style: ChannelStyle::default(),
                    at,
                };
                store::channels::create(tx.conn(), new).await?;
            }
            Ok(())
        })
    });
    made.await.unwrap();
    let one_more = serde_json::json!({"kind": "website", "name": "太多"});
    let refused = organisation.admin.post("/api/v1/channels", &one_more).await.having(409);
    assert_eq!(refused.code(), ErrorCode::Conflict);
}

async fn deleting_asks_for_the_name_and_takes_everything_at_once(server: TestServer) {
    let organisation = server.organisation().await;
    let (channel, kept) = (organisation.channel().await, organisation.channel().await);
    let admin = &organisation.admin;
    let (visitor, other) = (server.visit(&channel.key, None).await, server.visit(&kept.key, None).await);
    let id = visitor.say("你好").await.conversation_id;
    visitor.say("在吗").await;
    other.say("别删我").await;
    let contents: ChannelContents = admin.get(&format!("{}/contents", path(&channel))).await.json();
    assert_eq!((contents.contacts, contents.conversations, contents.messages), (1, 1, 2));
    let (mut socket, cursor) = admin.socket().await;
    let mut widget = visitor.socket().await;

    let wrong = admin.delete_with(&path(&channel), &DeleteChannel { name: "官网2".to_owned() }).await.having(422);
    assert_eq!(wrong.faults(), [("name".to_owned(), FieldCode::Wrong)]);
    admin.delete(&path(&channel)).await.expect(415);
    admin.get(&path(&channel)).await.expect(200);

    admin.delete_with(&path(&channel), &DeleteChannel { name: "官网".to_owned() }).await.expect(204);
    assert_eq!(widget.next().await, Heard::Closed(4410));
    let heard = socket.event().await.1;
    assert_eq!(heard, Event::ChannelDeleted { channel_id: channel.id });
    admin.get(&path(&channel)).await.expect(404);
    admin.get(&format!("/api/v1/conversations/{id}")).await.expect(404);
    admin.get(&format!("/api/v1/conversations/{id}/messages")).await.expect(404);
    let page: Page<types::conversations::Conversation> = admin.get("/api/v1/conversations").await.json();
    assert_eq!(page.items.len(), 1);
    visitor.get("/widget/v1/messages").await.expect(404);
    visitor.post("/widget/v1/messages", &server.text("喂")).await.expect(404);
    server.try_visit(&channel.key, Some(visitor.token())).await.expect(404);
    let events: EventsAfter = admin.get(&format!("/api/v1/events?after={cursor}")).await.json();
    assert_eq!(events.items.len(), 1);
    admin.delete_with(&path(&channel), &DeleteChannel { name: "官网".to_owned() }).await.expect(404);
    assert_eq!(other.get("/widget/v1/messages").await.json::<MessageWindow>().items.len(), 1);
    purged(&server).await;
}

/// Waits until no deleted channel has rows left.
async fn purged(server: &TestServer) {
    let state = server.state();
    let done = async {
        while !store::purge::unfinished(state.db.reader()).await.unwrap().is_empty() {
            // The purge runs as writes; a write behind it is the thing to wait for.
            state.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), done).await.expect("the purge ends");
}

/// Makes channels with a conversation and marks them as deleted, but tells nobody: as after a crash or a request that was cut
/// off between the two.
async fn channels_that_nobody_purges(server: &TestServer, number: usize) {
    let organisation = server.organisation().await;
    let mut channels = Vec::new();
    for _ in 0..number {
        let channel = organisation.channel().await;
        server.visit(&channel.key, None).await.say("你好").await;
        channels.push(channel.id);
    }
    let scope = store::OrgScope::new(organisation.org_id);
    let (state, at) = (server.state(), server.clock.now());
    let marked = state.write(move |tx| {
        Box::pin(async move {
            for channel_id in channels {
                assert!(store::channels::delete(tx, scope, channel_id, store::Actor::System, at).await?);
            }
            Ok(())
        })
    });
    marked.await.unwrap();
    assert_eq!(store::purge::unfinished(state.db.reader()).await.unwrap().len(), number);
}

async fn an_interrupted_purge_goes_on_at_the_next_start(server: TestServer) {
    channels_that_nobody_purges(&server, 1).await;
    server.restart().await;
    purged(&server).await;
}

async fn a_purge_that_nobody_told_of_is_found_by_a_look_now_and_then(server: TestServer) {
    channels_that_nobody_purges(&server, 1).await;
    server.clock.advance(server::actions::purges::SWEEP_SECONDS * 1000);
    purged(&server).await;
}

async fn channels_are_purged_one_after_the_other(server: TestServer) {
    server.reconfigure(|config| config.metrics.token = "a token of sixteen".to_owned().into()).await;
    channels_that_nobody_purges(&server, 4).await;
    // How many writes were committed, and in how many transactions.
    let committed = async || {
        let text =
            server.anonymous().with_token("a token of sixteen").get("/metrics").await.having(200).text().to_owned();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().parse::<f64>().unwrap()
        };
        (value("parlor_write_batch_jobs_sum"), value("parlor_write_batch_jobs_count"))
    };
    let before = committed().await;
    server.clock.advance(server::actions::purges::SWEEP_SECONDS * 1000);
    let state = server.state();
    let done = async {
        // By looking only: a write of ours could be committed together with a step.
        while !store::purge::unfinished(state.db.reader()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), done).await.expect("the purge ends");
    drop(state);
    let after = committed().await;
    let (steps, transactions) = (after.0 - before.0, after.1 - before.1);
    assert!(steps >= 4.0 * 2.0, "{steps}");
    assert_eq!(steps, transactions, "no two steps in one transaction");
}

async fn the_loader_carries_the_channels_configuration(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let page = server.anonymous();
    let address = format!("/w/{}.js", channel.key);
    let loader = page.get(&address).await.having(200);
    assert_eq!(loader.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(loader.header("access-control-allow-origin"), "*");
    assert_eq!(loader.header("cache-control"), "public, max-age=60");
    let text = loader.text();
    assert!(!text.contains("__PARLOR_CONFIG__"), "{text}");
    let (begin, end) = (text.find('{').unwrap(), text.rfind('}').unwrap());
    let config = &text[begin..=end];
    let config: serde_json::Value = serde_json::from_str(&config[config.rfind("{\"k\"").unwrap()..]).unwrap();
    let origin = &server.state().config.public_url;
    assert_eq!(config["k"], channel.key.as_str());
    assert_eq!(config["o"], origin.as_str());
    assert_eq!(
        (config["n"].as_str(), config["s"].as_str(), config["t"].as_str(), config["l"].as_str()),
        (Some("官网"), Some(rules::look::look(&channel.style).as_str()), Some(""), Some(""))
    );
    assert_eq!(config["j"], format!("{origin}/assets/widget-1"));

    let request = page.request(reqwest::Method::GET, &address).header("if-none-match", loader.header("etag"));
    page.send(request).await.expect(304);
    let request = page.request(reqwest::Method::GET, &address).header("accept-encoding", "gzip, br");
    let brotli = page.send(request).await.having(200);
    assert_eq!(brotli.header("content-encoding"), "br");
    assert_ne!(brotli.header("etag"), loader.header("etag"));
    let rename = ChannelPatch { name: Some("</script>\"'".to_owned()), ..ChannelPatch::default() };
    organisation.admin.patch(&path(&channel), &rename).await.expect(200);
    assert_ne!(page.get(&address).await.header("etag"), loader.header("etag"));

    let disable = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&path(&channel), &disable).await.expect(200);
    assert!(page.get(&address).await.having(200).text().starts_with("/*"));
    for unknown in ["/w/nothing.js", "/w/%00.js", "/w/a%27b.js"] {
        assert!(page.get(unknown).await.having(404).text().starts_with("/*"), "{unknown}");
    }
}

async fn the_chat_page_embeds_the_loader(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let page = server.anonymous();
    let chat = page.get(&format!("/chat/{}", channel.key)).await.having(200);
    assert_eq!(chat.header("content-type"), "text/html; charset=utf-8");
    let policy = chat.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors *"), "{policy}");
    assert!(!policy.contains("unsafe-inline"));
    assert!(chat.text().contains(&format!("<script src=\"/w/{}.js\" data-mode=\"page\"", channel.key)));
    assert!(chat.text().contains("<title>官网</title>"));
    let disable = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&path(&channel), &disable).await.expect(200);
    let closed = page.get(&format!("/chat/{}", channel.key)).await.having(200).text();
    assert!(closed.contains("此渠道已停用") && !closed.contains("<script"));
    assert!(page.get("/chat/nothing").await.having(404).text().contains("此聊天不存在"));
}
