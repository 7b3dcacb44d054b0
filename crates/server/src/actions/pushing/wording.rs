//! What a notification says, in the language of the browser that shows it.

use crate::push::PLAIN_MAX;
use store::push::Newest;
use types::messages::Content;
use types::push::{PushLanguage, Pushed};

/// Characters of a name.
const NAME_MAX: usize = 60;
/// Characters of a text: more, no system shows.
const TEXT_MAX: usize = 120;

/// The message as the service worker reads it.
pub(super) fn plain(newest: &Newest, language: PushLanguage) -> Vec<u8> {
    let title = match &newest.contact_name {
        Some(name) => cut(name, NAME_MAX),
        // As the console calls whoever has no name.
        None => match language {
            PushLanguage::Chinese => format!("访客 {}", newest.contact_number),
            PushLanguage::English => format!("Visitor {}", newest.contact_number),
        },
    };
    let body = said(&newest.message.content, language);
    let pushed = Pushed { title, body, conversation_id: newest.conversation_id };
    let json = serde_json::to_vec(&pushed).unwrap_or_default();
    // A name and a text of so few characters are far below it.
    debug_assert!(json.len() <= PLAIN_MAX, "{} bytes", json.len());
    json
}

fn said(content: &Content, language: PushLanguage) -> String {
    let chinese = language == PushLanguage::Chinese;
    match content {
        Content::Text { text } | Content::Reply { text, .. } => {
            cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), TEXT_MAX)
        }
        Content::Image { .. } => if chinese { "[图片]" } else { "[Image]" }.to_owned(),
        Content::Video { .. } => if chinese { "[视频]" } else { "[Video]" }.to_owned(),
        Content::File { attachment } => {
            cut(&format!("{} {}", if chinese { "[文件]" } else { "[File]" }, attachment.name), TEXT_MAX)
        }
        Content::Recalled {} => String::new(),
    }
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
    use types::id::ConversationId;
    use types::messages::Author;
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
            message: MessagePreview {
                seq: 1,
                author: Author::Visitor,
                content: Content::Text { text: text.to_owned() },
                created_at: Timestamp(0),
            },
        }
    }

    fn read(newest: &Newest, language: PushLanguage) -> Pushed {
        serde_json::from_slice(&plain(newest, language)).unwrap()
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
        assert!(plain(&control, PushLanguage::Chinese).len() <= PLAIN_MAX);
        let long = read(&newest(Some(&"名".repeat(500)), &"长 \n".repeat(500)), PushLanguage::Chinese);
        assert_eq!((long.title.chars().count(), long.body.chars().count()), (NAME_MAX, TEXT_MAX));
        assert!(long.title.ends_with('…') && long.body.starts_with("长 长"));
    }
}
