//! An internal note in the log, and the quiet line that somebody joined or left.

use super::message_row::more_button;
use super::message_text::MessageText;
use crate::i18n::{format, lang, t};
use crate::stores::inbox::use_inbox;
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use types::notes::{MemberChange, MemberChangeKind, Note};

/// A note: on a ground of its own, over the whole width, so that nobody takes it for something that was sent.
#[component]
pub fn NoteView(
    /// What it says.
    note: Note,
) -> impl IntoView {
    let Note { number, author_id, author_name, text, whisper, mentions, created_at, .. } = note;
    let me = use_inbox().me();
    let name = StoredValue::new(author_name);
    let author = move || if author_id == me { lang().me().to_owned() } else { name.get_value() };
    view! {
        <article class="note" class:note--whisper=whisper data-note=number.to_string() aria-label=move || name.with_value(|name| lang().note_by(name))>
            <p class="note__head">
                <IconView icon=Icon::Lock size=14 />
                <span class="note__label">{move || if whisper { lang().whisper() } else { lang().note_mode() }}</span>
                <span class="note__author">{author}</span>
                {mentions.contains(&me).then(|| view! { <span class="note__mention">{t!(note_mentions_me)}</span> })}
                <span class="note__who">{t!(note_only_agents)}</span>
                <time class="note__time">{move || format::time_of_day(created_at)}</time>
                {more_button()}
            </p>
            <MessageText text />
        </article>
    }
}

/// That somebody joined or left: a quiet line at its place in the log.
pub fn change_line(by: &Note, change: &MemberChange) -> AnyView {
    let is_own = by.author_id == change.agent_id;
    let (by, name, kind, until) = (by.author_name.clone(), change.agent_name.clone(), change.kind, change.until);
    let words = move || match (kind, is_own) {
        (MemberChangeKind::Joined, true) => lang().joined_line(&name),
        (MemberChangeKind::Joined, false) => lang().invited_line(&by, &name),
        (MemberChangeKind::Left, true) => lang().left_line(&name),
        (MemberChangeKind::Left, false) => lang().removed_line(&by, &name),
        (MemberChangeKind::Transferred, _) => lang().transferred_line(&by, &name),
        (MemberChangeKind::Queued, _) => lang().transferred_group_line(&by, &name),
        (MemberChangeKind::TakenOver, _) => lang().taken_line(&name),
        (MemberChangeKind::Closed, _) => lang().closed_line(&name),
        (MemberChangeKind::Reopened, _) => lang().reopened_line(&name),
        (MemberChangeKind::Snoozed, _) => lang().snoozed_line(&name, &until.map(format::date_time).unwrap_or_default()),
        (MemberChangeKind::Woken, _) => lang().woken_line(&name),
        (MemberChangeKind::Due, _) => lang().due_line(&name),
    };
    view! { <p class="message-list__change">{words}</p> }.into_any()
}
