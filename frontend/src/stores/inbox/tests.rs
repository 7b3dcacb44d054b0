//! What a thread's mark tells, and which unsent message weighs more.

use super::*;
use types::error::ErrorCode;
use types::messages::{Author, Message};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: i64) -> T {
    format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
}

fn content() -> Content {
    Content::Text { text: "hi".to_owned() }
}

fn outgoing(number: i64, delivery: Delivery) -> Outgoing {
    let mut message = Outgoing::new(id(number), Some(id(1)), content(), Timestamp(0));
    message.delivery = delivery;
    message
}

#[test]
fn a_failed_message_weighs_more_than_one_that_waits() {
    let failed = Delivery::Failed { code: ErrorCode::Forbidden };
    assert_eq!(unsent([].iter()), None);
    assert_eq!(unsent([outgoing(1, Delivery::Waiting)].iter()), Some(Unsent::Waiting));
    assert_eq!(unsent([outgoing(1, failed), outgoing(2, Delivery::Waiting)].iter()), Some(Unsent::Failed));
}

#[test]
fn a_threads_mark_changes_with_whatever_its_rows_show() {
    let messages: Vec<Message> = (1..=3)
        .map(|seq| Message {
            id: id(seq),
            conversation_id: id(1),
            seq,
            author: Author::Visitor,
            content: content(),
            nonce: id(seq),
            created_at: Timestamp(seq),
        })
        .collect();
    let waiting = outgoing(9, Delivery::Waiting);
    let sent = outgoing(9, Delivery::InFlight { since: Timestamp(1) });
    let thread = Thread {
        stored: &messages[1..2],
        outgoing: vec![&waiting],
        visitor_read_seq: 0,
        recalls: 0,
        notes: &[],
        ends_early: false,
    };
    let changed = [
        Thread { stored: &messages[..2], ..thread.clone() },
        Thread { stored: &messages[1..], ..thread.clone() },
        Thread { outgoing: vec![&sent], ..thread.clone() },
        Thread { outgoing: Vec::new(), ..thread.clone() },
        Thread { visitor_read_seq: 1, ..thread.clone() },
        Thread { recalls: 1, ..thread.clone() },
    ];
    let before = thread_mark(&thread);
    assert_eq!(thread_mark(&thread.clone()), before);
    assert!(changed.iter().all(|thread| thread_mark(thread) != before));
}
