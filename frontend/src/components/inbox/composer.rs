//! Where the agent writes.

use super::attach::AttachButtons;
use super::emoji_picker::EmojiPicker;
use crate::i18n::t;
use crate::stores::composing::use_composing;
use crate::stores::inbox::use_inbox;
use crate::ui::{Button, ButtonVariant, Icon, IconButton, has_fine_pointer, send_key, unique_id};
use leptos::{ev, html, prelude::*};
use types::id::ConversationId;
use types::limits::MESSAGE_TEXT_MAX;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

/// From this many characters before the limit on, what is left is shown.
const NEAR_LIMIT: usize = 300;
/// The key code that browsers give while an input method composes (some of them without setting `isComposing`).
const COMPOSING: u32 = 229;

/// The composer of a conversation. Ctrl+Enter sends, Enter breaks the line; neither does anything while an input method is
/// composing.
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
    let can_send =
        Memo::new(move |_| characters.get() <= MESSAGE_TEXT_MAX && text.with(|text| !text.trim().is_empty()));

    let write = move |written: String| {
        inbox.set_draft(id, written.clone());
        text.set(written);
    };
    let send = move || {
        if can_send.get_untracked() {
            inbox.say(id, text.get_untracked().trim().to_owned());
            write(String::new());
        }
        focus(field);
    };
    let insert = Callback::new(move |emoji: &'static str| {
        let Some(field) = field.get_untracked() else { return };
        // Both fail for inputs without a selection only, which a text area is not.
        let place = |place: Result<Option<u32>, JsValue>| place.ok().flatten().unwrap_or_default();
        let (start, end) = (place(field.selection_start()), place(field.selection_end()));
        drop(field.set_range_text_with_start_and_end_and_mode(emoji, start, end, "end"));
        write(field.value());
        // It fails only for what cannot take the focus.
        drop(field.focus());
    });
    // A draft that goes on in another tab, or is sent there, goes on or away here.
    Effect::new(move |begun: Option<()>| {
        let draft = inbox.draft_from_elsewhere(id);
        if let Some(draft) = draft.filter(|_| begun.is_some()) {
            text.set(draft);
        }
    });
    // Words of a message that was recalled come after what stands here already.
    let composing = use_composing();
    Effect::new(move || {
        if composing.takes_focus(id) {
            focus(field);
        }
    });
    Effect::new(move || {
        let Some(words) = composing.take(id) else { return };
        let before = text.get_untracked();
        write(if before.trim().is_empty() { words } else { [before.trim_end(), "\n", &words].concat() });
        focus(field);
    });
    Effect::new(move || {
        text.track();
        if let Some(field) = field.get() {
            fit(&field);
        }
    });
    Effect::new(move || {
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
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send();
        }
    };

    view! {
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
                <span class="composer__hint" id=hint_id>{t!(send_hint(send_key()))}</span>
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

fn focus(field: NodeRef<html::Textarea>) {
    if let Some(field) = field.try_get_untracked().flatten() {
        // It fails only for what cannot take the focus.
        drop(field.focus());
    }
}

/// As high as its text, up to what the style sheet allows.
fn fit(field: &HtmlElement) {
    let style = field.style();
    // The property names are valid, and nothing else can fail.
    drop(style.set_property("height", "auto"));
    drop(style.set_property("height", &format!("{}px", field.scroll_height())));
}
