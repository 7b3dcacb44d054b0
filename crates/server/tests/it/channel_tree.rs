//! The tree of channels: groups, the order of everything, and the pictures of channels.

use crate::attachments::picture;
use crate::avatars::{are_left, send_to};
use image::ImageFormat;
use serde_json::json;
use testkit::{AgentCaller, Answer, Organisation, TestServer, db_tests};
use types::agents::{Role, avatar_path};
use types::audit::{AuditAction, AuditEntry};
use types::channel_tree::{ArrangeChannels, ChannelGroup, ChannelTree};
use types::channels::{Channel, DeleteChannel};
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{ChannelGroupId, ChannelId};
use types::limits;
use types::page::Page;

db_tests!(
    channels_are_grouped_and_everybody_hears_of_it,
    an_order_is_saved_whole_or_not_at_all,
    of_two_who_arrange_at_once_the_second_is_told,
    the_channels_of_a_deleted_group_go_to_the_top_level,
    names_and_numbers_of_groups_have_limits,
    what_is_done_to_channels_is_in_the_audit_log,
    a_channel_has_a_picture_until_it_is_deleted,
);

const TREE: &str = "/api/v1/channel-tree";
const GROUPS: &str = "/api/v1/channel-groups";

async fn tree(caller: &AgentCaller) -> ChannelTree {
    caller.get(TREE).await.having(200).json()
}

async fn group(admin: &AgentCaller, name: &str) -> ChannelGroup {
    admin.post(GROUPS, &json!({"name": name})).await.having(201).json()
}

async fn channel(admin: &AgentCaller, name: &str, group: Option<ChannelGroupId>) -> Channel {
    let mut body = json!({"kind": "website", "name": name});
    if let Some(id) = group {
        body["group_id"] = json!(id);
    }
    admin.post("/api/v1/channels", &body).await.having(201).json()
}

/// Three channels, the last of them in the first of two groups.
async fn some(organisation: &Organisation) -> ([ChannelId; 3], [ChannelGroupId; 2]) {
    let admin = &organisation.admin;
    let groups = [group(admin, "公众号").await.id, group(admin, "网站").await.id];
    let [one, two] = [channel(admin, "一", None).await.id, channel(admin, "二", None).await.id];
    ([one, two, channel(admin, "三", Some(groups[0])).await.id], groups)
}

fn order(revision: i64, loose: &[ChannelId], groups: &[(ChannelGroupId, &[ChannelId])]) -> ArrangeChannels {
    let arranged = |(id, ids): &(ChannelGroupId, &[ChannelId])| types::channel_tree::ArrangedGroup {
        id: *id,
        channel_ids: ids.to_vec(),
    };
    let groups = groups.iter().map(arranged).collect();
    ArrangeChannels { revision, channel_ids: loose.to_vec(), groups }
}

async fn arrange(admin: &AgentCaller, order: &ArrangeChannels) -> Answer {
    admin.put(TREE, order).await
}

async fn channels_are_grouped_and_everybody_hears_of_it(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let (mut colleague, _) = agent.socket().await;
    let (mut elsewhere, _) = server.organisation().await.admin.socket().await;
    let first = group(&admin, " 公众号 ").await;
    assert_eq!((first.name.as_str(), first.channel_ids.len()), ("公众号", 0));
    let Event::ChannelTreeUpdated { tree: told } = colleague.event().await.1 else { panic!("not told") };
    assert_eq!(told, ChannelTree { revision: 1, channel_ids: vec![], groups: vec![first.clone()] });
    let grouped = channel(&admin, "服务号", Some(first.id)).await;
    let Event::ChannelCreated { channel: made } = colleague.event().await.1 else { panic!("not told") };
    assert_eq!(made, grouped);
    let Event::ChannelTreeUpdated { tree: told } = colleague.event().await.1 else { panic!("not told") };
    assert_eq!((told.revision, told.groups[0].channel_ids.clone()), (2, vec![grouped.id]));
    // At the top level it is in its place by itself.
    let loose = channel(&admin, "官网", None).await;
    colleague.event().await;
    assert_eq!(colleague.heard_so_far().await, []);
    assert_eq!(tree(&agent).await, ChannelTree { channel_ids: vec![loose.id], ..told.clone() });

    let path = format!("/api/v1/channels/{}/group", loose.id);
    let moved: ChannelTree = admin.put(&path, &json!({"group_id": first.id})).await.having(200).json();
    assert_eq!(moved.groups[0].channel_ids, [grouped.id, loose.id]);
    assert_eq!(colleague.event().await.1, Event::ChannelTreeUpdated { tree: moved.clone() });
    // Again it is no event; a group of somebody else's is none.
    assert_eq!(admin.put(&path, &json!({"group_id": first.id})).await.having(200).json::<ChannelTree>(), moved);
    assert_eq!(colleague.heard_so_far().await, []);
    let strange = group(&server.organisation().await.admin, "别人的").await.id;
    let refused = admin.put(&path, &json!({"group_id": strange})).await.having(422);
    assert_eq!(refused.faults(), [("group_id".to_owned(), FieldCode::Wrong)]);
    admin.put(&path, &json!({})).await.expect(400);
    let body = json!({"kind": "website", "name": "新", "group_id": strange});
    let refused = admin.post("/api/v1/channels", &body).await.having(422);
    assert_eq!(refused.faults(), [("group_id".to_owned(), FieldCode::Wrong)]);
    let back: ChannelTree = admin.put(&path, &json!({"group_id": null})).await.having(200).json();
    assert_eq!((back.channel_ids.clone(), tree(&agent).await), (vec![loose.id], back));
    assert_eq!(elsewhere.heard_so_far().await, []);
}

async fn an_order_is_saved_whole_or_not_at_all(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ([one, two, three], [first, second]) = some(&organisation).await;
    let before = tree(admin).await;
    let at = before.revision;
    let elsewhere = server.organisation().await;
    let (strange, strangers) =
        (channel(&elsewhere.admin, "别处", None).await.id, group(&elsewhere.admin, "别处").await.id);
    let fault = |field: &str, code| (field.to_owned(), code);
    for (wrong, faults) in [
        (order(at, &[one], &[(first, &[three]), (second, &[])]), vec![fault("channel_ids", FieldCode::Required)]),
        (order(at, &[one, two], &[(first, &[three])]), vec![fault("groups", FieldCode::Required)]),
        (
            order(at, &[one, two, one], &[(first, &[three]), (second, &[])]),
            vec![fault("channel_ids[2]", FieldCode::Taken)],
        ),
        (
            order(at, &[one, two], &[(first, &[three, strange]), (strangers, &[])]),
            vec![fault("groups[0].channel_ids[1]", FieldCode::Wrong), fault("groups[1].id", FieldCode::Wrong)],
        ),
        (order(at, &vec![one; 501], &[(first, &[]), (second, &[])]), vec![fault("channel_ids", FieldCode::TooLong)]),
    ] {
        assert_eq!(arrange(admin, &wrong).await.having(422).faults(), faults);
    }
    assert_eq!(tree(admin).await, before);
    let wanted = order(at, &[three], &[(second, &[two, one]), (first, &[])]);
    let after: ChannelTree = arrange(admin, &wanted).await.having(200).json();
    assert_eq!(ArrangeChannels::from(&after), ArrangeChannels { revision: at + 1, ..wanted });
    assert_eq!(tree(admin).await, after);
    // As many as there may be, back to front.
    for number in 3..limits::CHANNELS_MAX {
        if number % 100 == 0 {
            server.clock.advance(60_000);
        }
        channel(admin, &number.to_string(), None).await;
    }
    let mut all = ArrangeChannels::from(&tree(admin).await);
    all.channel_ids.reverse();
    let after: ChannelTree = arrange(admin, &all).await.having(200).json();
    assert_eq!((after.channel_ids.len(), &after.channel_ids), (498, &all.channel_ids));
    assert_eq!(tree(admin).await, after);
}

async fn of_two_who_arrange_at_once_the_second_is_told(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ([one, two, three], [first, second]) = some(&organisation).await;
    let at = tree(admin).await.revision;
    let theirs = order(at, &[two, one], &[(first, &[three]), (second, &[])]);
    let mine = order(at, &[one, two, three], &[(first, &[]), (second, &[])]);
    let (left, right) = tokio::join!(arrange(admin, &theirs), arrange(admin, &mine));
    let mut statuses = [left.status, right.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = if left.status == 409 { &left } else { &right };
    assert_eq!(refused.code(), ErrorCode::Conflict);
    let (mut socket, _) = admin.socket().await;
    // Whoever repeats what was saved is told that it is so.
    let saved = if left.status == 200 { &theirs } else { &mine };
    let again: ChannelTree = arrange(admin, saved).await.having(200).json();
    assert_eq!(again, tree(admin).await);
    assert_eq!(again.revision, at + 1);
    assert_eq!(socket.heard_so_far().await, []);
}

async fn the_channels_of_a_deleted_group_go_to_the_top_level(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ([one, two, three], [first, second]) = some(&organisation).await;
    let path = format!("{GROUPS}/{first}");
    let (mut socket, _) = organisation.agent(Role::Agent).await.socket().await;
    admin.delete(&path).await.expect(204);
    let after = tree(admin).await;
    assert_eq!(after.channel_ids, [one, two, three]);
    assert_eq!(after.groups.iter().map(|group| group.id).collect::<Vec<_>>(), [second]);
    assert_eq!(socket.event().await.1, Event::ChannelTreeUpdated { tree: after });
    admin.delete(&path).await.expect(404);
    admin.patch(&path, &json!({"name": "没了"})).await.expect(404);
    // A channel that is deleted leaves its place at once.
    let delete = DeleteChannel { name: "二".to_owned() };
    admin.delete_with(&format!("/api/v1/channels/{two}"), &delete).await.expect(204);
    assert_eq!(tree(admin).await.channel_ids, [one, three]);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn names_and_numbers_of_groups_have_limits(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ids = [group(admin, "VIP").await.id, group(admin, "网站").await.id];
    let fault = |code| vec![("name".to_owned(), code)];
    for (name, code) in [
        (" vip ".to_owned(), FieldCode::Taken),
        ("  ".to_owned(), FieldCode::Required),
        ("长".repeat(41), FieldCode::TooLong),
        ("a\nb".to_owned(), FieldCode::InvalidFormat),
    ] {
        let body = json!({"name": name});
        assert_eq!(admin.post(GROUPS, &body).await.having(422).faults(), fault(code));
        assert_eq!(admin.patch(&format!("{GROUPS}/{}", ids[1]), &body).await.having(422).faults(), fault(code));
    }
    // One's own name in other capitals is free.
    let renamed: ChannelGroup = admin.patch(&format!("{GROUPS}/{}", ids[0]), &json!({"name": "vip"})).await.json();
    assert_eq!(renamed.name, "vip");
    for number in 2..limits::CHANNEL_GROUPS_MAX {
        group(admin, &number.to_string()).await;
    }
    let refused = admin.post(GROUPS, &json!({"name": "太多"})).await.having(409);
    assert!(refused.problem().detail.contains("at most 100 groups"));
}

async fn what_is_done_to_channels_is_in_the_audit_log(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ([one, two, three], [first, second]) = some(&organisation).await;
    let wanted = order(tree(admin).await.revision, &[one], &[(first, &[three]), (second, &[two])]);
    arrange(admin, &wanted).await.expect(200);
    admin.patch(&format!("{GROUPS}/{first}"), &json!({"name": "微信"})).await.expect(200);
    admin.patch(&format!("/api/v1/channels/{one}"), &json!({"alert": false, "name": "一"})).await.expect(200);
    admin.patch(&format!("/api/v1/channels/{one}"), &json!({"alert": false})).await.expect(200);
    admin.put(&format!("/api/v1/channels/{one}/group"), &json!({"group_id": first})).await.expect(200);
    admin.delete(&format!("{GROUPS}/{first}")).await.expect(204);
    let delete = DeleteChannel { name: "三".to_owned() };
    admin.delete_with(&format!("/api/v1/channels/{three}"), &delete).await.expect(204);
    let log: Page<AuditEntry> = admin.deeds().await;
    let done: Vec<AuditAction> = log.items.into_iter().map(|entry| entry.action).collect();
    let text = str::to_owned;
    let made = |channel_id, name| AuditAction::ChannelCreated { channel_id, name: text(name) };
    let changed = |field| AuditAction::ChannelUpdated { channel_id: one, name: text("一"), fields: vec![text(field)] };
    let expected = [
        AuditAction::ChannelGroupCreated { group_id: first, name: text("公众号") },
        AuditAction::ChannelGroupCreated { group_id: second, name: text("网站") },
        made(one, "一"),
        made(two, "二"),
        made(three, "三"),
        AuditAction::ChannelsArranged { moved: vec![text("二")] },
        AuditAction::ChannelGroupRenamed { group_id: first, before: text("公众号"), name: text("微信") },
        changed("alert"),
        changed("group"),
        AuditAction::ChannelGroupDeleted {
            group_id: first,
            name: text("微信"),
            channels: vec![text("三"), text("一")],
        },
        AuditAction::ChannelDeleted { channel_id: three, name: text("三") },
    ];
    // All in one moment of a clock that stands still: they come in no order.
    for action in &expected {
        assert!(done.contains(action), "{action:?} is not in {done:?}");
    }
    assert_eq!(done.len(), expected.len());
}

async fn a_channel_has_a_picture_until_it_is_deleted(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let ([one, two, _], _) = some(&organisation).await;
    let path = |id: ChannelId| format!("/api/v1/channels/{id}/avatar");
    let (mut socket, _) = organisation.agent(Role::Agent).await.socket().await;
    let square = || picture(90, 60, ImageFormat::Png);
    let set: Channel = send_to(admin, &path(one), square()).await.having(200).json();
    let id = set.avatar_id.unwrap();
    let Event::ChannelUpdated { channel: told } = socket.event().await.1 else { panic!("not told") };
    assert_eq!(told, set);
    // One's own picture and those of other channels are others.
    let other = send_to(admin, &path(two), square()).await.having(200).json::<Channel>().avatar_id.unwrap();
    let own = crate::avatars::set(admin, square()).await.avatar_id.unwrap();
    let anybody = server.anonymous();
    for shown in [id, other, own] {
        anybody.get(&avatar_path(shown)).await.expect(200);
    }
    let refused = send_to(admin, &path(one), b"no picture".to_vec()).await.having(422);
    assert_eq!(refused.faults(), [("body".to_owned(), FieldCode::InvalidFormat)]);
    send_to(&server.organisation().await.admin, &path(one), square()).await.expect(404);
    admin.delete(&path(one)).await.expect(204);
    anybody.get(&avatar_path(id)).await.expect(404);
    let after: Channel = admin.get(&format!("/api/v1/channels/{one}")).await.json();
    assert_eq!(after.avatar_id, None);
    let delete = DeleteChannel { name: "二".to_owned() };
    admin.delete_with(&format!("/api/v1/channels/{two}"), &delete).await.expect(204);
    anybody.get(&avatar_path(other)).await.expect(404);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    are_left(&server, 1).await;
    anybody.get(&avatar_path(own)).await.expect(200);
}
