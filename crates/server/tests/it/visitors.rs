//! Visitors: who they are, what is known of them, and that pages of any origin may ask.

use store::{ConnectionTrait, StoreError};
use testkit::visitor::visit_request;
use testkit::{AgentCaller, TestServer, db_tests};
use types::channels::ChannelPatch;
use types::contacts::Contact;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::ContactId;
use types::visitors::VisitorSession;

db_tests!(
    nobody_has_a_row_before_the_first_message,
    what_is_known_of_a_visitor_comes_with_the_first_message,
    a_returning_visitor_is_the_same_and_news_is_told,
    the_chat_opens_where_the_visit_cannot_be_noted,
    a_browser_that_changes_all_the_time_does_not_fill_the_ledger,
    a_token_is_good_for_its_channel_only,
    a_closed_channel_says_so,
    strange_facts_are_cleaned_and_long_ones_refused,
    pages_of_any_origin_may_ask,
);

async fn contact(agent: &AgentCaller, id: ContactId) -> Contact {
    agent.get(&format!("/api/v1/contacts/{id}")).await.having(200).json()
}

async fn nobody_has_a_row_before_the_first_message(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let (mut console, cursor) = organisation.admin.socket().await;
    let visitor = server.visit(&channel.key, None).await;
    let session = &visitor.session;
    assert_eq!((session.conversation_id, session.unread, session.messages.items.len()), (None, 0, 0));
    assert_eq!((session.channel.name.as_str(), session.channel.introduction.as_str()), ("官网", "欢迎咨询"));
    visitor.socket().await;
    visitor.get("/widget/v1/messages").await.expect(200);
    visitor.put("/widget/v1/read", &types::conversations::MarkRead { seq: 1 }).await.expect(200);
    assert!(console.heard_so_far().await.is_empty());
    organisation.admin.get(&format!("/api/v1/contacts/{}", session.contact_id)).await.expect(404);
    let events: types::events::EventsAfter =
        organisation.admin.get(&format!("/api/v1/events?after={cursor}")).await.json();
    assert!(events.items.is_empty());
}

async fn what_is_known_of_a_visitor_comes_with_the_first_message(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    let known = contact(&organisation.admin, visitor.session.contact_id).await;
    assert_eq!(known.ip.as_deref(), Some("127.0.0.1"));
    assert_eq!(known.region, None, "nobody's region is a private network");
    assert_eq!(
        (known.device.as_deref(), known.os.as_deref(), known.browser.as_deref()),
        (Some("PC"), Some("Windows 10"), Some("Chrome 142"))
    );
    assert_eq!(known.locale.as_deref(), Some("zh-CN"));
    assert_eq!(known.landing_page.as_deref(), Some("https://shop.example/products/1"));
    assert_eq!(known.landing_title.as_deref(), Some("商品"));
    assert_eq!(known.referrer.as_deref(), Some("https://search.example/?q=shop"));
}

async fn a_returning_visitor_is_the_same_and_news_is_told(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    organisation.admin.say(id, "您好").await;
    let (mut console, _) = organisation.admin.socket().await;

    let again = visitor.again(&channel.key).await;
    assert_eq!(again.session.contact_id, visitor.session.contact_id);
    assert_eq!((again.session.conversation_id, again.session.unread), (Some(id), 1));
    assert_eq!(again.session.messages.items.len(), 2);
    assert!(console.heard_so_far().await.is_empty(), "the same visit again is no news");

    let mut request = visit_request(&channel.key, Some(visitor.token()));
    request.after_seq = Some(1);
    request.locale = "en".to_owned();
    request.page.url = "https://shop.example/another".to_owned();
    let session: VisitorSession = visitor.post("/widget/v1/sessions", &request).await.having(200).json();
    assert_eq!(session.messages.items.iter().map(|message| message.seq).collect::<Vec<_>>(), [2]);
    match console.event().await.1 {
        Event::ContactUpdated { contact, .. } => {
            assert_eq!(contact.locale.as_deref(), Some("en"));
            assert_eq!(
                contact.landing_page.as_deref(),
                Some("https://shop.example/products/1"),
                "the first page stays"
            );
        }
        other => panic!("{other:?}"),
    }
}

async fn the_chat_opens_where_the_visit_cannot_be_noted(server: TestServer) {
    let channel = server.organisation().await.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    // As with a full disk: reading works, writing does not.
    let refusing: &[&str] = if server.is_sqlite() {
        &["CREATE TRIGGER refuse BEFORE UPDATE ON contact BEGIN SELECT RAISE(ABORT, 'no room'); END"]
    } else {
        &[
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$",
            "CREATE TRIGGER refuse BEFORE UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION refuse()",
        ]
    };
    let state = server.state();
    let refuse = state.writer.run(move |tx| {
        Box::pin(async move {
            for statement in refusing {
                tx.conn().execute_unprepared(statement).await?;
            }
            Ok::<(), StoreError>(())
        })
    });
    refuse.await.unwrap();
    let mut request = visit_request(&channel.key, Some(visitor.token()));
    request.locale = "en-GB".to_owned();
    let session: VisitorSession = visitor.post("/widget/v1/sessions", &request).await.having(200).json();
    assert_eq!(session.messages.items.len(), 1, "all that was said is there");
}

async fn a_browser_that_changes_all_the_time_does_not_fill_the_ledger(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    let (mut console, _) = organisation.admin.socket().await;
    let mut request = visit_request(&channel.key, Some(visitor.token()));
    for number in 0..30 {
        request.locale = format!("en-{number}");
        visitor.post("/widget/v1/sessions", &request).await.expect(200);
    }
    let told = console.heard_so_far().await.len();
    assert!((1..=10).contains(&told), "{told} events");
    server.clock.advance(60_000);
    visitor.post("/widget/v1/sessions", &request).await.expect(200);
    let known = contact(&organisation.admin, visitor.session.contact_id).await;
    assert_eq!(known.locale.as_deref(), Some("en-29"), "what is left out is made up for");
}

async fn a_token_is_good_for_its_channel_only(server: TestServer) {
    let organisation = server.organisation().await;
    let (channel, other) = (organisation.channel().await, organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let elsewhere = server.visit(&other.key, Some(visitor.token())).await;
    assert_ne!(elsewhere.session.contact_id, visitor.session.contact_id);
    assert_eq!(elsewhere.session.conversation_id, None);
    for wrong in ["", "nonsense", "v1.x.y", &visitor.token()[1..], organisation.admin.token()] {
        let stranger = server.visit(&channel.key, Some(wrong)).await;
        assert_eq!(stranger.session.conversation_id, None, "a token that is no good makes a new visitor");
        let refused = server.anonymous().with_token(wrong).get("/widget/v1/messages").await.having(401);
        assert_eq!(refused.code(), ErrorCode::Unauthenticated);
    }
    // And a visitor's token opens nothing of the console.
    visitor.get("/api/v1/me").await.expect(401);
    visitor.get(&format!("/api/v1/conversations/{id}")).await.expect(401);
    organisation.admin.get("/widget/v1/messages").await.expect(401);
}

async fn a_closed_channel_says_so(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("你好").await;
    let disable = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &disable).await.expect(200);
    for answer in [
        server.try_visit(&channel.key, None).await,
        visitor.get("/widget/v1/messages").await,
        visitor.get("/widget/v1/unread").await,
        visitor.post("/widget/v1/messages", &server.text("喂")).await,
        visitor.post_empty("/widget/v1/socket-tickets").await,
    ] {
        assert_eq!(answer.having(403).code(), ErrorCode::ChannelDisabled);
    }
    for unknown in ["nothing", "a\u{0}b", "'; --", "客服"] {
        assert_eq!(server.try_visit(unknown, None).await.having(404).code(), ErrorCode::NotFound, "{unknown}");
    }
}

async fn strange_facts_are_cleaned_and_long_ones_refused(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let mut request = visit_request(&channel.key, None);
    request.page.url = "javascript:alert(1)".to_owned();
    request.page.title = "\u{0}标\n题 ".to_owned();
    request.page.referrer = "ftp://somewhere".to_owned();
    request.locale = "\u{0}".to_owned();
    let session: VisitorSession = server.anonymous().post("/widget/v1/sessions", &request).await.having(200).json();
    let visitor = server.visit(&channel.key, Some(&session.visitor_token)).await;
    visitor.say("你好").await;
    let known = contact(&organisation.admin, session.contact_id).await;
    assert_eq!(known.landing_title.as_deref(), Some("标题"));
    assert_ne!(known.landing_page.as_deref(), Some("javascript:alert(1)"));

    for (field, long) in [("page.url", 2_049), ("page.title", 201), ("locale", 36), ("channel_key", 65)] {
        let mut request = serde_json::to_value(visit_request(&channel.key, None)).unwrap();
        let pointer = format!("/{}", field.replace('.', "/"));
        *request.pointer_mut(&pointer).unwrap() = "x".repeat(long).into();
        let faults = server.anonymous().post("/widget/v1/sessions", &request).await.having(422).faults();
        assert_eq!(faults, [(field.to_owned(), FieldCode::TooLong)]);
    }
}

async fn pages_of_any_origin_may_ask(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let page = server.anonymous();
    let preflight = page
        .request(reqwest::Method::OPTIONS, "/widget/v1/messages")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let answer = page.send(preflight).await.having(204);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-allow-headers").contains("authorization"));
    assert!(answer.header("access-control-allow-methods").contains("PUT"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    // Refusals are readable, too.
    for answer in [
        page.get("/widget/v1/unread").await.having(401),
        page.get("/widget/v1/nothing").await.having(404),
        server.try_visit(&channel.key, None).await.having(200),
        server.try_visit("nothing", None).await.having(404),
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    assert_eq!(
        page.get("/api/v1/me").await.header("access-control-allow-origin"),
        "",
        "the console's API stays closed"
    );
}
