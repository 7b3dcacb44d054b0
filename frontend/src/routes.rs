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

/// Who is on the blacklist.
pub const BLACKLIST: &str = "/blacklist";

/// The inbox with what is open and which channel is chosen.
pub fn inbox(open: Option<ConversationId>, channel: Option<ChannelId>) -> String {
    let mut address = open.map_or_else(|| INBOX.to_owned(), |id| format!("{INBOX}/{id}"));
    if let Some(channel) = channel {
        address.push_str("?channel=");
        address.push_str(&channel.to_string());
    }
    address
}

/// Whether the address is that of an open conversation.
pub fn is_conversation(path: &str) -> bool {
    path.strip_prefix(INBOX).and_then(|rest| rest.strip_prefix('/')).is_some_and(|id| !id.is_empty())
}

/// A channel's settings.
pub fn channel(id: ChannelId) -> String {
    format!("/channels/{id}")
}

/// Whether the address is that of a channel's settings, or of a new channel.
pub fn is_channel(path: &str) -> bool {
    path.starts_with("/channels/")
}

/// A legal page.
pub fn legal(page: LegalPage) -> String {
    format!("/legal/{}", page.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_says_what_is_open_and_chosen() {
        let text = "0190163d-8694-739b-aea5-966c26f8ad91";
        let (open, channel) = (Some(text.parse().unwrap()), Some(text.parse().unwrap()));
        assert_eq!(inbox(None, None), "/inbox");
        assert_eq!(inbox(open, None), format!("/inbox/{text}"));
        assert_eq!(inbox(open, channel), format!("/inbox/{text}?channel={text}"));
        assert_eq!(
            [inbox(None, None), inbox(open, None), "/inbox/".to_owned()].map(|path| is_conversation(&path)),
            [false, true, false]
        );
    }
}
