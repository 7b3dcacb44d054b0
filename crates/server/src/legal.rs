//! The legal pages: Markdown files, ours or the operator's, rendered once at the start.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd, html};
use std::collections::HashMap;
use std::io;
use std::path::Path;
use types::legal::{LegalPage, LegalText};

/// A language that the pages come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文
    Chinese,
    /// English
    English,
}

impl Language {
    const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// As in file names and queries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of this text, if it is one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(text))
    }
}

/// The text that comes with Parlor.
fn default_text(page: LegalPage, language: Language) -> &'static str {
    match (page, language) {
        (LegalPage::UserAgreement, Language::Chinese) => include_str!("../legal/user-agreement.zh-CN.md"),
        (LegalPage::UserAgreement, Language::English) => include_str!("../legal/user-agreement.en.md"),
        (LegalPage::ServiceAgreement, Language::Chinese) => include_str!("../legal/service-agreement.zh-CN.md"),
        (LegalPage::ServiceAgreement, Language::English) => include_str!("../legal/service-agreement.en.md"),
        (LegalPage::PrivacyPolicy, Language::Chinese) => include_str!("../legal/privacy-policy.zh-CN.md"),
        (LegalPage::PrivacyPolicy, Language::English) => include_str!("../legal/privacy-policy.en.md"),
    }
}

/// Every page in every language.
#[derive(Debug)]
pub struct LegalTexts(HashMap<(LegalPage, Language), LegalText>);

impl LegalTexts {
    /// The operator's texts from `folder`, where there are any, and ours.
    ///
    /// A page that the operator wrote in one language only is shown in that language to everybody: our own text beside it
    /// would say something else than what the operator agreed to.
    ///
    /// # Errors
    /// When a file of the folder cannot be read.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut texts = HashMap::new();
        for page in LegalPage::ALL {
            let mut own = HashMap::new();
            for language in Language::ALL {
                if let Some(markdown) = read_own(folder, page, language)? {
                    own.insert(language, markdown);
                }
            }
            for language in Language::ALL {
                let markdown = own.get(&language).or_else(|| own.values().next());
                texts.insert((page, language), render(markdown.map_or(default_text(page, language), String::as_str)));
            }
        }
        Ok(Self(texts))
    }

    /// A page in a language.
    #[must_use]
    pub fn get(&self, page: LegalPage, language: Language) -> Option<&LegalText> {
        self.0.get(&(page, language))
    }
}

fn read_own(folder: &Path, page: LegalPage, language: Language) -> io::Result<Option<String>> {
    if folder.as_os_str().is_empty() {
        return Ok(None);
    }
    match std::fs::read_to_string(folder.join(format!("{}.{}.md", page.as_str(), language.as_str()))) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Markdown as safe HTML. The first heading becomes the title and is not repeated in the body.
fn render(markdown: &str) -> LegalText {
    let mut title = String::new();
    let mut in_title = false;
    let mut events = Vec::new();
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) if title.is_empty() => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) if in_title => in_title = false,
            Event::Text(text) | Event::Code(text) if in_title => title.push_str(&text),
            _ if in_title => {}
            // Raw HTML could run scripts in the console's origin.
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                events.push(Event::Start(Tag::Link { link_type, dest_url: safe(dest_url), title, id }));
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                events.push(Event::Start(Tag::Image { link_type, dest_url: safe(dest_url), title, id }));
            }
            other => events.push(other),
        }
    }
    let mut body = String::new();
    html::push_html(&mut body, events.into_iter());
    LegalText { title, html: body }
}

/// The address, or none when following it could run a script.
fn safe(address: CowStr<'_>) -> CowStr<'_> {
    // Browsers skip white space and control characters before a scheme.
    let seen: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let scheme = seen.split(['/', '?', '#']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    let harmless = scheme
        .is_none_or(|scheme| ["http", "https", "mailto", "tel"].iter().any(|known| known.eq_ignore_ascii_case(scheme)));
    if harmless { address } else { CowStr::Borrowed("#") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_comes_with_parlor_in_both_languages() {
        let texts = LegalTexts::load(Path::new("")).unwrap();
        for page in LegalPage::ALL {
            for language in Language::ALL {
                let text = texts.get(page, language).unwrap();
                assert!(!text.title.is_empty() && text.html.contains("<h2>"), "{page:?} {language:?}");
            }
        }
        let title = |language| texts.get(LegalPage::PrivacyPolicy, language).unwrap().title.as_str();
        assert_eq!([title(Language::Chinese), title(Language::English)], ["隐私政策", "Privacy policy"]);
    }

    #[test]
    fn an_operators_text_replaces_ours_in_every_language() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("privacy-policy.zh-CN.md"), "# 我们的政策\n\n内容").unwrap();
        let texts = LegalTexts::load(folder.path()).unwrap();
        for language in Language::ALL {
            assert_eq!(texts.get(LegalPage::PrivacyPolicy, language).unwrap().title, "我们的政策");
        }
        assert_eq!(texts.get(LegalPage::UserAgreement, Language::English).unwrap().title, "User agreement");
    }

    #[test]
    fn nothing_that_could_run_gets_through() {
        let text = render(
            "# A `title`\n\n<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> [a](javascript:alert(1)) \
             [b](java&#10;script:alert(1)) [c](data:text/html,x) ![d](JAVASCRIPT:alert(1)) [e](https://example.com) [f](/legal/x)",
        );
        assert_eq!(text.title, "A title");
        assert!(!text.html.contains("<script") && !text.html.contains("onerror"), "{}", text.html);
        assert!(!text.html.to_ascii_lowercase().contains("script:") && !text.html.contains("data:"), "{}", text.html);
        assert!(text.html.contains("href=\"https://example.com\"") && text.html.contains("href=\"/legal/x\""));
    }
}
