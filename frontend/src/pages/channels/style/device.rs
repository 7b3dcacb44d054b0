//! How a state looks on a visitor's screen, drawn to scale: one unit is a CSS pixel of that screen.

use super::{form::called, state::State};
use crate::{
    i18n::{lang, t},
    stores::custom_fields::use_custom_fields,
    ui::{Icon, IconView},
};
use leptos::prelude::*;
use rules::look::shows_launcher;
use types::channel_style::{ChannelStyle, LauncherPosition, WidgetLanguage};
use types::pre_chat::PreChatField;

/// The screens: width and height in CSS pixels.
const PC: (u16, u16) = (1280, 760);
const PHONE: (u16, u16) = (390, 780);
/// The width of the window beside the page (`widget/loader/style.ts`).
const WINDOW_WIDTH: u16 = 380;

/// Where the window stands, in CSS pixels of the screen: width, height, from the bottom, from the side.
fn window_of(style: &ChannelStyle, state: State) -> Option<(u16, u16, u16, u16)> {
    match state {
        State::PcSmall | State::MobileSmall => None,
        State::PcMedium => {
            let layout = &style.pc_medium;
            let bottom = layout.bottom.min(PC.1 * 2 / 5);
            Some((WINDOW_WIDTH, layout.height.min(PC.1 - layout.bottom.min(PC.1) - 24), bottom, layout.side))
        }
        State::PcLarge => {
            let (width, height) = (style.pc_large.width.min(PC.0 - 48), style.pc_large.height.min(PC.1 - 48));
            Some((width, height, (PC.1 - height) / 2, (PC.0 - width) / 2))
        }
        State::MobileLarge => {
            let percent = u32::from(style.mobile_large.height_percent.min(100));
            let height = u16::try_from(u32::from(PHONE.1) * percent / 100).unwrap_or(PHONE.1);
            Some((PHONE.0, height, 0, 0))
        }
    }
}

/// The launcher, from the bottom and from the side.
fn launcher_of(style: &ChannelStyle, state: State) -> Option<(u16, u16)> {
    match state {
        State::PcMedium if !shows_launcher(style) => None,
        State::PcSmall | State::PcMedium => Some((style.pc_small.bottom, style.pc_small.side)),
        State::MobileSmall => Some((style.mobile_small.bottom, style.mobile_small.side)),
        State::PcLarge | State::MobileLarge => None,
    }
}

/// A browser's window or a phone with the chat in a state.
#[component]
pub fn Device(
    /// How the channel looks.
    #[prop(into)]
    style: Signal<ChannelStyle>,
    /// In which state.
    #[prop(into)]
    state: Signal<State>,
    /// The channel's name.
    #[prop(into)]
    name: Signal<String>,
    /// In the visitor's dark theme.
    #[prop(into)]
    dark: Signal<bool>,
) -> impl IntoView {
    let window = Memo::new(move |_| style.with(|style| window_of(style, state.get())));
    let launcher = Memo::new(move |_| style.with(|style| launcher_of(style, state.get())));
    let pixels =
        move |of: fn((u16, u16, u16, u16)) -> u16| move || window.get().map(of).unwrap_or_default().to_string();
    let fill = move || style.with(|style| state.get().palette(style).fill);
    let ink = move || style.with(|style| state.get().palette(style).ink);
    // While the window is open, the launcher has the colours of the closed chat.
    let closed = move || if state.get().is_mobile() { State::MobileSmall } else { State::PcSmall };
    let launcher_fill = move || style.with(|style| closed().palette(style).fill);
    let launcher_ink = move || style.with(|style| closed().palette(style).ink);
    let is_small = move || matches!(state.get(), State::PcSmall | State::MobileSmall);
    let words = move || if is_small() { style.with(|style| style.launcher_text.clone()) } else { String::new() };
    let initial = move || name.with(|name| name.chars().next().map(String::from).unwrap_or_default());
    let spoken = move || match style.with(|style| style.language) {
        WidgetLanguage::Auto => lang(),
        WidgetLanguage::Chinese => crate::i18n::Lang::Zh,
        WidgetLanguage::English => crate::i18n::Lang::En,
    };
    // The form stands where the messages will stand.
    let custom = use_custom_fields();
    let asks = move || style.with(|style| style.form.enabled);
    let words_above = move || {
        let title = style.with(|style| style.form.title.clone());
        if title.is_empty() { spoken().form_words_default().to_owned() } else { title }
    };
    let asked = move || -> Vec<String> {
        let (custom, spoken) = (custom.get(), spoken());
        let called = |field: &PreChatField| {
            let name = called(*field, &custom, spoken)?;
            Some(if field.required() { name } else { format!("{name}{}", spoken.form_optional()) })
        };
        style.with(|style| style.form.fields.iter().filter_map(called).collect())
    };
    view! {
        <div
            class="device preview"
            class:preview--dark=move || dark.get()
            class:device--phone=move || state.get().is_mobile()
            class:device--left=move || style.with(|style| style.position == LauncherPosition::Left)
            class:device--asks=asks
            class:device--large=move || state.get() == State::PcLarge
            data-state=move || state.get().key()
            role="img"
            aria-label=move || format!("{}: {}", lang().preview(), state.get().name(lang()))
        >
            <div class="device__bar">
                <i></i>
                <i></i>
                <i></i>
            </div>
            <div class="device__screen">
                <div class="device__page">
                    <i></i>
                    <i></i>
                    <i></i>
                    <i></i>
                    <i></i>
                </div>
                <Show when=move || window.get().is_some()>
                    <div
                        class="device__window"
                        style=("--width", pixels(|(width, ..)| width))
                        style=("--height", pixels(|(_, height, ..)| height))
                        style=("--bottom", pixels(|(_, _, bottom, _)| bottom))
                        style=("--side", pixels(|(.., side)| side))
                        style=("--fill", fill)
                        style=("--ink", ink)
                    >
                        <div class="device__head">
                            <span class="device__face">{initial}</span>
                            <strong>{move || name.get()}</strong>
                            <IconView icon=Icon::Sound size=16 />
                            <Show when=move || launcher.get().is_none()>
                                <IconView icon=Icon::ChevronDown size=16 />
                            </Show>
                        </div>
                        <Show when=asks>
                            <div class="device__form">
                                <strong>{words_above}</strong>
                                {move || {
                                    asked()
                                        .into_iter()
                                        .map(|name| view! { <span>{name}</span> <i></i> })
                                        .collect_view()
                                }}
                                <b>{move || spoken().form_start()}</b>
                            </div>
                        </Show>
                        <div class="device__talk">
                            <span class="device__bubble">{move || spoken().preview_greeting()}</span>
                            <span class="device__bubble device__bubble--own">{t!(brand_visitor_line)}</span>
                        </div>
                        <div class="device__field">
                            <span>{move || spoken().preview_typing()}</span>
                            <span class="device__send">
                                <IconView icon=Icon::Send size=14 />
                            </span>
                        </div>
                    </div>
                </Show>
                <Show when=move || launcher.get().is_some()>
                    <span
                        class="device__launcher"
                        style=("--bottom", move || launcher.get().unwrap_or_default().0.to_string())
                        style=("--side", move || launcher.get().unwrap_or_default().1.to_string())
                        style=("--fill", launcher_fill)
                        style=("--ink", launcher_ink)
                    >
                        {move || {
                            let icon = if is_small() { Icon::Chat } else { Icon::ChevronDown };
                            view! { <IconView icon size=28 /> }
                        }}
                        {words}
                    </span>
                </Show>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_stays_on_its_screen() {
        let mut style = ChannelStyle::default();
        style.pc_medium.bottom = 300;
        style.pc_medium.height = 1_000;
        style.pc_large.width = 1_600;
        style.pc_large.height = 1_200;
        style.mobile_large.height_percent = 50;
        assert_eq!(window_of(&style, State::PcMedium), Some((380, 436, 300, 20)));
        assert_eq!(window_of(&style, State::PcLarge), Some((1_232, 712, 24, 24)));
        assert_eq!(window_of(&style, State::MobileLarge), Some((390, 390, 0, 0)));
        assert_eq!(window_of(&style, State::PcSmall), None);
    }

    #[test]
    fn the_launcher_is_there_unless_something_covers_it() {
        let mut style = ChannelStyle::default();
        assert_eq!(launcher_of(&style, State::PcMedium), Some((20, 20)));
        style.pc_medium.bottom = 87;
        assert_eq!(launcher_of(&style, State::PcMedium), None);
        assert_eq!(launcher_of(&style, State::MobileLarge), None);
    }
}
