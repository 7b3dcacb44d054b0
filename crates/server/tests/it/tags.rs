//! Tags: made and changed by admins, given to contacts by whoever sees them, told to everybody.

use serde_json::{Value, json};
use testkit::{AgentCaller, Organisation, TestServer, VisitorCaller, db_tests};
use types::agents::{Me, Role};
use types::audit::{AuditAction, AuditEntry};
use types::contacts::Contact;
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::{ContactId, TagId};
use types::page::Page;
use types::tags::{TagContents, TagGroup, TagGroupContents, TagGroups};
use uuid::Uuid;

db_tests!(
    groups_and_tags_are_made_renamed_and_moved_and_everybody_hears_of_it,
    a_name_is_taken_once_and_there_are_only_so_many,
    a_contact_has_one_tag_of_a_single_choice_group,
    of_two_who_tag_at_once_the_second_looks_again,
    a_group_becomes_single_choice_when_no_contact_has_several_of_its_tags,
    what_is_deleted_is_taken_off_contacts_and_told_and_remembered,
    the_list_of_conversations_and_a_saved_view_are_of_a_tag,
    groups_find_room_between_others_again_and_again,
);

const GROUPS: &str = "/api/v1/tag-groups";

async fn add_group(admin: &AgentCaller, name: &str, single_choice: bool) -> TagGroup {
    admin.post(GROUPS, &json!({"name": name, "single_choice": single_choice})).await.having(201).json()
}

/// Adds tags to a group and answers their ids.
async fn add_tags(admin: &AgentCaller, group: &TagGroup, names: &[&str]) -> Vec<TagId> {
    let mut now = group.clone();
    for name in names {
        now = admin.post(&format!("{GROUPS}/{}/tags", group.id), &json!({"name": name})).await.having(201).json();
    }
    now.tags.iter().map(|tag| tag.id).collect()
}

async fn groups(agent: &AgentCaller) -> Vec<TagGroup> {
    agent.get(GROUPS).await.having(200).json::<TagGroups>().items
}

fn names(groups: &[TagGroup]) -> Vec<(&str, Vec<&str>)> {
    groups.iter().map(|group| (group.name.as_str(), group.tags.iter().map(|tag| tag.name.as_str()).collect())).collect()
}

async fn visitor(server: &TestServer, organisation: &Organisation) -> VisitorCaller {
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    visitor
}

fn of_contact(id: ContactId) -> String {
    format!("/api/v1/contacts/{id}/tags")
}

fn set(version: i64, tag_ids: &[TagId]) -> Value {
    json!({"version": version, "tag_ids": tag_ids})
}

async fn groups_and_tags_are_made_renamed_and_moved_and_everybody_hears_of_it(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let foreign = server.organisation().await.admin;
    let (mut console, _) = agent.socket().await;
    let level = add_group(&admin, " 级别 ", true).await;
    assert_eq!((level.name.as_str(), level.single_choice, level.version), ("级别", true, 1));
    let source = add_group(&admin, "来源", false).await;
    let ids = add_tags(&admin, &source, &["展会", "朋友", "广告"]).await;
    let renamed = json!({"name": "来路", "place": 0});
    let moved: TagGroup = admin.patch(&format!("{GROUPS}/{}", source.id), &renamed).await.having(200).json();
    let last: TagGroup = admin
        .patch(&format!("/api/v1/tags/{}", ids[0]), &json!({"place": 9, "color": "teal"}))
        .await
        .having(200)
        .json();
    let all = groups(&agent).await;
    assert_eq!(names(&all), [("来路", vec!["朋友", "广告", "展会"]), ("级别", vec![])]);
    assert_eq!(all[0], last);
    assert_eq!((last.version, last.tags[2].color.as_str()), (moved.version + 1, "teal"));
    // What is so already is no event.
    let same: TagGroup =
        admin.patch(&format!("/api/v1/tags/{}", ids[0]), &json!({"place": 2, "name": "展会"})).await.having(200).json();
    assert_eq!(same, last);
    let same = admin.patch(&format!("{GROUPS}/{}", source.id), &json!({"place": 0, "name": "来路"})).await;
    assert_eq!(same.having(200).json::<TagGroup>(), last);
    let mut heard = Vec::new();
    for frame in console.heard_so_far().await {
        if let types::ws::ServerFrame::Event { event: Event::TagGroupSaved { group }, .. } = frame {
            heard.push((group.name.clone(), group.tags.len()));
        }
    }
    let expected = [("级别", 0), ("来源", 0), ("来源", 1), ("来源", 2), ("来源", 3), ("来路", 3), ("来路", 3)];
    assert_eq!(heard, expected.map(|(name, tags)| (name.to_owned(), tags)));
    assert_eq!(groups(&foreign).await, []);
    foreign.patch(&format!("{GROUPS}/{}", source.id), &renamed).await.expect(404);
    foreign.patch(&format!("/api/v1/tags/{}", ids[0]), &json!({"color": "red"})).await.expect(404);
    foreign.delete(&format!("/api/v1/tags/{}", ids[0])).await.expect(404);
}

async fn a_name_is_taken_once_and_there_are_only_so_many(server: TestServer) {
    let admin = server.organisation().await.admin;
    let first = add_group(&admin, "VIP", false).await;
    let ids = add_tags(&admin, &first, &["Gold", "Silver"]).await;
    let taken = vec![("name".to_owned(), FieldCode::Taken)];
    assert_eq!(admin.post(GROUPS, &json!({"name": "vip "})).await.having(422).faults(), taken);
    let tags = format!("{GROUPS}/{}/tags", first.id);
    assert_eq!(admin.post(&tags, &json!({"name": " gold"})).await.having(422).faults(), taken);
    let silver = format!("/api/v1/tags/{}", ids[1]);
    assert_eq!(admin.patch(&silver, &json!({"name": "GOLD"})).await.having(422).faults(), taken);
    // Its own, written otherwise; and in another group it is another tag.
    admin.patch(&silver, &json!({"name": "SILVER"})).await.expect(200);
    let second = add_group(&admin, "其他", false).await;
    add_tags(&admin, &second, &["Gold"]).await;
    let other = format!("{GROUPS}/{}", second.id);
    assert_eq!(admin.patch(&other, &json!({"name": "Vip"})).await.having(422).faults(), taken);
    // A name is free again once its tag is deleted.
    admin.delete(&format!("/api/v1/tags/{}", ids[0])).await.expect(204);
    add_tags(&admin, &first, &["gold"]).await;
    for number in 2..types::limits::TAG_GROUPS_MAX {
        add_group(&admin, &format!("组{number}"), false).await;
    }
    let beyond = admin.post(GROUPS, &json!({"name": "太多"})).await.having(409);
    assert_eq!(beyond.code(), ErrorCode::Conflict);
}

async fn a_contact_has_one_tag_of_a_single_choice_group(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let visitor = visitor(&server, &organisation).await;
    let path = of_contact(visitor.session.contact_id);
    let (level, source) = (add_group(&admin, "级别", true).await, add_group(&admin, "来源", false).await);
    let levels = add_tags(&admin, &level, &["金", "银"]).await;
    let sources = add_tags(&admin, &source, &["展会", "朋友"]).await;
    let faults = async |tag_ids: &[TagId]| admin.put(&path, &set(0, tag_ids)).await.having(422).faults();
    let wrong = |field: &str| (field.to_owned(), FieldCode::Wrong);
    assert_eq!(faults(&[levels[0], sources[0], levels[1]]).await, [wrong("tag_ids[2]")]);
    assert_eq!(faults(&[sources[0], TagId(Uuid::from_u128(1))]).await, [wrong("tag_ids[1]")]);
    let twice = faults(&[sources[0], sources[0]]).await;
    assert_eq!(twice, [("tag_ids[1]".to_owned(), FieldCode::Taken)]);
    let mine = server.organisation().await.admin;
    let foreign = add_tags(&mine, &add_group(&mine, "级别", false).await, &["金"]).await;
    assert_eq!(faults(&foreign).await, [wrong("tag_ids[0]")]);
    let tagged: Contact = admin.put(&path, &set(0, &[sources[1], levels[1], sources[0]])).await.having(200).json();
    let mut wanted = [levels[1], sources[0], sources[1]];
    wanted.sort_unstable();
    assert_eq!(tagged.tag_ids, wanted, "each, in the order of their ids");
    mine.put(&path, &set(1, &[])).await.expect(404);
    // A colleague who does not see the conversation; the one whose it is may.
    let agent = organisation.agent(Role::Agent).await;
    agent.put(&path, &set(1, &[])).await.expect(404);
    let conversation = visitor.say("在吗").await.conversation_id;
    agent.is_given(conversation).await;
    let less: Contact = agent.put(&path, &set(1, &[levels[0]])).await.having(200).json();
    assert_eq!((less.tag_ids.as_slice(), less.version), (&levels[..1], 2));
    assert_eq!(admin.conversation(conversation).await.contact, less.summary());
}

async fn of_two_who_tag_at_once_the_second_looks_again(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let visitor = visitor(&server, &organisation).await;
    let path = of_contact(visitor.session.contact_id);
    let ids = add_tags(&admin, &add_group(&admin, "来源", false).await, &["展会", "朋友"]).await;
    let (one, other) = (set(0, &ids[..1]), set(0, &ids[1..]));
    let answers = futures_util::future::join(admin.put(&path, &one), supervisor.put(&path, &other)).await;
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    // What is so already is no conflict, whatever version was seen, and no event.
    let stands: Contact = admin.get(path.trim_end_matches("/tags")).await.json();
    let cursor = admin.get("/api/v1/events").await.json::<EventsAfter>().cursor;
    let again: Contact = admin.put(&path, &set(0, &stands.tag_ids)).await.having(200).json();
    assert_eq!(again, stands);
    assert_eq!(admin.get("/api/v1/events").await.json::<EventsAfter>().cursor, cursor);
}

async fn a_group_becomes_single_choice_when_no_contact_has_several_of_its_tags(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let group = add_group(&admin, "来源", false).await;
    let ids = add_tags(&admin, &group, &["展会", "朋友"]).await;
    let path = format!("{GROUPS}/{}", group.id);
    let mut visitors = Vec::new();
    for _ in 0..2 {
        visitors.push(visitor(&server, &organisation).await.session.contact_id);
    }
    admin.put(&of_contact(visitors[0]), &set(0, &ids)).await.expect(200);
    admin.put(&of_contact(visitors[1]), &set(0, &ids[..1])).await.expect(200);
    let refused = admin.patch(&path, &json!({"single_choice": true})).await.having(409);
    assert!(refused.problem().detail.starts_with("1 contacts"), "{:?}", refused.problem());
    let contents: TagGroupContents = admin.get(&format!("{path}/contents")).await.having(200).json();
    assert_eq!((contents.contacts, contents.contacts_with_several), (2, 1));
    admin.put(&of_contact(visitors[0]), &set(1, &ids[1..])).await.expect(200);
    let single: TagGroup = admin.patch(&path, &json!({"single_choice": true})).await.having(200).json();
    assert!(single.single_choice);
    admin.put(&of_contact(visitors[0]), &set(2, &ids)).await.expect(422);
}

async fn what_is_deleted_is_taken_off_contacts_and_told_and_remembered(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let group = add_group(&admin, "来源", false).await;
    let ids = add_tags(&admin, &group, &["展会", "朋友"]).await;
    let visitor = visitor(&server, &organisation).await;
    let contact = format!("/api/v1/contacts/{}", visitor.session.contact_id);
    admin.put(&format!("{contact}/tags"), &set(0, &ids)).await.expect(200);
    let (mut console, _) = admin.socket().await;
    let tag = format!("/api/v1/tags/{}", ids[0]);
    assert_eq!(admin.get(&format!("{tag}/contents")).await.json::<TagContents>().contacts, 1);
    server.clock.advance(1);
    admin.delete(&tag).await.expect(204);
    assert_eq!(admin.get(&contact).await.json::<Contact>().tag_ids, ids[1..]);
    admin.delete(&tag).await.expect(404);
    admin.get(&format!("{tag}/contents")).await.expect(404);
    let path = format!("{GROUPS}/{}", group.id);
    server.clock.advance(1_000);
    admin.delete(&path).await.expect(204);
    admin.delete(&path).await.expect(404);
    assert_eq!(admin.get(&contact).await.json::<Contact>().tag_ids, []);
    assert_eq!(groups(&admin).await, []);
    let mut told = Vec::new();
    for _ in 0..4 {
        told.push(console.event().await.1);
    }
    assert!(matches!(&told[0], Event::TagGroupSaved { group } if group.tags.len() == 1), "{told:?}");
    assert_eq!(told[1], Event::TagsDeleted { tag_ids: vec![ids[0]] });
    assert_eq!(told[2], Event::TagsDeleted { tag_ids: vec![ids[1]] });
    assert_eq!(told[3], Event::TagGroupDeleted { group_id: group.id });
    let log: Page<AuditEntry> = admin.deeds().await;
    let done: Vec<AuditAction> = log.items.into_iter().map(|entry| entry.action).collect();
    let (name, tags) = ("来源".to_owned(), vec!["朋友".to_owned()]);
    assert_eq!(done[0], AuditAction::TagGroupDeleted { group_id: group.id, name: name.clone(), tags, contacts: 1 });
    let deleted = AuditAction::TagDeleted { tag_id: ids[0], name: "展会".to_owned(), group_name: name, contacts: 1 };
    assert_eq!(done[1], deleted);
}

async fn the_list_of_conversations_and_a_saved_view_are_of_a_tag(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let ids = add_tags(&admin, &add_group(&admin, "来源", false).await, &["展会", "朋友"]).await;
    let mut visitors = Vec::new();
    for _ in 0..3 {
        visitors.push(visitor(&server, &organisation).await);
        server.clock.advance(1_000);
    }
    for visitor in &visitors[..2] {
        admin.put(&of_contact(visitor.session.contact_id), &set(0, &ids[..1])).await.expect(200);
    }
    let list = async |query: &str| {
        let page: Page<Conversation> = admin.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
        (page.items.into_iter().map(|one| one.contact.id).collect::<Vec<_>>(), page.next_cursor)
    };
    let [first, second] = [0, 1].map(|at: usize| visitors[at].session.contact_id);
    let of_tag = format!("tag_id={}", ids[0]);
    assert_eq!(list(&of_tag).await, (vec![second, first], None));
    let (page, next) = list(&format!("{of_tag}&limit=1")).await;
    assert_eq!(page, [second]);
    let next = next.unwrap();
    assert_eq!(list(&format!("{of_tag}&limit=1&cursor={next}")).await, (vec![first], None));
    admin.get(&format!("/api/v1/conversations?tag_id={}&cursor={next}", ids[1])).await.expect(400);
    assert_eq!(list(&format!("{of_tag}&assigned=me")).await, (vec![], None));
    assert_eq!(list(&format!("{of_tag}&assigned=nobody&unread=true&waiting=true")).await.0.len(), 2);
    assert_eq!(list(&format!("tag_id={}", ids[1])).await, (vec![], None));

    let views = |tag: TagId, revision: i64| json!({"items": [{"id": Uuid::from_u128(1), "name": "展会来的", "tag_id": tag}], "revision": revision});
    let saved = "/api/v1/me/saved-views";
    let unknown = admin.put(saved, &views(TagId(Uuid::from_u128(9)), 0)).await.having(422).faults();
    assert_eq!(unknown, [("items[0].tag_id".to_owned(), FieldCode::Wrong)]);
    let kept: Me = admin.put(saved, &views(ids[0], 0)).await.having(200).json();
    assert_eq!(kept.saved_views.items[0].tag_id, Some(ids[0]));
    // One whose tag is gone stands in the way of no other.
    admin.delete(&format!("/api/v1/tags/{}", ids[0])).await.expect(204);
    assert_eq!(list(&of_tag).await, (vec![], None));
    let mut both = views(ids[0], 1);
    both["items"].as_array_mut().unwrap().push(json!({"id": Uuid::from_u128(2), "name": "乙"}));
    admin.put(saved, &both).await.expect(200);
}

async fn groups_find_room_between_others_again_and_again(server: TestServer) {
    let admin = server.organisation().await.admin;
    server.reconfigure(|config| config.limits.requests_per_minute = 10_000).await;
    let mut ids = Vec::new();
    for name in ["甲", "乙", "丙"] {
        ids.push(add_group(&admin, name, false).await.id);
    }
    // The last one goes to the middle, 50 times: no gap holds that many.
    for _ in 0..50 {
        let last = groups(&admin).await[2].id;
        admin.patch(&format!("{GROUPS}/{last}"), &json!({"place": 1})).await.expect(200);
        let now: Vec<_> = groups(&admin).await.iter().map(|group| group.id).collect();
        assert_eq!(now[..2], [ids[0], last]);
    }
}
