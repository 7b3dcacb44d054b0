//! Styles of channels: published, followed by open widgets, kept as versions and published anew.

use rules::look::look;
use serde_json::json;
use server::clock::Clock;
use testkit::{Heard, TestServer, db_tests};
use types::agents::Role;
use types::audit::{AuditAction, AuditEntry};
use types::channel_style::{
    ChannelStyle, LargeLayout, SheetLayout, StateColors, StyleVersion, StyleVersions, WidgetLanguage, WindowLayout,
};
use types::channels::{Channel, ChannelKind, ChannelPatch};
use types::error::ErrorCode;
use types::events::Event;
use types::limits::STYLE_VERSIONS_KEPT;
use types::page::Page;
use types::ws::ServerFrame;

db_tests!(
    a_published_style_is_followed_by_open_widgets_and_kept,
    an_earlier_style_is_published_anew,
    a_wrong_style_is_not_published_and_its_fields_are_named,
    of_many_versions_the_newest_are_kept_and_a_channel_of_before_has_one,
    versions_are_for_admins_of_the_organisation,
);

fn path(channel: &Channel) -> String {
    format!("/api/v1/channels/{}", channel.id)
}

fn versions_path(channel: &Channel) -> String {
    format!("{}/style-versions", path(channel))
}

fn styled(style: ChannelStyle) -> ChannelPatch {
    ChannelPatch { style: Some(style), ..ChannelPatch::default() }
}

fn own_style() -> ChannelStyle {
    ChannelStyle {
        launcher_text: "在线咨询".to_owned(),
        language: WidgetLanguage::English,
        pc_medium: WindowLayout {
            colors: StateColors { background: Some("#123456".to_owned()), text: Some("#FFEE00".to_owned()) },
            bottom: 40,
            side: 33,
            height: 555,
        },
        pc_large: LargeLayout { width: 777, height: 666, ..LargeLayout::default() },
        mobile_large: SheetLayout { height_percent: 70, ..SheetLayout::default() },
        ..ChannelStyle::default()
    }
}

fn revisions(versions: &[StyleVersion]) -> Vec<(i32, Option<i32>)> {
    versions.iter().map(|version| (version.revision, version.restored_from)).collect()
}

async fn a_published_style_is_followed_by_open_widgets_and_kept(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (&organisation.admin, organisation.channel().await);
    let visitor = server.visit(&channel.key, None).await;
    let mut widget = visitor.socket().await;
    let before = visitor.session.channel.style.clone();
    assert_eq!(before.look, look(&channel.style));

    server.clock.advance(1_000);
    let style = own_style();
    let published: Channel = admin.patch(&path(&channel), &styled(style.clone())).await.having(200).json();
    assert_eq!((&published.style, published.style_revision), (&style, 2));
    let heard = widget.next().await;
    let Heard::Frame(frame) = heard else { panic!("{heard:?}") };
    let ServerFrame::Event { event: Event::VisitorChannelUpdated { channel: seen }, .. } = *frame else {
        panic!("another event")
    };
    assert_eq!((seen.style.look.as_str(), seen.style.launcher_text.as_str()), (look(&style).as_str(), "在线咨询"));
    assert!(seen.style.look.contains("section{--c:#123456;--on:#ffee00;bottom:40px;right:min(33px,100vw - 400px);"));
    assert_eq!(server.visit(&channel.key, Some(visitor.token())).await.session.channel, seen, "and after a reload");
    let loader = server.anonymous().get(&format!("/w/{}.js", channel.key)).await.having(200);
    assert!(loader.text().contains("bottom:40px"), "the launcher's page has it before anything else is loaded");
    assert!(loader.text().contains(r#""l":"en""#));
    let page = server.anonymous().get(&format!("/chat/{}", channel.key)).await.having(200);
    assert!(page.text().contains(r##"name="theme-color" content="#2e69fa""##));

    let versions: StyleVersions = admin.get(&versions_path(&channel)).await.having(200).json();
    assert_eq!(revisions(&versions.items), [(2, None), (1, None)]);
    let [newest, first] = versions.items.as_slice() else { panic!("{versions:?}") };
    assert_eq!((&newest.style, newest.published_by), (&style, Some(admin.me.id)));
    assert_eq!((newest.publisher_name.as_str(), newest.published_at), (admin.me.name.as_str(), server.clock.now()));
    assert_eq!((&first.style, first.published_at), (&channel.style, channel.created_at));

    // What is no other style is no version, and a rename leaves the style alone.
    admin.patch(&path(&channel), &styled(style)).await.expect(200);
    admin
        .patch(&path(&channel), &ChannelPatch { name: Some("旗舰店".to_owned()), ..ChannelPatch::default() })
        .await
        .expect(200);
    let same: StyleVersions = admin.get(&versions_path(&channel)).await.json();
    assert_eq!(same, versions);
}

async fn an_earlier_style_is_published_anew(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (&organisation.admin, organisation.channel().await);
    admin.patch(&path(&channel), &styled(own_style())).await.expect(200);
    server.clock.advance(1_000);
    let mut widget = server.visit(&channel.key, None).await.socket().await;
    let (mut console, _) = admin.socket().await;

    let address = format!("{}/style-version", path(&channel));
    let restored: Channel = admin.put(&address, &json!({"revision": 1})).await.having(200).json();
    assert_eq!((&restored.style, restored.style_revision), (&channel.style, 3));
    // A second click finds that it is so already.
    let again: Channel = admin.put(&address, &json!({"revision": 1})).await.having(200).json();
    assert_eq!(again, restored);
    assert_eq!(widget.heard_so_far().await.len(), 1);
    assert_eq!(console.heard_so_far().await.len(), 1);
    let versions: StyleVersions = admin.get(&versions_path(&channel)).await.json();
    assert_eq!(revisions(&versions.items), [(3, Some(1)), (2, None), (1, None)]);
    let log: Page<AuditEntry> = admin.get("/api/v1/audit").await.having(200).json();
    let action = AuditAction::ChannelStyleRestored { channel_id: channel.id, name: channel.name.clone(), revision: 1 };
    assert_eq!(log.items.first().map(|entry| &entry.action), Some(&action));
    assert_eq!(admin.put(&address, &json!({"revision": 4})).await.having(404).code(), ErrorCode::NotFound);
    admin.put(&address, &json!({"revision": 0})).await.expect(422);
}

async fn a_wrong_style_is_not_published_and_its_fields_are_named(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (&organisation.admin, organisation.channel().await);
    let wrong = json!({"style": {
        "color": "#2f6bff", "launcher_text": "a\nb", "pc_small": {"bottom": 301}, "pc_large": {"width": 479},
        "mobile_large": {"height_percent": 101, "colors": {"background": "red;}"}},
    }});
    let faults = admin.patch(&path(&channel), &wrong).await.having(422).faults();
    let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    let expected = [
        "style.launcher_text",
        "style.pc_small.bottom",
        "style.pc_large.width",
        "style.mobile_large.height_percent",
        "style.mobile_large.colors.background",
    ];
    assert_eq!(fields, expected);
    for malformed in [json!({"color": "#ffffff", "pc_small": [1]}), json!({"color": "#ffffff", "z": 1})] {
        admin.patch(&path(&channel), &json!({"style": malformed})).await.expect(400);
    }
    assert_eq!(admin.get(&path(&channel)).await.json::<Channel>(), channel);
    // A client of before there were layouts publishes what it knows; the rest is as by default.
    let old = json!({"style": {"schema": 1, "color": "#c0392b", "position": "left"}});
    let read: Channel = admin.patch(&path(&channel), &old).await.having(200).json();
    assert_eq!((read.style.schema, read.style.pc_large), (2, LargeLayout::default()));
}

async fn of_many_versions_the_newest_are_kept_and_a_channel_of_before_has_one(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, state) = (&organisation.admin, server.state());
    let new = store::channels::NewChannel {
        id: state.ids.make(types::id::ChannelId),
        org_id: organisation.org_id,
        kind: ChannelKind::Website,
        key: "before".to_owned(),
        name: "老渠道".to_owned(),
        introduction: String::new(),
        alert: true,
        enabled: true,
        unsent_preview: false,
        max_file_megabytes: 0,
        style: ChannelStyle::default(),
        at: server.clock.now(),
    };
    let channel_id = new.id;
    state
        .write(move |tx| {
            Box::pin(async move { store::channels::create(tx.conn(), new).await.map(drop).map_err(Into::into) })
        })
        .await
        .unwrap();
    let channel: Channel = admin.get(&format!("/api/v1/channels/{channel_id}")).await.json();
    let versions: StyleVersions = admin.get(&versions_path(&channel)).await.json();
    assert_eq!(revisions(&versions.items), [(1, None)]);
    assert_eq!((&versions.items[0].style, versions.items[0].published_by), (&channel.style, None));
    let style = |height| ChannelStyle {
        pc_medium: WindowLayout { height, ..WindowLayout::default() },
        ..channel.style.clone()
    };
    admin.patch(&path(&channel), &styled(style(400))).await.expect(200);
    let kept: StyleVersions = admin.get(&versions_path(&channel)).await.json();
    assert_eq!(kept.items[1..], versions.items, "it is kept once there is another");

    for height in 401..401 + STYLE_VERSIONS_KEPT {
        admin.patch(&path(&channel), &styled(style(height))).await.expect(200);
    }
    let kept: StyleVersions = admin.get(&versions_path(&channel)).await.json();
    assert_eq!(kept.items.len(), usize::from(STYLE_VERSIONS_KEPT));
    let last = i32::from(STYLE_VERSIONS_KEPT) + 2;
    assert_eq!(kept.items.first().map(|version| version.revision), Some(last));
    let gone = json!({"revision": last - i32::from(STYLE_VERSIONS_KEPT)});
    admin.put(&format!("{}/style-version", path(&channel)), &gone).await.expect(404);
}

async fn versions_are_for_admins_of_the_organisation(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let address = format!("{}/style-version", path(&channel));
    for role in [Role::Agent, Role::Supervisor] {
        let agent = organisation.agent(role).await;
        agent.get(&versions_path(&channel)).await.expect(403);
        agent.put(&address, &json!({"revision": 1})).await.expect(403);
    }
    let other = server.organisation().await;
    other.admin.get(&versions_path(&channel)).await.expect(404);
    other.admin.put(&address, &json!({"revision": 1})).await.expect(404);
    // Nor by way of a channel of one's own.
    let own = other.channel().await;
    let versions: StyleVersions = other.admin.get(&versions_path(&own)).await.json();
    assert_eq!(versions.items.len(), 1);
    assert_eq!(organisation.admin.get(&path(&channel)).await.json::<Channel>(), channel);
}
