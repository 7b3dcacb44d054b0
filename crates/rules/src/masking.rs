//! What is left of a contact's or a colleague's details for agents who may not see them: enough to tell two apart, not enough to
//! reach anybody.

use types::agents::{Agent, AgentField};
use types::contact_list::ListedContact;
use types::contacts::{Contact, ContactField};
use types::events::Event;

/// A contact as somebody sees it who may, or may not, see the details.
#[must_use]
pub fn contact_for(sees_details: bool, contact: Contact) -> Contact {
    if sees_details {
        return contact;
    }
    Contact {
        phone: contact.phone.as_deref().map(phone),
        ip: contact.ip.as_deref().map(address),
        external_id: contact.external_id.as_deref().map(phone),
        masked: vec![ContactField::Phone, ContactField::Ip, ContactField::ExternalId],
        ..contact
    }
}

/// A contact of the list as somebody sees them who may, or may not, see the details.
#[must_use]
pub fn listed_contact_for(sees_details: bool, listed: ListedContact) -> ListedContact {
    if sees_details {
        return listed;
    }
    ListedContact { phone: listed.phone.as_deref().map(phone), masked: vec![ContactField::Phone], ..listed }
}

/// A colleague as somebody sees them who may, or may not, see the details.
#[must_use]
pub fn agent_for(sees_details: bool, agent: Agent) -> Agent {
    if sees_details {
        return agent;
    }
    Agent {
        account: None,
        email: email(&agent.email),
        mobile: phone(&agent.mobile),
        masked: vec![AgentField::Account, AgentField::Email, AgentField::Mobile],
        ..agent
    }
}

/// An event as somebody hears it who may, or may not, see the details.
#[must_use]
pub fn event_for(sees_details: bool, event: Event) -> Event {
    match event {
        Event::ContactUpdated { conversation_id, contact } => {
            Event::ContactUpdated { conversation_id, contact: Box::new(contact_for(sees_details, *contact)) }
        }
        other => other,
    }
}

/// Whether the kind of event has something to mask.
#[must_use]
pub fn has_details(kind: &str) -> bool {
    kind == "contact_updated"
}

/// A number or an id with its first three and last two signs, where enough are left between them; otherwise none of it.
fn phone(text: &str) -> String {
    let count = text.chars().count();
    let (head, tail) = if count >= 8 { (3, 2) } else { (0, 0) };
    text.chars()
        .enumerate()
        .map(|(at, sign)| if at < head || at >= count.saturating_sub(tail) { sign } else { '*' })
        .collect()
}

/// An email address with the first sign of the name, and whose it is. Where there is none, there is nothing to hide.
fn email(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    match text.rsplit_once('@') {
        Some((name, domain)) => format!("{}***@{domain}", name.chars().next().map(String::from).unwrap_or_default()),
        None => "***".to_owned(),
    }
}

/// The first half of an IPv4 address, the first two groups of an IPv6 address.
fn address(text: &str) -> String {
    let (separator, rest) = if text.contains(':') { (':', "*") } else { ('.', "*.*") };
    let head: Vec<&str> = text.split(separator).take(2).collect();
    match head.as_slice() {
        [one, two] => format!("{one}{separator}{two}{separator}{rest}"),
        _ => "*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_tells_two_apart_and_reaches_nobody() {
        for (whole, left) in
            [("13800138000", "138******00"), ("+86 138 0013 8000", "+86************00"), ("110", "***")]
        {
            assert_eq!(phone(whole), left);
        }
        for (whole, left) in [
            ("lin.xiaoman@example.com", "l***@example.com"),
            ("@example.com", "***@example.com"),
            ("", ""),
            ("x", "***"),
        ] {
            assert_eq!(email(whole), left);
        }
        for (whole, left) in [("203.0.113.7", "203.0.*.*"), ("2001:db8::1", "2001:db8:*"), ("localhost", "*")] {
            assert_eq!(address(whole), left);
        }
    }

    proptest! {
        #[test]
        fn at_most_five_signs_of_a_phone_number_are_left(text in "[0-9+ -]{0,32}") {
            let left = phone(&text);
            prop_assert_eq!(left.chars().count(), text.chars().count());
            prop_assert!(left.chars().filter(|sign| *sign != '*').count() <= 5);
        }
    }
}
