//! The order of files on their way, and what becomes of them.

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: i64) -> T {
    format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
}

fn item(number: i64, conversation: i64, progress: Progress) -> Upload {
    Upload {
        nonce: id(number),
        conversation_id: id(conversation),
        name: "a".to_owned(),
        bytes: 1,
        guess: Guess::File,
        picture: None,
        progress,
    }
}

#[test]
fn each_conversation_has_one_under_way_and_failed_ones_stand_aside() {
    let failed = Progress::Failed(Failure::Network);
    let items = [
        item(1, 1, failed),
        item(2, 1, Progress::Waiting),
        item(3, 1, Progress::Waiting),
        item(4, 2, Progress::Sending(7)),
        item(5, 2, Progress::Waiting),
        item(6, 3, Progress::Held),
    ];
    assert_eq!([1, 2, 3].map(|of| unsent_of(&items, id(of))), [Some(Unsent::Failed), Some(Unsent::Waiting), None]);
    assert_eq!(next_of(&items, id(1)), Some(id(2)));
    assert_eq!(next_of(&items, id(2)), None);
    assert_eq!(next_of(&items, id(3)), None);
}

#[test]
fn progress_ends_with_the_servers_work() {
    assert_eq!(progress_of(0.5), Progress::Sending(50));
    assert_eq!(progress_of(0.999), Progress::Sending(99));
    assert_eq!(progress_of(1.0), Progress::Finishing);
    assert_eq!(progress_of(-1.0), Progress::Sending(0));
}

#[test]
fn a_proxy_that_refuses_the_size_is_understood() {
    assert_eq!(failure_of(413, "<html>"), Failure::Refused(ErrorCode::TooLarge));
    assert_eq!(failure_of(0, ""), Failure::Network);
    let problem = serde_json::to_string(&Problem::new(ErrorCode::Busy, "")).unwrap();
    assert_eq!(failure_of(503, &problem), Failure::Refused(ErrorCode::Busy));
}
