//! What a notification says, in the language of the browser that shows it.

use super::What;
use crate::push::PLAIN_MAX;
use store::push::Newest;
use types::messages::Content;
use types::push::{PushLanguage, Pushed};

/// Characters of a name.
const NAME_MAX: usize = 60;
/// Characters of a text: more, no system shows.
const TEXT_MAX: usize = 120;

/// What is told as the service worker reads it.
pub(super) fn plain(newest: &Newest, what: What<'_>, language: PushLanguage) -> Vec<u8> {
    let chinese = language == PushLanguage::Chinese;
    let title = match &newest.contact_name {
        Some(name) => cut(name, NAME_MAX),
        // As the console calls whoever has no name.
        None if chinese => format!("访客 {}", newest.contact_number),
        None => format!("Visitor {}", newest.contact_number),
    };
    let body = match what {
        What::Message(message) => said(&message.content, language),
        What::Note(note) => {
            let (name, text) = (cut(&note.author_name, NAME_MAX), one_line(&note.text));
            match (note.change.is_some(), note.whisper, chinese) {
                (true, _, true) => "稍后处理的时间到了".to_owned(),
                (true, _, false) => "It is time to come back to this conversation".to_owned(),
                (false, true, true) => format!("{name} 悄悄对你说：{text}"),
                (false, true, false) => format!("{name} whispers to you: {text}"),
                (false, false, true) => format!("{name} 提到了你：{text}"),
                (false, false, false) => format!("{name} mentioned you: {text}"),
            }
        }
    };
    let mention = matches!(what, What::Note(_));
    let pushed = Pushed { title, body, conversation_id: newest.conversation_id, mention };
    let json = serde_json::to_vec(&pushed).unwrap_or_default();
    // A name and a text of so few characters are far below it.
    debug_assert!(json.len() <= PLAIN_MAX, "{} bytes", json.len());
    json
}

fn said(content: &Content, language: PushLanguage) -> String {
    let chinese = language == PushLanguage::Chinese;
    match content {
        Content::Text { text } | Content::Reply { text, .. } => one_line(text),
        Content::Image { .. } => if chinese { "[图片]" } else { "[Image]" }.to_owned(),
        Content::Video { .. } => if chinese { "[视频]" } else { "[Video]" }.to_owned(),
        Content::File { attachment } => {
            cut(&format!("{} {}", if chinese { "[文件]" } else { "[File]" }, attachment.name), TEXT_MAX)
        }
        Content::Recalled {} => String::new(),
    }
}

fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), TEXT_MAX)
}

/// At most so many characters, with a sign that something is missing.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::members::Members;
    use types::conversations::MessagePreview;
    use types::id::{AgentId, ConversationId, Nonce, NoteId};
    use types::messages::Author;
    use types::notes::Note;
    use types::time::Timestamp;
    use uuid::Uuid;

    fn newest(name: Option<&str>, text: &str) -> Newest {
        Newest {
            conversation_id: ConversationId(Uuid::nil()),
            assignee_id: None,
            members: Members::default(),
            contact_name: name.map(str::to_owned),
            contact_number: 42,
            blocked: false,
            channel_alert: true,
            cleared_notes: 0,
            message: Some(MessagePreview {
                seq: 1,
                author: Author::Visitor,
                content: Content::Text { text: text.to_owned() },
                created_at: Timestamp(0),
            }),
        }
    }

    fn of(newest: &Newest, language: PushLanguage) -> Vec<u8> {
        plain(newest, What::Message(newest.message.as_ref().unwrap()), language)
    }

    fn read(newest: &Newest, language: PushLanguage) -> Pushed {
        serde_json::from_slice(&of(newest, language)).unwrap()
    }

    #[test]
    fn who_has_no_name_is_called_by_their_number_in_the_persons_language() {
        let nameless = newest(None, "你好");
        assert_eq!(read(&nameless, PushLanguage::Chinese).title, "访客 42");
        assert_eq!(read(&nameless, PushLanguage::English).title, "Visitor 42");
        assert_eq!(read(&newest(Some("张三"), "你好"), PushLanguage::English).title, "张三");
    }

    #[test]
    fn the_longest_name_and_text_fit_whatever_they_are_made_of() {
        // What JSON writes as six bytes.
        let control = newest(Some(&"\u{1}".repeat(500)), &"\u{1}".repeat(5_000));
        assert!(of(&control, PushLanguage::Chinese).len() <= PLAIN_MAX);
        let note = Note {
            id: NoteId(Uuid::nil()),
            conversation_id: control.conversation_id,
            number: 1,
            after_seq: 1,
            author_id: AgentId(Uuid::nil()),
            author_name: "\u{1}".repeat(500),
            text: "\u{1}".repeat(5_000),
            whisper: false,
            mentions: Vec::new(),
            change: None,
            nonce: Nonce(Uuid::nil()),
            created_at: Timestamp(0),
        };
        assert!(plain(&control, What::Note(&note), PushLanguage::English).len() <= PLAIN_MAX);
        let long = read(&newest(Some(&"名".repeat(500)), &"长 \n".repeat(500)), PushLanguage::Chinese);
        assert_eq!((long.title.chars().count(), long.body.chars().count()), (NAME_MAX, TEXT_MAX));
        assert!(long.title.ends_with('…') && long.body.starts_with("长 长"));
    }
}
