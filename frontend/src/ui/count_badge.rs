//! A number that wants attention.

use leptos::{prelude::*, text_prop::TextProp};

/// The count in a red pill; nothing at zero, `99+` above 99.
#[component]
pub fn CountBadge(
    /// The number.
    #[prop(into)]
    count: Signal<i64>,
    /// The number in words (`3 条未读`), for screen readers.
    #[prop(into)]
    label: TextProp,
) -> impl IntoView {
    move || {
        let count = count.get();
        let label = label.clone();
        (count > 0).then(|| {
            view! {
                <span class="count-badge">
                    <span aria-hidden="true">{short(count)}</span>
                    <span class="visually-hidden">{move || label.get()}</span>
                </span>
            }
        })
    }
}

fn short(count: i64) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_counts_are_cut_short() {
        assert_eq!([1, 99, 100, i64::MAX].map(short), ["1", "99", "99+", "99+"]);
    }
}
