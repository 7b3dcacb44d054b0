//! The audit log over the real server: that nothing is forgotten, who did what from where, what it is looked for by, and the table.

use crate::openapi::operations;
use reqwest::Method;
use rules::audit as words;
use serde_json::{Value, json};
use server::clock::Clock;
use std::collections::{BTreeMap, BTreeSet};
use testkit::{AgentCaller, PASSWORD, TestServer, db_tests};
use types::agents::Role;
use types::api_tokens::CreatedApiToken;
use types::audit::{
    AuditAction, AuditEntry, AuditExport, AuditGroup, AuditKind, AuditSubjectKind, AuditToken, LoginStepKind,
};
use types::contact_list::TableLanguage;
use types::error::ErrorCode;
use types::page::Page;
use types::tags::TagGroup;

db_tests!(
    who_signs_in_and_out_is_there_with_where_they_did_and_so_is_who_could_not,
    it_is_looked_for_by_who_what_when_and_names_and_stands_in_the_order_of_the_deeds,
    the_table_is_fetched_once_and_nothing_in_it_is_a_formula,
    what_a_program_did_names_its_token_and_who_made_it,
    who_may_not_see_it_is_told_and_other_organisations_have_their_own,
);

const AUDIT: &str = "/api/v1/audit";
const EXPORTS: &str = "/api/v1/audit-exports";
const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// What the table beside says: an operation, or a command, and the kinds of its entries; none where it is not audited.
fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    let lines = include_str!("audited.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows = lines.map(|line| {
        if let Some((name, kinds)) = line.split_once(" audited ") {
            return (name.trim(), kinds.split_whitespace().collect::<Vec<_>>());
        }
        let (name, why) = line.split_once(" everyday ").unwrap_or_else(|| panic!("audited or everyday? {line}"));
        assert!(why.trim().len() > 10, "{line} does not say why");
        (name.trim(), Vec::new())
    });
    let rows: Vec<_> = rows.collect();
    let table: BTreeMap<_, _> = rows.iter().cloned().collect();
    assert_eq!(table.len(), rows.len(), "a line stands there twice");
    table
}

#[test]
fn every_operation_that_changes_something_is_audited_or_says_why_not() {
    let table = table();
    let mutating: BTreeSet<String> =
        operations().into_iter().filter(|operation| operation.method != "GET").map(|operation| operation.id).collect();
    let named: BTreeSet<String> =
        table.keys().filter(|name| !name.starts_with("parlor ")).map(|name| (*name).to_owned()).collect();
    assert_eq!(named, mutating, "a line per operation that changes something, and none besides");
    let made: BTreeSet<&str> = table.values().flatten().copied().collect();
    let known: BTreeSet<&str> = AuditKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(made, known, "every kind of entry is made by something, and nothing makes another");
}

#[test]
fn every_kind_and_every_field_of_an_entry_has_a_name_and_words_in_both_languages() {
    let document: Value = serde_json::from_str(&server::openapi::json().unwrap()).unwrap();
    let variants = document["components"]["schemas"]["AuditAction"]["oneOf"].as_array().unwrap().clone();
    let mut named = BTreeSet::new();
    for variant in &variants {
        for (field, value) in variant["properties"].as_object().unwrap() {
            if field == "type" {
                named.insert(value["enum"][0].as_str().unwrap().to_owned());
            } else if !field.ends_with("_id") {
                for language in [TableLanguage::Chinese, TableLanguage::English] {
                    assert!(words::field(field, language).is_some(), "{field} has no words in {language:?}");
                }
            }
        }
    }
    let known: BTreeSet<String> = AuditKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    assert_eq!(named, known);
    for kind in AuditKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        let [chinese, english] =
            [TableLanguage::Chinese, TableLanguage::English].map(|lang| words::action(*kind, lang));
        assert!(!chinese.is_ascii() && english.is_ascii(), "{kind:?}: {chinese}, {english}");
    }
    let groups: BTreeSet<String> = AuditKind::ALL.iter().map(|kind| format!("{:?}", kind.group())).collect();
    assert_eq!(groups.len(), AuditGroup::ALL.len(), "no group is empty");
}

async fn list(admin: &AgentCaller, query: &[(&str, &str)]) -> Page<AuditEntry> {
    let mut url = reqwest::Url::parse("http://host/api/v1/audit").unwrap();
    url.query_pairs_mut().extend_pairs(query);
    admin.get(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await.having(200).json()
}

fn kinds(page: &Page<AuditEntry>) -> Vec<&'static str> {
    page.items.iter().map(|entry| entry.action.kind().as_str()).collect()
}

async fn who_signs_in_and_out_is_there_with_where_they_did_and_so_is_who_could_not(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let agent = organisation.agent(Role::Agent).await;
    server.clock.advance(1);
    let login = json!({"account": agent.me.account, "password": PASSWORD, "agreements_accepted": true});
    let caller = server.anonymous();
    let request = caller.request(Method::POST, "/api/v1/auth/sessions").header("user-agent", CHROME).json(&login);
    caller.send(request).await.expect(201);
    let page = list(admin, &[("agent_id", &agent.me.id.to_string()), ("limit", "1")]).await;
    let [entry] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!((entry.agent_id, &entry.agent_name), (agent.me.id, &agent.me.name));
    assert_eq!(entry.action, AuditAction::LoggedIn { second_factor: false });
    assert_eq!(entry.device.as_deref(), Some("Chrome 141 · Windows 10"));
    assert_eq!((entry.ip.as_deref(), entry.created_at), (Some("127.0.0.1"), server.clock.now()));

    server.clock.advance(1);
    agent
        .put("/api/v1/me/password", &json!({"old_password": PASSWORD, "new_password": "lamp violet 47"}))
        .await
        .expect(204);
    agent.patch("/api/v1/me", &json!({"name": "林小满"})).await.expect(200);
    agent.patch("/api/v1/me", &json!({"login_state": "suspended"})).await.expect(200);
    agent.delete("/api/v1/auth/sessions/current").await.expect(204);
    server.anonymous().sign_in(&admin.me.account).await;
    // The second time there is nothing to end, and nothing to tell.
    for _ in 0..2 {
        admin.delete("/api/v1/me/sessions").await.expect(204);
    }
    server.clock.advance(1);
    caller.login(&agent.me.account, "not the password").await.expect(401);
    // An account that nobody has leaves nothing anywhere: there is no organisation to tell.
    caller.login("nobody-at-all", "not the password").await.expect(401);
    admin.put(&format!("/api/v1/agents/{}/disabled", agent.me.id), &json!({"disabled": true})).await.expect(200);
    server.clock.advance(1);
    caller.login(&agent.me.account, "lamp violet 47").await.expect(401);
    // Refusals are written beside the answer, so that nobody learns by its time which accounts there are.
    let refused = AuditKind::LoginFailed.as_str();
    let mut found = list(admin, &[("action", refused)]).await;
    for _ in 0..2_000 {
        if found.items.len() == 2 {
            break;
        }
        found = list(admin, &[("action", refused)]).await;
    }
    let steps: Vec<_> = found.items.iter().map(|entry| (entry.agent_id, entry.action.clone())).collect();
    let refusal = |step| (agent.me.id, AuditAction::LoginFailed { step });
    assert_eq!(steps, [refusal(LoginStepKind::Disabled), refusal(LoginStepKind::Password)]);
    let own = list(admin, &[("agent_id", &agent.me.id.to_string()), ("group", "sign_in")]).await;
    let expected = [
        "login_failed",
        "login_failed",
        "logged_out",
        "own_account_edited",
        "password_changed",
        "logged_in",
        "logged_in",
    ];
    assert_eq!(kinds(&own), expected);
    let ended = list(admin, &[("action", "sessions_ended")]).await;
    let ended: Vec<_> = ended.items.into_iter().map(|entry| entry.action).collect();
    assert_eq!(ended, [AuditAction::SessionsEnded { sessions: 1, everywhere: false }]);
    assert!(!serde_json::to_string(&own).unwrap().contains("lamp violet"), "no secrets");
}

async fn it_is_looked_for_by_who_what_when_and_names_and_stands_in_the_order_of_the_deeds(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let begun = server.clock.now();
    server.clock.advance(10);
    // All within one millisecond.
    let mut group = tag_group(admin).await;
    for number in 0..12 {
        let path = format!("/api/v1/tag-groups/{}/tags", group.id);
        group = admin.post(&path, &json!({"name": format!("等级{number}")})).await.having(201).json();
    }
    let tag = group.tags[0].id;
    admin.patch(&format!("/api/v1/tags/{tag}"), &json!({"name": "贵宾", "color": "red"})).await.expect(200);
    let whole = list(admin, &[("group", "tags")]).await;
    let names: Vec<_> =
        whole.items.iter().map(|entry| entry.subject.clone().unwrap().name.unwrap_or_default()).collect();
    let mut expected: Vec<String> = (0..12).rev().map(|number| format!("等级{number}")).collect();
    expected.insert(0, "贵宾".to_owned());
    expected.push("客户级别".to_owned());
    assert_eq!(names, expected, "of one millisecond too the later stands above");
    let fields = vec!["name".to_owned(), "color".to_owned()];
    let edited = AuditAction::TagUpdated {
        tag_id: tag,
        name: "贵宾".to_owned(),
        before: "等级0".to_owned(),
        group_name: "客户级别".to_owned(),
        fields,
    };
    assert_eq!(whole.items[0].action, edited);

    // Page by page the same.
    let (mut paged, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut query = vec![("group", "tags"), ("limit", "5")];
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let page = list(admin, &query).await;
        paged.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, whole.items);

    let id = tag.to_string();
    assert_eq!(kinds(&list(admin, &[("subject_id", &id)]).await), ["tag_updated", "tag_created"]);
    assert_eq!(kinds(&list(admin, &[("q", "贵")]).await), ["tag_updated"]);
    assert_eq!(list(admin, &[("q", "等级11 小admin")]).await.items.len(), 1, "all the words, in any of the names");
    assert_eq!(list(admin, &[("q", "！")]).await.items.len(), 0);
    assert_eq!(kinds(&list(admin, &[("subject_kind", "tag_group")]).await), ["tag_group_created"]);
    let now = server.clock.now();
    let (since, before) = (now.to_string(), begun.plus_millis(1).to_string());
    assert_eq!(list(admin, &[("since", &since)]).await.items.len(), 14);
    assert_eq!(kinds(&list(admin, &[("before", &before)]).await), ["logged_in"]);
    assert_eq!(list(admin, &[("since", &since), ("before", &since)]).await.items.len(), 0);
    let of = [("agent_id", admin.me.id.to_string()), ("action", "tag_created".to_owned()), ("q", "等级3".to_owned())];
    let of: Vec<(&str, &str)> = of.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(list(admin, &of).await.items.len(), 1);

    for query in ["action=shoes", "group=shoes", "subject_id=shoes", "since=shoes", "shoes=1"] {
        admin.get(&format!("{AUDIT}?{query}")).await.expect(400);
    }
    assert_eq!(admin.get(&format!("{AUDIT}?q=%20")).await.having(422).faults()[0].0, "q");
    // A cursor belongs to what was asked for.
    let cursor = list(admin, &[("limit", "1")]).await.next_cursor.unwrap();
    admin.get(&format!("{AUDIT}?group=tags&cursor={cursor}")).await.expect(400);
    assert_eq!(AuditSubjectKind::ALL.len(), 10);
}

async fn what_a_program_did_names_its_token_and_who_made_it(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let acts_as = organisation.agent(Role::Admin).await;
    admin.patch("/api/v1/me", &json!({"name": "林小满"})).await.expect(200);
    let wanted = json!({"name": "客户系统", "scopes": ["tags:write"], "agent_id": acts_as.me.id});
    let created: CreatedApiToken = admin.post("/api/v1/api-tokens", &wanted).await.having(201).json();
    let program = server.anonymous().with_token(&created.secret);
    server.clock.advance(1);
    program.post("/api/v1/tag-groups", &json!({"name": "来源"})).await.expect(201);
    server.clock.advance(1);
    acts_as.post("/api/v1/tag-groups", &json!({"name": "级别"})).await.expect(201);
    let token = AuditToken {
        id: created.token.id,
        name: "客户系统".to_owned(),
        maker_id: admin.me.id,
        maker_name: "林小满".to_owned(),
    };
    let told = async |query: &[(&str, &str)]| -> Vec<_> {
        let items = list(admin, query).await.items.into_iter();
        items.map(|entry| (entry.agent_id, entry.token)).collect()
    };
    let own = (acts_as.me.id, None);
    let by_program = (acts_as.me.id, Some(token));
    assert_eq!(told(&[("group", "tags")]).await, [own, by_program.clone()]);
    // By its name, and by its maker's, which the other has not; when it is gone and renamed, too.
    admin.delete(&format!("/api/v1/api-tokens/{}", created.token.id)).await.expect(204);
    admin.patch("/api/v1/me", &json!({"name": "林大满"})).await.expect(200);
    for q in ["客户系统", "林小满"] {
        assert_eq!(told(&[("group", "tags"), ("q", q)]).await, std::slice::from_ref(&by_program), "{q}");
    }
    for (language, made) in [("en", "客户系统 (made by 林小满)"), ("zh-CN", "客户系统（林小满 创建）")]
    {
        let request = json!({"filter": {"group": "tags"}, "language": language});
        let export: AuditExport = admin.post(EXPORTS, &request).await.having(201).json();
        let table = server.anonymous().get(&export.path).await.having(200);
        let text = String::from_utf8(table.body).unwrap();
        assert_eq!(text.matches(made).count(), 1, "{text}");
    }
}

async fn the_table_is_fetched_once_and_nothing_in_it_is_a_formula(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let group = tag_group(admin).await;
    let path = format!("/api/v1/tag-groups/{}", group.id);
    admin.patch(&path, &json!({"name": "=1+1"})).await.expect(200);
    let request = json!({"filter": {"group": "tags"}, "language": "en"});
    let export: AuditExport = admin.post(EXPORTS, &request).await.having(201).json();
    let stranger = server.anonymous();
    let table = stranger.get(&export.path).await.having(200);
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    assert!(table.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let text = String::from_utf8(table.body).unwrap();
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
    assert_eq!(lines[0], "Time (UTC),Who,API token,What,Kind of subject,Subject,Details,IP,Place,Device");
    assert!(lines[1].contains(",小admin,,Edited a group of tags,Group of tags,\"'=1+1\","), "{text}");
    assert!(
        lines[2].contains(",Added a group of tags,Group of tags,客户级别,") && lines[2].contains(",127.0.0.1,"),
        "{text}"
    );
    assert_eq!((lines.len(), lines[3]), (4, ""), "{text}");
    stranger.get(&export.path).await.expect(404);
    let told = &list(admin, &[("limit", "1")]).await.items[0].action;
    let AuditAction::AuditExported { filter } = told else { panic!("{told:?}") };
    assert_eq!(filter.group, Some(AuditGroup::Tags));
    // In Chinese all of it, while the session goes on.
    let export: AuditExport = admin.post(EXPORTS, &json!({})).await.having(201).json();
    let text = String::from_utf8(stranger.get(&export.path).await.having(200).body).unwrap();
    assert!(text.contains("导出了操作日志") && text.contains("登录"), "{text}");
    let late: AuditExport = admin.post(EXPORTS, &json!({})).await.having(201).json();
    admin.delete("/api/v1/auth/sessions/current").await.expect(204);
    stranger.get(&late.path).await.expect(404);
}

async fn who_may_not_see_it_is_told_and_other_organisations_have_their_own(server: TestServer) {
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    for role in [Role::Agent, Role::Supervisor] {
        let agent = organisation.agent(role).await;
        for answer in [agent.get(AUDIT).await, agent.post(EXPORTS, &json!({})).await] {
            assert_eq!(answer.having(403).code(), ErrorCode::Forbidden);
        }
    }
    tag_group(&organisation.admin).await;
    assert_eq!(list(&other.admin, &[("group", "tags")]).await.items.len(), 0);
    let export: AuditExport = other.admin.post(EXPORTS, &json!({})).await.having(201).json();
    let text = String::from_utf8(server.anonymous().get(&export.path).await.having(200).body).unwrap();
    assert!(!text.contains("客户级别"), "{text}");
}

/// A group of tags: the shortest way to an entry.
async fn tag_group(admin: &AgentCaller) -> TagGroup {
    admin.post("/api/v1/tag-groups", &json!({"name": "客户级别", "single_choice": true})).await.having(201).json()
}
