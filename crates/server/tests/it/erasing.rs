//! What is kept of one visitor: carried out for whoever has a right to it, and deleted for good.

use serde_json::{Value, json};
use testkit::{AgentCaller, Organisation, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::audit::AuditAction;
use types::contact_list::{ContactExport, ListedContact};
use types::contacts::Contact;
use types::conversations::Conversation;
use types::custom_fields::CustomFields;
use types::error::FieldCode;
use types::page::Page;

db_tests!(
    what_is_kept_of_a_visitor_is_carried_out_once_and_without_what_may_not_be_seen,
    of_a_deleted_visitor_nothing_is_kept_but_that_it_was_done,
);

fn of(visitor: &VisitorCaller) -> String {
    format!("/api/v1/contacts/{}", visitor.session.contact_id)
}

/// A visitor who has written so many messages, and of whom all is noted that can be.
async fn known(server: &TestServer, organisation: &Organisation, messages: usize) -> (VisitorCaller, Conversation) {
    server.reconfigure(|config| config.limits.requests_per_minute = 100_000).await;
    let admin = &organisation.admin;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    for number in 0..messages {
        visitor.say(&format!("第{number}句")).await;
    }
    let list: Page<Conversation> = admin.get("/api/v1/conversations").await.json();
    let conversation = list.items[0].clone();
    let set = json!({"version": 0, "items": [{"name": "公司", "kind": "text"}]});
    let fields: CustomFields = admin.put("/api/v1/custom-fields", &set).await.having(200).json();
    let values = json!([{"field_id": fields.items[0].id, "value": "云上"}]);
    let patch =
        json!({"version": 0, "name": "欧阳娜", "phone": "13900139000", "remark": "爱喝茶", "custom_values": values});
    admin.patch(&of(&visitor), &patch).await.expect(200);
    let note = json!({"nonce": server.nonce(), "text": "老客户"});
    admin.post(&format!("/api/v1/conversations/{}/notes", conversation.id), &note).await.expect(201);
    (visitor, conversation)
}

async fn data(server: &TestServer, path: &str) -> Value {
    server.anonymous().get(path).await.having(200).json()
}

async fn what_is_kept_of_a_visitor_is_carried_out_once_and_without_what_may_not_be_seen(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, supervisor) = (organisation.admin.clone(), organisation.agent(Role::Supervisor).await);
    // More than are read at once.
    let (visitor, _) = known(&server, &organisation, 101).await;
    let path = format!("{}/data-exports", of(&visitor));
    let export: ContactExport = admin.post_empty(&path).await.having(201).json();
    let whole = data(&server, &export.path).await;
    let contact: Contact = serde_json::from_value(whole["contact"].clone()).unwrap();
    assert_eq!((contact.name.as_deref(), contact.phone.as_deref()), (Some("欧阳娜"), Some("13900139000")));
    assert_eq!(whole["custom_fields"], json!([{"name": "公司", "value": "云上"}]));
    assert_eq!(whole["channel"], "官网");
    let texts = whole["messages"].as_array().unwrap();
    let seqs: Vec<i64> = texts.iter().map(|message| message["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=101).collect::<Vec<_>>());
    assert_eq!(whole["notes"].as_array().unwrap().len(), 1);
    server.anonymous().get(&export.path).await.expect(404);
    // Somebody who may not see phone numbers.
    supervisor.sees_no_details().await;
    let export: ContactExport = supervisor.post_empty(&path).await.having(201).json();
    let masked = data(&server, &export.path).await;
    assert_ne!(masked["contact"]["phone"], "13900139000");
    assert_eq!(masked["contact"]["masked"], json!(["phone", "ip", "external_id"]));
    let actions = audit(&admin).await;
    let exported =
        actions.iter().filter(|action| matches!(action, AuditAction::ContactDataExported { number: 1, .. })).count();
    assert_eq!(exported, 2);
    // An address that was given before the session ended opens nothing.
    let export: ContactExport = admin.post_empty(&path).await.having(201).json();
    server.clock.advance(61_000);
    server.anonymous().get(&export.path).await.expect(404);
}

async fn audit(admin: &AgentCaller) -> Vec<AuditAction> {
    let log: Page<types::audit::AuditEntry> = admin.get("/api/v1/audit").await.having(200).json();
    log.items.into_iter().map(|entry| entry.action).collect()
}

async fn of_a_deleted_visitor_nothing_is_kept_but_that_it_was_done(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let (visitor, conversation) = known(&server, &organisation, 2).await;
    assert!(testkit::everything_stored(server.state().db.reader()).await.contains("爱喝茶"), "this test can see it");
    // Deeds that the log remembers with the visitor's name.
    for blocked in [true, false, true] {
        admin.put(&format!("{}/blocked", of(&visitor)), &json!({"blocked": blocked})).await.expect(200);
    }
    assert!(admin.get("/api/v1/audit").await.text().contains("欧阳娜"));
    let wrong = admin.delete_with(&of(&visitor), &json!({"name": "欧阳"})).await.having(422).problem();
    assert_eq!((wrong.errors[0].field.as_str(), wrong.errors[0].code), ("name", FieldCode::Wrong));
    admin.get(&of(&visitor)).await.expect(200);
    admin.delete_with(&of(&visitor), &json!({"name": " 欧阳娜 "})).await.expect(204);
    admin.get(&of(&visitor)).await.expect(404);
    admin.delete_with(&of(&visitor), &json!({"name": "欧阳娜"})).await.expect(404);
    admin.get(&format!("/api/v1/conversations/{}", conversation.id)).await.expect(404);
    let listed: Page<ListedContact> = admin.get("/api/v1/contacts").await.json();
    assert_eq!(listed.items, []);
    for path in ["/api/v1/audit", "/api/v1/events?after=0", "/api/v1/search?q=欧阳娜"] {
        let text = admin.get(path).await.text().to_owned();
        assert!(
            !text.contains("欧阳娜") && !text.contains("13900139000") && !text.contains("爱喝茶"),
            "{path}: {text}"
        );
    }
    let stored = testkit::everything_stored(server.state().db.reader()).await;
    for word in ["欧阳娜", "13900139000", "爱喝茶", "老客户", "第0句", "云上"] {
        assert!(!stored.contains(word), "{word} is stored somewhere");
    }
    let done = audit(&admin).await;
    assert!(done.iter().any(|action| matches!(action, AuditAction::ContactDeleted { number: 1, .. })), "{done:?}");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    // Who comes back is somebody unknown.
    visitor.say("我又来了").await;
    let contact: Contact = admin.get(&of(&visitor)).await.having(200).json();
    assert_eq!((contact.number, contact.name, contact.phone, contact.custom_values.len()), (2, None, None, 0));
}
