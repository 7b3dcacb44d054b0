//! The outbox: order, pauses, and what is given up.

use super::*;
use crate::samples;

fn outbox(count: u128) -> Outbox {
    let mut outbox = Outbox::default();
    for number in 1..=count {
        outbox.push(Outgoing::new(samples::nonce(number), None, samples::text("hi"), Timestamp(0)));
    }
    outbox
}

fn nonces(frames: &[ClientFrame]) -> Vec<Nonce> {
    frames
        .iter()
        .filter_map(|frame| match frame {
            ClientFrame::SendMessage { nonce, .. } => Some(*nonce),
            _ => None,
        })
        .collect()
}

#[test]
fn one_message_of_a_lane_is_in_flight_at_a_time() {
    let mut outbox = outbox(3);
    assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1)]);
    assert!(outbox.due(Timestamp(1)).is_empty());
    outbox.acked(samples::nonce(1));
    assert_eq!(nonces(&outbox.due(Timestamp(2))), [samples::nonce(2)]);
}

#[test]
fn lanes_do_not_wait_for_each_other() {
    let mut outbox = Outbox::default();
    for (number, lane) in [(1, 7), (2, 7), (3, 8)] {
        let lane = Some(samples::conversation_id(lane));
        outbox.push(Outgoing::new(samples::nonce(number), lane, samples::text("hi"), Timestamp(0)));
    }
    assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1), samples::nonce(3)]);
}

#[test]
fn busy_holds_the_lane_and_keeps_the_order() {
    let mut outbox = outbox(2);
    outbox.due(Timestamp(0));
    outbox.rejected(samples::nonce(1), &Problem::rate_limited(3), Timestamp(0));
    assert!(outbox.due(Timestamp(2_999)).is_empty());
    assert_eq!(outbox.wake_at(), Some(Timestamp(3_000)));
    assert_eq!(nonces(&outbox.due(Timestamp(3_000))), [samples::nonce(1)]);
}

#[test]
fn a_refusal_for_good_lets_the_next_pass_and_can_be_tried_again() {
    let mut outbox = outbox(2);
    outbox.due(Timestamp(0));
    outbox.rejected(samples::nonce(1), &Problem::new(ErrorCode::ChannelDisabled, ""), Timestamp(0));
    assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(2)]);
    assert!(outbox.discard(samples::nonce(2)).is_none());
    assert!(outbox.retry(samples::nonce(1)).is_some());
    assert!(outbox.discard(samples::nonce(1)).is_none());
    outbox.acked(samples::nonce(2));
    assert_eq!(nonces(&outbox.due(Timestamp(0))), [samples::nonce(1)]);
}

#[test]
fn a_failing_server_is_asked_again_ever_more_slowly_and_not_for_ever() {
    let mut outbox = outbox(2);
    let problem = Problem::new(ErrorCode::Internal, "");
    let mut now = Timestamp(0);
    let mut waits = Vec::new();
    while let [frame] = outbox.due(now).as_slice() {
        assert_eq!(nonces(std::slice::from_ref(frame)), [samples::nonce(1)]);
        outbox.rejected(samples::nonce(1), &problem, now);
        let Some(until) =
            outbox.wake_at().filter(|_| outbox.get(samples::nonce(1)).unwrap().delivery == Delivery::Waiting)
        else {
            break;
        };
        waits.push(until.millis_since(now) / 1_000);
        now = until;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16]);
    assert_eq!(nonces(&outbox.due(now)), [samples::nonce(2)]);
}

#[test]
fn what_other_lanes_come_to_does_not_keep_a_breaking_message_alive() {
    let mut outbox = Outbox::default();
    let (breaking, fine) = (samples::conversation_id(7), samples::conversation_id(8));
    outbox.push(Outgoing::new(samples::nonce(1), Some(breaking), samples::text("breaks"), Timestamp(0)));
    let mut now = Timestamp(0);
    for number in 2..20 {
        outbox.push(Outgoing::new(samples::nonce(number), Some(fine), samples::text("fine"), now));
        for nonce in nonces(&outbox.due(now)) {
            if nonce == samples::nonce(1) {
                outbox.rejected(nonce, &Problem::new(ErrorCode::Internal, ""), now);
            } else {
                outbox.acked(nonce);
            }
        }
        now = outbox.wake_at().unwrap_or(now);
    }
    assert_eq!(outbox.get(samples::nonce(1)).unwrap().delivery, Delivery::Failed { code: ErrorCode::Internal });
    assert_eq!(outbox.entries().len(), 1);
}

#[test]
fn a_message_that_breaks_the_server_holds_its_own_lane_only() {
    let mut outbox = Outbox::default();
    for (number, lane) in [(1, 7), (2, 7), (3, 8)] {
        let lane = Some(samples::conversation_id(lane));
        outbox.push(Outgoing::new(samples::nonce(number), lane, samples::text("hi"), Timestamp(0)));
    }
    outbox.due(Timestamp(0));
    outbox.rejected(samples::nonce(1), &Problem::new(ErrorCode::Internal, ""), Timestamp(0));
    outbox.acked(samples::nonce(3));
    outbox.push(Outgoing::new(samples::nonce(4), Some(samples::conversation_id(8)), samples::text("ho"), Timestamp(0)));
    assert_eq!(nonces(&outbox.due(Timestamp(1))), [samples::nonce(4)]);
    assert_eq!(outbox.wake_at(), Some(Timestamp(1_000)));
    // One that is busy has no time for any of them.
    outbox.rejected(samples::nonce(4), &Problem::rate_limited(3), Timestamp(1));
    assert!(outbox.due(Timestamp(3_000)).is_empty());
    assert_eq!(outbox.wake_at(), Some(Timestamp(3_001)), "not before anything can be done");
    assert_eq!(nonces(&outbox.due(Timestamp(3_001))), [samples::nonce(1), samples::nonce(4)]);
}

#[test]
fn a_message_behind_one_that_is_tried_again_wakes_nobody() {
    let mut outbox = outbox(2);
    outbox.due(Timestamp(0));
    outbox.rejected(samples::nonce(1), &Problem::new(ErrorCode::ChannelDisabled, ""), Timestamp(0));
    outbox.due(Timestamp(0));
    outbox.rejected(samples::nonce(2), &Problem::new(ErrorCode::Internal, ""), Timestamp(0));
    outbox.retry(samples::nonce(1));
    assert_eq!(nonces(&outbox.due(Timestamp(10))), [samples::nonce(1)]);
    assert_eq!(outbox.wake_at(), Some(Timestamp(10 + ANSWER_WITHIN_MILLIS)));
}

#[test]
fn a_server_that_was_busy_first_is_borne_no_less_when_it_fails() {
    let mut outbox = outbox(1);
    let mut now = Timestamp(0);
    let mut refuse = |code| {
        assert_eq!(outbox.due(now).len(), 1);
        let delivery = outbox.rejected(samples::nonce(1), &Problem::new(code, ""), now).unwrap().delivery;
        let wait = outbox.wake_at().map(|until| until.millis_since(now) / 1_000);
        now = outbox.wake_at().unwrap_or(now);
        (delivery, wait)
    };
    // Each of the two has its own count and its own pauses.
    for (code, wait) in [
        (ErrorCode::Busy, 1),
        (ErrorCode::Unavailable, 2),
        (ErrorCode::Internal, 1),
        (ErrorCode::Busy, 4),
        (ErrorCode::Internal, 2),
        (ErrorCode::Internal, 4),
        (ErrorCode::RateLimited, 8),
        (ErrorCode::Busy, 16),
        (ErrorCode::Internal, 8),
        (ErrorCode::Internal, 16),
        (ErrorCode::Busy, 30),
    ] {
        assert_eq!(refuse(code), (Delivery::Waiting, Some(wait)));
    }
    assert_eq!(refuse(ErrorCode::Internal), (Delivery::Failed { code: ErrorCode::Internal }, None));
}

#[test]
fn a_busy_server_is_asked_for_as_long_as_it_takes() {
    for code in [ErrorCode::Busy, ErrorCode::Unavailable, ErrorCode::RateLimited] {
        let mut outbox = outbox(1);
        let mut now = Timestamp(0);
        for _ in 0..50 {
            assert_eq!(outbox.due(now).len(), 1);
            outbox.rejected(samples::nonce(1), &Problem::new(code, ""), now);
            now = outbox.wake_at().unwrap();
        }
        assert_eq!(outbox.due(now).len(), 1, "{code:?}");
    }
}

#[test]
fn a_lost_connection_resends_and_an_unanswered_message_means_a_lost_connection() {
    let mut outbox = outbox(1);
    outbox.due(Timestamp(0));
    assert!(!outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS - 1)));
    assert!(outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS)));
    outbox.connection_lost();
    assert!(!outbox.is_overdue(Timestamp(ANSWER_WITHIN_MILLIS)));
    assert_eq!(nonces(&outbox.due(Timestamp(5))), [samples::nonce(1)]);
}

#[test]
fn a_reload_keeps_the_order_even_within_one_millisecond() {
    let mut before = outbox(5);
    before.due(Timestamp(0));
    let mut kept = before.entries().to_vec();
    kept.reverse();
    let mut after = Outbox::default();
    after.restore(kept.clone());
    after.restore(kept);
    let order: Vec<Nonce> = after.entries().iter().map(|entry| entry.nonce).collect();
    assert_eq!(order, (1..=5).map(samples::nonce).collect::<Vec<_>>());
    assert_eq!(nonces(&after.due(Timestamp(9))), [samples::nonce(1)]);
}

#[cfg(feature = "console")]
#[test]
fn what_is_kept_names_what_it_answers_to_and_holds_no_word_of_it() {
    let mut quoted = samples::message(3);
    quoted.content = samples::text("call me at 13800000000");
    let content = Content::Reply { text: "we will".to_owned(), quote: Box::new(quoted.to_quote()) };
    let entry = Outgoing::new(samples::nonce(1), Some(samples::conversation_id(1)), content, Timestamp(0));
    let kept = serde_json::to_string(&entry).unwrap();
    assert!(kept.contains("we will") && !kept.contains("13800000000"), "{kept}");
    let read: Outgoing = serde_json::from_str(&kept).unwrap();
    assert_eq!(read.content.quote(), Some(&Quote::named(quoted.id)));
    assert_eq!(read.frame(), entry.frame(), "it is sent as it would have been");
}

#[cfg(feature = "console")]
#[test]
fn what_an_earlier_version_kept_with_the_words_is_read() {
    let kept = r#"{
        "nonce": "00000000-0000-0000-0000-000000000001",
        "conversation_id": "00000000-0000-0000-0000-000000000001",
        "content": {
            "type": "reply",
            "text": "we will",
            "quote": {
                "message_id": "00000000-0000-0000-0000-0000000003eb",
                "seq": 3,
                "author": { "kind": "visitor" },
                "content": { "type": "text", "text": "call me" }
            }
        },
        "created_at": "1970-01-01T00:00:00Z",
        "delivery": "Waiting"
    }"#;
    let read: Outgoing = serde_json::from_str(kept).unwrap();
    let mut quoted = samples::message(3);
    quoted.content = samples::text("call me");
    assert_eq!(read.content.quote(), Some(&quoted.to_quote()));
}

#[test]
fn only_what_is_not_known_is_looked_up() {
    let mut outbox = Outbox::default();
    let id = samples::conversation_id(1);
    let known = samples::message(3).to_quote();
    let named = Quote::named(samples::message(4).id);
    for (number, quote) in [(1, known.clone()), (2, named.clone())] {
        let content = Content::Reply { text: "hi".to_owned(), quote: Box::new(quote) };
        outbox.push(Outgoing::new(samples::nonce(number), Some(id), content, Timestamp(0)));
    }
    assert!(!outbox.look_up_quotes(|_, _| None));
    assert_eq!(outbox.get(samples::nonce(2)).unwrap().content.quote(), Some(&named));
    let find = |_: ConversationId, message| {
        assert_eq!(message, named.message_id);
        Some(samples::message(4).to_quote())
    };
    assert!(outbox.look_up_quotes(find));
    let quotes: Vec<_> = outbox.entries().iter().filter_map(|entry| entry.content.quote().cloned()).collect();
    assert_eq!(quotes, [known, samples::message(4).to_quote()]);
}
