//! The title of the browser's tab: how many messages wait, then the page, then the product.

use crate::i18n::lang;
use crate::ui::effect;
use leptos::{prelude::*, text_prop::TextProp};

/// The tab's title. `Copy`.
#[derive(Clone, Copy)]
pub struct Title {
    page: RwSignal<Option<String>>,
    unread: RwSignal<i64>,
}

impl Title {
    /// Keeps the tab's title in step with what is set below.
    pub fn provide() {
        let title = Self { page: RwSignal::new(None), unread: RwSignal::new(0) };
        provide_context(title);
        effect(move || {
            let title = title.page.with(|page| compose(title.unread.get(), page.as_deref(), lang().product_name()));
            document().set_title(&title);
        });
    }

    /// How many messages wait; nothing is said at zero.
    pub fn set_unread(self, unread: i64) {
        self.unread.set(unread);
    }
}

/// The tab's title.
pub fn use_title() -> Title {
    expect_context()
}

/// Names the page that is open, for as long as it is: the text is read in the page's own scope.
pub fn set_page_title(page: impl Into<TextProp>) {
    let title = use_title();
    let page = page.into();
    effect(move || title.page.set(Some(page.get().into_owned())));
}

fn compose(unread: i64, page: Option<&str>, product: &str) -> String {
    let place = page.map_or_else(|| product.to_owned(), |page| format!("{page} · {product}"));
    match unread {
        ..=0 => place,
        1..=99 => format!("({unread}) {place}"),
        _ => format!("(99+) {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_counts_what_waits() {
        assert_eq!(compose(0, None, "Parlor"), "Parlor");
        assert_eq!(compose(3, Some("会话"), "Parlor 客厅"), "(3) 会话 · Parlor 客厅");
        assert_eq!(compose(100, Some("会话"), "Parlor"), "(99+) 会话 · Parlor");
    }
}
