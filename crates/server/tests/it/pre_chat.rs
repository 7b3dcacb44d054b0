//! The form before the chat: whom it asks for what, that nobody passes it by, and what becomes of the answers.

use crate::identity::{identity, secret_of, visit as identified};
use serde_json::{Value, json};
use testkit::visitor::visit_request;
use testkit::{AgentCaller, Heard, Organisation, TestServer, VisitorCaller, db_tests};
use types::channels::Channel;
use types::contact_list::ListedContact;
use types::contacts::Contact;
use types::custom_fields::CustomFields;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::ContactId;
use types::page::Page;
use types::pre_chat::{AskedKind, VisitorForm};
use types::visitors::{OpenVisitorSession, VisitorDetails, VisitorSession};
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    nobody_begins_without_answering_and_whoever_has_answered_is_not_asked_again,
    wrong_answers_are_named_and_nothing_of_them_is_kept,
    what_is_known_is_not_asked_and_what_is_not_required_is_asked_once,
    a_form_is_published_with_the_style_and_followed_by_open_widgets,
    two_tabs_that_answer_at_once_are_one_contact,
);

/// Custom fields: two that visitors may fill, and one that they may not.
async fn fields(admin: &AgentCaller) -> CustomFields {
    let items = json!([
        {"name": "会员", "kind": "choice", "choices": ["金", "银"], "visitors_fill": true},
        {"name": "人数", "kind": "number", "visitors_fill": true},
        {"name": "信用", "kind": "number"},
    ]);
    admin.put("/api/v1/custom-fields", &json!({"version": 0, "items": items})).await.having(200).json()
}

fn style(form: &Value) -> Value {
    json!({"style": {"color": "#2f6bff", "form": form}})
}

async fn publish(admin: &AgentCaller, channel: &Channel, fields: Value) -> Channel {
    let form = json!({"enabled": true, "title": "请先留下联系方式", "fields": fields});
    admin.patch(&format!("/api/v1/channels/{}", channel.id), &style(&form)).await.having(200).json()
}

async fn answer(visitor: &VisitorCaller, answers: &[(&str, &str)]) -> testkit::Answer {
    let answers: Vec<_> = answers.iter().map(|(field, value)| json!({"field": field, "value": value})).collect();
    visitor.put("/widget/v1/answers", &json!({"answers": answers})).await
}

async fn contact(organisation: &Organisation, id: ContactId) -> Contact {
    organisation.admin.get(&format!("/api/v1/contacts/{id}")).await.having(200).json()
}

/// Waits until the search finds somebody by this, which it does by what the ledger tells of them.
async fn until_found(admin: &AgentCaller, q: &str) {
    for _ in 0..2_000 {
        let found: Page<ListedContact> = admin.get(&format!("/api/v1/contacts?q={q}")).await.having(200).json();
        if found.items.len() == 1 {
            return;
        }
    }
    panic!("{q} finds nobody");
}

fn keys(form: Option<&VisitorForm>) -> Vec<&str> {
    form.map(|form| form.fields.iter().map(|field| field.field.as_str()).collect()).unwrap_or_default()
}

async fn nobody_begins_without_answering_and_whoever_has_answered_is_not_asked_again(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let early = server.visit(&channel.key, None).await;
    early.say("在表单之前").await;
    let level = fields(&admin).await.items[0].id;
    let name = json!({"kind": "name", "required": true});
    let custom = json!({"kind": "custom", "field_id": level, "required": true});
    publish(&admin, &channel, json!([name, {"kind": "phone"}, custom])).await;

    let visitor = server.visit(&channel.key, None).await;
    let form = visitor.session.form.clone().unwrap();
    assert_eq!((form.title.as_str(), visitor.session.channel.form.is_some()), ("请先留下联系方式", true));
    assert_eq!(keys(Some(&form)), ["name", "phone", &level.to_string()]);
    let asked = form.fields.last().unwrap();
    assert_eq!((asked.kind, asked.label.as_str(), asked.choices.len()), (AskedKind::Choice, "会员", 2));
    // Neither way leads past it, and nothing is left of the attempts.
    let refused = visitor.post("/widget/v1/messages", &server.text("跳过")).await.having(409);
    assert_eq!(refused.code(), ErrorCode::FormRequired);
    let mut socket = visitor.socket().await;
    let text = server.text("跳过");
    let frame = ClientFrame::SendMessage { nonce: text.nonce, conversation_id: None, content: text.content };
    let ServerFrame::Rejected { problem, .. } = socket.ask(&frame).await else { panic!("it was taken") };
    assert_eq!(problem.code, ErrorCode::FormRequired);
    admin.get(&format!("/api/v1/contacts/{}", visitor.session.contact_id)).await.expect(404);

    answer(&visitor, &[("name", " 林小满 "), ("phone", ""), (&level.to_string(), "金")]).await.expect(204);
    // They are a contact, and their answers outlive the memory of any server.
    let known = contact(&organisation, visitor.session.contact_id).await;
    assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("林小满"), None));
    assert_eq!(known.custom_values.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["金"]);
    assert_eq!(known.landing_page.as_deref(), Some("https://shop.example/products/1"));
    until_found(&admin, "林小满").await;
    let again = visitor.again(&channel.key).await;
    assert_eq!((&again.session.form, again.session.conversation_id), (&None, None));
    let message = again.say("你好").await;
    assert_eq!(contact(&organisation, visitor.session.contact_id).await.number, known.number);
    // What is answered stays, whoever answers once more.
    answer(&visitor, &[("name", "别人"), ("phone", "13800138000")]).await.expect(204);
    let known = contact(&organisation, visitor.session.contact_id).await;
    assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("林小满"), Some("13800138000")));

    // A conversation goes on, whatever is asked meanwhile of others.
    publish(&admin, &channel, json!([name, custom, {"kind": "phone", "required": true}])).await;
    assert_eq!(early.again(&channel.key).await.session.form, None);
    early.say("还在吗").await;
    assert_eq!(again.say("还在").await.conversation_id, message.conversation_id);
    // One that was deleted is begun anew by whoever is known.
    let gone = format!("/api/v1/conversations/{}", message.conversation_id);
    admin.delete(&gone).await.expect(204);
    assert_eq!(again.again(&channel.key).await.session.form, None);
    again.say("再来").await;
}

async fn wrong_answers_are_named_and_nothing_of_them_is_kept(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let custom = fields(&admin).await;
    let [level, people, credit] = [0, 1, 2].map(|place: usize| custom.items[place].id.to_string());
    let asks = |id: &str| json!({"kind": "custom", "field_id": id, "required": true});
    let phone = json!({"kind": "phone", "required": true});
    publish(&admin, &channel, json!([phone, asks(&level), asks(&people)])).await;
    let visitor = server.visit(&channel.key, None).await;
    let wrong = [("phone", "call me"), (level.as_str(), "铜"), (people.as_str(), "很多"), (credit.as_str(), "9000")];
    let faults = answer(&visitor, &wrong).await.having(422).faults();
    let expected = [
        ("answers[0].value", FieldCode::InvalidFormat),
        ("answers[1].value", FieldCode::Wrong),
        ("answers[2].value", FieldCode::InvalidFormat),
    ];
    assert_eq!(faults, expected.map(|(field, code)| (field.to_owned(), code)));
    let faults = answer(&visitor, &[("phone", "13800138000"), (&level, " ")]).await.having(422).faults();
    let required = |field: &str| (field.to_owned(), FieldCode::Required);
    assert_eq!(faults, [required("answers[1].value"), required("answers")]);
    let faults = answer(&visitor, &[("phone", "1\n3")]).await.having(422).faults();
    assert_eq!(faults, [("answers[0].value".to_owned(), FieldCode::InvalidFormat)]);
    admin.get(&format!("/api/v1/contacts/{}", visitor.session.contact_id)).await.expect(404);

    // A field that visitors may not fill any more, and one that is gone, hold nobody up.
    let mut changed = json!(custom);
    changed["items"][0]["visitors_fill"] = false.into();
    changed["items"].as_array_mut().unwrap().remove(1);
    admin.put("/api/v1/custom-fields", &changed).await.expect(200);
    let again = visitor.again(&channel.key).await;
    assert_eq!(keys(again.session.form.as_ref()), ["phone"]);
    let said = [("phone", "+86 138 0013 8000"), (level.as_str(), "金"), (credit.as_str(), "9000")];
    answer(&again, &said).await.expect(204);
    let known = contact(&organisation, visitor.session.contact_id).await;
    assert_eq!((known.phone.as_deref(), known.custom_values.len()), (Some("+86 138 0013 8000"), 0));
    again.say("你好").await;
}

async fn what_is_known_is_not_asked_and_what_is_not_required_is_asked_once(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let name = json!({"kind": "name", "required": true});
    publish(&admin, &channel, json!([name, {"kind": "phone", "required": true}])).await;
    // The page says one of both, and the visitor the other.
    let details = VisitorDetails { name: Some("林小满".to_owned()), ..VisitorDetails::default() };
    let request = OpenVisitorSession { details: Some(details), ..visit_request(&channel.key, None) };
    let session: VisitorSession = server.anonymous().post("/widget/v1/sessions", &request).await.having(200).json();
    let visitor = server.visitor(session);
    assert_eq!(keys(visitor.session.form.as_ref()), ["phone"]);
    answer(&visitor, &[("phone", "13800138000")]).await.expect(204);
    let known = contact(&organisation, visitor.session.contact_id).await;
    assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("林小满"), Some("13800138000")));
    // An account says both, on every device.
    let who = identity(&secret_of(&admin, channel.id).await.secret, "u-17");
    let owner = identified(&server, &channel, None, &who).await;
    assert_eq!(owner.session.form, None);
    owner.say("老客户").await;

    publish(&admin, &channel, json!([{"kind": "name"}, {"kind": "phone"}])).await;
    let shy = server.visit(&channel.key, None).await;
    assert_eq!(keys(shy.session.form.as_ref()), ["name", "phone"]);
    answer(&shy, &[("name", ""), ("phone", " ")]).await.expect(204);
    assert_eq!(shy.again(&channel.key).await.session.form, None);
    // Who does not answer it can write all the same: nothing is required.
    server.visit(&channel.key, None).await.say("不填也行").await;
}

async fn a_form_is_published_with_the_style_and_followed_by_open_widgets(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let path = format!("/api/v1/channels/{}", channel.id);
    let custom = fields(&admin).await;
    let [level, credit] = [0, 2].map(|place: usize| custom.items[place].id);
    let mut widget = server.visit(&channel.key, None).await.socket().await;
    let of_level = json!({"kind": "custom", "field_id": level});
    let published = publish(&admin, &channel, json!([{"kind": "name"}, of_level])).await;
    assert_eq!(published.style_revision, 2);
    let mut mark = async || {
        let Heard::Frame(frame) = widget.next().await else { panic!("closed") };
        let ServerFrame::Event { event: Event::VisitorChannelUpdated { channel }, .. } = *frame else {
            panic!("another event")
        };
        channel.form
    };
    let first = mark().await;
    let asked = json!([{"kind": "name", "required": true}, of_level]);
    publish(&admin, &channel, asked.clone()).await;
    let second = mark().await;
    assert!(first.is_some() && second.is_some() && first != second);

    // Of a wrong form nothing is published, and its field is named.
    let stranger = fields(&server.organisation().await.admin).await.items[0].id;
    for (wrong, field) in [
        (json!([{"kind": "custom", "field_id": credit}]), "style.form.fields[0].field_id"),
        (json!([{"kind": "name"}, {"kind": "custom", "field_id": stranger}]), "style.form.fields[1].field_id"),
        (json!([{"kind": "name"}, {"kind": "name", "required": true}]), "style.form.fields[1]"),
        (json!([]), "style.form.fields"),
    ] {
        let form = json!({"enabled": true, "fields": wrong});
        let faults = admin.patch(&path, &style(&form)).await.having(422).faults();
        assert_eq!(faults.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), [field]);
        let new = json!({"kind": "website", "name": "新渠道", "style": style(&form)["style"]});
        admin.post("/api/v1/channels", &new).await.expect(422);
    }
    // A field that is gone stays in the style until it is taken out, there and in what is published anew.
    let without = json!({"version": custom.version, "items": [custom.items[1], custom.items[2]]});
    admin.put("/api/v1/custom-fields", &without).await.expect(200);
    let form = json!({"enabled": true, "title": "您好", "fields": asked});
    admin.patch(&path, &style(&form)).await.expect(200);
    let restored: Channel =
        admin.put(&format!("{path}/style-version"), &json!({"revision": 3})).await.having(200).json();
    assert_eq!((restored.style.form.fields.len(), restored.style_revision), (2, 5));
    assert_eq!(keys(server.visit(&channel.key, None).await.session.form.as_ref()), ["name"]);
    let off: Channel = admin.patch(&path, &json!({"style": {"color": "#2f6bff"}})).await.having(200).json();
    assert!(off.style.form.is_default());
    server.visit(&channel.key, None).await.say("没有表单").await;
}

async fn two_tabs_that_answer_at_once_are_one_contact(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    publish(&admin, &channel, json!([{"kind": "name", "required": true}, {"kind": "phone"}])).await;
    let visitor = server.visit(&channel.key, None).await;
    let answers = [("name", "林小满")];
    let (one, two, three) = tokio::join!(
        answer(&visitor, &answers),
        answer(&visitor, &[("name", "林大满"), ("phone", "13800138000")]),
        answer(&visitor, &answers),
    );
    for said in [one, two, three] {
        said.expect(204);
    }
    let known = contact(&organisation, visitor.session.contact_id).await;
    assert!(known.name.is_some_and(|name| name.starts_with('林')));
    assert_eq!(known.phone.as_deref(), Some("13800138000"), "whoever came second filled what was empty");
    let other = server.visit(&channel.key, None).await;
    answer(&other, &answers).await.expect(204);
    assert_eq!(contact(&organisation, other.session.contact_id).await.number, known.number + 1);
}
