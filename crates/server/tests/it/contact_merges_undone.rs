//! Contacts who were merged are taken apart, or deleted: nothing of the one stays with the other.

use crate::contact_merges::{contact, fits, known, listed, merge, path, purged, undo_path};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use server::actions::erasing;
use server::auth::actor::AnyAgent;
use store::{OrgScope, Viewer};
use testkit::visitor::visit_request;
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::Role;
use types::contact_merges::{ContactMerges, MergedContact, SeparatedContacts};
use types::contacts::Contact;
use types::conversations::Conversation;
use types::custom_fields::CustomFields;
use types::error::{ErrorCode, FieldCode};
use types::id::{ContactId, ContactMergeId};
use types::limits;
use types::page::Page;
use types::tags::TagGroup;
use types::visitors::{NamedValue, OpenVisitorSession, VisitorDetails, VisitorSession};

db_tests!(
    what_came_by_a_merge_goes_with_it_and_is_nowhere_afterwards,
    nobody_is_deleted_whom_nobody_has_confirmed,
    what_a_merged_browser_tells_is_its_own_and_goes_with_it,
    what_two_browsers_tell_goes_with_each_of_them,
    what_two_have_brought_stays_with_the_one_who_stays,
    who_came_by_somebody_whose_channel_goes_is_taken_apart_all_the_same,
    no_more_are_merged_than_one_write_holds,
);

/// Waits until these words are nowhere: the search forgets them a moment after the ledger.
async fn are_gone(server: &TestServer, words: &[&str]) {
    let gone = async {
        loop {
            let stored = testkit::everything_stored(server.state().db.reader()).await;
            if !words.iter().any(|word| stored.contains(word)) {
                break;
            }
        }
    };
    testkit::in_time(&format!("{words:?} are stored nowhere"), gone).await;
}

async fn undo(admin: &AgentCaller, merged: &MergedContact) -> SeparatedContacts {
    admin.post_empty(&undo_path(merged)).await.having(200).json()
}

async fn field(admin: &AgentCaller) -> CustomFields {
    let items = json!([{"name": "人数", "kind": "text", "visitors_fill": true}]);
    admin.put("/api/v1/custom-fields", &json!({"version": 0, "items": items})).await.having(200).json()
}

async fn what_came_by_a_merge_goes_with_it_and_is_nowhere_afterwards(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let agent = organisation.agent(Role::Agent).await;
    let (first, survivor) = known(&server, &admin, &channel, json!({"remark": "爱喝茶"})).await;
    let note = json!({"name": "上官云", "phone": "13700137000"});
    let (second, other) = known(&server, &admin, &channel, note).await;
    let note = json!({"name": "司马青", "phone": "13600136000"});
    let (_, last) = known(&server, &admin, &channel, note).await;
    let group: TagGroup = admin.post("/api/v1/tag-groups", &json!({"name": "级别"})).await.having(201).json();
    let tags = format!("/api/v1/tag-groups/{}/tags", group.id);
    admin.post(&tags, &json!({"name": "金牌"})).await.expect(201);
    let group: TagGroup = admin.post(&tags, &json!({"name": "银牌"})).await.having(201).json();
    let ids: Vec<_> = group.tags.iter().map(|tag| tag.id).collect();
    admin.put(&format!("{}/tags", path(other.id)), &json!({"version": 1, "tag_ids": ids})).await.expect(200);
    admin.put(&format!("{}/blocked", path(last.id)), &json!({"blocked": true})).await.expect(200);

    server.clock.advance(1);
    let one = merge(&admin, survivor.id, other.id, json!({})).await;
    assert_eq!(one.contact.name.as_deref(), Some("上官云"), "what only one has is kept");
    // Deeds that the log remembers with that name, and a conversation that begins while the two are one.
    for blocked in [true, false] {
        admin.put(&format!("{}/blocked", path(survivor.id)), &json!({"blocked": blocked})).await.expect(200);
    }
    let (of_first, before) = (first.say("在吗").await.conversation_id, second.say("在吗").await.conversation_id);
    admin.delete(&format!("/api/v1/conversations/{before}")).await.expect(204);
    assert_ne!(second.say("重新开始").await.conversation_id, before);
    // Files of the one are not seen because of the other one's conversation.
    agent.is_given(of_first).await;
    let viewer = Viewer { org_id: admin.me.org_id, agent_id: agent.me.id, sees_all: false, sees_details: true };
    for (id, seen) in [(survivor.id, true), (other.id, false)] {
        assert_eq!(store::attachments::are_seen(server.state().db.reader(), viewer, id).await.unwrap(), seen);
    }
    // What is kept of who is not there holds nobody up, and is put right when they are there again.
    let now = contact(&admin, survivor.id).await;
    let none = json!({"version": now.version, "tag_ids": []});
    admin.put(&format!("{}/tags", path(survivor.id)), &none).await.expect(200);
    let single = json!({"single_choice": true});
    admin.patch(&format!("/api/v1/tag-groups/{}", group.id), &single).await.expect(200);
    // Longer than two servers' clocks may be apart.
    server.clock.advance(120_000);
    let two = merge(&admin, survivor.id, last.id, json!({"name": true, "phone": true})).await;
    assert_eq!((two.contact.name.as_deref(), two.contact.blocked_at.is_some()), (Some("司马青"), true));

    server.clock.advance(1);
    let apart: SeparatedContacts = admin.post_empty(&undo_path(&one)).await.having(200).json();
    assert_eq!(apart.contact.name.as_deref(), Some("司马青"));
    assert_eq!((apart.other.name.as_deref(), apart.other.tag_ids), (Some("上官云"), vec![ids[0]]));
    assert_eq!(apart.other.blocked_at, None, "somebody else was on the blacklist");
    let begun = second.say("我在").await.conversation_id;
    assert_eq!(admin.conversation(begun).await.contact.name.as_deref(), Some("上官云"));
    fits(&server).await;
    admin.delete_with(&path(other.id), &json!({"name": "上官云"})).await.expect(204);
    are_gone(&server, &["上官云", "13700137000", "重新开始"]).await;
    server.clock.advance(1);
    let apart: SeparatedContacts = admin.post_empty(&undo_path(&two)).await.having(200).json();
    let now = apart.contact;
    assert_eq!((now.name, now.phone, now.remark.as_deref()), (None, None, Some("爱喝茶")));
    assert_eq!((now.blocked_at, apart.other.blocked_at.is_some()), (None, true));
    admin.delete_with(&path(last.id), &json!({"name": "司马青"})).await.expect(204);
    are_gone(&server, &["上官云", "司马青", "13600136000"]).await;
    assert_eq!(listed(&admin).await, [survivor.id]);
    fits(&server).await;
}

async fn nobody_is_deleted_whom_nobody_has_confirmed(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (_, survivor) = known(&server, &admin, &channel, json!({"name": "王芳"})).await;
    let (_, other) = known(&server, &admin, &channel, json!({"name": "小王"})).await;
    let state = server.state();
    let agent = AnyAgent::of_session(&state, OrgScope::new(admin.me.org_id), admin.me.session_id).await.unwrap();
    let delete = async |id, confirmed: &[ContactId]| {
        erasing::delete_confirmed(&state, &agent, id, confirmed).await.map_err(|error| error.problem().code)
    };
    // Between two steps of the one's deletion they become somebody else, and somebody else becomes they.
    let merged = merge(&admin, survivor.id, other.id, json!({})).await;
    for (id, confirmed) in [(other.id, other.id), (survivor.id, survivor.id)] {
        assert_eq!(delete(id, &[confirmed]).await, Err(ErrorCode::Conflict));
    }
    let all: Page<Conversation> = admin.get("/api/v1/conversations").await.json();
    assert_eq!(all.items.iter().filter(|one| one.contact.id == survivor.id).count(), 2);
    // Nor is anybody deleted who was not shown when the name was typed; who was, is.
    let shown = async |merge_ids: Value| {
        let body = json!({"name": "王芳", "merge_ids": merge_ids});
        admin.delete_with(&path(survivor.id), &body).await.problem()
    };
    assert_eq!(shown(json!([])).await.code, ErrorCode::Conflict);
    let many = vec![merged.merge.id; 21];
    let refused = shown(serde_json::to_value(many).unwrap()).await;
    assert_eq!((refused.errors[0].field.as_str(), refused.errors[0].limit), ("merge_ids", Some(20)));
    // Of two who were confirmed one is somebody of their own again.
    admin.post_empty(&undo_path(&merged)).await.expect(200);
    assert_eq!(delete(survivor.id, &[survivor.id, other.id]).await, Ok(()));
    assert_eq!(listed(&admin).await, [other.id]);
    assert_eq!(contact(&admin, other.id).await.name.as_deref(), Some("小王"));
    fits(&server).await;
}

async fn what_a_merged_browser_tells_is_its_own_and_goes_with_it(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    field(&admin).await;
    let form = json!({"enabled": true, "title": "请留言", "fields": [{"kind": "phone"}]});
    let style = json!({"style": {"color": "#2f6bff", "form": form}});
    admin.patch(&format!("/api/v1/channels/{}", channel.id), &style).await.expect(200);
    // The one was merged before, and came over with the other: what their browser tells goes with both.
    let (_, survivor) = known(&server, &admin, &channel, json!({"name": "王芳"})).await;
    let (_, between) = known(&server, &admin, &channel, json!({"name": "上官云"})).await;
    let (last, other) = known(&server, &admin, &channel, json!({"name": "司马青"})).await;
    server.clock.advance(1);
    let inner = merge(&admin, between.id, other.id, json!({})).await;
    let outer = merge(&admin, survivor.id, between.id, json!({})).await;

    server.clock.advance(360_000);
    let answers = json!({"answers": [{"field": "phone", "value": "13700137000"}]});
    last.put("/widget/v1/answers", &answers).await.expect(204);
    let custom = vec![NamedValue { name: "人数".to_owned(), value: "四十七人".to_owned() }];
    let details = VisitorDetails { custom, ..VisitorDetails::default() };
    let again = visit_request(&channel.key, Some(last.token()));
    let again = OpenVisitorSession { locale: "is-IS".to_owned(), details: Some(details), ..again };
    let session: VisitorSession = server.anonymous().post("/widget/v1/sessions", &again).await.having(200).json();
    assert_eq!(session.contact_id, other.id);
    let now = contact(&admin, survivor.id).await;
    assert_eq!((now.phone.as_deref(), now.custom_values.len()), (Some("13700137000"), 1), "agents see what was told");
    assert_eq!(now.locale, survivor.locale, "of browsers they see the survivor's own");
    assert_eq!(now.last_seen_at.millis_since(survivor.last_seen_at), 360_001);

    server.clock.advance(1);
    let apart = undo(&admin, &outer).await;
    let told = |contact: &Contact| (contact.locale.clone(), contact.phone.clone(), contact.custom_values.len());
    assert_eq!(told(&apart.contact), (survivor.locale.clone(), None, 0));
    assert_eq!(apart.contact.last_seen_at, survivor.last_seen_at);
    assert_eq!(told(&apart.other), (between.locale.clone(), Some("13700137000".to_owned()), 1));
    let apart = undo(&admin, &inner).await;
    assert_eq!(told(&apart.contact), (between.locale.clone(), None, 0));
    assert_eq!(apart.contact.last_seen_at, between.last_seen_at);
    assert_eq!(told(&apart.other), (Some("is-IS".to_owned()), Some("13700137000".to_owned()), 1));
    fits(&server).await;
    admin.delete_with(&path(other.id), &json!({"name": "司马青"})).await.expect(204);
    are_gone(&server, &["司马青", "13700137000", "四十七人", "is-IS"]).await;
    assert_eq!(listed(&admin).await, [survivor.id, between.id]);
    fits(&server).await;
}

async fn what_two_browsers_tell_goes_with_each_of_them(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    field(&admin).await;
    let (_, survivor) = known(&server, &admin, &channel, json!({"name": "王芳"})).await;
    let mut merges = Vec::new();
    for name in ["上官云", "司马青"] {
        let (caller, one) = known(&server, &admin, &channel, json!({"name": name})).await;
        server.clock.advance(1);
        merges.push((caller, merge(&admin, survivor.id, one.id, json!({})).await));
    }
    // Only now do their pages say how many they are, one after the other: the first fills what is empty of the survivor.
    for ((caller, _), value) in merges.iter().zip(["四十七人", "八十九人"]) {
        server.clock.advance(1_000);
        let custom = vec![NamedValue { name: "人数".to_owned(), value: value.to_owned() }];
        let details = VisitorDetails { custom, ..VisitorDetails::default() };
        let again = OpenVisitorSession { details: Some(details), ..visit_request(&channel.key, Some(caller.token())) };
        server.anonymous().post("/widget/v1/sessions", &again).await.expect(200);
    }
    let value = |contact: &Contact| contact.custom_values.first().map(|value| value.value.clone());
    assert_eq!(value(&contact(&admin, survivor.id).await).as_deref(), Some("四十七人"));
    server.clock.advance(1);
    let apart = undo(&admin, &merges[0].1).await;
    assert_eq!(value(&apart.contact).as_deref(), Some("八十九人"), "who is still there has it too");
    assert_eq!(value(&apart.other).as_deref(), Some("四十七人"));
    let apart = undo(&admin, &merges[1].1).await;
    assert_eq!((value(&apart.contact), value(&apart.other).as_deref()), (None, Some("八十九人")));
    fits(&server).await;
}

async fn what_two_have_brought_stays_with_the_one_who_stays(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let fields = field(&admin).await;
    let group: TagGroup = admin.post("/api/v1/tag-groups", &json!({"name": "级别"})).await.having(201).json();
    let tags = format!("/api/v1/tag-groups/{}/tags", group.id);
    let group: TagGroup = admin.post(&tags, &json!({"name": "金牌"})).await.having(201).json();
    let tag = group.tags[0].id;
    let (visitor, survivor) = known(&server, &admin, &channel, json!({"name": "王芳"})).await;
    let mut both = Vec::new();
    for (name, phone) in [("小王", "13700137000"), ("老王", "13600136000")] {
        let value = json!([{"field_id": fields.items[0].id, "value": "四十七人"}]);
        let note = json!({"name": name, "phone": phone, "custom_values": value});
        let (caller, one) = known(&server, &admin, &channel, note).await;
        server.clock.advance(1);
        admin.put(&format!("{}/tags", path(one.id)), &json!({"version": 1, "tag_ids": [tag]})).await.expect(200);
        admin.put(&format!("{}/blocked", path(one.id)), &json!({"blocked": true})).await.expect(200);
        both.push((caller, one.id));
    }
    server.clock.advance(1);
    let one = merge(&admin, survivor.id, both[0].1, json!({})).await;
    let two = merge(&admin, survivor.id, both[1].1, json!({})).await;
    assert_eq!(two.contact.phone.as_deref(), Some("13700137000"));

    let apart = undo(&admin, &one).await;
    assert_eq!((apart.contact.tag_ids, apart.contact.phone.as_deref()), (vec![tag], Some("13600136000")));
    assert_eq!(apart.contact.custom_values.len(), 1);
    assert_eq!(apart.contact.blocked_at, contact(&admin, both[1].1).await.blocked_at);
    for caller in [&visitor, &both[0].0, &both[1].0] {
        caller.post("/widget/v1/messages", &server.text("喂")).await.expect(403);
    }
    fits(&server).await;
    // What stood in a field that is deleted is not in what a merge keeps either.
    admin.put("/api/v1/custom-fields", &json!({"version": 1, "items": []})).await.expect(200);
    let state = server.state();
    let kept = Statement::from_string(state.db.reader().get_database_backend(), "SELECT kept FROM contact_merge");
    for row in state.db.reader().query_all_raw(kept).await.unwrap() {
        assert!(!row.try_get::<String>("", "kept").unwrap().contains("四十七人"));
    }
    let apart = undo(&admin, &two).await;
    let now = apart.contact;
    assert_eq!((now.tag_ids, now.phone, now.custom_values.len()), (Vec::new(), None, 0));
    assert_eq!((now.blocked_at, apart.other.blocked_at.is_some()), (None, true));
    visitor.say("我又能说话了").await;
    fits(&server).await;
}

async fn who_came_by_somebody_whose_channel_goes_is_taken_apart_all_the_same(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let channels = [organisation.channel().await, organisation.channel().await, organisation.channel().await];
    let (_, survivor) = known(&server, &admin, &channels[0], json!({"name": "王芳"})).await;
    let (_, between) = known(&server, &admin, &channels[1], json!({"remark": "爱喝茶"})).await;
    let (last, other) = known(&server, &admin, &channels[2], json!({"phone": "13700137000"})).await;
    let (_, another) = known(&server, &admin, &channels[2], json!({"phone": "13600136000"})).await;
    let inner = merge(&admin, between.id, other.id, json!({})).await;
    let taken = merge(&admin, between.id, another.id, json!({"phone": true})).await;
    let outer = merge(&admin, survivor.id, between.id, json!({})).await;
    // Whoever would be deleted with the survivor is told of, those who came with somebody else included.
    let merges = async || -> Vec<(ContactMergeId, ContactId)> {
        let merges: ContactMerges = admin.get(&format!("{}/merges", path(survivor.id))).await.having(200).json();
        merges.items.iter().map(|one| (one.id, one.survivor_id)).collect()
    };
    let ids = [(outer.merge.id, survivor.id), (taken.merge.id, between.id), (inner.merge.id, between.id)];
    assert_eq!(merges().await, ids);
    let shown = json!({"name": "王芳", "merge_ids": [outer.merge.id]});
    admin.delete_with(&path(survivor.id), &shown).await.expect(409);
    let gone = &channels[1];
    admin.delete_with(&format!("/api/v1/channels/{}", gone.id), &json!({"name": gone.name})).await.expect(204);
    purged(&server, admin.me.org_id, gone.id).await;
    fits(&server).await;
    assert_eq!(merges().await, [(taken.merge.id, survivor.id), (inner.merge.id, survivor.id)]);
    let contact = contact(&admin, other.id).await;
    assert_eq!((contact.id, contact.phone.as_deref()), (survivor.id, Some("13600136000")));
    let apart = undo(&admin, &MergedContact { contact, ..inner }).await;
    assert_eq!((apart.other.id, apart.other.phone.as_deref()), (other.id, Some("13700137000")));
    assert_eq!(apart.contact.phone.as_deref(), Some("13600136000"), "of the one who is still there");
    let apart = undo(&admin, &MergedContact { contact: apart.contact, ..taken }).await;
    // What the one between had stays.
    assert_eq!((apart.contact.phone, apart.contact.remark.as_deref()), (None, Some("爱喝茶")));
    last.say("还在").await;
    fits(&server).await;
}

async fn no_more_are_merged_than_one_write_holds(server: TestServer) {
    server.reconfigure(|config| config.limits.requests_per_minute = 100_000).await;
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (_, survivor) = known(&server, &admin, &channel, json!({"name": "王芳"})).await;
    let (_, tagged) = known(&server, &admin, &channel, json!({"name": "小王"})).await;
    let group: TagGroup = admin.post("/api/v1/tag-groups", &json!({"name": "级别"})).await.having(201).json();
    let mut tags = Vec::new();
    for number in 0..=limits::CONTACT_TAGS_MAX {
        let path = format!("/api/v1/tag-groups/{}/tags", group.id);
        let group: TagGroup = admin.post(&path, &json!({"name": format!("{number}")})).await.having(201).json();
        tags.extend(group.tags.into_iter().map(|tag| tag.id).filter(|id| !tags.contains(id)).collect::<Vec<_>>());
    }
    for (one, some) in [(&survivor, &tags[..1]), (&tagged, &tags[1..])] {
        let set = json!({"version": 1, "tag_ids": some});
        admin.put(&format!("{}/tags", path(one.id)), &set).await.expect(200);
    }
    let into = format!("{}/merge", path(survivor.id));
    let request = |version: i64, other: ContactId, other_version: i64| -> Value {
        json!({"other_id": other, "version": version, "other_version": other_version})
    };
    let refused = admin.post(&into, &request(2, tagged.id, 2)).await.having(422);
    assert_eq!(refused.faults(), [("take.tag_group_ids".to_owned(), FieldCode::TooLong)]);
    let mut version = 2;
    for number in 0..=limits::CONTACT_MERGES_MAX {
        let other = server.visit(&channel.key, None).await;
        other.say("你好").await;
        let merge = admin.post(&into, &request(version, other.session.contact_id, 0)).await;
        if number == limits::CONTACT_MERGES_MAX {
            assert_eq!(merge.having(422).faults(), [("other_id".to_owned(), FieldCode::TooLong)]);
        } else {
            version = merge.having(201).json::<MergedContact>().contact.version;
        }
    }
    fits(&server).await;
}
