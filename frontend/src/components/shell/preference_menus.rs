//! Language and theme as two small menus, for pages without an account menu.

use crate::{
    i18n::{Lang, lang, t},
    stores::preferences::{Theme, use_preferences},
    ui::{Icon, IconView, Menu, MenuItem},
};
use leptos::prelude::*;

/// The words for a theme.
pub fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => lang().theme_system(),
        Theme::Light => lang().theme_light(),
        Theme::Dark => lang().theme_dark(),
    }
}

/// The picture of a theme.
pub fn theme_icon(theme: Theme) -> Icon {
    match theme {
        Theme::System => Icon::Monitor,
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
    }
}

/// The languages as menu items.
#[component]
pub fn LanguageItems() -> impl IntoView {
    let preferences = use_preferences();
    Lang::ALL
        .map(|choice| {
            view! {
                <MenuItem
                    chosen=Signal::derive(move || lang() == choice)
                    on:click=move |_| preferences.set_language(choice)
                >
                    <IconView icon=Icon::Language size=18 />
                    <span lang=choice.tag()>{choice.own_name()}</span>
                </MenuItem>
            }
        })
        .into_iter()
        .collect_view()
}

/// The themes as menu items.
#[component]
pub fn ThemeItems() -> impl IntoView {
    let preferences = use_preferences();
    Theme::ALL
        .map(|choice| {
            view! {
                <MenuItem
                    chosen=Signal::derive(move || preferences.theme() == choice)
                    on:click=move |_| preferences.set_theme(choice)
                >
                    <IconView icon=theme_icon(choice) size=18 />
                    {move || theme_name(choice)}
                </MenuItem>
            }
        })
        .into_iter()
        .collect_view()
}

/// Both menus, side by side.
#[component]
pub fn PreferenceMenus() -> impl IntoView {
    let preferences = use_preferences();
    view! {
        <div class="preference-menus">
            <Menu
                label=t!(language)
                trigger_class="preference-menus__button"
                placement="menu--end"
                trigger=Box::new(|| {
                    view! {
                        <IconView icon=Icon::Language size=18 />
                        <span>{move || lang().own_name()}</span>
                    }
                        .into_any()
                })
            >
                <LanguageItems />
            </Menu>
            <Menu
                label=t!(theme)
                trigger_class="preference-menus__button"
                placement="menu--end"
                trigger=Box::new(move || {
                    (move || view! { <IconView icon=theme_icon(preferences.theme()) size=18 /> }).into_any()
                })
            >
                <ThemeItems />
            </Menu>
        </div>
    }
}
