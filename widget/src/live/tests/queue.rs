//! Where a visitor who waits for an agent stands.

use super::*;

fn place(ahead: Option<i64>) -> ServerFrame {
    ServerFrame::Queue { conversation_id: ConversationId(Uuid::from_u128(1)), ahead }
}

#[test]
fn the_place_is_the_sessions_until_a_frame_tells_another() {
    let mut player = Player::live();
    assert_eq!(player.machine.ahead(), None);
    assert_eq!(player.frame(place(Some(2))), []);
    assert_eq!(player.machine.ahead(), Some(2));
    // What was asked before the frame came may be older than it.
    player.frame(ServerFrame::Resync {});
    player.frame(place(Some(1)));
    player.open(VisitorSession { queue_ahead: Some(2), ..session(&[], None, 0) });
    assert_eq!(player.machine.ahead(), Some(1));
    // And what is asked after it is newer: nobody said that they wait no more.
    player.frame(ServerFrame::Resync {});
    player.open(session(&[], None, 0));
    assert_eq!(player.machine.ahead(), None);
}
