//! Who is told how, when that is news no more, and what was kept.

use super::*;
use types::conversations::Conversation;

const MOMENT: Moment = Moment {
    wanted: Wanted { enabled: true, sound: true, push: false, mine_only: true, quiet: None },
    receives: true,
    focused: true,
    visible: true,
    open: false,
    minute: 720,
};

#[test]
fn who_looks_is_told_by_a_card_and_who_is_elsewhere_by_the_system() {
    assert_eq!(told(MOMENT), Told { card: true, sound: true, system: false });
    assert_eq!(told(Moment { open: true, ..MOMENT }), Told::default());
    let away = Moment { focused: false, visible: false, ..MOMENT };
    assert_eq!(told(away), Told { card: false, sound: true, system: true });
    // Open, but nobody looks.
    assert_eq!(told(Moment { open: true, ..away }), Told { card: false, sound: true, system: true });
}

#[test]
fn who_wants_nothing_or_receives_nothing_is_told_nothing() {
    let off = Wanted { enabled: false, ..MOMENT.wanted };
    assert_eq!(told(Moment { wanted: off, focused: false, ..MOMENT }), Told::default());
    assert_eq!(told(Moment { receives: false, focused: false, ..MOMENT }), Told::default());
}

#[test]
fn quiet_hours_leave_the_card_only() {
    let quiet = Some((22 * 60, 7 * 60 + 30));
    let wanted = Wanted { quiet, ..MOMENT.wanted };
    let night = Moment { wanted, minute: 0, focused: false, ..MOMENT };
    assert_eq!(told(night), Told { card: true, sound: false, system: false });
}

#[test]
fn what_an_older_version_kept_is_read() {
    assert_eq!([None, Some("{}"), Some("?")].map(read_wanted), [Wanted::default(); 3]);
    let text = serde_json::to_string(&Wanted { quiet: Some((1, 2)), ..Wanted::default() }).unwrap();
    assert_eq!(read_wanted(Some(&text)).quiet, Some((1, 2)));
}

/// A conversation with a message that nobody has read.
fn unread() -> Conversation {
    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    let contact = format!(r#"{{"id":"{id}","number":1,"blocked":false,"version":0}}"#);
    let personal = r#""pinned":false,"muted":false,"marked_unread":false,"personal_revision":4"#;
    let counts = r#""unread":1,"read_seq":0,"last_seq":1,"cleared_seq":0,"agents_read_seq":0,"visitor_read_seq":0"#;
    let times = r#""last_activity_at":"2026-11-22T08:00:00Z","created_at":"2026-11-22T08:00:00Z""#;
    let members = r#""members":[],"members_version":0"#;
    types::json::from_str(&format!(
        r#"{{"id":"{id}","channel_id":"{id}","contact":{contact},{personal},{counts},{times},{members}}}"#
    ))
    .unwrap()
}

#[test]
fn a_message_is_news_until_its_conversation_is_read_or_blocked_or_gone() {
    let told = unread();
    let topic = Topic { id: told.id, mention: None };
    assert!(!topic.is_over(Some(&told), false));
    // A page that shows the conversation says itself what was read on it.
    assert!(!topic.is_over(Some(&told), true));
    // Read, or cleared.
    assert!(topic.is_over(Some(&Conversation { unread: 0, ..told.clone() }), false));
    // Whoever is given a conversation is told of what others have read, which is only marked.
    assert!(!topic.is_over(Some(&Conversation { unread: 0, marked_unread: true, ..told.clone() }), false));
    let mut blocked = told;
    blocked.contact.blocked = true;
    assert!(topic.is_over(Some(&blocked), false));
    assert!(topic.is_over(None, false));
}

#[test]
fn a_mention_is_news_until_somebody_has_looked_at_it_on_whichever_device() {
    let told = Conversation { unread: 0, ..unread() };
    let topic = Topic { id: told.id, mention: Some(told.personal_revision) };
    // The event that marks the conversation comes after the note's.
    assert!(!topic.is_over(Some(&told), false));
    let mut marked = Conversation { mentioned: true, personal_revision: 5, ..told.clone() };
    assert!(!topic.is_over(Some(&marked), false));
    // A colleague asks for the person, whatever the visitor has done.
    marked.contact.blocked = true;
    assert!(!topic.is_over(Some(&marked), false));
    assert!(topic.is_over(Some(&marked), true));
    assert!(topic.is_over(Some(&Conversation { personal_revision: 6, ..told }), false));
    assert!(topic.is_over(None, false));
}

#[test]
fn what_a_note_tells_takes_no_messages_place() {
    let id = unread().id;
    let keys = [None, Some(4), Some(5)].map(|mention| Topic { id, mention }.key());
    assert_eq!(keys, [id.to_string(), format!("{id}.notes"), format!("{id}.notes")]);
}
