//! The addresses of the console's pages.

use client::state::{Dates, Filter, View};
use types::{
    id::{ChannelId, ConversationId},
    legal::LegalPage,
    limits::SAVED_VIEW_DAYS_MAX,
    saved_views::Period,
    time::Day,
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

/// Forgotten password.
pub const FORGOT_PASSWORD: &str = "/forgot-password";
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

/// The contacts.
pub const CONTACTS: &str = "/contacts";

/// The organisation's tags.
pub const TAGS: &str = "/settings/tags";

/// The organisation's own people.
pub const PEOPLE: &str = "/people";

/// The audit log.
pub const AUDIT: &str = "/audit";
/// What programs need to work with the organisation, and the first of its pages.
pub const DEVELOPERS: &str = "/developers";
/// Tokens with which programs call the API.
pub const API_TOKENS: &str = "/developers/tokens";
/// Programs that are told what happens.
pub const WEBHOOKS: &str = "/developers/webhooks";

/// Who is on the blacklist.
pub const BLACKLIST: &str = "/blacklist";

/// The inbox with what is open and which list is chosen.
pub fn inbox(open: Option<ConversationId>, view: impl Into<View>) -> String {
    let View { channel, filter, dates, tag } = view.into();
    let mut address = open.map_or_else(|| INBOX.to_owned(), |id| format!("{INBOX}/{id}"));
    let channel = channel.map(|channel| format!("channel={channel}"));
    let filter = FILTERS.iter().find(|(known, _)| *known == filter).map(|(_, name)| format!("filter={name}"));
    let dates = dates.map(|dates| format!("dates={}", period_name(dates.period)));
    let tag = tag.map(|tag| format!("tag={tag}"));
    for (place, part) in channel.into_iter().chain(filter).chain(dates).chain(tag).enumerate() {
        address.push(if place == 0 { '?' } else { '&' });
        address.push_str(&part);
    }
    address
}

/// The inbox with a conversation open at one of its messages.
pub fn message(open: ConversationId, view: View, seq: i64) -> String {
    let address = inbox(Some(open), view);
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}message={seq}")
}

/// What the filters are called in addresses; all conversations need no name.
const FILTERS: [(Filter, &str); 6] = [
    (Filter::Mine, "mine"),
    (Filter::Unassigned, "unassigned"),
    (Filter::Waiting, "waiting"),
    (Filter::Unread, "unread"),
    (Filter::Snoozed, "snoozed"),
    (Filter::Closed, "closed"),
];

/// The list that an address names, by its parameters; `dates` says when its days begin and end where the person is.
pub fn view_in(parameter: impl Fn(&str) -> Option<String>, dates: impl FnOnce(Period) -> Dates) -> View {
    let named = parameter("filter");
    let filter = FILTERS.iter().find(|(_, name)| named.as_deref() == Some(*name)).map(|(filter, _)| *filter);
    View {
        channel: parameter("channel").and_then(|id| id.parse().ok()),
        filter: filter.unwrap_or_default(),
        dates: parameter("dates").and_then(|name| period_named(&name)).map(dates),
        tag: parameter("tag").and_then(|id| id.parse().ok()),
    }
}

/// What days are called in addresses: `7d`, `2026-11-01..2026-11-22`, `2026-11-01..`. An address that is kept means the same days of
/// another week, or of another time zone.
fn period_name(period: Period) -> String {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    match period {
        Period::LastDays(days) => format!("{days}d"),
        Period::Between { from, to } => format!("{}..{}", day(from), day(to)),
    }
}

fn period_named(name: &str) -> Option<Period> {
    if let Some(days) = name.strip_suffix('d') {
        let days = days.parse().ok().filter(|days| (1..=SAVED_VIEW_DAYS_MAX).contains(days))?;
        return Some(Period::LastDays(days));
    }
    let (from, to) = name.split_once("..")?;
    let day = |text: &str| if text.is_empty() { Some(None) } else { Day::parse(text).map(Some) };
    let (from, to) = (day(from)?, day(to)?);
    // Days that nobody meant are none.
    let backwards = from.zip(to).is_some_and(|(from, to)| to < from);
    (from.or(to).is_some() && !backwards).then_some(Period::Between { from, to })
}

/// The conversation that an address has open.
pub fn conversation_in(path: &str) -> Option<ConversationId> {
    path.strip_prefix(INBOX)?.strip_prefix('/')?.parse().ok()
}

/// Whether the address is that of an open conversation.
pub fn is_conversation(path: &str) -> bool {
    path.strip_prefix(INBOX).and_then(|rest| rest.strip_prefix('/')).is_some_and(|id| !id.is_empty())
}

/// A channel's settings.
pub fn channel(id: ChannelId) -> String {
    format!("/channels/{id}")
}

/// Where a channel's chat may stand, and who its visitors are.
pub fn channel_sites(id: ChannelId) -> String {
    format!("/channels/{id}/sites")
}

/// The style editor of a channel.
pub fn channel_style(id: ChannelId) -> String {
    format!("/channels/{id}/style")
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
    fn days_have_names_and_names_that_mean_none_are_none() {
        let (from, to) = (Some(Day::parse("2026-11-01").unwrap()), Some(Day::parse("2026-11-22").unwrap()));
        for (period, name) in [
            (Period::LastDays(7), "7d"),
            (Period::Between { from, to }, "2026-11-01..2026-11-22"),
            (Period::Between { from, to: from }, "2026-11-01..2026-11-01"),
            (Period::Between { from, to: None }, "2026-11-01.."),
            (Period::Between { from: None, to }, "..2026-11-22"),
        ] {
            assert_eq!((period_name(period).as_str(), period_named(name)), (name, Some(period)));
        }
        for wrong in
            ["", "d", "0d", "366d", "-1d", "..", "2026-11-22", "2026-11-22..2026-11-01", "2026-11-31..", "x..y"]
        {
            assert_eq!(period_named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_inbox_says_what_is_open_and_chosen() {
        let text = "0190163d-8694-739b-aea5-966c26f8ad91";
        let (open, channel) = (Some(text.parse().unwrap()), Some(text.parse().unwrap()));
        assert_eq!(inbox(None, None), "/inbox");
        assert_eq!(inbox(open, None), format!("/inbox/{text}"));
        for filter in [Filter::All, Filter::Mine, Filter::Unassigned, Filter::Waiting, Filter::Unread, Filter::Snoozed]
        {
            let period = Period::Between { from: Some(Day(20_000)), to: None };
            let dates = (filter != Filter::Waiting).then_some(Dates { period, since: None, before: None });
            let tag = (filter != Filter::Mine).then(|| text.parse().unwrap());
            let view = View { channel, filter, dates, tag };
            let address = message(open.unwrap(), view, 7);
            let query: Vec<(&str, &str)> =
                address.split_once('?').unwrap().1.split('&').filter_map(|part| part.split_once('=')).collect();
            let parameter =
                |name: &str| query.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let dates = |period| Dates { period, since: None, before: None };
            assert_eq!((view_in(parameter, dates), parameter("message").as_deref()), (view, Some("7")));
        }
        assert_eq!(inbox(open, channel), format!("/inbox/{text}?channel={text}"));
        assert_eq!(
            [inbox(None, None), inbox(open, None), "/inbox/".to_owned()].map(|path| is_conversation(&path)),
            [false, true, false]
        );
    }
}
