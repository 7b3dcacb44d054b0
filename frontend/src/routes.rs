//! The addresses of the console's pages.

use types::{
    id::{ChannelId, ConversationId},
    legal::LegalPage,
};

/// Login.
pub const LOGIN: &str = "/login";
/// Login, and back to where the person wanted to be.
pub fn login_for(wanted: &str) -> String {
    // The start page is where one arrives anyway.
    if matches!(wanted, "/" | INBOX) {
        LOGIN.to_owned()
    } else {
        format!("{LOGIN}?return={}", String::from(js_sys::encode_uri_component(wanted)))
    }
}

/// Login after a session that ended, which the page says, and back to where the person was.
pub fn login_again(was_at: &str) -> String {
    format!("{LOGIN}?ended=1&return={}", String::from(js_sys::encode_uri_component(was_at)))
}

/// Registration.
pub const REGISTER: &str = "/register";
/// The codes that a development server sent.
pub const DEVELOPMENT_CODES: &str = "/dev/codes";
/// The conversations.
pub const INBOX: &str = "/inbox";
/// A new website channel.
pub const NEW_CHANNEL: &str = "/channels/new?kind=website";
/// One's own account.
pub const ACCOUNT: &str = "/settings/account";

/// A conversation.
pub fn conversation(id: ConversationId) -> String {
    format!("{INBOX}/{id}")
}

/// The conversations of a channel.
pub fn inbox_of(id: ChannelId) -> String {
    format!("{INBOX}?channel={id}")
}

/// A channel's settings.
pub fn channel(id: ChannelId) -> String {
    format!("/channels/{id}")
}

/// A legal page.
pub fn legal(page: LegalPage) -> String {
    format!("/legal/{}", page.as_str())
}
