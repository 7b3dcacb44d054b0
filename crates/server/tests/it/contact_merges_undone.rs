//! Contacts who were merged are taken apart, or deleted: nothing of the one stays with the other.

use crate::contact_merges::{contact, fits, known, listed, merge, path, undo_path};
use serde_json::{Value, json};
use server::actions::erasing;
use server::auth::actor::AnyAgent;
use store::{OrgScope, Viewer};
use testkit::{TestServer, db_tests};
use types::agents::Role;
use types::contact_merges::SeparatedContacts;
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::ContactId;
use types::page::Page;
use types::tags::TagGroup;

db_tests!(what_came_by_a_merge_goes_with_it_and_is_nowhere_afterwards, nobody_is_deleted_whom_nobody_has_confirmed,);

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
    let is_gone = async |words: &[&str]| {
        // What the survivor is found by follows within moments.
        until_indexed(&server).await;
        let stored = testkit::everything_stored(server.state().db.reader()).await;
        for word in words {
            let found = stored.split(word).next().filter(|before| before.len() < stored.len());
            let before = found.map(|before| before.chars().rev().take(200).collect::<Vec<_>>());
            assert_eq!(
                before.map(|signs| signs.into_iter().rev().collect::<String>()),
                None,
                "{word} is stored after this"
            );
        }
    };
    is_gone(&["上官云", "13700137000", "重新开始"]).await;
    server.clock.advance(1);
    let apart: SeparatedContacts = admin.post_empty(&undo_path(&two)).await.having(200).json();
    let now = apart.contact;
    assert_eq!((now.name, now.phone, now.remark.as_deref()), (None, None, Some("爱喝茶")));
    assert_eq!((now.blocked_at, apart.other.blocked_at.is_some()), (None, true));
    admin.delete_with(&path(last.id), &json!({"name": "司马青"})).await.expect(204);
    is_gone(&["上官云", "司马青", "13600136000"]).await;
    assert_eq!(listed(&admin).await, [survivor.id]);
    fits(&server).await;
}

async fn until_indexed(server: &TestServer) {
    for _ in 0..10_000 {
        if store::search::behind(server.state().db.reader(), 1).await.unwrap().is_empty() {
            return;
        }
    }
    panic!("the index has not come to the end of the ledger");
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
