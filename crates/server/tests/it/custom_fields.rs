//! Custom fields: set by admins, filled by whoever sees a contact, told to everybody, carried out, and gone when they are deleted.

use serde_json::{Value, json};
use testkit::{AgentCaller, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::audit::{AuditAction, AuditEntry};
use types::contact_list::ContactExport;
use types::contacts::Contact;
use types::custom_fields::{CustomFieldContents, CustomFieldKind, CustomFields};
use types::error::FieldCode;
use types::events::{Event, EventsAfter};
use types::page::Page;

db_tests!(
    fields_are_set_in_their_order_and_of_two_who_set_them_the_second_looks_again,
    a_contact_has_in_a_field_what_its_kind_allows,
    a_deleted_field_is_emptied_everywhere_and_remembered,
    the_table_has_a_column_of_each_field,
);

const FIELDS: &str = "/api/v1/custom-fields";

async fn set(admin: &AgentCaller, version: i64, items: Value) -> CustomFields {
    admin.put(FIELDS, &json!({"version": version, "items": items})).await.having(200).json()
}

async fn fields(admin: &AgentCaller) -> CustomFields {
    let items = json!([
        {"name": " 公司 ", "kind": "text"},
        {"name": "生日", "kind": "date"},
        {"name": "级别", "kind": "choice", "choices": ["金", " 银 "]},
        {"name": "订单数", "kind": "number"},
    ]);
    set(admin, 0, items).await
}

fn of(visitor: &VisitorCaller) -> String {
    format!("/api/v1/contacts/{}", visitor.session.contact_id)
}

/// A change of fields by their places.
fn values(fields: &CustomFields, values: &[(usize, &str)]) -> Value {
    values.iter().map(|(place, value)| json!({"field_id": fields.items[*place].id, "value": value})).collect()
}

fn texts(contact: &Contact, fields: &CustomFields) -> Vec<String> {
    let value = |id| contact.custom_values.iter().find(|value| value.field_id == id).map(|value| value.value.clone());
    fields.items.iter().map(|field| value(field.id).unwrap_or_default()).collect()
}

async fn fields_are_set_in_their_order_and_of_two_who_set_them_the_second_looks_again(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let foreign = server.organisation().await.admin;
    let start: EventsAfter = agent.get("/api/v1/events").await.json();
    assert_eq!(agent.get(FIELDS).await.having(200).json::<CustomFields>(), CustomFields::default());
    let first = fields(&admin).await;
    let names: Vec<_> = first.items.iter().map(|field| (field.name.as_str(), field.kind)).collect();
    let expected = [
        ("公司", CustomFieldKind::Text),
        ("生日", CustomFieldKind::Date),
        ("级别", CustomFieldKind::Choice),
        ("订单数", CustomFieldKind::Number),
    ];
    assert_eq!(
        (first.version, names, &first.items[2].choices[..]),
        (1, expected.to_vec(), &["金".to_owned(), "银".to_owned()][..])
    );
    assert_eq!(foreign.get(FIELDS).await.having(200).json::<CustomFields>(), CustomFields::default());
    // Another order, another name, one choice less.
    let [company, birthday, level, orders] = [0, 1, 2, 3].map(|place: usize| first.items[place].id);
    let items = json!([
        {"id": level, "name": "会员级别", "kind": "choice", "choices": ["银"]},
        {"id": company, "name": "公司", "kind": "text"},
        {"id": birthday, "name": "生日", "kind": "date"},
        {"id": orders, "name": "订单数", "kind": "number"},
    ]);
    let second = set(&admin, 1, items.clone()).await;
    assert_eq!((second.version, second.items[0].id, second.items[0].name.as_str()), (2, level, "会员级别"));
    // What is so already is no conflict; another change of an old version is one.
    assert_eq!(set(&admin, 0, items).await, second);
    admin.put(FIELDS, &json!({"version": 1, "items": []})).await.expect(409);
    let kind = json!({"version": 2, "items": [{"id": level, "name": "级别", "kind": "text"}, {"id": server.nonce().0, "name": "无", "kind": "text"}]});
    let refused = admin.put(FIELDS, &kind).await.having(422).problem();
    let faults: Vec<_> = refused.errors.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
    assert_eq!(faults, [("items[0].kind", FieldCode::Wrong), ("items[1].id", FieldCode::Wrong)]);
    agent.put(FIELDS, &json!({"version": 2, "items": []})).await.expect(403);
    let heard: EventsAfter = agent.get(&format!("/api/v1/events?after={}", start.cursor)).await.having(200).json();
    let told: Vec<i64> = heard
        .items
        .iter()
        .filter_map(|one| match &one.event {
            Event::CustomFieldsSet { fields } => Some(fields.version),
            _ => None,
        })
        .collect();
    assert_eq!(told, [1, 2]);
}

async fn a_contact_has_in_a_field_what_its_kind_allows(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let fields = fields(&admin).await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    let good = values(&fields, &[(0, " 云上 "), (1, "2000-02-29"), (2, "银"), (3, "-12.5")]);
    let contact: Contact =
        admin.patch(&of(&visitor), &json!({"version": 0, "custom_values": good})).await.having(200).json();
    assert_eq!(
        (contact.version, texts(&contact, &fields)),
        (1, ["云上", "2000-02-29", "银", "-12.5"].map(str::to_owned).to_vec())
    );
    // What is so already is neither a change nor a conflict.
    let same: Contact =
        admin.patch(&of(&visitor), &json!({"version": 0, "custom_values": good})).await.having(200).json();
    assert_eq!(same, contact);
    let late = json!({"version": 0, "custom_values": values(&fields, &[(0, "别家")])});
    admin.patch(&of(&visitor), &late).await.expect(409);
    let bad = values(&fields, &[(0, "好"), (1, "2001-02-29"), (2, "铜"), (3, "1e3")]);
    let refused = admin.patch(&of(&visitor), &json!({"version": 1, "custom_values": bad})).await.having(422).problem();
    let faults: Vec<_> = refused.errors.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
    assert_eq!(
        faults,
        [
            ("custom_values[1].value", FieldCode::InvalidFormat),
            ("custom_values[2].value", FieldCode::Wrong),
            ("custom_values[3].value", FieldCode::InvalidFormat)
        ]
    );
    let unknown = json!({"version": 1, "custom_values": [{"field_id": server.nonce().0, "value": ""}]});
    let refused = admin.patch(&of(&visitor), &unknown).await.having(422).problem();
    assert_eq!(refused.errors[0].field, "custom_values[0].field_id");
    // An empty one takes away what was there, and the others stay.
    let less = json!({"version": 1, "custom_values": values(&fields, &[(2, " "), (1, "")])});
    let contact: Contact = admin.patch(&of(&visitor), &less).await.having(200).json();
    assert_eq!(texts(&contact, &fields), ["云上", "", "", "-12.5"].map(str::to_owned));
    let count = |place: usize| format!("{FIELDS}/{}/contents", fields.items[place].id);
    for (place, contacts) in [(0, 1), (1, 0)] {
        let contents: CustomFieldContents = admin.get(&count(place)).await.having(200).json();
        assert_eq!(contents.contacts, contacts);
    }
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
}

async fn a_deleted_field_is_emptied_everywhere_and_remembered(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let first = fields(&admin).await;
    let channel = organisation.channel().await;
    let mut visitors = Vec::new();
    for place in 0..3 {
        let visitor = server.visit(&channel.key, None).await;
        visitor.say("你好").await;
        let all = values(&first, &[(0, "云上"), (3, &place.to_string())]);
        admin.patch(&of(&visitor), &json!({"version": 0, "custom_values": all})).await.expect(200);
        visitors.push(visitor);
    }
    let left = json!([{"id": first.items[3].id, "name": "订单", "kind": "number"}, {"name": "公司", "kind": "text"}]);
    server.clock.advance(1);
    let second = set(&admin, 1, left).await;
    for (place, visitor) in visitors.iter().enumerate() {
        let contact: Contact = admin.get(&of(visitor)).await.having(200).json();
        assert_eq!(contact.custom_values.len(), 1, "nothing is left of the deleted one");
        assert_eq!(texts(&contact, &second), [place.to_string(), String::new()]);
    }
    let gone = json!({"version": 1, "custom_values": values(&first, &[(0, "再来")])});
    admin.patch(&of(&visitors[0]), &gone).await.expect(422);
    admin.get(&format!("{FIELDS}/{}/contents", first.items[0].id)).await.expect(404);
    let log: Page<AuditEntry> = admin.get("/api/v1/audit").await.having(200).json();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        log.items[0].action,
        AuditAction::CustomFieldsSet {
            added: names(&["公司"]),
            changed: names(&["订单"]),
            deleted: names(&["公司", "生日", "级别"])
        }
    );
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    // What stands in fields goes with the contact.
    let request = json!({"name": channel.name});
    admin.delete_with(&format!("/api/v1/channels/{}", channel.id), &request).await.expect(204);
    while !store::purge::unfinished(server.state().db.reader()).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let contents: CustomFieldContents =
        admin.get(&format!("{FIELDS}/{}/contents", first.items[3].id)).await.having(200).json();
    assert_eq!(contents.contacts, 0);
}

async fn the_table_has_a_column_of_each_field(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let fields = fields(&admin).await;
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    let some = values(&fields, &[(0, "=云上,公司"), (3, "-3")]);
    admin.patch(&of(&visitor), &json!({"version": 0, "custom_values": some})).await.expect(200);
    let export: ContactExport =
        admin.post("/api/v1/contact-exports", &json!({"language": "en"})).await.having(201).json();
    let table = String::from_utf8(server.anonymous().get(&export.path).await.having(200).body).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].ends_with(",Blacklist,Account,公司,生日,级别,订单数"), "{}", lines[0]);
    assert!(lines[1].ends_with(",\"'=云上,公司\",,,\"'-3\""), "{}", lines[1]);
}
