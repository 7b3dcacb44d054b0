//! Where the agent writes.

use super::attach::AttachButtons;
use super::emoji_picker::EmojiPicker;
use super::stale_reply::StaleReply;
use crate::i18n::{lang, t};
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::stores::preferences::{Enter, SendKey, use_preferences};
use crate::stores::reply_guard::{Guard, use_reply_guard};
use crate::stores::uploads::{Uploads, use_uploads};
use crate::ui::{Button, ButtonVariant, Icon, IconButton, effect, has_fine_pointer, is_composing, send_key, unique_id};
use leptos::{ev, html, prelude::*};
use types::id::ConversationId;
use types::limits::MESSAGE_TEXT_MAX;
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, HtmlTextAreaElement};

/// From this many characters before the limit on, what is left is shown.
const NEAR_LIMIT: usize = 300;
/// What is being written to the open conversation. `Copy`.
#[derive(Clone, Copy)]
struct Writing {
    inbox: Inbox,
    guard: Guard,
    uploads: Uploads,
    id: Signal<ConversationId>,
    text: RwSignal<String>,
    field: NodeRef<html::Textarea>,
    too_long: Memo<bool>,
    has_words: Memo<bool>,
    can_send: Memo<bool>,
}

impl Writing {
    fn to(id: Signal<ConversationId>) -> Self {
        let (inbox, guard, uploads) = (use_inbox(), use_reply_guard(), use_uploads());
        let text = RwSignal::new(String::new());
        let too_long = Memo::new(move |_| text.with(|text| text.chars().count()) > MESSAGE_TEXT_MAX);
        let has_words = Memo::new(move |_| text.with(|text| !text.trim().is_empty()));
        let can_send = Memo::new(move |_| !too_long.get() && (has_words.get() || uploads.held(id.get()).is_some()));
        Self { inbox, guard, uploads, id, text, field: NodeRef::new(), too_long, has_words, can_send }
    }

    fn write(self, written: String) {
        let id = self.id.get_untracked();
        let Some(begins) = self.text.try_with_untracked(|before| before.trim().is_empty()) else { return };
        if written.trim().is_empty() {
            self.guard.let_go();
        }
        self.inbox.set_draft(id, written.clone(), self.guard.writes(begins));
        self.inbox.writes(id, !written.trim().is_empty());
        self.text.set(written);
    }

    fn send_anyway(self) {
        if self.can_send.get_untracked() {
            let id = self.id.get_untracked();
            if self.has_words.get_untracked() {
                self.inbox.say(id, self.text.get_untracked().trim().to_owned());
                self.write(String::new());
            }
            self.uploads.send_held(id);
        }
        focus(self.field);
    }

    fn send(self) {
        if self.can_send.get_untracked() && !self.guard.lets_go() {
            focus(self.field);
            return;
        }
        self.send_anyway();
    }

    /// Back from what the answer did not know to its text.
    fn back(self) {
        self.guard.let_go();
        // What was shown is known to the draft from now on, also over a reload.
        self.write(self.text.get_untracked());
        focus(self.field);
    }

    fn insert(self, words: &str) {
        if let Some(field) = self.field.get_untracked() {
            insert_at_caret(&field, words, 0, |text| self.write(text));
        }
    }

    fn key(self, event: &ev::KeyboardEvent, send_key: SendKey) {
        if is_composing(event) {
            return;
        }
        if event.key() == "Escape" && self.guard.is_holding() {
            event.prevent_default();
            event.stop_propagation();
            self.back();
        }
        if event.key() != "Enter" {
            return;
        }
        let (ctrl, shift) = (event.ctrl_key() || event.meta_key(), event.shift_key() || event.alt_key());
        match send_key.meaning(ctrl, shift) {
            Enter::Send => {
                event.prevent_default();
                // A key that is held down is pressed once.
                if !event.repeat() {
                    self.send();
                }
            }
            Enter::Break => {
                event.prevent_default();
                self.insert("\n");
            }
            Enter::Native => {}
        }
    }
}

/// The composer of the open conversation. Ctrl+Enter sends and Enter breaks the line, or the other way round; neither does anything
/// while an input method is composing.
#[component]
pub fn Composer(
    /// The conversation. The composer stays when another one is opened; the text has a field of its own for each.
    id: Signal<ConversationId>,
    /// Whether it is shown.
    shown: Memo<bool>,
) -> impl IntoView {
    let preferences = use_preferences();
    let writing = Writing::to(id);
    let Writing { text, too_long, can_send, .. } = writing;
    let hint_id = unique_id("composer-hint");
    let attaching = RwSignal::new(false);
    effect(move || {
        id.track();
        attaching.set(false);
    });
    let characters = Memo::new(move |_| text.with(|text| text.chars().count()));
    let hint = move || match preferences.send_key() {
        SendKey::CtrlEnter => lang().send_by_ctrl_enter(send_key()),
        SendKey::Enter => lang().send_by_enter(send_key()),
    };
    let described_by = StoredValue::new(hint_id.clone());

    view! {
        <StaleReply
            on_send=Callback::new(move |()| writing.send_anyway())
            on_back=Callback::new(move |()| writing.back())
        />
        <form
            class="composer"
            class:composer--attaching=move || attaching.get()
            on:submit=move |event| {
                event.prevent_default();
                writing.send();
            }
        >
            // One for each conversation: what an input method is about to write, and what can be undone, is written to the one.
            <For each=move || [id.get()] key=|id| *id let(to)>
                <Field writing to shown described_by />
            </For>
            <div class="composer__bar">
                // An open grid closes when another conversation is opened.
                <For each=move || [id.get()] key=|id| *id let(_id)>
                    <EmojiPicker on_pick=Callback::new(move |emoji: &'static str| writing.insert(emoji)) />
                </For>
                // On a phone there is no room for three more buttons beside the text.
                <span class="composer__more">
                    <IconButton
                        icon=Icon::Plus
                        label=t!(attach_more)
                        attr:aria-expanded=move || if attaching.get() { "true" } else { "false" }
                        on:click=move |_| attaching.update(|attaching| *attaching = !*attaching)
                    />
                </span>
                <AttachButtons id />
                <span class="composer__hint" id=hint_id>{hint}</span>
                {move || {
                    let count = characters.get();
                    match count.checked_sub(MESSAGE_TEXT_MAX) {
                        Some(over @ 1..) => Some(view! {
                            <span class="composer__count composer__count--over">{t!(characters_over(over))}</span>
                        }.into_any()),
                        _ if count + NEAR_LIMIT >= MESSAGE_TEXT_MAX => Some(view! {
                            <span class="composer__count">{t!(characters_of(count, MESSAGE_TEXT_MAX))}</span>
                        }.into_any()),
                        _ => None,
                    }
                }}
                // Said once when the limit is passed; the count beside it changes with every key.
                <span class="visually-hidden" role="alert">{move || too_long.get().then(t!(message_too_long))}</span>
                <Button variant=ButtonVariant::Primary submit=true icon=Icon::Send disabled=Signal::derive(move || !can_send.get())>
                    {t!(send)}
                </Button>
            </div>
        </form>
    }
}

/// The text to one conversation, for as long as that is open.
#[component]
fn Field(
    writing: Writing,
    /// The conversation.
    to: ConversationId,
    /// Whether the composer is shown.
    shown: Memo<bool>,
    /// What explains the field.
    described_by: StoredValue<String>,
) -> impl IntoView {
    let Writing { inbox, guard, text, field, too_long, .. } = writing;
    let (preferences, composing) = (use_preferences(), use_composing());
    text.set(inbox.draft(to));
    // A draft that goes on in another tab, or is sent there, goes on or away here.
    Effect::new(move |begun: Option<()>| {
        let draft = inbox.draft_from_elsewhere(to);
        if let Some(draft) = draft.filter(|_| begun.is_some()) {
            guard.takes_over();
            text.set(draft);
        }
    });
    // Words of a message that was recalled come after what stands here already.
    effect(move || {
        if shown.get() && composing.takes_focus(to) {
            focus(field);
        }
    });
    effect(move || {
        let Some((words, goes)) = shown.get().then(|| composing.take(to)).flatten() else { return };
        let before = text.get_untracked();
        writing.write(if before.trim().is_empty() { words } else { [before.trim_end(), "\n", &words].concat() });
        if goes {
            focus(field);
        }
    });
    effect(move || {
        text.track();
        if let Some(field) = field.get() {
            fit(&field);
        }
    });
    effect(move || {
        // Not where a soft keyboard would jump up, nor away from the list that somebody goes through by arrow keys.
        let browsing = inbox.is_browsing();
        if shown.get() && field.get().is_some() && has_fine_pointer() && !browsing {
            request_animation_frame(move || focus(field));
        }
    });
    view! {
        <textarea
            node_ref=field
            class="composer__field"
            rows="1"
            enterkeyhint=move || (preferences.send_key() == SendKey::Enter).then_some("send")
            aria-label=t!(message_input)
            placeholder=t!(message_input)
            aria-describedby=described_by.get_value()
            aria-invalid=move || too_long.get().then_some("true")
            prop:value=move || text.get()
            on:input=move |event| {
                // What a browser still brings while the field goes away is not for the conversation that is opened.
                if writing.id.try_get_untracked() == Some(to) {
                    writing.write(event_target_value(&event));
                }
            }
            on:keydown=move |event| writing.key(&event, untrack(|| preferences.send_key()))
        ></textarea>
    }
}

/// Puts words into a field in place of what is selected and of the `before` units before that, and takes the field's new text.
pub(super) fn insert_at_caret(field: &HtmlTextAreaElement, words: &str, before: u32, write: impl FnOnce(String)) {
    // Both fail for inputs without a selection only, which a text area is not.
    let place = |place: Result<Option<u32>, JsValue>| place.ok().flatten().unwrap_or_default();
    let (start, end) = (place(field.selection_start()).saturating_sub(before), place(field.selection_end()));
    drop(field.set_range_text_with_start_and_end_and_mode(words, start, end, "end"));
    write(field.value());
    // A caret at the end stays in sight in a text that is higher than its field.
    if place(field.selection_end()) == field.text_length() {
        field.set_scroll_top(field.scroll_height());
    }
    // It fails only for what cannot take the focus.
    drop(field.focus());
}

pub(super) fn focus(field: NodeRef<html::Textarea>) {
    if let Some(field) = field.try_get_untracked().flatten() {
        // It fails only for what cannot take the focus.
        drop(field.focus());
    }
}

/// As high as its text, up to what the style sheet allows, where the browser does not see to it (`field-sizing`): asking for
/// the text's height costs a layout of the whole page at every key.
pub(super) fn fit(field: &HtmlElement) {
    let style = field.style();
    if js_sys::Reflect::has(&style, &JsValue::from_str("fieldSizing")) == Ok(true) {
        return;
    }
    // The property names are valid, and nothing else can fail.
    drop(style.set_property("height", "auto"));
    drop(style.set_property("height", &format!("{}px", field.scroll_height())));
}
