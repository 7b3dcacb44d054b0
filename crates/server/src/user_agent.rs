//! What a user agent says of device, system and browser.

use woothee::parser::Parser;

/// The readable parts of a user agent; what it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserAgentFacts {
    /// Kind of device: `PC`, `Mobile`, `Tablet`, `Bot`.
    pub device: Option<String>,
    /// Operating system with version.
    pub os: Option<String>,
    /// Browser with its major version.
    pub browser: Option<String>,
}

impl UserAgentFacts {
    /// Reads a user agent.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        let Some(found) = Parser::new().parse(user_agent) else { return Self::default() };
        let known = |text: &str| (!text.is_empty() && text != "UNKNOWN").then(|| text.to_owned());
        let device = match found.category {
            "pc" => Some("PC"),
            "smartphone" if found.os == "iPad" || is_android_tablet(user_agent) => Some("Tablet"),
            "smartphone" | "mobilephone" => Some("Mobile"),
            "crawler" => Some("Bot"),
            _ => None,
        };
        Self {
            device: device.map(str::to_owned),
            os: known(found.os).map(|os| system(&os, &found.os_version)),
            browser: browser(user_agent).or_else(|| {
                known(found.name).map(|name| match known(found.version).and_then(|version| major(&version)) {
                    Some(major) => format!("{name} {major}"),
                    None => name,
                })
            }),
        }
    }

    fn summary(&self) -> String {
        [self.browser.as_deref(), self.os.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

/// A user agent as one line: `Chrome 141 · Windows 10`; empty when it says nothing.
#[must_use]
pub fn describe(user_agent: &str) -> String {
    UserAgentFacts::of(user_agent).summary()
}

/// Android says `Mobile` on phones only.
fn is_android_tablet(user_agent: &str) -> bool {
    user_agent.contains("Android") && !user_agent.contains("Mobile")
}

/// Browsers of our visitors that the general parser takes for Chrome or Safari; their own mark comes with a version.
fn browser(user_agent: &str) -> Option<String> {
    const MARKS: [(&str, &str); 6] = [
        ("MicroMessenger/", "WeChat"),
        ("MQQBrowser/", "QQ Browser"),
        ("QQBrowser/", "QQ Browser"),
        ("UCBrowser/", "UC Browser"),
        ("Weibo", "Weibo"),
        ("DingTalk/", "DingTalk"),
    ];
    let (mark, name) = MARKS.into_iter().find(|(mark, _)| user_agent.contains(mark))?;
    let version = user_agent.split_once(mark).and_then(|(_, rest)| major(rest));
    Some(version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}")))
}

fn major(version: &str) -> Option<String> {
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Windows is named with its version already; the others have it apart.
fn system(os: &str, version: &str) -> String {
    let os = match os {
        "Mac OSX" => "macOS",
        "iPad" => "iPadOS",
        "iPhone" | "iPod" => "iOS",
        other => other,
    };
    let known = !version.is_empty() && version != "UNKNOWN";
    if known && !os.starts_with("Windows") { format!("{os} {version}") } else { os.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn common_browsers_are_told_apart() {
        for (user_agent, device, os, browser) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "PC",
                "Windows 10",
                "Chrome 141",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
                "PC",
                "macOS 10.15.7",
                "Safari 17",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
                "Mobile",
                "iOS 17.4",
                "Safari 17",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Mobile",
                "Android 14",
                "Chrome 141",
            ),
            (
                "Mozilla/5.0 (Linux; Android 13; SM-X900) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
                "Tablet",
                "Android 13",
                "Chrome 120",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "PC", "Linux", "Firefox 128"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.42(0x18002a2e) NetType/WIFI Language/zh_CN",
                "Mobile",
                "iOS 16.6",
                "WeChat 8",
            ),
        ] {
            let facts = UserAgentFacts::of(user_agent);
            assert_eq!(facts.device.as_deref(), Some(device), "{user_agent}");
            assert_eq!(facts.os.as_deref(), Some(os), "{user_agent}");
            assert_eq!(facts.browser.as_deref(), Some(browser), "{user_agent}");
        }
    }

    #[test]
    fn an_unknown_program_says_nothing() {
        assert_eq!(UserAgentFacts::of(""), UserAgentFacts::default());
        assert_eq!(describe("§§§"), "");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            prop_assert!(describe(&text).chars().count() <= text.chars().count() + 40, "a summary is not longer");
        }
    }
}
