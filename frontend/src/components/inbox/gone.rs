//! What stands in the place of a conversation that is the person's no more, or nobody's: that it is so, and what they had written to
//! it, which is theirs to take along.

use super::names::text_of_content;
use crate::i18n::{lang, lang_now, t};
use crate::stores::inbox::use_inbox;
use crate::stores::notes::use_notes;
use crate::ui::{Button, EmptyState, Icon, copy_text, use_toasts};
use leptos::{prelude::*, task::spawn_local};
use types::id::ConversationId;

/// A conversation that is gone, with what was written to it and not sent.
#[component]
pub fn Gone(
    /// The conversation.
    id: ConversationId,
    /// Goes back to the list.
    on_back: Callback<()>,
) -> impl IntoView {
    let (inbox, notes) = (use_inbox(), use_notes());
    let unsent = Memo::new(move |_| inbox.unsent_texts(id));
    let given_up = RwSignal::new(());
    let answer = Memo::new(move |_| {
        given_up.track();
        inbox.draft_shown(id)
    });
    let note = Memo::new(move |_| {
        given_up.track();
        if notes.is_begun(id) { notes.draft(id) } else { String::new() }
    });
    // It goes on without the person, or not at all.
    let withdrawn = Memo::new(move |_| inbox.is_withdrawn(id));
    let title = move || if withdrawn.get() { lang().withdrawn() } else { lang().conversation_missing() };
    let hint = move || if withdrawn.get() { lang().withdrawn_hint() } else { lang().conversation_missing_hint() };
    let is_something = move || {
        unsent.with(|unsent| !unsent.is_empty())
            || answer.with(|text| !text.is_empty())
            || note.with(|text| !text.is_empty())
    };
    let texts = move || {
        let mut items = Vec::new();
        let answer = answer.get();
        if !answer.is_empty() {
            items.push(left(Some(lang().left_answer()), answer, move || {
                inbox.set_draft(id, String::new(), 0);
                given_up.set(());
            }));
        }
        let note = note.get();
        if !note.is_empty() {
            items.push(left(Some(lang().left_note()), note, move || {
                notes.write(id, String::new());
                given_up.set(());
            }));
        }
        items.extend(
            unsent
                .get()
                .into_iter()
                .map(|(nonce, content)| left(None, text_of_content(&content), move || inbox.discard(nonce))),
        );
        items
    };
    view! {
        <div class="chat-window__nothing" role="status">
            <EmptyState icon=Icon::Chat title hint>
                <Show when=is_something>
                    <div class="chat-window__unsent">
                        {move || {
                            let count = unsent.with(Vec::len);
                            (count > 0).then(|| view! { <p>{lang().withdrawn_unsent(count)}</p> })
                        }}
                        <ul>{texts}</ul>
                    </div>
                </Show>
                <Button icon=Icon::ArrowLeft on:click=move |_| on_back.run(())>{t!(back)}</Button>
            </EmptyState>
        </div>
    }
}

/// One of the texts: to be copied, or given up.
fn left(what: Option<&'static str>, text: String, give_up: impl Fn() + 'static) -> AnyView {
    let toasts = use_toasts();
    let copied = text.clone();
    let copy = move |_| {
        let text = copied.clone();
        spawn_local(async move {
            match copy_text(&text).await {
                Ok(()) => toasts.success(lang_now().copied()),
                Err(_) => toasts.error(lang_now().copy_failed()),
            }
        });
    };
    view! {
        <li>
            <span class="chat-window__left">
                {what.map(|what| view! { <span class="chat-window__left-kind">{what}</span> })}
                {text}
            </span>
            <button type="button" class="link-button" on:click=copy>{t!(copy_message)}</button>
            <button type="button" class="link-button" on:click=move |_| give_up()>{t!(discard_message)}</button>
        </li>
    }
    .into_any()
}
