//! Where the agent writes.

use super::attach::AttachButtons;
use super::emoji_picker::EmojiPicker;
use super::stale_reply::StaleReply;
use crate::i18n::{lang, t};
use crate::stores::composing::use_composing;
use crate::stores::inbox::use_inbox;
use crate::stores::preferences::{Enter, SendKey, use_preferences};
use crate::stores::reply_guard::use_reply_guard;
use crate::stores::uploads::use_uploads;
use crate::ui::{Button, ButtonVariant, Icon, IconButton, effect, has_fine_pointer, send_key, unique_id};
use leptos::{ev, html, prelude::*};
use types::id::ConversationId;
use types::limits::MESSAGE_TEXT_MAX;
use wasm_bindgen::JsValue;
use web_sys::{HtmlElement, HtmlTextAreaElement};

/// From this many characters before the limit on, what is left is shown.
const NEAR_LIMIT: usize = 300;
/// The key code that browsers give while an input method composes (some of them without setting `isComposing`).
pub(super) const COMPOSING: u32 = 229;

/// The composer of a conversation. Ctrl+Enter sends and Enter breaks the line, or the other way round; neither does anything
/// while an input method is composing.
#[component]
pub fn Composer(
    /// The conversation.
    id: ConversationId,
) -> impl IntoView {
    let inbox = use_inbox();
    let text = RwSignal::new(inbox.draft(id));
    let field = NodeRef::<html::Textarea>::new();
    let hint_id = unique_id("composer-hint");
    let attaching = RwSignal::new(false);
    let characters = Memo::new(move |_| text.with(|text| text.chars().count()));
    let too_long = Memo::new(move |_| characters.get() > MESSAGE_TEXT_MAX);
    let uploads = use_uploads();
    let has_words = Memo::new(move |_| text.with(|text| !text.trim().is_empty()));
    let can_send = Memo::new(move |_| !too_long.get() && (has_words.get() || uploads.held(id).is_some()));

    let preferences = use_preferences();
    let guard = use_reply_guard();
    let write = move |written: String| {
        let begins = text.with_untracked(|before| before.trim().is_empty());
        if written.trim().is_empty() {
            guard.let_go();
        }
        inbox.set_draft(id, written.clone(), guard.writes(begins));
        inbox.writes(id, !written.trim().is_empty());
        text.set(written);
    };
    let send_anyway = move || {
        if can_send.get_untracked() {
            if has_words.get_untracked() {
                inbox.say(id, text.get_untracked().trim().to_owned());
                write(String::new());
            }
            uploads.send_held(id);
        }
        focus(field);
    };
    let send = move || {
        if can_send.get_untracked() && !guard.lets_go() {
            focus(field);
            return;
        }
        send_anyway();
    };
    let back = move || {
        guard.let_go();
        // What was shown is known to the draft from now on, also over a reload.
        write(text.get_untracked());
        focus(field);
    };
    let insert = Callback::new(move |emoji: &'static str| {
        if let Some(field) = field.get_untracked() {
            insert_at_caret(&field, emoji, 0, write);
        }
    });
    // A draft that goes on in another tab, or is sent there, goes on or away here.
    Effect::new(move |begun: Option<()>| {
        let draft = inbox.draft_from_elsewhere(id);
        if let Some(draft) = draft.filter(|_| begun.is_some()) {
            guard.takes_over();
            text.set(draft);
        }
    });
    // Words of a message that was recalled come after what stands here already.
    let composing = use_composing();
    effect(move || {
        if composing.takes_focus(id) {
            focus(field);
        }
    });
    effect(move || {
        let Some((words, goes)) = composing.take(id) else { return };
        let before = text.get_untracked();
        write(if before.trim().is_empty() { words } else { [before.trim_end(), "\n", &words].concat() });
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
        if field.get().is_some() && has_fine_pointer() && !browsing {
            request_animation_frame(move || focus(field));
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() || event.key_code() == COMPOSING {
            return;
        }
        if event.key() == "Escape" && guard.is_holding() {
            event.prevent_default();
            event.stop_propagation();
            back();
        }
        if event.key() != "Enter" {
            return;
        }
        let (ctrl, shift) = (event.ctrl_key() || event.meta_key(), event.shift_key() || event.alt_key());
        match untrack(|| preferences.send_key()).meaning(ctrl, shift) {
            Enter::Send => {
                event.prevent_default();
                // A key that is held down is pressed once.
                if !event.repeat() {
                    send();
                }
            }
            Enter::Break => {
                event.prevent_default();
                insert.run("\n");
            }
            Enter::Native => {}
        }
    };
    let hint = move || match preferences.send_key() {
        SendKey::CtrlEnter => lang().send_by_ctrl_enter(send_key()),
        SendKey::Enter => lang().send_by_enter(send_key()),
    };

    view! {
        <StaleReply on_send=Callback::new(move |()| send_anyway()) on_back=Callback::new(move |()| back()) />
        <form
            class="composer"
            class:composer--attaching=move || attaching.get()
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <textarea
                node_ref=field
                class="composer__field"
                rows="1"
                enterkeyhint=move || (preferences.send_key() == SendKey::Enter).then_some("send")
                aria-label=t!(message_input)
                placeholder=t!(message_input)
                aria-describedby=hint_id.clone()
                aria-invalid=move || too_long.get().then_some("true")
                prop:value=move || text.get()
                on:input=move |event| write(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <div class="composer__bar">
                <EmojiPicker on_pick=insert />
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
