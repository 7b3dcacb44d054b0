//! Webhooks: programs are told what happens, signed, in order and at least once, and nobody but them.

use serde_json::json;
use server::clock::Clock;
use server::webhooks::signing::signatures;
use testkit::{AgentCaller, Organisation, TestServer, Told, VisitorCaller, WebhookReceiver, db_tests};
use types::agents::Role;
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::{ConversationId, WebhookDeliveryId, WebhookId};
use types::page::Page;
use types::webhooks::{
    CreatedWebhook, ReplayedDeliveries, Webhook, WebhookDelivery, WebhookDeliveryContents, WebhookDeliveryState,
    WebhookFailure, WebhookPause, WebhookState, Webhooks,
};

db_tests!(
    what_happens_is_told_signed_and_stands_in_the_log,
    a_delivery_that_fails_holds_back_its_own_conversation_and_is_tried_again,
    what_was_sent_and_not_written_down_is_sent_again_under_the_same_id,
    after_a_day_of_failures_a_webhook_is_paused_and_taken_up_again_where_it_was,
    one_that_is_gone_is_paused_at_once_and_what_has_failed_is_sent_again,
    where_a_webhook_leads_is_looked_at_when_it_is_saved_and_when_it_is_told,
    contacts_details_are_told_only_where_that_was_chosen,
    what_was_cleared_is_in_no_log_and_what_was_deleted_keeps_nothing,
    webhooks_are_admins_and_of_one_organisation,
);

const HOOKS: &str = "/api/v1/webhooks";

/// Where nobody is.
pub(crate) const NOWHERE: &str = "https://hooks.invalid/parlor";

/// A webhook that was sent something: what is there will do.
pub(crate) async fn one_that_was_tried(admin: &AgentCaller) -> (WebhookId, WebhookDeliveryId) {
    let known = admin.get(HOOKS).await.json::<Webhooks>().items.into_iter().next();
    let id = match known {
        Some(webhook) => webhook.id,
        None => add(admin, NOWHERE, &["note_created"]).await.webhook.id,
    };
    let test: WebhookDelivery = admin.post_empty(&of(id, "/test")).await.having(201).json();
    (id, test.id)
}

fn of(id: WebhookId, rest: &str) -> String {
    format!("{HOOKS}/{id}{rest}")
}

/// Lets webhooks lead to this machine. Whoever waits for something asks often in one minute of a clock that stands still.
async fn open(server: &TestServer) {
    server
        .reconfigure(|config| {
            config.webhooks.allow_private = true;
            config.limits.requests_per_minute = 1_000_000;
        })
        .await;
}

async fn add(admin: &AgentCaller, url: &str, events: &[&str]) -> CreatedWebhook {
    admin.post(HOOKS, &json!({"url": url, "events": events})).await.having(201).json()
}

async fn look(admin: &AgentCaller, id: WebhookId) -> Webhook {
    admin.get(&of(id, "")).await.having(200).json()
}

async fn log(admin: &AgentCaller, id: WebhookId) -> Vec<WebhookDelivery> {
    admin.get(&of(id, "/deliveries")).await.having(200).json::<Page<WebhookDelivery>>().items
}

/// The log once it is so: what a program was sent is written down a moment later.
async fn log_when(
    admin: &AgentCaller,
    id: WebhookId,
    is_so: impl Fn(&[WebhookDelivery]) -> bool,
) -> Vec<WebhookDelivery> {
    loop {
        let log = log(admin, id).await;
        if is_so(&log) {
            return log;
        }
        tokio::task::yield_now().await;
    }
}

/// The webhook once it is so.
async fn when(admin: &AgentCaller, id: WebhookId, is_so: impl Fn(&Webhook) -> bool) -> Webhook {
    loop {
        let webhook = look(admin, id).await;
        if is_so(&webhook) {
            return webhook;
        }
        tokio::task::yield_now().await;
    }
}

/// What was said in a message that a program was told of, or the event's type.
fn said(told: &Told) -> String {
    let text = told.json()["data"]["message"]["content"]["text"].as_str().map(str::to_owned);
    text.unwrap_or_else(|| told.kind())
}

async fn visitor(server: &TestServer, organisation: &Organisation, text: &str) -> VisitorCaller {
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say(text).await;
    visitor
}

async fn conversations(admin: &AgentCaller) -> Vec<Conversation> {
    admin.get("/api/v1/conversations").await.having(200).json::<Page<Conversation>>().items
}

async fn what_happens_is_told_signed_and_stands_in_the_log(server: TestServer) {
    open(&server).await;
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    let admin = organisation.admin.clone();
    let (mut hook, mut foreign) = (WebhookReceiver::open(), WebhookReceiver::open());
    visitor(&server, &organisation, "在此之前").await;
    let created = add(&admin, &hook.url, &["message_created", "conversation_created"]).await;
    add(&other.admin, &foreign.url, &["message_created"]).await;
    let CreatedWebhook { webhook, secret } = created;
    assert_eq!((webhook.state, webhook.delivered_at), (WebhookState::Healthy, None));
    visitor(&server, &organisation, "你好").await;
    let (began, message) = (hook.next().await, hook.next().await);
    assert_eq!([said(&began), said(&message)], ["conversation_created", "你好"], "what was before it is not told");
    let body = message.json();
    assert_eq!(body["id"].as_str(), Some(message.id.as_str()));
    assert_eq!(body["organisation_id"], json!(organisation.org_id));
    assert_eq!(body["data"].get("type"), None);
    let seconds: i64 = message.timestamp.parse().unwrap();
    assert_eq!(seconds, server.clock.now().0 / 1_000);
    assert_eq!(message.signature, signatures([secret.as_str()], &message.id, seconds, &message.body));

    let all = log_when(&admin, webhook.id, |log| {
        log.len() == 2 && log.iter().all(|one| one.state == WebhookDeliveryState::Delivered)
    });
    let newest = all.await.remove(0);
    assert_eq!((newest.attempts, newest.status, newest.due_at), (1, Some(204), None));
    let path = of(webhook.id, &format!("/deliveries/{}", newest.id));
    let contents: WebhookDeliveryContents = admin.get(&path).await.having(200).json();
    assert!([&began, &message].iter().any(|told| told.body == contents.body));
    assert!(look(&admin, webhook.id).await.delivered_at.is_some());

    // With a new secret both sign, for a day.
    let rotated: CreatedWebhook = admin.post_empty(&of(webhook.id, "/secret")).await.having(200).json();
    assert_ne!(rotated.secret, secret);
    hook.answer(500, "nicht doch\0");
    // Of one millisecond the log has no order.
    server.clock.advance(1);
    let test: WebhookDelivery = admin.post_empty(&of(webhook.id, "/test")).await.having(201).json();
    let told = hook.next().await;
    assert_eq!((told.kind().as_str(), told.id.as_str()), ("webhook_test", test.id.to_string().as_str()));
    let both = [rotated.secret.as_str(), secret.as_str()];
    assert_eq!(told.signature, signatures(both, &told.id, told.timestamp.parse().unwrap(), &told.body));
    let failed = log_when(&admin, webhook.id, |log| log[0].failure.is_some()).await.remove(0);
    assert_eq!((failed.event, failed.failure, failed.status), (None, Some(WebhookFailure::Status), Some(500)));
    let path = of(webhook.id, &format!("/deliveries/{}", failed.id));
    let answer = admin.get(&path).await.having(200).json::<WebhookDeliveryContents>().answer;
    assert_eq!(answer.as_deref(), Some("nicht doch"));
    server.clock.advance(24 * 3_600_000);
    let admin = admin.with_own_session().await;
    let again = hook.next().await;
    assert_eq!(again.id, told.id);
    let one = signatures([rotated.secret.as_str()], &again.id, again.timestamp.parse().unwrap(), &again.body);
    assert_eq!(again.signature, one);
    log_when(&admin, webhook.id, |log| log[0].state == WebhookDeliveryState::Delivered).await;
    assert_eq!(foreign.try_next(), None);
}

async fn a_delivery_that_fails_holds_back_its_own_conversation_and_is_tried_again(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let mut hook = WebhookReceiver::open();
    let id = add(&organisation.admin, &hook.url, &["message_created"]).await.webhook.id;
    hook.answer(503, "");
    let first = visitor(&server, &organisation, "甲一").await;
    let failed = hook.next().await;
    assert_eq!(said(&failed), "甲一");
    let waiting = log_when(&organisation.admin, id, |log| log[0].failure.is_some()).await.remove(0);
    assert_eq!((waiting.state, waiting.attempts), (WebhookDeliveryState::Waiting, 1));
    assert_eq!(look(&organisation.admin, id).await.state, WebhookState::Failing);
    first.say("甲二").await;
    first.say("甲三").await;
    visitor(&server, &organisation, "乙一").await;
    assert_eq!(said(&hook.next().await), "乙一", "another conversation goes on");
    let log = log_when(&organisation.admin, id, |log| log.len() == 4).await;
    assert_eq!(log.iter().filter(|one| one.state == WebhookDeliveryState::Waiting && one.due_at.is_none()).count(), 2);
    server.clock.advance(6_000);
    let again = hook.next().await;
    assert_eq!((again.id.as_str(), again.body.as_str()), (failed.id.as_str(), failed.body.as_str()));
    assert_ne!(again.timestamp, failed.timestamp, "an old request cannot be played again");
    assert_eq!([said(&hook.next().await), said(&hook.next().await)], ["甲二", "甲三"]);
    when(&organisation.admin, id, |webhook| webhook.state == WebhookState::Healthy).await;
}

async fn what_was_sent_and_not_written_down_is_sent_again_under_the_same_id(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let mut hook = WebhookReceiver::open();
    let id = add(&organisation.admin, &hook.url, &["message_created"]).await.webhook.id;
    hook.hold();
    let writer = visitor(&server, &organisation, "一").await;
    let sent = hook.next().await;
    // The server dies between the two. What happens meanwhile waits in the ledger.
    server.restart().await;
    writer.say("二").await;
    hook.go_on();
    assert_eq!(hook.try_next(), None, "whoever has sent it may still write it down");
    server.clock.advance(61_000);
    let again = hook.next().await;
    assert_eq!((again.id, again.body), (sent.id, sent.body));
    assert_eq!(said(&hook.next().await), "二");
    let log = log_when(&organisation.admin, id, |log| {
        log.len() == 2 && log.iter().all(|one| one.state == WebhookDeliveryState::Delivered)
    });
    assert_eq!(log.await.iter().map(|one| one.attempts).sum::<i64>(), 3);
}

async fn after_a_day_of_failures_a_webhook_is_paused_and_taken_up_again_where_it_was(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let mut hook = WebhookReceiver::open();
    let id = add(&organisation.admin, &hook.url, &["message_created"]).await.webhook.id;
    hook.always(500);
    visitor(&server, &organisation, "一").await;
    let (mut attempts, mut admin) = (0, organisation.admin.clone());
    let paused = loop {
        hook.next().await;
        attempts += 1;
        let is_written = |webhook: &Webhook| webhook.state != WebhookState::Healthy;
        let webhook = when(&admin, id, is_written).await;
        let log = log_when(&admin, id, |log| {
            let one = &log[0];
            // While it is being sent it is due when whoever sends it would be taken for dead.
            let is_sent = one.due_at.is_none_or(|due| due.millis_since(server.clock.now()) != 60_000);
            one.attempts == attempts && one.status.is_some() && is_sent
        });
        let due = log.await[0].due_at;
        let Some(due) = due else { break when(&admin, id, |webhook| webhook.state == WebhookState::Paused).await };
        assert_eq!(webhook.state, WebhookState::Failing);
        server.clock.advance(due.millis_since(server.clock.now()));
        admin = organisation.admin.with_own_session().await;
    };
    assert_eq!((attempts, paused.paused_for), (11, Some(WebhookPause::Failing)));
    let told: EventsAfter = admin.get("/api/v1/events?after=0&limit=500").await.having(200).json();
    let alert = Event::WebhooksChanged { paused_id: Some(id) };
    assert_eq!(told.items.iter().filter(|told| told.event == alert).count(), 1);
    let failed = log(&admin, id).await.remove(0);
    assert_eq!(failed.state, WebhookDeliveryState::Failed);
    // While it is paused nothing is tried, and nothing is lost.
    let refused = admin.post_empty(&of(id, "/test")).await;
    assert_eq!(refused.problem().code, ErrorCode::Conflict);
    hook.always(200);
    // Whoever was signed in a day ago is not any more.
    let mut home = organisation.clone();
    home.admin = admin.clone();
    let writer = visitor(&server, &home, "停用期间").await;
    admin.patch(&of(id, ""), &json!({"paused": false})).await.expect(200);
    assert_eq!(said(&hook.next().await), "停用期间");
    writer.say("之后").await;
    assert_eq!(said(&hook.next().await), "之后");
    let replay = json!({"since": "2026-01-01T00:00:00Z"});
    let replayed: ReplayedDeliveries = admin.post(&of(id, "/replay"), &replay).await.having(200).json();
    assert_eq!(replayed, ReplayedDeliveries { replayed: 1, has_more: false });
    let again = hook.next().await;
    assert_eq!((said(&again).as_str(), again.id), ("一", failed.id.to_string()));
    when(&admin, id, |webhook| webhook.state == WebhookState::Healthy && webhook.paused_for.is_none()).await;
}

async fn one_that_is_gone_is_paused_at_once_and_what_has_failed_is_sent_again(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let mut hook = WebhookReceiver::open();
    let id = add(admin, &hook.url, &["message_created"]).await.webhook.id;
    hook.answer(410, "");
    visitor(&server, &organisation, "一").await;
    let gone = hook.next().await;
    let paused = when(admin, id, |webhook| webhook.state == WebhookState::Paused).await;
    assert_eq!(paused.paused_for, Some(WebhookPause::Gone));
    let failed = log(admin, id).await.remove(0);
    assert_eq!((failed.state, failed.status), (WebhookDeliveryState::Failed, Some(410)));
    admin.patch(&of(id, ""), &json!({"paused": false})).await.expect(200);
    let path = of(id, &format!("/deliveries/{}/replay", failed.id));
    let waiting: WebhookDelivery = admin.post_empty(&path).await.having(200).json();
    assert_eq!(waiting.state, WebhookDeliveryState::Waiting);
    assert_eq!(hook.next().await.id, gone.id);
    // A redirect is no success, and is not followed.
    hook.answer(302, "");
    admin.post_empty(&of(id, "/test")).await.expect(201);
    hook.next().await;
    let log = log_when(admin, id, |log| log.iter().any(|one| one.status == Some(302))).await;
    assert!(log.iter().any(|one| one.failure == Some(WebhookFailure::Status)));
    let audit = admin.get("/api/v1/audit").await.having(200).text();
    assert_eq!(audit.matches("webhook_deliveries_replayed").count(), 1);
}

async fn where_a_webhook_leads_is_looked_at_when_it_is_saved_and_when_it_is_told(server: TestServer) {
    let organisation = server.organisation().await;
    for url in [
        "http://crm.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::ffff:10.0.0.1]/",
        "https://0x7f.1/",
    ] {
        let refused = organisation.admin.post(HOOKS, &json!({"url": url, "events": ["message_created"]})).await;
        let faults = refused.having(422).problem().errors;
        assert_eq!(faults[0].field, "url", "{url}");
        assert!(matches!(faults[0].code, FieldCode::Wrong | FieldCode::InvalidFormat), "{url}");
    }
    open(&server).await;
    let mut hook = WebhookReceiver::open();
    let id = add(&organisation.admin, &hook.url, &["message_created"]).await.webhook.id;
    // The operator has thought better of it, or a name leads elsewhere now.
    server.reconfigure(|config| config.webhooks.allow_private = false).await;
    organisation.admin.post_empty(&of(id, "/test")).await.expect(201);
    let log = log_when(&organisation.admin, id, |log| log[0].failure.is_some()).await;
    assert_eq!(log[0].failure, Some(WebhookFailure::PrivateAddress));
    assert_eq!(hook.try_next(), None);
}

async fn contacts_details_are_told_only_where_that_was_chosen(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let (mut plain, mut full) = (WebhookReceiver::open(), WebhookReceiver::open());
    add(admin, &plain.url, &["contact_updated"]).await;
    let body = json!({"url": full.url, "events": ["contact_updated"], "includes_contact_details": true});
    admin.post(HOOKS, &body).await.expect(201);
    visitor(&server, &organisation, "你好").await;
    let contact = conversations(admin).await[0].contact.id;
    let path = format!("/api/v1/contacts/{contact}");
    admin.patch(&path, &json!({"version": 0, "phone": "13812345678", "remark": "老客户"})).await.expect(200);
    let (without, with) = (plain.next().await, full.next().await);
    assert_eq!(with.json()["data"]["contact"]["phone"], "13812345678");
    assert!(without.body.contains("老客户") && !without.body.contains("13812345678"));
    assert!(!without.json()["data"]["contact"]["masked"].as_array().unwrap().is_empty());
}

async fn what_was_cleared_is_in_no_log_and_what_was_deleted_keeps_nothing(server: TestServer) {
    open(&server).await;
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let mut hook = WebhookReceiver::open();
    let events = ["message_created", "conversation_cleared", "conversation_deleted"];
    let id = add(admin, &hook.url, &events).await.webhook.id;
    // What waits is forgotten like what was told, and holds nothing up that does not tell of it.
    hook.answer(204, "");
    hook.answer(500, "");
    let writer = visitor(&server, &organisation, "一").await;
    writer.say("二").await;
    assert_eq!([said(&hook.next().await), said(&hook.next().await)], ["一", "二"]);
    log_when(admin, id, |log| log.iter().any(|one| one.failure.is_some())).await;
    let conversation: ConversationId = conversations(admin).await[0].id;
    admin.delete(&format!("/api/v1/conversations/{conversation}/messages")).await.expect(204);
    assert_eq!(said(&hook.next().await), "conversation_cleared");
    let left = log(admin, id).await;
    assert_eq!(left.len(), 1);
    admin.delete(&format!("/api/v1/conversations/{conversation}")).await.expect(204);
    assert_eq!(said(&hook.next().await), "conversation_deleted");
    let left = log_when(admin, id, |log| log.len() == 1 && log[0].status.is_some()).await;
    assert_eq!(left[0].conversation_id, None);
    // A log has an end, and a deleted webhook has none.
    server.clock.advance(31 * 86_400_000);
    let admin = organisation.admin.with_own_session().await;
    log_when(&admin, id, |log| log.is_empty()).await;
    admin.delete(&of(id, "")).await.expect(204);
    assert_eq!(admin.get(&of(id, "/deliveries")).await.status, 404);
    assert_eq!(admin.get(HOOKS).await.having(200).json::<Webhooks>().items, []);
}

async fn webhooks_are_admins_and_of_one_organisation(server: TestServer) {
    open(&server).await;
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    let admin = &organisation.admin;
    let created = add(admin, "https://crm.example/hook?token=geheim", &["message_created"]).await;
    let id = created.webhook.id;
    let listed = admin.get(HOOKS).await.having(200);
    assert!(!listed.text().contains(&created.secret));
    assert_eq!(listed.json::<Webhooks>().items, [created.webhook]);
    for role in [Role::Agent, Role::Supervisor] {
        let agent = organisation.agent(role).await;
        assert_eq!(agent.get(HOOKS).await.status, 403);
        assert_eq!(agent.patch(&of(id, ""), &json!({"paused": true})).await.status, 403);
    }
    let nobodys = WebhookDeliveryId(id.0);
    for (path, is_post) in [
        (of(id, ""), false),
        (of(id, "/deliveries"), false),
        (of(id, &format!("/deliveries/{nobodys}")), false),
        (of(id, "/secret"), true),
        (of(id, "/test"), true),
        (of(id, &format!("/deliveries/{nobodys}/replay")), true),
    ] {
        let answer = if is_post { other.admin.post_empty(&path).await } else { other.admin.get(&path).await };
        assert_eq!(answer.status, 404, "{path}");
    }
    for number in 1..20 {
        add(admin, &format!("https://crm.example/{number}"), &["note_created"]).await;
    }
    let more = admin.post(HOOKS, &json!({"url": "https://crm.example/", "events": ["note_created"]})).await;
    assert_eq!(more.problem().code, ErrorCode::Conflict);
    // Of an address the log of deeds has the host alone.
    let audit = admin.get("/api/v1/audit").await.having(200);
    assert!(audit.text().contains("crm.example") && !audit.text().contains("geheim"));
}
