//! A line of text with its label, hint and error.

use super::{Icon, IconView, unique_id, when_released};
use crate::ui::effect;
use leptos::{html, prelude::*, text_prop::TextProp};

/// What kind of line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputKind {
    /// Any text.
    #[default]
    Text,
    /// An email address: the keyboard of a phone has `@`.
    Email,
    /// Digits only: the keyboard of a phone has nothing else.
    Digits,
    /// Hidden, with a button that shows it.
    Password,
    /// A time of the day, as `22:00`.
    Time,
    /// A day, as `2026-11-22`; the browser shows it as the person's system does.
    Date,
}

/// The words of a password field's button.
#[derive(Clone)]
pub struct RevealLabels {
    /// While the password is hidden.
    pub show: TextProp,
    /// While it is shown.
    pub hide: TextProp,
}

/// A line of text. Label, hint and error are wired to the input, so that they are read together.
#[component]
pub fn TextField(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it; nothing when all is well.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is expected. It stays when there is an error: that is when it is needed.
    #[prop(optional, into)]
    hint: Option<TextProp>,
    /// What kind of line.
    #[prop(optional)]
    kind: InputKind,
    /// The words of the button that shows a password; without them there is none.
    #[prop(optional)]
    reveal: Option<RevealLabels>,
    /// The wire name: `name` of the input and where errors find it.
    name: &'static str,
    /// What the browser may fill in (`username`, `new-password`, `off`).
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example of the text.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Cannot be edited.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The person left the field: time to check it.
    #[prop(optional)]
    on_leave: Option<Callback<()>>,
    /// Stands before the text, such as a country's prefix; the label says what is asked without it.
    #[prop(optional)]
    lead: Option<&'static str>,
    /// Stands at the end of the line, such as a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = unique_id("field");
    let note_id = format!("{id}-note");
    let hint_id = format!("{id}-hint");
    let shown = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    if autofocus {
        effect(move || {
            if let Some(input) = input.get() {
                // The attribute works only while a document loads, not for pages that appear later.
                drop(input.focus());
            }
        });
    }
    let (input_type, input_mode) = match kind {
        InputKind::Text => ("text", None),
        InputKind::Email => ("email", Some("email")),
        InputKind::Digits => ("text", Some("numeric")),
        InputKind::Password => ("password", None),
        InputKind::Time => ("time", None),
        InputKind::Date => ("date", None),
    };
    let described_by = {
        let (note_id, hint_id) = (note_id.clone(), hint.is_some().then(|| hint_id.clone()));
        move || match (error.with(Option::is_some), &hint_id) {
            (true, Some(hint_id)) => Some(format!("{note_id} {hint_id}")),
            (true, None) => Some(note_id.clone()),
            (false, hint_id) => hint_id.clone(),
        }
    };
    // A field that is taken away with its form is left as well, and nobody asks any more what is wrong with it.
    let check = move |()| {
        if let Some(on_leave) = on_leave {
            on_leave.try_run(());
        }
    };
    let is_wrong = move || error.try_with_untracked(Option::is_some);
    view! {
        <div class="field" class:field--error=move || error.with(Option::is_some)>
            <label class="field__label" for=id.clone()>{move || label.get()}</label>
            <div class="field__box" class:field__box--disabled=move || disabled.get()>
                {lead.map(|lead| view! { <span class="field__lead" aria-hidden="true">{lead}</span> })}
                <input
                    node_ref=input
                    id=id.clone()
                    class="field__input"
                    name=name
                    type=move || if shown.get() { "text" } else { input_type }
                    inputmode=input_mode
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    autofocus=autofocus
                    placeholder=move || placeholder.as_ref().map(|text| text.get().into_owned())
                    aria-required=required.then_some("true")
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by
                    disabled=move || disabled.get()
                    prop:value=move || value.get()
                    on:input:target=move |event| {
                        value.set(event.target().value());
                        // An error is checked again with every letter, so that it goes as soon as it is mended.
                        if is_wrong() == Some(true) {
                            check(());
                        }
                    }
                    on:blur=move |_| {
                        let was_wrong = is_wrong() == Some(true);
                        when_released(move || {
                            // The click may have led to another page, or done what the form is for. Or it has sent the form,
                            // and the answer is here before this: what the server says of the text stays.
                            if !value.is_disposed() && is_wrong().is_some_and(|is_wrong| was_wrong || !is_wrong) {
                                check(());
                            }
                        });
                    }
                />
                {reveal.map(|labels| view! { <RevealButton labels shown /> })}
                {children.map(|children| children())}
            </div>
            <p class="field__note" id=note_id aria-live="polite">{move || error.get()}</p>
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{move || hint.get()}</p> })}
        </div>
    }
}

/// One button whose face changes, so that it keeps the focus.
#[component]
fn RevealButton(labels: RevealLabels, shown: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button icon-button--small"
            aria-label=move || if shown.get() { labels.hide.get() } else { labels.show.get() }
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            {move || view! { <IconView icon=if shown.get() { Icon::EyeOff } else { Icon::Eye } size=16 /> }}
        </button>
    }
}
