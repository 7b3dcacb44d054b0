//! On whose pages a channel's chat may stand. What the server says to browsers (`frame-ancestors`) and what it decides itself, by the
//! `Origin` of a request, are the same.

/// Whether a page of this origin may have the chat. An empty list is everywhere.
#[must_use]
pub fn is_allowed(domains: &[String], origin: &str) -> bool {
    domains.is_empty()
        || parts(origin).is_some_and(|(host, port)| domains.iter().any(|domain| holds(domain, &host, port)))
}

/// Host and port of a web origin.
fn parts(origin: &str) -> Option<(String, u16)> {
    let (scheme, rest) = origin.split_once("://")?;
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (rest, usual),
    };
    Some((host.to_ascii_lowercase(), port))
}

fn holds(domain: &str, host: &str, port: u16) -> bool {
    let (name, of_port) = domain.split_once(':').map_or((domain, None), |(name, port)| (name, Some(port)));
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
        let any_port = if domain.contains(':') { "" } else { ":*" };
        directive.push_str(&format!(" https://{domain}{any_port} http://{domain}{any_port}"));
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
        let domains = list(&["example.com", "*.shop.example", "localhost:3000"]);
        for good in [
            "https://example.com",
            "http://example.com:8080",
            "HTTPS://EXAMPLE.COM".to_lowercase().as_str(),
            "https://a.shop.example",
            "https://a.b.shop.example:8443",
            "http://localhost:3000",
        ] {
            assert!(is_allowed(&domains, good), "{good}");
        }
        for other in [
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
            frame_ancestors(&list(&["*.shop.example", "localhost:3000"])),
            "frame-ancestors 'self' https://*.shop.example:* http://*.shop.example:* https://localhost:3000 http://localhost:3000"
        );
    }
}
