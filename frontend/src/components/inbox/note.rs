//! An internal note in the log.

use super::message_text::MessageText;
use crate::i18n::{format, lang, t};
use crate::stores::inbox::use_inbox;
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use types::notes::Note;

/// A note: on a ground of its own, over the whole width, so that nobody takes it for something that was sent.
#[component]
pub fn NoteView(
    /// What it says.
    note: Note,
) -> impl IntoView {
    let Note { author_id, author_name, text, mentions, created_at, .. } = note;
    let me = use_inbox().me();
    let name = StoredValue::new(author_name);
    let author = move || if author_id == me { lang().me().to_owned() } else { name.get_value() };
    view! {
        <article class="note" aria-label=move || name.with_value(|name| lang().note_by(name))>
            <p class="note__head">
                <IconView icon=Icon::Lock size=14 />
                <span class="note__label">{t!(note_mode)}</span>
                <span class="note__author">{author}</span>
                {mentions.contains(&me).then(|| view! { <span class="note__mention">{t!(note_mentions_me)}</span> })}
                <span class="note__who">{t!(note_only_agents)}</span>
                <time class="note__time">{move || format::time_of_day(created_at)}</time>
            </p>
            <MessageText text />
        </article>
    }
}
