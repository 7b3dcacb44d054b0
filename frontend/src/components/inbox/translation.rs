//! A message in another language, below its own words.
//!
//! A message of which there is none costs nothing: the few that there are find their rows by themselves (docs/decisions/0074, 0075).

use super::message_menu::button_of;
use crate::i18n::{format, lang, t};
use crate::stores::inbox::use_inbox;
use crate::stores::translations::{Shown, Standing, Translations, failure_text, naming_tag};
use crate::ui::{Spinner, effect};
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use leptos::{html, prelude::*, reactive::owner::Owner};
use std::collections::HashMap;
use types::id::ConversationId;
use web_sys::{Element, HtmlElement};

/// One that is drawn.
struct Drawn {
    /// In which bubble: a row that is drawn anew has another.
    bubble: Element,
    owner: Owner,
    state: AnyViewState,
}

impl Drawn {
    fn remove(mut self) {
        self.owner.cleanup();
        self.state.unmount();
    }
}

/// Draws the translations that a log shows into its rows; `follow` reads what tells that rows come, go, or are drawn anew.
pub fn draw_translations(
    conversation: ConversationId,
    rows: NodeRef<html::Div>,
    translations: Translations,
    follow: impl Fn() + 'static,
) {
    let Some(scope) = Owner::current().map(StoredValue::new_local) else { return };
    let inbox = use_inbox();
    let drawn = StoredValue::new_local(HashMap::<i64, Drawn>::new());
    let place = move || {
        let Some(rows) = rows.try_get_untracked().flatten() else { return };
        let shown = untrack(|| translations.shown());
        let Some(mut before) = drawn.try_update_value(std::mem::take) else { return };
        let mut after = HashMap::new();
        let mut gone = Vec::new();
        for one in shown {
            let seq = one.seq;
            let bubble = rows.query_selector(&format!("[data-seq=\"{seq}\"] .message__bubble")).ok().flatten();
            match (bubble, before.remove(&seq)) {
                (Some(bubble), Some(drawn)) if drawn.bubble == bubble => drop(after.insert(seq, drawn)),
                (Some(bubble), other) => {
                    other.into_iter().for_each(Drawn::remove);
                    let Some(owner) = scope.try_with_value(|scope| scope.with(Owner::new)) else { return };
                    let draw = || view! { <TranslationView shown=one translations /> }.into_any().build();
                    let mut state = untrack(|| owner.with(draw));
                    state.mount(&bubble, None);
                    after.insert(seq, Drawn { bubble, owner, state });
                }
                // Its row is not drawn, or says nothing any more.
                (None, other) => {
                    other.into_iter().for_each(Drawn::remove);
                    if untrack(|| inbox.was_recalled(conversation, seq)) {
                        gone.push(seq);
                    }
                }
            }
        }
        before.into_values().for_each(Drawn::remove);
        drawn.set_value(after);
        gone.into_iter().for_each(|seq| translations.hide(seq));
    };
    effect(move || {
        if translations.shown().is_empty() && drawn.with_value(HashMap::is_empty) {
            return;
        }
        follow();
        // Once the rows are there.
        request_animation_frame(place);
    });
    on_cleanup(move || {
        let drawn = drawn.try_update_value(std::mem::take).unwrap_or_default();
        drawn.into_values().for_each(Drawn::remove);
    });
}

/// A translation, or that it is on its way, or that there is none.
#[component]
fn TranslationView(shown: Shown, translations: Translations) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let Shown { seq, original, standing, .. } = shown.clone();
    let shown = StoredValue::new(shown);
    let hide = move |_| {
        // The focus first: with the translation its button is gone.
        if let Some(button) = root.get_untracked().and_then(|root| button_of(&root)) {
            drop(button.focus());
        }
        translations.hide(seq);
    };
    let retry = move |_| {
        // Its own button goes with the failure.
        if let Some(root) = root.get_untracked() {
            let root: &HtmlElement = &root;
            drop(root.focus());
        }
        shown.with_value(|shown| translations.ask(shown));
    };
    let dot = || view! { <span aria-hidden="true">"·"</span> };
    let hide_button = move || {
        view! {
            {dot()}
            <button type="button" class="link-button translation__button" on:click=hide>{t!(hide_this)}</button>
        }
    };
    let body = move || match standing.get() {
        Standing::Asked => view! {
            <p class="translation__note">
                <Spinner />
                <span>{t!(translating)}</span>
            </p>
        }
        .into_any(),
        Standing::Failed(error) => view! {
            <p class="translation__note translation__note--failed">
                <span>{move || failure_text(lang(), &error)}</span>
                {dot()}
                <button type="button" class="link-button translation__button" on:click=retry>{t!(retry)}</button>
                {hide_button()}
            </p>
        }
        .into_any(),
        Standing::Said { text, .. } if text.trim() == original.trim() => view! {
            <p class="translation__note">
                <span>{t!(translation_is_the_same)}</span>
                {hide_button()}
            </p>
        }
        .into_any(),
        Standing::Said { text, from, language } => view! {
            // Plain text, addresses included: what a service says is no reason to follow it anywhere.
            <p class="translation__text" lang=naming_tag(language) dir="auto">{text}</p>
            <p class="translation__note">
                <span>{move || match &from {
                    Some(from) => lang().translated_from(&format::language(from)),
                    None => lang().translation().to_owned(),
                }}</span>
                {hide_button()}
            </p>
        }
        .into_any(),
    };
    view! {
        <div node_ref=root class="translation" role="group" aria-label=t!(translation) tabindex="-1">
            {body}
        </div>
    }
}
