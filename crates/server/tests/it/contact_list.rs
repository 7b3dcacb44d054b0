//! The list of contacts over the real server: pages and searches of what one sees, tags for many, and the table that is carried out.

use serde_json::{Value, json};
use testkit::{AgentCaller, Organisation, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::audit::{AuditAction, AuditEntry};
use types::contact_list::{ContactExport, ListedContact, Tagging, TaggingState, Taggings};
use types::contacts::{Contact, ContactField, ContactPatch};
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{ContactId, TagId};
use types::page::Page;
use types::tags::TagGroup;
use uuid::Uuid;

db_tests!(
    contacts_are_listed_page_by_page_in_the_order_that_is_asked_for,
    a_search_finds_within_moments_and_a_hidden_phone_finds_nobody,
    many_are_given_tags_and_the_result_says_how_many_and_why_not,
    all_that_a_filter_finds_are_given_tags_over_a_restart,
    a_tagging_is_stopped_by_whoever_began_it,
    a_table_is_fetched_once_and_nothing_in_it_is_a_formula,
    what_is_wrong_is_refused_by_name,
);

const CONTACTS: &str = "/api/v1/contacts";
const TAGGINGS: &str = "/api/v1/taggings";
const EXPORTS: &str = "/api/v1/contact-exports";

async fn list(agent: &AgentCaller, query: &[(&str, &str)]) -> Page<ListedContact> {
    let mut url = reqwest::Url::parse("http://host/api/v1/contacts").unwrap();
    url.query_pairs_mut().extend_pairs(query);
    agent.get(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await.having(200).json()
}

fn numbers(page: &Page<ListedContact>) -> Vec<i64> {
    page.items.iter().map(|listed| listed.contact.number).collect()
}

/// Asks until so many are found: the index follows by itself.
async fn until_found(agent: &AgentCaller, q: &str, contacts: usize) -> Page<ListedContact> {
    for _ in 0..2_000 {
        let found = list(agent, &[("q", q)]).await;
        if found.items.len() == contacts {
            return found;
        }
    }
    panic!("{q} does not find {contacts}");
}

/// Visitors who have written, each with this name.
async fn visitors(server: &TestServer, organisation: &Organisation, names: &[&str]) -> Vec<VisitorCaller> {
    let channel = organisation.channel().await;
    let mut visitors = Vec::new();
    for name in names {
        let visitor = server.visit(&channel.key, None).await;
        visitor.say("你好").await;
        let patch = ContactPatch { name: Some((*name).to_owned()), ..ContactPatch::default() };
        if !name.is_empty() {
            let path = format!("{CONTACTS}/{}", visitor.session.contact_id);
            organisation.admin.patch(&path, &patch).await.expect(200);
        }
        visitors.push(visitor);
    }
    visitors
}

async fn group(admin: &AgentCaller, name: &str, single_choice: bool, tags: &[&str]) -> Vec<TagId> {
    let group = json!({"name": name, "single_choice": single_choice});
    let mut group: TagGroup = admin.post("/api/v1/tag-groups", &group).await.having(201).json();
    for tag in tags {
        let path = format!("/api/v1/tag-groups/{}/tags", group.id);
        group = admin.post(&path, &json!({"name": tag})).await.having(201).json();
    }
    group.tags.into_iter().map(|tag| tag.id).collect()
}

async fn tags_of(agent: &AgentCaller, visitor: &VisitorCaller) -> Vec<TagId> {
    let path = format!("{CONTACTS}/{}", visitor.session.contact_id);
    agent.get(&path).await.having(200).json::<Contact>().tag_ids
}

/// Begins a tagging and waits for its end.
async fn tagged(agent: &AgentCaller, request: &Value) -> Tagging {
    // Of one moment there is no newest.
    agent.server.clock.advance(1);
    let begun: Tagging = agent.post(TAGGINGS, request).await.having(201).json();
    ended(agent, begun).await
}

async fn ended(agent: &AgentCaller, begun: Tagging) -> Tagging {
    for _ in 0..2_000 {
        let all: Taggings = agent.get(TAGGINGS).await.having(200).json();
        assert_eq!(all.items[0].id, begun.id, "newest first");
        if all.items[0].state != TaggingState::Running {
            return all.items[0].clone();
        }
    }
    panic!("it does not end");
}

async fn audit(admin: &AgentCaller) -> Vec<AuditAction> {
    let log: Page<AuditEntry> = admin.deeds().await;
    log.items.into_iter().map(|entry| entry.action).collect()
}

fn counts(tagging: &Tagging) -> [u32; 4] {
    [tagging.tagged, tagging.unchanged, tagging.no_room, tagging.missing]
}

async fn contacts_are_listed_page_by_page_in_the_order_that_is_asked_for(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let people = visitors(&server, &organisation, &["王芳", "", "alice"]).await;
    visitors(&server, &organisation, &["Bob"]).await;
    let channel = list(&admin, &[]).await.items[0].channel_id.to_string();
    for (query, expected) in [
        (vec![], vec![1, 2, 3, 4]),
        (vec![("descending", "true")], vec![4, 3, 2, 1]),
        (vec![("sort", "name")], vec![3, 4, 1, 2]),
        (vec![("sort", "name"), ("channel_id", channel.as_str())], vec![3, 1, 2]),
        (vec![("sort", "last_seen"), ("descending", "true")], vec![4, 3, 2, 1]),
    ] {
        let whole = list(&admin, &query).await;
        assert_eq!((numbers(&whole), whole.next_cursor), (expected.clone(), None), "{query:?}");
        let (mut met, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let next: Vec<(&str, &str)> = cursor.iter().map(|cursor| ("cursor", cursor.as_str())).collect();
            let page = list(&admin, &[&query[..], &[("limit", "1")], &next].concat()).await;
            met.extend(numbers(&page));
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(met, expected, "{query:?}");
    }
    // A cursor is of the list that it came from.
    let cursor = list(&admin, &[("limit", "1")]).await.next_cursor.unwrap();
    let other = format!("{CONTACTS}?sort=name&limit=1&cursor={cursor}");
    assert_eq!(admin.get(&other).await.having(400).problem().code, ErrorCode::MalformedRequest);
    // An agent sees who is theirs, a stranger nobody.
    let agent = organisation.agent(Role::Agent).await;
    assert_eq!(list(&agent, &[]).await.items, []);
    let conversation = list(&admin, &[]).await.items[1].conversation_id.unwrap();
    let member = format!("/api/v1/conversations/{conversation}/members/{}", agent.me.id);
    admin.put(&member, &json!({})).await.expect(200);
    let theirs = list(&agent, &[]).await;
    assert_eq!(theirs.items.len(), 1);
    assert_eq!(theirs.items[0].contact.id, people[1].session.contact_id);
    assert_eq!(list(&server.organisation().await.admin, &[]).await.items, []);
}

async fn a_search_finds_within_moments_and_a_hidden_phone_finds_nobody(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let people = visitors(&server, &organisation, &["欧阳娜", "张三"]).await;
    let patch = json!({"version": 1, "phone": "138-0013-8000", "remark": "老客户"});
    admin.patch(&format!("{CONTACTS}/{}", people[0].session.contact_id), &patch).await.expect(200);
    for q in ["欧", "欧阳", "老客", "13800138000", "8000"] {
        assert_eq!(numbers(&until_found(&admin, q, 1).await), [1], "{q}");
        assert_eq!(numbers(&list(&supervisor, &[("q", q)]).await), [1], "{q}");
    }
    supervisor.sees_no_details().await;
    for (q, found) in [("欧阳", 1), ("老客", 1), ("13800138000", 0), ("138", 0), ("8000", 0), ("13*", 0)] {
        let page = list(&supervisor, &[("q", q)]).await;
        assert_eq!(page.items.len(), found, "{q}");
        for listed in page.items {
            assert_eq!((listed.phone.as_deref(), listed.masked), (Some("138********00"), vec![ContactField::Phone]));
        }
    }
}

async fn many_are_given_tags_and_the_result_says_how_many_and_why_not(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let people = visitors(&server, &organisation, &["甲", "乙", "丙", "丁"]).await;
    let ids: Vec<ContactId> = people.iter().map(|visitor| visitor.session.contact_id).collect();
    let level = group(&admin, "级别", true, &["金", "银"]).await;
    let names: Vec<String> = (0..20).map(|number| format!("第{number}")).collect();
    let source = group(&admin, "来源", false, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let set = async |at: usize, tags: &[TagId]| {
        let body = json!({"version": 1, "tag_ids": tags});
        admin.put(&format!("{CONTACTS}/{}/tags", ids[at]), &body).await.expect(200);
    };
    set(0, &[level[1], source[3]]).await;
    set(1, &[level[0]]).await;
    set(2, &source).await;
    let (mut console, _) = admin.socket().await;
    let nobody = ContactId(Uuid::from_u128(7));
    let named = [&ids[..3], &[nobody]].concat();
    let done = tagged(&admin, &json!({"tag_ids": [level[0]], "contact_ids": named})).await;
    assert_eq!((done.state, done.percent, counts(&done)), (TaggingState::Finished, 100, [1, 1, 1, 1]));
    // The silver one gave way; who has twenty has no room for another; who had it is no event.
    let (mut after, mut expected) = (tags_of(&admin, &people[0]).await, vec![source[3], level[0]]);
    after.sort_unstable();
    expected.sort_unstable();
    assert_eq!(after, expected);
    assert_eq!(tags_of(&admin, &people[2]).await.len(), 20);
    let told: Vec<ContactId> = console
        .heard_so_far()
        .await
        .into_iter()
        .filter_map(|frame| match frame {
            types::ws::ServerFrame::Event { event: Event::ContactUpdated { contact, .. }, .. } => {
                assert_eq!(contact.version, 3);
                Some(contact.id)
            }
            _ => None,
        })
        .collect();
    assert_eq!(told, [ids[0]]);
    let action = AuditAction::ContactsTagged { tags: vec!["金".to_owned()], contacts: Some(4), filter: None };
    assert_eq!(audit(&admin).await[0], action);
    // Whose conversation an agent does not see, they give nothing; and of a single-choice group nobody gives two.
    let none = tagged(&agent, &json!({"tag_ids": [source[0]], "contact_ids": ids})).await;
    assert_eq!(counts(&none), [0, 0, 0, 4]);
    assert_eq!(tags_of(&admin, &people[3]).await, []);
    let two = json!({"tag_ids": level, "contact_ids": ids});
    let faults = admin.post(TAGGINGS, &two).await.having(422).faults();
    assert_eq!(faults, [("tag_ids[1]".to_owned(), FieldCode::Wrong)]);
    let theirs = admin.get(TAGGINGS).await.having(200).json::<Taggings>().items;
    assert_eq!(theirs.len(), 1, "everybody has their own");
}

async fn all_that_a_filter_finds_are_given_tags_over_a_restart(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let names = ["欧阳一", "欧阳二", "张三", "欧阳四"];
    let people = visitors(&server, &organisation, &names).await;
    let tag = group(&admin, "来源", false, &["展会"]).await[0];
    until_found(&admin, "欧阳", 3).await;
    let request = json!({"tag_ids": [tag], "filter": {"q": "欧阳"}});
    let begun: Tagging = admin.post(TAGGINGS, &request).await.having(201).json();
    // Whatever of it was done: it goes on where it was.
    server.restart().await;
    let done = ended(&admin, begun).await;
    assert_eq!((done.state, counts(&done)), (TaggingState::Finished, [3, 0, 0, 0]));
    for (visitor, has) in people.iter().zip([true, true, false, true]) {
        assert_eq!(tags_of(&admin, visitor).await.contains(&tag), has);
    }
    let tag = tag.to_string();
    assert_eq!(numbers(&list(&admin, &[("tag_id", &tag), ("sort", "name"), ("descending", "true")]).await).len(), 3);
    let again = tagged(&admin, &json!({"tag_ids": [tag], "filter": {}})).await;
    assert_eq!(counts(&again), [1, 3, 0, 0]);
}

async fn a_tagging_is_stopped_by_whoever_began_it(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    visitors(&server, &organisation, &["甲"]).await;
    let tag = group(&admin, "来源", false, &["展会"]).await[0];
    let begun: Tagging = admin.post(TAGGINGS, &json!({"tag_ids": [tag], "filter": {}})).await.having(201).json();
    let path = format!("{TAGGINGS}/{}/cancel", begun.id);
    supervisor.post_empty(&path).await.expect(404);
    // Either it was faster, or it was stopped; it goes on no more, and another one may begin.
    let first: Tagging = admin.post_empty(&path).await.having(200).json();
    assert!(first.finished_at.is_some());
    assert_eq!(admin.post_empty(&path).await.having(200).json::<Tagging>(), first);
    assert_eq!(ended(&admin, begun).await, first);
    let second = tagged(&admin, &json!({"tag_ids": [tag], "filter": {}})).await;
    assert_eq!(counts(&second)[0] + counts(&second)[1], 1);
    // Only the last ten are kept.
    for _ in 0..10 {
        tagged(&admin, &json!({"tag_ids": [tag], "filter": {}})).await;
    }
    let kept = admin.get(TAGGINGS).await.having(200).json::<Taggings>().items;
    assert_eq!(kept.len(), 10);
    assert!(kept.iter().all(|tagging| tagging.id != first.id && tagging.id != second.id));
}

async fn a_table_is_fetched_once_and_nothing_in_it_is_a_formula(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    let people = visitors(&server, &organisation, &["=HYPERLINK(\"x\")", "王, 芳", "张三"]).await;
    let path = format!("{CONTACTS}/{}", people[1].session.contact_id);
    admin.patch(&path, &json!({"version": 1, "phone": "+86 138", "remark": "第一行\n第二行"})).await.expect(200);
    let tag = group(&admin, "来源", false, &["展会"]).await[0];
    admin.put(&format!("{path}/tags"), &json!({"version": 2, "tag_ids": [tag]})).await.expect(200);
    let export: ContactExport = admin.post(EXPORTS, &json!({})).await.having(201).json();
    let stranger = server.anonymous();
    let table = stranger.get(&export.path).await.having(200);
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    assert!(table.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let text = String::from_utf8(table.body).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    assert!(text.starts_with("编号,姓名,电话,备注,渠道,标签,"), "{text}");
    assert!(text.contains("\r\n1,\"'=HYPERLINK(\"\"x\"\")\",,,官网,,"), "{text}");
    assert!(text.contains("\r\n2,\"王, 芳\",\"'+86 138\",\"第一行\n第二行\",官网,展会,"), "{text}");
    stranger.get(&export.path).await.expect(404);
    server.clock.advance(1);
    // With a filter, in English, for somebody who may not see phone numbers.
    supervisor.sees_no_details().await;
    let filter = json!({"filter": {"tag_id": tag}, "language": "en"});
    let export: ContactExport = supervisor.post(EXPORTS, &filter).await.having(201).json();
    let text = String::from_utf8(stranger.get(&export.path).await.having(200).body).unwrap();
    assert!(text.contains("Number,Name,Remark,Channel,Tags,") && !text.contains("+86"), "{text}");
    assert_eq!(text.matches("\r\n").count(), 2, "{text}");
    let mut done = audit(&admin).await;
    done.retain(|action| matches!(action, AuditAction::ContactsExported { .. }));
    let of = |filter: Value| AuditAction::ContactsExported { filter: serde_json::from_value(filter).unwrap() };
    assert_eq!(done, [of(json!({"tag_id": tag})), of(json!({}))]);
    // Its time, the session and the role are asked when it is fetched.
    organisation.agent(Role::Agent).await.post(EXPORTS, &json!({})).await.expect(403);
    let late: ContactExport = admin.post(EXPORTS, &json!({})).await.having(201).json();
    let signed_out: ContactExport = supervisor.post(EXPORTS, &json!({})).await.having(201).json();
    supervisor.delete("/api/v1/auth/sessions/current").await.expect(204);
    stranger.get(&signed_out.path).await.expect(404);
    server.clock.advance(61_000);
    stranger.get(&late.path).await.expect(404);
}

async fn what_is_wrong_is_refused_by_name(server: TestServer) {
    let admin = server.organisation().await.admin;
    for (query, field) in [("q=%20", "q"), ("limit=101", "limit")] {
        let faults = admin.get(&format!("{CONTACTS}?{query}")).await.having(422).faults();
        assert_eq!(faults[0].0, field);
    }
    for query in ["sort=shoe_size", "blocked=maybe", "shoes=1"] {
        admin.get(&format!("{CONTACTS}?{query}")).await.expect(400);
    }
    let gone = TagId(Uuid::from_u128(9));
    let faults = admin.post(TAGGINGS, &json!({"tag_ids": [gone], "filter": {}})).await.having(422).faults();
    assert_eq!(faults, [("tag_ids[0]".to_owned(), FieldCode::Wrong)]);
    for body in [json!({"tag_ids": [gone], "filter": []}), json!({"tag_ids": [gone], "filter": {"shoes": 1}})] {
        admin.post(TAGGINGS, &body).await.expect(400);
    }
    let many: Vec<Uuid> = (0..1_001).map(Uuid::from_u128).collect();
    let faults = admin.post(TAGGINGS, &json!({"tag_ids": [gone], "contact_ids": many})).await.having(422).faults();
    assert_eq!(faults, [("contact_ids".to_owned(), FieldCode::TooLong)]);
}
