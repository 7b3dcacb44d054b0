//! From the wire's types to JSON text.

use types::messages::{Content, NewContent};
use types::visitors::PageVisit;
use types::ws::ClientFrame;

/// Writes a frame.
#[must_use]
pub fn send(frame: &ClientFrame) -> String {
    let mut object = Object::new();
    match frame {
        ClientFrame::SendMessage { nonce, conversation_id, content } => {
            object.text("type", "send_message").text("nonce", &nonce.to_string());
            if let Some(conversation) = conversation_id {
                object.text("conversation_id", &conversation.to_string());
            }
            let mut inner = Object::new();
            match content {
                NewContent::Text { text } => inner.text("type", "text").text("text", text),
                NewContent::Reply { text, quote } => {
                    inner.text("type", "reply").text("text", text).text("quote", &quote.to_string())
                }
                NewContent::Attachment { attachment_id } => {
                    inner.text("type", "attachment").text("attachment_id", &attachment_id.to_string())
                }
            };
            object.raw("content", &inner.close());
        }
        ClientFrame::MarkRead { conversation_id, seq } => {
            object.text("type", "mark_read");
            if let Some(conversation) = conversation_id {
                object.text("conversation_id", &conversation.to_string());
            }
            object.raw("seq", &seq.to_string());
        }
        // Visitors have one conversation, and leave it out.
        ClientFrame::Typing { active, text, .. } => {
            object.text("type", "typing").raw("active", if *active { "true" } else { "false" });
            if let Some(text) = text {
                object.text("text", text);
            }
        }
        ClientFrame::Ping {} => {
            object.text("type", "ping");
        }
    }
    object.close()
}

/// Writes a message's file as the outbox keeps it; nothing for a text.
#[must_use]
pub fn stored(content: &Content) -> Option<String> {
    let kind = match content {
        Content::Text { .. } | Content::Reply { .. } | Content::Recalled {} => return None,
        Content::Image { .. } => "image",
        Content::Video { .. } => "video",
        Content::File { .. } => "file",
    };
    let file = content.attachment()?;
    let mut inner = Object::new();
    inner.text("id", &file.id.to_string()).text("name", &file.name).text("media_type", &file.media_type);
    inner.raw("bytes", &file.bytes.to_string());
    for (key, value) in [("width", file.width), ("height", file.height), ("duration_millis", file.duration_millis)] {
        if let Some(value) = value {
            inner.raw(key, &value.to_string());
        }
    }
    inner.raw("has_preview", if file.has_preview { "true" } else { "false" });
    let mut object = Object::new();
    object.text("type", kind).raw("attachment", &inner.close());
    Some(object.close())
}

/// Writes the request that opens a session. Its parts by themselves: the whole of it has what only a page's own script says, and would
/// weigh. That serde reads it is what the test says.
#[must_use]
pub fn open_session(key: &str, token: Option<&str>, after_seq: Option<i64>, page: &PageVisit, locale: &str) -> String {
    let mut visit = Object::new();
    visit.text("url", &page.url).text("title", &page.title).text("referrer", &page.referrer);
    let mut object = Object::new();
    object.text("channel_key", key);
    if let Some(token) = token {
        object.text("visitor_token", token);
    }
    if let Some(seq) = after_seq {
        object.raw("after_seq", &seq.to_string());
    }
    object.raw("page", &visit.close()).text("locale", locale);
    object.close()
}

/// A JSON object being written.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn key(&mut self, key: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, key);
        self.0.push(':');
    }

    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        quote(&mut self.0, value);
        self
    }

    fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        self.key(key);
        self.0.push_str(json);
        self
    }

    fn close(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for shift in [4, 0] {
                    let digit = (u32::from(character) >> shift) & 0xf;
                    out.extend(char::from_digit(digit, 16));
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
