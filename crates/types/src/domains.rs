//! Allowed domains: the sites on whose pages a channel's chat may stand.

use crate::error::{FieldCode, FieldError};
use crate::limits;
use crate::validate::{Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The sites on whose pages a channel's chat may stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelDomains {
    /// Each a host, with a port where only that one is meant: `example.com`, `localhost:3000`; `*.example.com` is every host below it,
    /// and not that one itself. Empty: everywhere.
    pub items: Vec<String>,
}

/// Sets the sites on whose pages a channel's chat may stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetChannelDomains {
    /// All of them, in the order in which they are shown; each as in [`ChannelDomains::items`], in small letters, with names in other
    /// scripts as browsers send them (`xn--…`). Empty: everywhere.
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub items: Vec<String>,
}

impl Validate for SetChannelDomains {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        if self.items.len() > limits::DOMAINS_MAX {
            let detail = format!("must be at most {} domains", limits::DOMAINS_MAX);
            let limit = i64::try_from(limits::DOMAINS_MAX).ok();
            faults.check("items", Err(Fault { code: FieldCode::TooLong, detail, limit }));
            return faults.into_errors();
        }
        let mut seen = HashSet::new();
        for (place, item) in self.items.iter().enumerate() {
            let outcome = if seen.insert(item) {
                domain(item)
            } else {
                Err(Fault::new(FieldCode::Taken, "must not stand there twice"))
            };
            faults.check(&format!("items[{place}]"), outcome);
        }
        faults.into_errors()
    }
}

/// Whether this is a host, or all hosts below one, with or without a port.
///
/// # Errors
/// What is wrong with it.
pub fn domain(text: &str) -> Result<(), Fault> {
    let wrong = || Fault::new(FieldCode::InvalidFormat, "must be a domain such as example.com or *.example.com");
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| {
        port.parse::<u16>().is_ok_and(|number| number > 0 && !port.starts_with('0') && !port.starts_with('+'))
    };
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    // Every host of a whole top-level domain would be as good as no list at all.
    let is_deep = host.len() == name.len() || name.contains('.');
    if name.len() <= 253 && is_deep && name.split('.').all(is_label) && port.is_none_or(is_port) {
        return Ok(());
    }
    Err(wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_or_all_below_it() {
        for good in [
            "example.com",
            "*.example.com",
            "localhost:3000",
            "192.0.2.7",
            "xn--fiqs8s.example",
            "a.b.c-d.example:8443",
        ] {
            assert!(domain(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "*",
            "*.com",
            "*.",
            "https://example.com",
            "example.com/",
            "Example.com",
            "例子.中国",
            "a..b",
            "-a.example",
            "a-.example",
            "example.com:",
            "example.com:0",
            "example.com:65536",
            "example.com:+80",
            "a.*.example",
            "example.com; script-src *",
            "a b",
            "a,b",
        ] {
            assert!(domain(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_of_a_list_is_named_by_its_place() {
        let faults = |items: &[&str]| {
            let items = items.iter().map(|item| (*item).to_owned()).collect();
            let errors = SetChannelDomains { items }.validate();
            errors.into_iter().map(|error| (error.field, error.code)).collect::<Vec<_>>()
        };
        assert_eq!(faults(&[]), []);
        assert_eq!(faults(&["example.com", "*.example.com"]), []);
        assert_eq!(faults(&["a.example", "a b"]), [("items[1]".to_owned(), FieldCode::InvalidFormat)]);
        assert_eq!(faults(&["a.example", "a.example"]), [("items[1]".to_owned(), FieldCode::Taken)]);
        assert_eq!(faults(&vec!["a.example"; limits::DOMAINS_MAX + 1]), [("items".to_owned(), FieldCode::TooLong)]);
    }
}
