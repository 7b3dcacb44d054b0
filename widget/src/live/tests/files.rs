//! Files: the way to them is asked for again before it ends, where there are any.

use super::*;
use types::attachments::Attachment;
use types::id::AttachmentId;

fn picture(seq: i64) -> ServerFrame {
    let attachment = Attachment {
        id: AttachmentId(Uuid::nil()),
        name: "a.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 1,
        width: None,
        height: None,
        duration_millis: None,
        has_preview: false,
    };
    let content = Content::Image { attachment: Box::new(attachment) };
    let message = Message { content, ..message(seq, agent(), nonce(1)) };
    ServerFrame::Event { seq: None, event: Event::MessageCreated { message } }
}

#[test]
fn the_way_to_files_is_asked_for_again_only_where_there_are_some() {
    let mut player = Player::live();
    assert!(player.machine.files().is_some());
    player.now = player.now.plus_seconds(51 * 60);
    // The line is alive.
    player.frame(ServerFrame::Pong {});
    assert_eq!(player.feed(Input::Tick), []);
    player.frame(picture(1));
    let again = Command::OpenSession { after_seq: Some(1) };
    assert_eq!(player.feed(Input::Tick), [again]);
    assert_eq!(player.feed(Input::Tick), [], "it is being asked for");
    player.open(session(&[], Some(1), 0));
    assert!(player.machine.wake_at().unwrap() > player.now);
}
