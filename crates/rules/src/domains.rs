//! On whose pages a channel's chat may stand. What the server says to browsers (`frame-ancestors`) and what it decides itself, by the
//! `Origin` of a request, are the same.

use types::domains::{host_and_port, is_loopback};

/// Whether a page of this origin may have the chat. An empty list is everywhere.
#[must_use]
pub fn is_allowed(domains: &[String], origin: &str) -> bool {
    domains.is_empty()
        || parts(origin).is_some_and(|(host, port)| domains.iter().any(|domain| holds(domain, &host, port)))
}

/// Host and port of a web origin, if nobody on the way can make its pages others: what comes by http is anybody's, but from the machine
/// itself.
fn parts(origin: &str) -> Option<(String, u16)> {
    let (scheme, rest) = origin.split_once("://")?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = match host_and_port(rest) {
        (host, Some(port)) => (host, port.parse().ok()?),
        (host, None) => (host, usual),
    };
    let host = host.to_ascii_lowercase();
    (scheme == "https" || is_loopback(&host)).then_some((host, port))
}

fn holds(domain: &str, host: &str, port: u16) -> bool {
    let (name, of_port) = host_and_port(domain);
    if of_port.is_some_and(|of_port| of_port.parse() != Ok(port)) {
        return false;
    }
    match name.strip_prefix('*') {
        Some(below) => host.len() > below.len() && host.ends_with(below),
        None => host == name,
    }
}

/// Who may frame the chat's page, as the policy's directive says it.
#[must_use]
pub fn frame_ancestors(domains: &[String]) -> String {
    if domains.is_empty() {
        return "frame-ancestors *".to_owned();
    }
    let mut directive = "frame-ancestors 'self'".to_owned();
    for domain in domains {
        // Without a port the policy would mean the usual one only.
        let (host, port) = host_and_port(domain);
        let any_port = if port.is_some() { "" } else { ":*" };
        directive.push_str(&format!(" https://{domain}{any_port}"));
        if is_loopback(host) {
            directive.push_str(&format!(" http://{domain}{any_port}"));
        }
    }
    directive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(domains: &[&str]) -> Vec<String> {
        domains.iter().map(|domain| (*domain).to_owned()).collect()
    }

    #[test]
    fn a_page_is_allowed_by_host_and_port() {
        let domains = list(&["example.com", "*.shop.example", "localhost:3000", "127.0.0.1", "[::1]"]);
        for good in [
            "https://example.com",
            "https://example.com:8080",
            "http://127.0.0.1",
            "https://127.0.0.1:8443",
            "http://[::1]",
            "http://[::1]:8080",
            "HTTPS://EXAMPLE.COM".to_lowercase().as_str(),
            "https://a.shop.example",
            "https://a.b.shop.example:8443",
            "http://localhost:3000",
        ] {
            assert!(is_allowed(&domains, good), "{good}");
        }
        for other in [
            // Whoever is on the way to it makes of it what they like.
            "http://example.com",
            "http://example.com:8080",
            "http://a.shop.example",
            "http://[::2]",
            "https://www.example.com",
            "https://example.com.evil.example",
            "https://notexample.com",
            "https://shop.example",
            "https://evilshop.example",
            "http://localhost",
            "http://localhost:3001",
            "null",
            "",
            "file://",
            "https://user@evil.example",
            "https://evil.example/example.com",
            "https://example.com:",
            "https://example.com:x",
        ] {
            assert!(!is_allowed(&domains, other), "{other}");
        }
        assert!(is_allowed(&[], "null"));
    }

    #[test]
    fn a_policy_says_the_same() {
        assert_eq!(frame_ancestors(&[]), "frame-ancestors *");
        assert_eq!(
            frame_ancestors(&list(&["*.shop.example", "localhost:3000", "[::1]"])),
            "frame-ancestors 'self' https://*.shop.example:* https://localhost:3000 http://localhost:3000 https://[::1]:* http://[::1]:*"
        );
    }
}
