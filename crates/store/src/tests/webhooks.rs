//! Webhooks' queues: each event comes into one once, of a conversation one at a time is due, and what is due is found by an index.

use super::plans::{check, grow, on, plan};
use super::world::{World, at, by_agent, on_both};
use crate::webhooks::{self, Attempt, Behind, Ended, Full, Kept, NewDelivery};
use crate::{StoreError, integrity};
use types::id::{ConversationId, WebhookDeliveryId, WebhookId};
use types::webhooks::{Webhook, WebhookDeliveryState, WebhookEvent, WebhookFailure, WebhookPause, WebhookState};

on_both!(
    an_event_comes_into_a_queue_once_and_one_of_a_conversation_is_due,
    who_comes_late_with_how_it_went_is_not_heard,
    what_waits_behind_something_old_goes_when_that_is_cleared,
    what_is_due_and_a_log_are_found_by_an_index,
);

async fn hook(world: &World) -> WebhookId {
    let id = WebhookId(world.uuid());
    let webhook = Webhook {
        id,
        url: "https://crm.example/".to_owned(),
        description: String::new(),
        events: vec![WebhookEvent::MessageCreated],
        includes_contact_details: false,
        state: WebhookState::Healthy,
        paused_for: None,
        paused_at: None,
        failing_since: None,
        delivered_at: None,
        previous_secret_until: None,
        created_at: at(0),
    };
    let kept = Kept { webhook, secret: "sealed".to_owned(), previous_secret: None };
    let scope = world.admin.scope();
    let adding = async move |conn: &sea_orm::DatabaseTransaction| {
        assert_eq!(webhooks::add(conn, scope, &kept, 1).await?, Some(()));
        assert_eq!(webhooks::add(conn, scope, &kept, 1).await?, None, "there are as many as there may be");
        Ok::<_, StoreError>(())
    };
    world.write(adding).await.unwrap();
    id
}

/// What the ledger has for the one webhook, as deliveries.
async fn gathered(world: &World) -> (Behind, i64, Vec<NewDelivery>) {
    let behind = webhooks::behind(world.reader(), None, None).await.unwrap().remove(0);
    let range = (behind.place, behind.until);
    let said = webhooks::said(world.reader(), world.admin.scope(), range, &behind.events).await.unwrap();
    let new = said.into_iter().map(|said| NewDelivery {
        id: WebhookDeliveryId(world.uuid()),
        event_seq: said.seq,
        kind: said.kind,
        conversation_id: said.conversation_id,
        body: said.payload,
    });
    let until = behind.until;
    (behind, until, new.collect())
}

async fn enqueued(world: &World, (behind, until, new): (Behind, i64, Vec<NewDelivery>)) -> bool {
    world.write(async move |conn| webhooks::enqueue(conn, &behind, until, new, at(9_000)).await).await.unwrap()
}

async fn claimed(world: &World, id: WebhookId, now: i64) -> Vec<webhooks::Claimed> {
    let of = (world.org, id);
    world.write(async move |conn| webhooks::claim(conn, of, 10, at(now), at(now + 60_000)).await).await.unwrap()
}

async fn ended(world: &World, claimed: &webhooks::Claimed, attempt: Attempt, now: i64) -> Ended {
    let claimed = claimed.clone();
    world.write(async move |conn| webhooks::end(conn, &claimed, &attempt, at(now)).await).await.unwrap()
}

fn failed(again_at: Option<i64>) -> Attempt {
    Attempt {
        status: Some(500),
        failure: Some(WebhookFailure::Status),
        answer: None,
        duration_millis: 1,
        again_at: again_at.map(at),
        pause: None,
    }
}

fn delivered() -> Attempt {
    Attempt { status: Some(200), failure: None, ..failed(None) }
}

async fn said_twice(world: &World) -> ConversationId {
    let (_, conversation) = world.conversation().await;
    world.send(by_agent(world.admin), conversation, 3_000).await.unwrap();
    world.send(by_agent(world.admin), conversation, 4_000).await.unwrap();
    conversation
}

async fn an_event_comes_into_a_queue_once_and_one_of_a_conversation_is_due(world: World) {
    let id = hook(&world).await;
    said_twice(&world).await;
    let all = gathered(&world).await;
    assert_eq!(all.2.len(), 3, "the visitor's first, and two answers");
    assert!(enqueued(&world, all.clone()).await);
    assert!(!enqueued(&world, all).await, "another server was first");
    assert_eq!(webhooks::behind(world.reader(), None, None).await.unwrap(), []);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
    let mut told = Vec::new();
    for _ in 0..3 {
        let [one] = &claimed(&world, id, 10_000).await[..] else { panic!("one is due") };
        assert_eq!(claimed(&world, id, 10_000).await, [], "somebody has it");
        told.push(one.body.clone());
        ended(&world, one, delivered(), 10_000).await;
    }
    let seqs =
        told.iter().map(|body| serde_json::from_str::<serde_json::Value>(body).unwrap()["message"]["seq"].clone());
    assert_eq!(seqs.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn who_comes_late_with_how_it_went_is_not_heard(world: World) {
    let id = hook(&world).await;
    said_twice(&world).await;
    enqueued(&world, gathered(&world).await).await;
    let late = claimed(&world, id, 10_000).await.remove(0);
    let again = claimed(&world, id, 70_000).await.remove(0);
    assert_eq!((late.id, late.attempt, again.id, again.attempt), (again.id, 1, late.id, 2));
    assert_eq!(ended(&world, &late, failed(None), 71_000).await, Ended::Same);
    assert_eq!(ended(&world, &again, failed(Some(80_000)), 72_000).await, Ended::Changed);
    let scope = world.admin.scope();
    let page = webhooks::list(world.reader(), scope, id, None, (None, 10)).await.unwrap();
    assert!(page.items.iter().all(|one| one.state == WebhookDeliveryState::Waiting));
    let last = claimed(&world, id, 80_000).await.remove(0);
    let hopeless = Attempt { pause: Some((WebhookPause::Failing, at(72_000))), ..failed(None) };
    assert_eq!(ended(&world, &last, hopeless, 81_000).await, Ended::Paused);
    assert_eq!(claimed(&world, id, 200_000).await, [], "nothing of what is paused is due");
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn what_waits_behind_something_old_goes_when_that_is_cleared(world: World) {
    let id = hook(&world).await;
    said_twice(&world).await;
    enqueued(&world, gathered(&world).await).await;
    let full = |orgs: &[_], webhooks: &[_]| Full { orgs: orgs.to_vec(), webhooks: webhooks.to_vec() };
    for (full, due) in [(Full::default(), 1), (full(&[world.org], &[]), 0), (full(&[], &[id]), 0)] {
        assert_eq!(webhooks::due(world.reader(), at(10_000), &full).await.unwrap().len(), due, "{full:?}");
    }
    let first = claimed(&world, id, 10_000).await.remove(0);
    assert_eq!(claimed(&world, id, 10_000).await, [], "the others wait for it");
    let old = (world.org, vec![first.id]);
    world.write(async move |conn| webhooks::remove_old(conn, old, at(20_000)).await).await.unwrap();
    assert_eq!(claimed(&world, id, 20_000).await.len(), 1);
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn what_is_due_and_a_log_are_found_by_an_index(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let (scope, id) = (world.admin.scope(), WebhookId(world.uuid()));
    let log = plan(&world, on(&world, webhooks::page(scope, id, None, None))).await;
    check(&log, &["webhook_delivery_log_idx"]);
    let due = plan(&world, on(&world, webhooks::due_by(at(0), &Full::default()))).await;
    assert!(due.contains("webhook_delivery_due_idx"), "{due}");
}
