//! A colour: a few good ones, any other by picker or code.

use crate::{
    i18n::t,
    ui::{Icon, IconView, TextField},
};
use leptos::prelude::*;
use types::validate;

/// Colours that carry white signs well.
const PRESETS: [&str; 8] = ["#2f6bff", "#0e7466", "#7a3ff2", "#c2185b", "#c2410c", "#15803d", "#0369a1", "#1f2937"];

/// A colour as `#rrggbb`.
#[component]
pub fn ColorField(
    /// The colour.
    color: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Checks it.
    on_leave: Callback<()>,
    /// Cannot be changed.
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let choose = move |choice: String| {
        color.set(choice);
        on_leave.run(());
    };
    view! {
        <div class="color-field">
            <TextField label=t!(color) value=color error name="style.color" disabled on_leave>
                <input
                    class="color-field__picker"
                    type="color"
                    aria-label=t!(color_custom)
                    disabled=move || disabled.get()
                    prop:value=move || valid(&color.get())
                    on:input:target=move |event| choose(event.target().value())
                />
            </TextField>
            <div class="color-field__presets">
                {PRESETS
                    .map(|preset| {
                        let chosen = move || color.with(|color| color.eq_ignore_ascii_case(preset));
                        view! {
                            <button
                                type="button"
                                class="color-field__preset"
                                style:background-color=preset
                                style:color=preset
                                aria-label=preset
                                aria-pressed=move || if chosen() { "true" } else { "false" }
                                disabled=move || disabled.get()
                                on:click=move |_| choose(preset.to_owned())
                            >
                                {move || chosen().then(|| view! { <IconView icon=Icon::Check size=16 /> })}
                            </button>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </div>
        </div>
    }
}

/// The colour, or the default while what is typed is not one yet.
pub fn valid(color: &str) -> String {
    let color = color.trim();
    if validate::color(color).is_ok() { color.to_lowercase() } else { types::channels::ChannelStyle::default().color }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_colour_that_carries_white_as_it_is() {
        for preset in PRESETS {
            assert_eq!(valid(preset), preset);
            assert_eq!(rules::contrast::palette(preset).ink, "#ffffff", "{preset}");
        }
    }

    #[test]
    fn what_is_half_typed_is_the_default() {
        assert_eq!(valid("#12"), valid(""));
        assert_eq!(valid(" #FFD54A "), "#ffd54a");
    }
}
