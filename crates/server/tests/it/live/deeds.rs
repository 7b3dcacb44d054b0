//! What people do while everybody looks on, a feature at a time.

use super::merging::merge_and_undo;
use super::{Console, Onlookers};
use crate::agents;
use crate::attachments::{self};
use crate::registration::{newest_code, registration, request_for};
use reqwest::Method;
use serde_json::json;
use testkit::push::PushService;
use testkit::{AgentCaller, Organisation, PASSWORD, TestServer, VisitorCaller};
use types::agents::{ChangePassword, MePatch, Role};
use types::attachments::FileLimit;
use types::channels::Channel;
use types::contact_imports::{ContactImport, ContactImports};
use types::contact_list::{Tagging, Taggings};
use types::contacts::{Contact, ContactPatch, SetBlocked};
use types::conversations::PersonalPatch;
use types::custom_fields::CustomFields;
use types::id::ConversationId;
use types::messages::{Content, NewContent, SendMessage};
use types::notes::CreateNote;
use types::push::PushState;
use types::tags::{SetContactTags, TagGroup};
use types::welcome::SetWelcome;
use uuid::Uuid;

const IMPORTS: &str = "/api/v1/contact-imports";

/// The channel asks for a phone number, and somebody whose contact has none answers.
pub(super) async fn answer_form(all: &mut Onlookers, channel: &Channel, visitor: &VisitorCaller) {
    let form = json!({"enabled": true, "fields": [{"kind": "phone"}]});
    let patch = json!({"style": {"color": "#2f6bff", "form": form}});
    all.consoles[0].agent.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
    all.check("update_channel, with a form").await;
    let answers = json!({"answers": [{"field": "phone", "value": "13800138000"}]});
    visitor.put("/widget/v1/answers", &answers).await.expect(204);
    all.check("set_visitor_answers").await;
}

/// What agents set of a conversation for themselves, and of its contact for everybody.
pub(super) async fn keep_in_view(all: &mut Onlookers, id: ConversationId) {
    let (admin, agent) = (all.consoles[0].agent.clone(), all.consoles[3].agent.clone());
    let personal = format!("/api/v1/conversations/{id}/personal");
    for change in [r#"{"pinned":true}"#, r#"{"muted":true,"marked_unread":true}"#, r#"{"pinned":false}"#] {
        let patch: PersonalPatch = serde_json::from_str(change).unwrap();
        admin.patch(&personal, &patch).await.expect(200);
        agent.patch(&personal, &patch).await.expect(200);
        all.check("personalise_conversation, by two").await;
    }
    let contact_id = admin.conversation(id).await.contact.id;
    let contact = format!("/api/v1/contacts/{contact_id}");
    let version = admin.get(&contact).await.json::<Contact>().version;
    let patch = ContactPatch { version, name: Some("张三".to_owned()), ..ContactPatch::default() };
    agent.patch(&contact, &patch).await.expect(200);
    all.check("update_contact").await;
}

/// Tags are made, given to the conversation's contact, changed and deleted.
pub(super) async fn tag(all: &mut Onlookers, id: ConversationId) {
    // Whoever looks on asks a lot in a minute.
    all.consoles[0].server.clock.advance(60_000);
    let (admin, agent) = (all.consoles[0].agent.clone(), all.consoles[3].agent.clone());
    let create = json!({"name": "级别", "single_choice": true});
    let level: TagGroup = admin.post("/api/v1/tag-groups", &create).await.having(201).json();
    let other: TagGroup = admin.post("/api/v1/tag-groups", &json!({"name": "来自"})).await.having(201).json();
    all.check("create_tag_group").await;
    let mut groups = Vec::new();
    for (group, names) in [(&level, ["金", "银"]), (&other, ["展会", "朋友"])] {
        for name in names {
            let path = format!("/api/v1/tag-groups/{}/tags", group.id);
            groups.push(admin.post(&path, &json!({"name": name, "color": "red"})).await.having(201).json::<TagGroup>());
        }
    }
    all.check("create_tag").await;
    let [gold, silver] = [groups[1].tags[0].id, groups[1].tags[1].id];
    let [fair, friends] = [groups[3].tags[0].id, groups[3].tags[1].id];
    let contact = format!("/api/v1/contacts/{}", admin.conversation(id).await.contact.id);
    for (tag_ids, who) in [(vec![gold, fair, friends], &agent), (vec![silver, fair], &admin)] {
        let version = who.get(&contact).await.json::<Contact>().version;
        who.put(&format!("{contact}/tags"), &SetContactTags { version, tag_ids }).await.expect(200);
        all.check("set_contact_tags").await;
    }
    let named = json!({"tag_ids": [gold], "contact_ids": [admin.conversation(id).await.contact.id]});
    let begun: Tagging = agent.post("/api/v1/taggings", &named).await.having(201).json();
    for _ in 0..2_000 {
        if agent.get("/api/v1/taggings").await.json::<Taggings>().items[0].finished_at.is_some() {
            break;
        }
    }
    all.check("create_tagging").await;
    agent.post_empty(&format!("/api/v1/taggings/{}/cancel", begun.id)).await.expect(200);
    all.check("cancel_tagging, that has ended").await;
    admin.post("/api/v1/contact-exports", &json!({})).await.expect(201);
    all.check("create_contact_export").await;
    admin.post("/api/v1/audit-exports", &json!({})).await.expect(201);
    all.check("create_audit_export").await;
    let set = json!({"version": 0, "items": [{"name": "生日", "kind": "date"}, {"name": "公司", "kind": "text"}]});
    let fields: CustomFields = admin.put("/api/v1/custom-fields", &set).await.having(200).json();
    all.check("set_custom_fields").await;
    let version = agent.get(&contact).await.json::<Contact>().version;
    let values: Vec<_> =
        fields.items.iter().map(|field| json!({"field_id": field.id, "value": "2001-02-03"})).collect();
    agent.patch(&contact, &json!({"version": version, "custom_values": values})).await.expect(200);
    all.check("update_contact, in custom fields").await;
    let set = json!({"version": 1, "items": [{"id": fields.items[1].id, "name": "单位", "kind": "text"}]});
    admin.put("/api/v1/custom-fields", &set).await.expect(200);
    all.check("set_custom_fields, without one that there was").await;
    admin.patch(&format!("/api/v1/tag-groups/{}", other.id), &json!({"place": 0, "name": "来路"})).await.expect(200);
    all.check("update_tag_group").await;
    admin.patch(&format!("/api/v1/tags/{silver}"), &json!({"place": 0, "color": "teal"})).await.expect(200);
    all.check("update_tag").await;
    let shown = |at: usize| -> Vec<String> {
        let state = all.consoles[at].machine.state();
        state.tags_of(&state.conversation(id).unwrap().contact.tag_ids).map(|tag| tag.name.clone()).collect()
    };
    assert_eq!([0, 3].map(shown), [["展会", "金"].map(str::to_owned), ["展会", "金"].map(str::to_owned)]);
    admin.delete(&format!("/api/v1/tags/{fair}")).await.expect(204);
    all.check("delete_tag").await;
    admin.delete(&format!("/api/v1/tag-groups/{}", level.id)).await.expect(204);
    all.check("delete_tag_group").await;
    assert_eq!(all.consoles[3].machine.state().conversation(id).unwrap().contact.tag_ids, []);
}

/// Contacts are imported, among them the conversation's, who is there already.
pub(super) async fn import(all: &mut Onlookers, channel: &Channel, id: ConversationId) {
    let admin = all.consoles[0].agent.clone();
    let contact = format!("/api/v1/contacts/{}", admin.conversation(id).await.contact.id);
    let version = admin.get(&contact).await.json::<Contact>().version;
    admin.patch(&contact, &json!({"version": version, "phone": "139 0013 9000"})).await.expect(200);
    let request = admin.request(Method::POST, IMPORTS).header("content-type", "application/octet-stream");
    let sent = admin.send(request.body("name,phone\n王小明,13900139000\n李雷,13800138000\n,\n".to_owned())).await;
    let import: ContactImport = sent.having(201).json();
    all.check("create_contact_import").await;
    let begin = json!({"channel_id": channel.id, "columns": import.suggested, "duplicates": "update"});
    admin.post(&format!("{IMPORTS}/{}/begin", import.id), &begin).await.expect(200);
    for _ in 0..2_000 {
        if admin.get(IMPORTS).await.json::<ContactImports>().items[0].finished_at.is_some() {
            break;
        }
    }
    all.check("begin_contact_import").await;
    let name = |at: usize| all.consoles[at].machine.state().conversation(id).unwrap().contact.name.clone();
    assert_eq!([name(0), name(3)], [Some("王小明".to_owned()), Some("王小明".to_owned())]);
    admin.post_empty(&format!("{IMPORTS}/{}/cancel", import.id)).await.expect(200);
    all.check("cancel_contact_import, that has ended").await;
    admin.post(&format!("{IMPORTS}/{}/failure-exports", import.id), &json!({})).await.expect(201);
    all.check("create_import_failure_export").await;
}

/// Notes, which every console that may see the conversation shows.
pub(super) async fn take_notes(all: &mut Onlookers, server: &TestServer, id: ConversationId) {
    let [admin, agent, member] = [0, 3, 4].map(|at: usize| all.consoles[at].agent.clone());
    for (author, mentions) in
        [(&admin, vec![agent.me.id, member.me.id]), (&agent, vec![admin.me.id]), (&member, vec![])]
    {
        let note =
            CreateNote { nonce: server.nonce(), text: "这位是老客户".to_owned(), mentions, whisper: false };
        author.post(&format!("/api/v1/conversations/{id}/notes"), &note).await.expect(201);
        all.check("create_note").await;
    }
    // One looks at what mentions them; what mentions the others goes when the history is cleared.
    assert!(agent.conversation(id).await.mentioned);
    let seen = PersonalPatch { mentioned: Some(false), ..PersonalPatch::default() };
    agent.patch(&format!("/api/v1/conversations/{id}/personal"), &seen).await.expect(200);
    all.check("personalise_conversation, having seen a mention").await;
    let mentioned = |console: usize| all.consoles[console].machine.state().conversation(id).unwrap().mentioned;
    assert_eq!([0, 3, 4].map(mentioned), [true, false, true]);
    let shown =
        all.consoles.iter().map(|console| console.machine.state().notes(id).map_or(0, |held| held.items().len()));
    assert_eq!(shown.collect::<Vec<_>>(), [6; 5], "with the lines of who joined and left");
}

/// The views of the list, of which only one's own devices know. Set on one device they are there on the other.
pub(super) async fn keep_views(all: &mut Onlookers, channel: &Channel) {
    let admin = all.consoles[0].agent.clone();
    let saved =
        |number: u128, name: &str| json!({"id": Uuid::from_u128(number), "name": name, "channel_id": channel.id});
    for (revision, items) in
        [vec![saved(1, "甲")], vec![saved(2, "乙"), saved(1, "甲")], vec![]].into_iter().enumerate()
    {
        let body = json!({"items": items, "revision": revision});
        admin.put("/api/v1/me/saved-views", &body).await.expect(200);
        all.check("set_saved_views").await;
        let kept = |console: usize| all.consoles[console].machine.state().me().saved_views.items.len();
        assert_eq!([kept(0), kept(1), kept(2)], [items.len(), items.len(), 0]);
    }
}

/// What was recalled says nothing any more, be it the newest message or one in the middle.
pub(super) async fn take_back(all: &mut Onlookers, server: &TestServer, visitor: &VisitorCaller, id: ConversationId) {
    let admin = all.consoles[0].agent.clone();
    let first = admin.say(id, "一百元").await;
    let content = NewContent::Reply { text: "还能优惠".to_owned(), quote: first.id };
    let reply = SendMessage { nonce: server.nonce(), content };
    admin.post(&format!("/api/v1/conversations/{id}/messages"), &reply).await.expect(201);
    let last = admin.say(id, "九十元").await;
    all.check("send_message, to be recalled").await;
    let path = format!("/api/v1/conversations/{id}/messages/{}/translation", last.id);
    // It is for whoever asks: nobody hears of it, wherever there is a service.
    let translated = if server.state().translation.is_on() { 200 } else { 404 };
    admin.post(&path, &json!({"language": "en"})).await.expect(translated);
    all.check("translate_message").await;
    for message in [&last, &first] {
        let path = format!("/api/v1/conversations/{id}/messages/{}/recall", message.id);
        admin.post_empty(&path).await.expect(200);
        all.check("recall_message").await;
    }
    let shown = all.consoles[1].machine.state().conversation(id).unwrap().last_message.clone().unwrap();
    assert_eq!((shown.seq, shown.content), (last.seq, Content::Recalled {}));
    visitor.say("多少钱？").await;
    all.check("send_visitor_message, after recalling").await;
}

/// A colleague is added to a conversation, taken out of it and added again: it comes to their console with its history, goes, and
/// comes back.
pub(super) async fn take_part(
    organisation: &Organisation,
    visitor: &VisitorCaller,
    id: ConversationId,
    all: &mut Onlookers,
) {
    let admin = all.consoles[0].agent.clone();
    let colleague = organisation.agent(Role::Agent).await;
    all.consoles.push(Console::open(&all.consoles[0].server.clone(), colleague.clone()).await);
    let path = format!("/api/v1/conversations/{id}/members/{}", colleague.me.id);
    let add = async |all: &mut Onlookers| {
        admin.send(admin.request(Method::PUT, &path)).await.expect(200);
        all.check("add_conversation_member").await;
        all.consoles[4].look_at(id).await;
        all.check("add_conversation_member, looked at").await;
    };
    add(all).await;
    visitor.say("来了位新同事").await;
    all.check("send_visitor_message, with a member").await;
    colleague.say(id, "您好").await;
    all.check("send_message, by a member").await;
    admin.delete(&path).await.expect(204);
    all.check("remove_conversation_member").await;
    let theirs = all.consoles[4].machine.state();
    assert!(theirs.is_withdrawn(id) && theirs.conversation(id).is_none() && theirs.timeline(id).is_none());
    assert!(all.consoles[4].heard.contains("conversation_withdrawn"));
    visitor.say("他走了吗").await;
    all.check("send_visitor_message, without the member").await;
    add(all).await;
    assert!(all.consoles.iter().all(|console| console.snapshots == 1), "by events alone");
}

/// The blacklist: the conversation leaves every list, and is back in its place.
pub(super) async fn keep_out(all: &mut Onlookers, server: &TestServer, visitor: &VisitorCaller, id: ConversationId) {
    let admin = all.consoles[0].agent.clone();
    let contact_id = admin.conversation(id).await.contact.id;
    let path = format!("/api/v1/contacts/{contact_id}/blocked");
    for blocked in [true, false] {
        admin.put(&path, &SetBlocked { blocked }).await.expect(200);
        all.check("set_contact_blocked, on and off").await;
        let listed = all.consoles[0].machine.state().list(None).any(|conversation| conversation.id == id);
        assert_eq!(listed, !blocked);
        visitor.post("/widget/v1/messages", &server.text("喂")).await.expect(if blocked { 403 } else { 201 });
        all.check("send_visitor_message, kept out and let in").await;
    }
}

/// Whose the conversation is changes, and it is closed and opened again, also by the visitor.
pub(super) async fn hand_on(all: &mut Onlookers, channel: &Channel, visitor: &VisitorCaller, id: ConversationId) {
    let [admin, supervisor, agent] = [0, 2, 3].map(|at: usize| all.consoles[at].agent.clone());
    let path = |deed: &str| format!("/api/v1/conversations/{id}/{deed}");
    for deed in ["close", "reopen"] {
        agent.post_empty(&path(deed)).await.expect(200);
        all.check(&format!("{deed}_conversation")).await;
    }
    let until = agent.conversation(id).await.last_activity_at.plus_seconds(3_600);
    agent.put(&path("snooze"), &json!({ "until": until })).await.expect(200);
    all.check("snooze_conversation").await;
    assert!(all.consoles[3].machine.state().list(None).all(|one| one.id != id), "it is out of sight");
    agent.delete(&path("snooze")).await.expect(200);
    all.check("wake_conversation").await;
    supervisor.post_empty(&path("take-over")).await.expect(200);
    all.check("take_over_conversation").await;
    assert!(all.consoles[3].machine.state().is_withdrawn(id));
    let back = json!({"agent_id": agent.me.id, "note": "还是您来"});
    supervisor.post(&path("transfer"), &back).await.expect(204);
    all.check("transfer_conversation").await;
    all.consoles[3].look_at(id).await;
    agent.post_empty(&path("close")).await.expect(200);
    visitor.say("还有一件事").await;
    all.check("send_visitor_message, to a closed conversation").await;
    let state = all.consoles[0].machine.state().conversation(id).unwrap();
    assert!(state.assignee_id.is_none() && state.queued_at.is_some(), "the channel assigns nothing by itself");
    admin.post(&path("transfer"), &back).await.expect(204);
    all.check("transfer_conversation, out of the queue").await;
    all.consoles[3].look_at(id).await;
    let address = format!("/api/v1/channels/{}/assignment", channel.id);
    for automatic in [true, false] {
        admin.put(&address, &json!({"automatic": automatic, "group_ids": []})).await.expect(200);
        all.check("set_channel_assignment").await;
    }
}

/// A cleared history and a deleted conversation are gone from every console, and what is said next is there.
pub(super) async fn take_away(
    all: &mut Onlookers,
    server: &TestServer,
    channel: &Channel,
    visitor: &VisitorCaller,
    id: ConversationId,
) {
    let admin = all.consoles[0].agent.clone();
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    all.check("clear_conversation").await;
    assert_eq!(all.consoles[1].machine.state().timeline(id).unwrap().messages(), []);
    let note =
        CreateNote { nonce: server.nonce(), text: "清空之后的".to_owned(), mentions: Vec::new(), whisper: false };
    admin.post(&format!("/api/v1/conversations/{id}/notes"), &note).await.expect(201);
    all.check("create_note, after clearing").await;
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    all.check("clear_conversation, where there are only notes").await;
    assert_eq!(all.consoles[1].machine.state().notes(id).unwrap().items(), []);
    visitor.say("重新开始").await;
    all.check("send_visitor_message, after clearing").await;
    admin.say(id, "好的").await;
    all.check("send_message, after clearing").await;
    let other = server.visit(&channel.key, None).await;
    let second = other.say("另一位").await.conversation_id;
    all.check("send_visitor_message, a second conversation").await;
    admin.delete(&format!("/api/v1/conversations/{second}")).await.expect(204);
    all.check("delete_conversation").await;
    let third = other.say("又来了").await.conversation_id;
    all.check("send_visitor_message, after a deletion").await;
    merge_and_undo(all, server, channel, third).await;
    let contact = admin.conversation(third).await.contact;
    let named = json!({"name": contact.number.to_string()});
    admin.post_empty(&format!("/api/v1/contacts/{}/data-exports", contact.id)).await.expect(201);
    all.check("create_contact_data_export").await;
    admin.delete_with(&format!("/api/v1/contacts/{}", contact.id), &named).await.expect(204);
    all.check("delete_contact").await;
    let third = other.say("又来了").await;
    assert_eq!((third.seq, third.conversation_id == second), (1, false), "a conversation of its own");
    all.check("send_visitor_message, after deleting").await;
}

/// Files of both sides: uploading one is nothing that anybody sees, sending it is a message.
pub(super) async fn send_files(
    server: &TestServer,
    agent: &AgentCaller,
    visitor: &VisitorCaller,
    id: ConversationId,
    all: &mut Onlookers,
) {
    let picture = || attachments::picture(900, 600, image::ImageFormat::Jpeg);
    let video = attachments::upload(agent, id, "v.mp4", attachments::video()).await;
    all.check("create_attachment").await;
    let address =
        |start: &str, content: &Content| format!("{start}/attachments/{}/poster", content.attachment().unwrap().id);
    let poster = address(&format!("/api/v1/conversations/{id}"), &video);
    let video = attachments::upload_to(agent, &poster, picture()).await.having(201).json();
    all.check("create_attachment_poster").await;
    attachments::send(agent, id, &attachments::message(server, &video)).await.expect(201);
    all.check("send_message, with a video").await;

    let video = attachments::upload_as_visitor(visitor, "v.mp4", attachments::video()).await;
    all.check("create_visitor_attachment").await;
    attachments::upload_to(visitor, &address("/widget/v1", &video), picture()).await.expect(201);
    all.check("create_visitor_attachment_poster").await;
    visitor.post("/widget/v1/messages", &attachments::message(server, &video)).await.expect(201);
    all.check("send_visitor_message, with a video").await;
}

/// Accounts and sessions, which no console shows: whatever happens to them leaves every state what it is.
pub(super) async fn come_and_go(server: &TestServer, agent: &AgentCaller, leaver: &AgentCaller, all: &mut Onlookers) {
    let caller = server.anonymous();
    let request = request_for(&caller, "13800138000").await;
    all.check("create_challenge").await;
    caller.post("/api/v1/auth/verification-codes", &request).await.expect(202);
    all.check("send_verification_code").await;
    let registration = registration("newcomer", &newest_code(&caller).await);
    caller.post("/api/v1/auth/registrations", &registration).await.expect(201);
    all.check("register_organisation").await;

    let device = agent.on_another_device().await;
    all.check("login").await;
    let device = device.refreshed().await;
    all.check("refresh_session").await;
    device.delete("/api/v1/auth/sessions/current").await.expect(204);
    all.check("logout").await;
    let device = agent.on_another_device().await;
    agent.delete(&format!("/api/v1/me/sessions/{}", device.me.session_id)).await.expect(204);
    all.check("revoke_session").await;
    agent.post_empty("/api/v1/me/socket-tickets").await.expect(201);
    // Looking on costs requests, and there are only so many a minute.
    server.clock.advance(60_000);
    let picture = attachments::picture(64, 48, image::ImageFormat::Png);
    let request = agent.request(Method::PUT, "/api/v1/me/avatar").header("content-type", "application/octet-stream");
    agent.send(request.body(picture)).await.expect(200);
    all.check("set_avatar").await;
    agent.delete("/api/v1/me/avatar").await.expect(204);
    all.check("remove_avatar").await;
    all.check("create_socket_ticket").await;
    let change = ChangePassword { old_password: PASSWORD.to_owned(), new_password: "another horse 2".to_owned() };
    agent.put("/api/v1/me/password", &change).await.expect(204);
    all.check("change_password").await;
    let push = "/api/v1/me/push-subscription";
    let key = leaver.get(push).await.having(200).json::<PushState>().public_key.unwrap();
    let service = PushService::open(server.clock.clone());
    leaver.put(push, &service.browser(&key)).await.expect(200);
    all.check("set_push_subscription").await;
    leaver.delete(push).await.expect(204);
    all.check("remove_push_subscription").await;
    // Of somebody else, since it would hang up on those who look on.
    leaver.delete("/api/v1/auth/sessions").await.expect(204);
    all.check("logout_everywhere").await;
}

/// The organisation is set up: visitors are welcomed, a colleague is added, and the wizard is told to stay away, on every device.
pub(super) async fn set_up(server: &TestServer, channel: &Channel, admin: &AgentCaller, all: &mut Onlookers) {
    // Whoever looks on asks a lot in a minute.
    server.clock.advance(30_000);
    admin.put("/api/v1/welcome", &SetWelcome { text: "您好".to_owned() }).await.expect(200);
    all.check("set_welcome").await;
    let newcomer = server.visit(&channel.key, None).await;
    let begun = newcomer.say("第一句").await;
    all.check("send_visitor_message, behind a welcome").await;
    let known = all.consoles[0].machine.state().conversation(begun.conversation_id).unwrap();
    assert_eq!((known.last_seq, known.unread, known.agents_read_seq), (2, 1, 0));
    assert_eq!(known.waiting_since, Some(begun.created_at), "nobody has answered");
    admin.say(begun.conversation_id, "您好，请讲").await;
    all.check("send_message, behind a welcome").await;
    admin.delete(&format!("/api/v1/conversations/{}", begun.conversation_id)).await.expect(204);
    admin.put("/api/v1/welcome", &SetWelcome { text: String::new() }).await.expect(200);
    all.check("set_welcome, taken away").await;
    admin.put("/api/v1/organisation/file-limit", &FileLimit { max_megabytes: 5 }).await.expect(200);
    all.check("set_file_limit").await;
    admin.post("/api/v1/agents", &agents::colleague("new-colleague")).await.expect(201);
    all.check("create_agent").await;
    assert!(all.consoles.iter().all(|console| console.heard.contains("agent_created")));
    let dismissed = MePatch { setup_dismissed: Some(true), ..MePatch::default() };
    admin.patch("/api/v1/me", &dismissed).await.expect(200);
    all.check("update_me, without the wizard").await;
    let knows = |at: usize| all.consoles[at].machine.state().me().setup_dismissed;
    assert_eq!([knows(0), knows(1), knows(2)], [true, true, false]);
}
