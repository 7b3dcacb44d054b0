//! The codec against the types' own serde.

use super::*;
use client::visitor::Frame;
use serde_json::{Value, json};
use types::attachments::{Attachment, FileAccess};
use types::error::{ErrorCode, FieldCode, FieldError, Problem};
use types::events::Event;
use types::id::{AgentId, AttachmentId, ContactId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message, MessageWindow, NewContent};
use types::pre_chat::VisitorForm;
use types::time::Timestamp;
use types::visitors::{OpenVisitorSession, PageVisit, VisitorChannel, VisitorSession, VisitorStyle};
use types::ws::{ClientFrame, ServerFrame};
use uuid::Uuid;

impl Json for Value {
    fn get(&self, key: &str) -> Option<Self> {
        Value::get(self, key).filter(|value| !value.is_null()).cloned()
    }

    fn text(&self) -> Option<String> {
        self.as_str().map(ToOwned::to_owned)
    }

    fn integer(&self) -> Option<i64> {
        self.as_i64()
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn millis(&self) -> Option<i64> {
        Timestamp::parse(self.as_str()?).ok().map(|at| at.0)
    }
}

const NASTY: &str = "客厅 \"quoted\" \\ back\nline\ttab \u{1} \u{1f} 😀👨‍👩‍👧 </script> \u{2028} é";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number << 64 | 0x7000_8000_0000_0000_0000)
}

fn message(seq: i64, author: Author) -> Message {
    Message {
        id: MessageId(id(1)),
        conversation_id: ConversationId(id(2)),
        seq,
        author,
        content: Content::Text { text: NASTY.to_owned() },
        nonce: Nonce(id(3)),
        created_at: Timestamp(1_764_000_000_123),
    }
}

fn file(whole: bool) -> Box<Attachment> {
    Box::new(Attachment {
        id: AttachmentId(id(6)),
        name: NASTY.to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 1 << 40,
        width: whole.then_some(640),
        height: whole.then_some(480),
        duration_millis: whole.then_some(12_500),
        has_preview: whole,
    })
}

fn files() -> [Content; 4] {
    [
        Content::Image { attachment: file(true) },
        Content::Image { attachment: file(false) },
        Content::Video { attachment: file(true) },
        Content::File { attachment: file(false) },
    ]
}

#[test]
fn a_file_is_read_and_kept_as_serde_reads_it() {
    for expected in files() {
        assert_eq!(content(&serde_json::to_value(&expected).unwrap()), Some(expected.clone()));
        assert_eq!(serde_json::from_str::<Content>(&stored(&expected).unwrap()).unwrap(), expected);
    }
    assert_eq!(stored(&Content::Text { text: NASTY.to_owned() }), None);
    for quoted in [Content::Recalled {}, Content::Text { text: NASTY.to_owned() }, files()[0].clone()] {
        let mut quoted_message = message(3, agent());
        quoted_message.content = quoted.clone();
        let reply = Content::Reply { text: NASTY.to_owned(), quote: Box::new(quoted_message.to_quote()) };
        for expected in [quoted, reply] {
            assert_eq!(content(&serde_json::to_value(&expected).unwrap()), Some(expected));
        }
    }
}

fn channel() -> VisitorChannel {
    VisitorChannel {
        name: NASTY.to_owned(),
        introduction: String::new(),
        unsent_preview: true,
        style: VisitorStyle {
            look: ":host{left:20px!important}".to_owned(),
            launcher_text: NASTY.to_owned(),
            ..VisitorStyle::default()
        },
        form: Some(u32::MAX),
    }
}

fn agent() -> Author {
    Author::Agent { id: AgentId(id(4)), name: NASTY.to_owned() }
}

fn window() -> MessageWindow {
    let items = vec![message(7, Author::Visitor), message(8, agent()), message(9, Author::Automatic)];
    MessageWindow { items, has_earlier: true, has_later: false, cleared_seq: 5, recalls: 7 }
}

/// What the widget keeps of a problem.
fn essence(problem: &Problem) -> (ErrorCode, Option<u32>, u16) {
    (problem.code, problem.retry_after, problem.status)
}

#[test]
fn every_frame_for_visitors_is_read_as_serde_reads_it() {
    let frames = [
        ServerFrame::Ready { cursor: None, heartbeat_seconds: 30, now: Timestamp(1_764_000_000_000) },
        ServerFrame::Ready { cursor: Some(9), heartbeat_seconds: 1, now: Timestamp(5) },
        ServerFrame::Event { seq: None, event: Event::MessageCreated { message: message(1, Author::Visitor) } },
        ServerFrame::Event { seq: Some(3), event: Event::MessageCreated { message: message(2, agent()) } },
        ServerFrame::Event { seq: None, event: Event::AgentsRead { conversation_id: ConversationId(id(2)), seq: 4 } },
        ServerFrame::Event { seq: None, event: Event::VisitorRead { conversation_id: ConversationId(id(2)), seq: 5 } },
        ServerFrame::Event {
            seq: None,
            event: Event::MessageRecalled {
                conversation_id: ConversationId(id(2)),
                message_id: MessageId(id(1)),
                seq: 6,
                recalls: 2,
            },
        },
        ServerFrame::Event { seq: None, event: Event::VisitorChannelUpdated { channel: channel() } },
        ServerFrame::Ack {
            nonce: Nonce(id(3)),
            conversation_id: ConversationId(id(2)),
            message_id: MessageId(id(1)),
            seq: i64::from(u32::MAX),
            created_at: Timestamp(1_764_000_000_001),
        },
        ServerFrame::Typing { conversation_id: ConversationId(id(2)), author: agent(), active: true, text: None },
        ServerFrame::Queue { conversation_id: ConversationId(id(2)), ahead: Some(3) },
        ServerFrame::Queue { conversation_id: ConversationId(id(2)), ahead: None },
        ServerFrame::Resync {},
        ServerFrame::Pong {},
    ];
    for expected in frames {
        let value = serde_json::to_value(&expected).unwrap();
        let expected = Frame::of(expected);
        assert!(expected.is_some());
        assert_eq!(frame(&value), expected, "{value}");
    }
}

#[test]
fn a_refusal_keeps_its_code_and_wait_for_every_code() {
    for code in ErrorCode::ALL {
        let mut problem = Problem::new(*code, "why");
        problem.retry_after = Some(7);
        problem.errors.push(FieldError {
            field: "content.text".to_owned(),
            code: FieldCode::TooLong,
            detail: String::new(),
            limit: Some(5),
        });
        for nonce in [None, Some(Nonce(id(3)))] {
            let value = serde_json::to_value(ServerFrame::Rejected { nonce, problem: problem.clone() }).unwrap();
            let Some(Frame::Rejected { nonce: read, problem: got }) = frame(&value) else { panic!("{value}") };
            assert_eq!((read, essence(&got)), (nonce, essence(&problem)));
        }
    }
}

#[test]
fn a_session_is_read_as_serde_reads_it() {
    for conversation_id in [None, Some(ConversationId(id(2)))] {
        let expected = VisitorSession {
            visitor_token: "v1.abc.def".to_owned(),
            contact_id: ContactId(id(5)),
            conversation_id,
            identity: None,
            welcome: conversation_id.is_none().then(|| NASTY.to_owned()),
            // What it asks is for the script that draws it.
            form: conversation_id.is_none().then(VisitorForm::default),
            channel: channel(),
            messages: window(),
            agents_read_seq: 7,
            visitor_read_seq: 6,
            unread: 1,
            queue_ahead: None,
            ticket: "ticket".to_owned(),
            files: FileAccess { path: "/files/a.b/".to_owned(), expires_at: Timestamp(9_000), max_bytes: 1 << 30 },
        };
        assert_eq!(session(&serde_json::to_value(&expected).unwrap()), Some(expected));
    }
}

#[test]
fn a_window_is_read_as_serde_reads_it() {
    assert_eq!(super::window(&serde_json::to_value(window()).unwrap()), Some(window()));
}

#[test]
fn what_serde_refuses_is_refused() {
    let whole = serde_json::to_value(window()).unwrap();
    for path in ["/items", "/has_earlier", "/items/0/id", "/items/0/seq", "/items/1/author/name"] {
        for wrong in [Value::Null, json!("x"), json!({}), json!(1.5)] {
            let mut value = whole.clone();
            *value.pointer_mut(path).unwrap() = wrong;
            let strict = serde_json::from_value::<MessageWindow>(value.clone());
            if strict.is_err() {
                assert_eq!(super::window(&value), None, "{path} {value}");
            }
        }
    }
    assert_eq!(frame(&json!({"type": "later"})), None);
    assert_eq!(frame(&json!([])), None);
}

#[test]
fn an_author_of_a_later_kind_is_somebody_else_but_the_visitor() {
    let mut value = serde_json::to_value(window()).unwrap();
    for (author, name) in [(json!({"kind": "robot", "name": "小助手"}), "小助手"), (json!({"kind": "flow"}), "")]
    {
        *value.pointer_mut("/items/1/author").unwrap() = author;
        let read = super::window(&value).unwrap();
        assert_eq!(read.items.iter().map(|message| message.seq).collect::<Vec<_>>(), [7, 8, 9]);
        assert!(matches!(&read.items[1].author, Author::Agent { name: read, .. } if read == name));
    }
}

#[test]
fn a_message_of_a_later_kind_keeps_its_place() {
    let mut value = serde_json::to_value(window()).unwrap();
    *value.pointer_mut("/items/0/content").unwrap() = json!({"type": "image", "url": "x"});
    let read = super::window(&value).unwrap();
    assert_eq!(read.items.iter().map(|message| message.seq).collect::<Vec<_>>(), [7, 8, 9]);
}

#[test]
fn every_frame_is_written_so_that_serde_reads_it() {
    let conversation_id = ConversationId(id(2));
    let frames = [
        ClientFrame::SendMessage {
            nonce: Nonce(id(3)),
            conversation_id: None,
            content: NewContent::Text { text: NASTY.to_owned() },
        },
        ClientFrame::SendMessage {
            nonce: Nonce(id(3)),
            conversation_id: Some(conversation_id),
            content: NewContent::Text { text: String::new() },
        },
        ClientFrame::SendMessage {
            nonce: Nonce(id(3)),
            conversation_id: None,
            content: NewContent::Reply { text: NASTY.to_owned(), quote: MessageId(id(1)) },
        },
        ClientFrame::SendMessage {
            nonce: Nonce(id(3)),
            conversation_id: None,
            content: NewContent::Attachment { attachment_id: AttachmentId(id(6)) },
        },
        ClientFrame::MarkRead { conversation_id: None, seq: i64::MAX },
        ClientFrame::MarkRead { conversation_id: Some(conversation_id), seq: 1 },
        ClientFrame::Typing { conversation_id: None, active: true, text: Some(NASTY.to_owned()) },
        ClientFrame::Typing { conversation_id: None, active: false, text: None },
        ClientFrame::Ping {},
    ];
    for frame in frames {
        assert_eq!(serde_json::from_str::<ClientFrame>(&send(&frame)).unwrap(), frame);
    }
}

#[test]
fn the_opening_is_written_so_that_serde_reads_it() {
    let bare = OpenVisitorSession {
        channel_key: "key".to_owned(),
        visitor_token: None,
        after_seq: None,
        page: PageVisit::default(),
        locale: String::new(),
        identity: None,
        details: None,
    };
    let full = OpenVisitorSession {
        visitor_token: Some("v1.a.b".to_owned()),
        after_seq: Some(41),
        page: PageVisit { url: "https://a/?q=1&b=\"".to_owned(), title: NASTY.to_owned(), referrer: "x".to_owned() },
        locale: "zh-CN".to_owned(),
        ..bare.clone()
    };
    for request in [bare, full] {
        let OpenVisitorSession { channel_key, visitor_token, after_seq, page, locale, .. } = &request;
        let written = open_session(channel_key, visitor_token.as_deref(), *after_seq, page, locale);
        assert_eq!(serde_json::from_str::<OpenVisitorSession>(&written).unwrap(), request);
    }
}

#[test]
fn an_id_is_read_as_the_library_reads_it_and_nothing_else_is() {
    let whole = id(12345).to_string();
    assert_eq!(uuid(&whole), Some(id(12345)));
    assert_eq!(uuid(&whole.to_uppercase()), Some(id(12345)));
    let shifted = ["0", whole.trim_end_matches(|last: char| last.is_ascii_digit())].concat();
    for wrong in ["", "-", &whole.replace('-', ""), &whole.replace('-', "0"), &shifted, &[&whole, "0"].concat()] {
        assert_eq!(uuid(wrong), None, "{wrong}");
    }
    assert_eq!(uuid(&whole.replace('0', "é")), None);
}
