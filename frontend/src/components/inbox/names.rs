//! What people and places are called.

use crate::i18n::lang;
use types::contacts::ContactSummary;
use types::messages::{Author, Content};

/// What a contact is called: their name, or their number.
pub fn contact_name(contact: &ContactSummary) -> String {
    contact.name.clone().unwrap_or_else(|| lang().visitor_number(contact.number))
}

/// What a contact's picture shows: their name, of which it takes the initial, or the end of their number.
pub fn contact_mark(contact: &ContactSummary) -> String {
    contact.name.clone().unwrap_or_else(|| match contact.number {
        number @ 0..100 => number.to_string(),
        number => format!("{:02}", number.rem_euclid(100)),
    })
}

/// What a content says in words: a text as it is, and what kind of file it is instead of a file.
pub fn text_of_content(content: &Content) -> String {
    match content {
        Content::Text { text } | Content::Reply { text, .. } => text.clone(),
        Content::Image { .. } => lang().image_mark().to_owned(),
        Content::Video { .. } => lang().video_mark().to_owned(),
        Content::File { attachment } => lang().file_mark(&attachment.name),
        Content::Recalled {} => lang().recalled_mark().to_owned(),
    }
}

/// The newest message in one line, with who said it unless the visitor did.
pub fn preview_line(author: &Author, content: &Content, me: types::id::AgentId) -> String {
    if *content == (Content::Recalled {}) {
        return match author {
            Author::Agent { id, .. } if *id == me => lang().recalled_by_me().to_owned(),
            Author::Agent { name, .. } => lang().recalled_by(name),
            Author::Visitor | Author::Automatic => lang().recalled_mark().to_owned(),
        };
    }
    let text = text_of_content(content).split_whitespace().collect::<Vec<_>>().join(" ");
    match author {
        Author::Visitor => text,
        Author::Agent { id, .. } if *id == me => lang().preview_by_me(&text),
        Author::Agent { name, .. } => lang().preview_by(name, &text),
        Author::Automatic => lang().preview_by(lang().automatic_reply(), &text),
    }
}
