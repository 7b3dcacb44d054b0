//! From a parsed value to the wire's types. What cannot be read is `None`.

use super::Json;
use client::visitor::{Frame, Told};
use types::attachments::{Attachment, FileAccess};
use types::error::{ErrorCode, Problem};
use types::id::{AgentId, AttachmentId, ContactId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message, MessageWindow, Quote};
use types::pre_chat::VisitorForm;
use types::time::Timestamp;
use types::visitors::{VisitorChannel, VisitorSession, VisitorStyle};
use uuid::Uuid;

/// Reads a frame of the visitor's socket. Events that are not for visitors, and frames that a newer server may have, are
/// `None`.
pub fn frame(value: &impl Json) -> Option<Frame> {
    Some(match value.get("type")?.text()?.as_str() {
        "ready" => Frame::Ready { heartbeat_seconds: natural(value, "heartbeat_seconds")? },
        "event" => event(&value.get("event")?)?,
        "ack" => Frame::Ack {
            nonce: id(value, "nonce", Nonce)?,
            conversation_id: id(value, "conversation_id", ConversationId)?,
            message_id: id(value, "message_id", MessageId)?,
            seq: integer(value, "seq")?,
            created_at: time(value, "created_at")?,
        },
        "rejected" => Frame::Rejected { nonce: id(value, "nonce", Nonce), problem: problem(&value.get("problem")?)? },
        "typing" => Frame::Typing { author: author(value)?, active: value.get("active")?.flag()? },
        "queue" => Frame::Queue { ahead: integer(value, "ahead") },
        "resync" => Frame::Resync,
        "pong" => Frame::Pong,
        _ => return None,
    })
}

fn event(value: &impl Json) -> Option<Frame> {
    let conversation = || id(value, "conversation_id", ConversationId);
    Some(Frame::Told(match value.get("type")?.text()?.as_str() {
        "message_created" => Told::MessageCreated { message: message(&value.get("message")?)? },
        "agents_read" => Told::AgentsRead { conversation_id: conversation()?, seq: integer(value, "seq")? },
        "visitor_channel_updated" => return Some(Frame::Channel(channel(&value.get("channel")?)?)),
        "conversation_cleared" => {
            Told::ConversationCleared { conversation_id: conversation()?, seq: integer(value, "seq")? }
        }
        "message_recalled" => Told::MessageRecalled {
            conversation_id: conversation()?,
            seq: integer(value, "seq")?,
            recalls: integer(value, "recalls")?,
        },
        "conversation_deleted" => Told::ConversationDeleted { conversation_id: conversation()? },
        "visitor_read" => Told::VisitorRead { conversation_id: conversation()?, seq: integer(value, "seq")? },
        _ => return None,
    }))
}

/// Reads the channel as visitors see it.
fn channel(value: &impl Json) -> Option<VisitorChannel> {
    let style = value.get("style")?;
    Some(VisitorChannel {
        name: text(value, "name")?,
        introduction: text(value, "introduction")?,
        unsent_preview: value.get("unsent_preview").and_then(|shown| shown.flag()).unwrap_or_default(),
        // Colour and side are in the look.
        style: VisitorStyle {
            launcher_text: text(&style, "launcher_text")?,
            look: text(&style, "look")?,
            ..VisitorStyle::default()
        },
        form: natural(value, "form"),
    })
}

/// Reads an opened session.
pub fn session(value: &impl Json) -> Option<VisitorSession> {
    Some(VisitorSession {
        visitor_token: text(value, "visitor_token")?,
        contact_id: id(value, "contact_id", ContactId)?,
        identity: None,
        conversation_id: id(value, "conversation_id", ConversationId),
        welcome: text(value, "welcome"),
        // That there is one. What it asks for is read by the script that draws it (`form/form.ts`).
        form: value.get("form").map(|_| VisitorForm::default()),
        channel: channel(&value.get("channel")?)?,
        messages: window(&value.get("messages")?)?,
        agents_read_seq: integer(value, "agents_read_seq")?,
        visitor_read_seq: integer(value, "visitor_read_seq")?,
        unread: integer(value, "unread")?,
        queue_ahead: integer(value, "queue_ahead"),
        ticket: text(value, "ticket")?,
        files: files(&value.get("files")?)?,
    })
}

/// Reads a stretch of messages.
pub fn window(value: &impl Json) -> Option<MessageWindow> {
    Some(MessageWindow {
        items: value.get("items")?.items()?.iter().map(message).collect::<Option<_>>()?,
        has_earlier: value.get("has_earlier")?.flag()?,
        has_later: value.get("has_later")?.flag()?,
        cleared_seq: integer(value, "cleared_seq")?,
        recalls: integer(value, "recalls")?,
    })
}

fn author(value: &impl Json) -> Option<Author> {
    let author = value.get("author")?;
    Some(match text(&author, "kind")?.as_str() {
        "visitor" => Author::Visitor,
        "automatic" => Author::Automatic,
        "agent" => Author::Agent { id: id(&author, "id", AgentId)?, name: text(&author, "name")? },
        // Somebody of a newer server, who at least is not the visitor. A gap would hold up every message after it.
        _ => Author::Agent { id: AgentId(Uuid::nil()), name: text(&author, "name").unwrap_or_default() },
    })
}

fn message(value: &impl Json) -> Option<Message> {
    Some(Message {
        id: id(value, "id", MessageId)?,
        conversation_id: id(value, "conversation_id", ConversationId)?,
        seq: integer(value, "seq")?,
        author: author(value)?,
        content: content(&value.get("content")?)?,
        nonce: id(value, "nonce", Nonce)?,
        created_at: time(value, "created_at")?,
    })
}

/// Shown in place of a kind of message that this widget, loaded before the server was updated, does not know.
const UNKNOWN_CONTENT: &str = "[…]";

/// Reads what a message says.
pub fn content(value: &impl Json) -> Option<Content> {
    let kind = value.get("type")?.text()?;
    if kind == "text" {
        return Some(Content::Text { text: text(value, "text")? });
    }
    if kind == "reply" {
        let quote = value.get("quote")?;
        let quote = Quote {
            message_id: id(&quote, "message_id", MessageId)?,
            seq: integer(&quote, "seq")?,
            author: author(&quote)?,
            content: content(&quote.get("content")?)?,
        };
        return Some(Content::Reply { text: text(value, "text")?, quote: Box::new(quote) });
    }
    if kind == "recalled" {
        return Some(Content::Recalled {});
    }
    let attachment = value.get("attachment").as_ref().and_then(attachment).map(Box::new);
    Some(match (kind.as_str(), attachment) {
        ("image", Some(attachment)) => Content::Image { attachment },
        ("video", Some(attachment)) => Content::Video { attachment },
        ("file", Some(attachment)) => Content::File { attachment },
        // A gap instead would hold up every message after it.
        _ => Content::Text { text: UNKNOWN_CONTENT.to_owned() },
    })
}

fn attachment(value: &impl Json) -> Option<Attachment> {
    Some(Attachment {
        id: id(value, "id", AttachmentId)?,
        name: text(value, "name")?,
        media_type: text(value, "media_type")?,
        bytes: integer(value, "bytes")?,
        width: integer(value, "width"),
        height: integer(value, "height"),
        duration_millis: integer(value, "duration_millis"),
        has_preview: value.get("has_preview").and_then(|has| has.flag()).unwrap_or_default(),
    })
}

fn files(value: &impl Json) -> Option<FileAccess> {
    Some(FileAccess {
        path: text(value, "path")?,
        expires_at: time(value, "expires_at")?,
        max_bytes: integer(value, "max_bytes")?,
    })
}

/// Reads what the widget needs of a problem: the code and the wait. Its English texts stay behind.
pub fn problem(value: &impl Json) -> Option<Problem> {
    let name = text(value, "code")?;
    // A code of a newer server is our fault as far as this widget can tell.
    let code = ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name).unwrap_or(ErrorCode::Internal);
    Some(Problem {
        kind: String::new(),
        title: String::new(),
        status: code.status(),
        code,
        detail: String::new(),
        errors: Vec::new(),
        retry_after: natural(value, "retry_after"),
        request_id: None,
    })
}

fn text(value: &impl Json, key: &str) -> Option<String> {
    value.get(key)?.text()
}

fn integer(value: &impl Json, key: &str) -> Option<i64> {
    value.get(key)?.integer()
}

fn natural(value: &impl Json, key: &str) -> Option<u32> {
    u32::try_from(integer(value, key)?).ok()
}

fn id<I>(value: &impl Json, key: &str, of: fn(Uuid) -> I) -> Option<I> {
    uuid(&text(value, key)?).map(of)
}

/// Reads an id in the one form that the server writes: hexadecimal digits in groups of 8, 4, 4, 4 and 12. The library's reader
/// knows more forms, and explains what is wrong with the others; that is a kilobyte.
#[must_use]
pub fn uuid(text: &str) -> Option<Uuid> {
    let mut number = 0_u128;
    for (at, character) in text.chars().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if character != '-' {
                return None;
            }
        } else {
            number = number << 4 | u128::from(character.to_digit(16)?);
        }
    }
    (text.len() == 36).then(|| Uuid::from_u128(number))
}

fn time(value: &impl Json, key: &str) -> Option<Timestamp> {
    value.get(key)?.millis().map(Timestamp)
}
