//! The fields of one state: its colours with their contrast, and its numbers. What is typed shows in the preview at once.

use super::{
    page::Editor,
    state::{Number, State},
};
use crate::{
    i18n::{lang, t},
    ui::{Button, ButtonSize, Icon, IconView, unique_id},
};
use leptos::prelude::*;
use rules::contrast::{is_readable, mended, ratio};
use types::validate;

/// The fields of a state.
#[component]
pub fn StateFields(
    /// What is edited.
    editor: Editor,
    /// Of which state.
    state: State,
    /// For looking only.
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let (background, text) = state.color_fields();
    let numbers = state.numbers().into_iter().map(|number| view! { <NumberField editor number disabled /> });
    view! {
        <p class="style-page__rule">{move || state.rule(lang())}</p>
        <div class="style-page__pair">
            <ColorPick
                editor
                field=background
                label=Signal::derive(move || lang().style_background())
                shown=Signal::derive(move || editor.with(|style| state.palette(style).fill))
                is_own=Signal::derive(move || editor.with(|style| state.colors(style).background.is_some()))
                on_choose=Callback::new(move |color| {
                    editor.edit(background, |style| state.colors_mut(style).background = color);
                })
                disabled
            />
            <ColorPick
                editor
                field=text
                label=Signal::derive(move || lang().style_text())
                shown=Signal::derive(move || editor.with(|style| state.palette(style).ink))
                is_own=Signal::derive(move || editor.with(|style| state.colors(style).text.is_some()))
                on_choose=Callback::new(move |color| {
                    editor.edit(text, |style| state.colors_mut(style).text = color);
                })
                disabled
            />
        </div>
        <Contrast editor state disabled />
        <div class="style-page__pair">{numbers.collect_view()}</div>
    }
}

/// A colour, by the browser's picker or by its code. Without one of its own the state has the colour that follows from the others.
#[component]
fn ColorPick(
    editor: Editor,
    field: &'static str,
    label: Signal<&'static str>,
    shown: Signal<String>,
    is_own: Signal<bool>,
    on_choose: Callback<Option<String>>,
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("color");
    let code_id = format!("{id}-code");
    let code_label = move || format!("{} {}", label.get(), lang().style_code());
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{move || label.get()}</label>
            <div class="field__box" class:field__box--disabled=move || disabled.get()>
                <input
                    class="style-page__color"
                    id=id.clone()
                    name=field
                    type="color"
                    disabled=move || disabled.get()
                    prop:value=move || shown.get()
                    on:input:target=move |event| on_choose.run(Some(event.target().value()))
                    on:change=move |_| editor.settle()
                />
                <input
                    class="field__input"
                    id=code_id.clone()
                    type="text"
                    spellcheck="false"
                    autocomplete="off"
                    aria-label=code_label
                    disabled=move || disabled.get()
                    prop:value=move || shown.get()
                    on:input:target=move |event| {
                        let code = event.target().value().trim().to_lowercase();
                        // Half a code is no colour yet.
                        if validate::color(&code).is_ok() {
                            on_choose.run(Some(code));
                        }
                    }
                    on:change:target=move |event| {
                        editor.settle();
                        event.target().set_value(&shown.get_untracked());
                    }
                />
                <Show when=move || is_own.get() && !disabled.get()>
                    <Button
                        size=ButtonSize::Small
                        variant=crate::ui::ButtonVariant::Ghost
                        attr:aria-label=move || lang().style_follow_of(label.get())
                        on:click=move |_| {
                            on_choose.run(None);
                            editor.settle();
                        }
                    >
                        {t!(style_follow)}
                    </Button>
                </Show>
            </div>
        </div>
    }
}

/// Whether the text can be read on its background, and a way out where it cannot.
#[component]
fn Contrast(editor: Editor, state: State, disabled: Signal<bool>) -> impl IntoView {
    let palette = Memo::new(move |_| {
        let palette = editor.with(|style| state.palette(style));
        (palette.fill, palette.ink)
    });
    let readable = Memo::new(move |_| palette.with(|(fill, ink)| is_readable(fill, ink)));
    // Cut, not rounded: 4.49 is not 4.5.
    let words = move || {
        let times = palette.with(|(fill, ink)| (ratio(fill, ink) * 10.0).floor() / 10.0);
        let times = format!("{times:.1}");
        if readable.get() { lang().style_contrast_good(&times) } else { lang().style_contrast_poor(&times) }
    };
    let (_, field) = state.color_fields();
    let mend = move |_| {
        let color = palette.with_untracked(|(fill, ink)| mended(fill, ink));
        editor.edit(field, |style| state.colors_mut(style).text = Some(color));
        editor.settle();
    };
    view! {
        <div class="style-page__contrast" class:style-page__contrast--poor=move || !readable.get()>
            {move || {
                let icon = if readable.get() { Icon::CheckCircle } else { Icon::Alert };
                view! { <IconView icon size=18 /> }
            }}
            <span role="status">{words}</span>
            <Show when=move || !readable.get() && !disabled.get()>
                <Button size=ButtonSize::Small on:click=mend>
                    {t!(style_mend)}
                </Button>
            </Show>
        </div>
    }
}

/// A number, by a slider or by its digits.
#[component]
fn NumberField(editor: Editor, number: Number, disabled: Signal<bool>) -> impl IntoView {
    let Number { field, label, bounds: (least, most), unit, get, set } = number;
    let id = unique_id("number");
    let note_id = format!("{id}-note");
    let name = move || label(lang(), editor.with(|style| style.position));
    let value = move || editor.with(get);
    let wrong = editor.error(field);
    let error = Signal::derive(move || wrong.with(Option::is_some).then(|| lang().style_between(least, most)));
    let described_by = {
        let note_id = note_id.clone();
        move || error.with(Option::is_some).then(|| note_id.clone())
    };
    let take = move |typed: String| {
        if let Ok(number) = typed.trim().parse::<u16>() {
            editor.edit(field, |style| set(style, number));
        }
    };
    view! {
        <div class="field" class:field--error=move || error.with(Option::is_some)>
            <label class="field__label" for=id.clone()>{name}</label>
            <div class="style-page__number">
                <input
                    class="style-page__slider"
                    type="range"
                    aria-label=move || format!("{} {}", name(), lang().style_slider())
                    min=least
                    max=most
                    disabled=move || disabled.get()
                    prop:value=move || value().to_string()
                    on:input:target=move |event| take(event.target().value())
                    on:change=move |_| editor.settle()
                />
                <div class="field__box" class:field__box--disabled=move || disabled.get()>
                    <input
                        class="field__input"
                        id=id.clone()
                        name=field
                        type="text"
                        inputmode="numeric"
                        autocomplete="off"
                        aria-invalid=move || error.with(Option::is_some).then_some("true")
                        aria-describedby=described_by
                        disabled=move || disabled.get()
                        prop:value=move || value().to_string()
                        on:input:target=move |event| take(event.target().value())
                        on:change:target=move |event| {
                            editor.settle();
                            event.target().set_value(&editor.with_untracked(get).to_string());
                        }
                    />
                    <span class="style-page__unit">{unit}</span>
                </div>
            </div>
            <p class="field__note" id=note_id>
                {move || error.get()}
            </p>
        </div>
    }
}
