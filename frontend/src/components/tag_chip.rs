//! A tag as it is shown: its name on its colour, or a dot of it.

use crate::i18n::{Lang, lang};
use leptos::prelude::*;
use types::tags::{Tag, TagColor};

/// What a colour is called.
pub fn color_name(lang: Lang, color: TagColor) -> &'static str {
    match color {
        TagColor::Gray => lang.color_gray(),
        TagColor::Red => lang.color_red(),
        TagColor::Orange => lang.color_orange(),
        TagColor::Yellow => lang.color_yellow(),
        TagColor::Green => lang.color_green(),
        TagColor::Teal => lang.color_teal(),
        TagColor::Blue => lang.color_blue(),
        TagColor::Purple => lang.color_purple(),
    }
}

/// A tag's name on its colour. A long one is cut where there is no room.
pub fn tag_chip(tag: Tag) -> AnyView {
    let class = format!("tag tag--{}", tag.color.as_str());
    let title = tag.name.clone();
    view! { <span class=class title=title>{tag.name}</span> }.into_any()
}

/// A dot of a tag's colour, beside its name.
#[component]
pub fn TagDot(
    /// The colour.
    color: TagColor,
) -> impl IntoView {
    view! { <span class=format!("tag-dot tag--{}", color.as_str()) aria-hidden="true"></span> }
}

/// The first few of a contact's tags, and how many more there are.
pub fn few_tags(mut tags: Vec<Tag>, most: usize) -> AnyView {
    if tags.is_empty() {
        return ().into_any();
    }
    let more = tags.split_off(tags.len().min(most));
    let count = more.len();
    let names = more.into_iter().map(|tag| tag.name).collect::<Vec<_>>().join(" · ");
    view! {
        <span class="tags tags--few">
            <span class="visually-hidden">{move || lang().tags()}</span>
            {tags.into_iter().map(tag_chip).collect_view()}
            {(count > 0).then(|| view! {
                <span class="tags__more" title=names>
                    <span aria-hidden="true">{format!("+{count}")}</span>
                    <span class="visually-hidden">{move || lang().tags_more(count)}</span>
                </span>
            })}
        </span>
    }
    .into_any()
}
