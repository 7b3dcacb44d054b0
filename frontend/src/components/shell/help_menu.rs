//! The help menu: the setup wizard, the keys, the documents, which Parlor this is.

use crate::{
    components::about::AboutFacts,
    i18n::t,
    stores::{session::use_session, setup::use_setup},
    ui::{Dialog, Icon, IconView, Menu, MenuItem, is_touch_only},
};
use leptos::prelude::*;
use types::agents::Role;

/// Where the interface for integrators is described.
const DOCUMENTS: &str = "/docs";

/// The help menu at the foot of the rail.
#[component]
pub fn HelpMenu(
    /// Shows the shortcut sheet.
    shortcuts: RwSignal<bool>,
    /// Shows which Parlor this is.
    about: RwSignal<bool>,
) -> impl IntoView {
    let (session, setup) = (use_session(), use_setup());
    let is_admin = move || session.me().is_some_and(|me| me.role == Role::Admin);
    view! {
        <Menu
            label=t!(help)
            trigger_class="help-menu"
            placement="menu--up menu--end"
            trigger=Box::new(|| view! { <IconView icon=Icon::Help size=18 /> }.into_any())
        >
            {move || is_admin().then(|| {
                view! {
                    <MenuItem on:click=move |_| setup.open.set(true)>
                        <IconView icon=Icon::CheckCircle size=18 />
                        {t!(setup_wizard)}
                    </MenuItem>
                }
            })}
            // Who has but a finger has no keys.
            {(!is_touch_only()).then(|| {
                view! {
                    <MenuItem on:click=move |_| shortcuts.set(true)>
                        <IconView icon=Icon::Keyboard size=18 />
                        {t!(shortcuts)}
                    </MenuItem>
                }
            })}
            <MenuItem on:click=move |_| drop(window().open_with_url_and_target(DOCUMENTS, "_blank"))>
                <IconView icon=Icon::External size=18 />
                {t!(api_documentation)}
            </MenuItem>
            <MenuItem on:click=move |_| about.set(true)>
                <IconView icon=Icon::Info size=18 />
                {t!(about)}
            </MenuItem>
        </Menu>
    }
}

/// Which Parlor this is.
#[component]
pub fn AboutDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open title=t!(about) close_label=t!(close)>
            <AboutFacts />
        </Dialog>
    }
}
