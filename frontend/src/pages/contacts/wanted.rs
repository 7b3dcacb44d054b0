//! What the page shows: it stands in the address, so that a reload, a link and the way back find the same.

use crate::routes;
use types::contact_list::{ContactFilter, ContactSort};

/// Which contacts, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub filter: ContactFilter,
    /// In which order.
    pub sort: ContactSort,
    /// The other way round.
    pub descending: bool,
}

/// Whoever was there last comes first.
impl Default for Wanted {
    fn default() -> Self {
        Self { filter: ContactFilter::default(), sort: ContactSort::LastSeen, descending: true }
    }
}

const SORTS: [(ContactSort, &str); 3] =
    [(ContactSort::LastSeen, "last_seen"), (ContactSort::Name, "name"), (ContactSort::Number, "number")];

impl Wanted {
    /// Reads the address's parameters. What cannot be read is as if it was not there.
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        let named = parameter("sort");
        let (name, ascending) = match named.as_deref() {
            Some(name) => (name.strip_prefix('-').unwrap_or(name), !name.starts_with('-')),
            None => ("last_seen", false),
        };
        let sort = SORTS.iter().find(|(_, known)| *known == name).map(|(sort, _)| *sort);
        let filter = ContactFilter {
            channel_id: parameter("channel").and_then(|id| id.parse().ok()),
            q: parameter("q").filter(|q| !q.trim().is_empty()),
            tag_id: parameter("tag").and_then(|id| id.parse().ok()),
            blocked: parameter("blocked").and_then(|blocked| blocked.parse().ok()),
        };
        Self { filter, sort: sort.unwrap_or(ContactSort::LastSeen), descending: !ascending || sort.is_none() }
    }

    /// The address.
    pub fn address(&self) -> String {
        let Self { filter, sort, descending } = self;
        let name = SORTS.iter().find(|(known, _)| known == sort).map(|(_, name)| *name).unwrap_or_default();
        let minus = if *descending { "-" } else { "" };
        let default = Self::default();
        let is_usual = (*sort, *descending) == (default.sort, default.descending);
        let parts = [
            filter.channel_id.map(|id| format!("channel={id}")),
            filter.q.as_deref().map(|q| format!("q={}", String::from(js_sys::encode_uri_component(q)))),
            filter.tag_id.map(|id| format!("tag={id}")),
            filter.blocked.map(|blocked| format!("blocked={blocked}")),
            (!is_usual).then(|| format!("sort={minus}{name}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { routes::CONTACTS.to_owned() } else { format!("{}?{}", routes::CONTACTS, parts.join("&")) }
    }

    /// The same in this order; where it is in it already, the other way round.
    pub fn sorted_by(&self, sort: ContactSort) -> Self {
        // Names begin at their beginning, times with the latest.
        let descending = if self.sort == sort { !self.descending } else { sort != ContactSort::Name };
        Self { sort, descending, ..self.clone() }
    }

    /// Whether some contacts are left out, of a channel or of all.
    pub fn is_filtered(&self) -> bool {
        self.filter.q.is_some() || self.filter.tag_id.is_some() || self.filter.blocked.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::id::{ChannelId, TagId};
    use uuid::Uuid;

    /// What an address without a search says; encoding one is the browser's.
    fn read(address: &str) -> Wanted {
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        Wanted::read(|name| {
            let mut parts = query.split('&').filter_map(|part| part.split_once('='));
            parts.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
        })
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let filter = ContactFilter {
            channel_id: Some(ChannelId(Uuid::from_u128(1))),
            q: None,
            tag_id: Some(TagId(Uuid::from_u128(2))),
            blocked: Some(false),
        };
        for sort in [ContactSort::LastSeen, ContactSort::Name, ContactSort::Number] {
            for descending in [true, false] {
                for filter in [ContactFilter::default(), filter.clone()] {
                    let wanted = Wanted { filter, sort, descending };
                    assert_eq!(read(&wanted.address()), wanted);
                }
            }
        }
        assert_eq!(Wanted::default().address(), routes::CONTACTS);
        assert_eq!(read("/contacts?sort=shoes&channel=x&blocked=perhaps"), Wanted::default());
    }

    #[test]
    fn a_head_that_is_pressed_twice_turns_the_order_round() {
        let by_name = Wanted::default().sorted_by(ContactSort::Name);
        assert_eq!((by_name.sort, by_name.descending), (ContactSort::Name, false));
        assert!(by_name.sorted_by(ContactSort::Name).descending);
        assert!(by_name.sorted_by(ContactSort::Number).descending);
    }
}
