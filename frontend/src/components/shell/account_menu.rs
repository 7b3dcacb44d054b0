//! Oneself: state, account, language, theme, signing out.

use super::preference_menus::{LanguageItems, ThemeItems};
use super::sign_out::use_sign_out;
use crate::{
    api::use_api,
    i18n::{Lang, errors::error_text, lang, lang_now, t},
    routes,
    stores::{
        avatar::own_picture,
        leave_guard::use_guarded_navigate,
        live::{use_account, use_connection},
        session::use_session,
    },
    ui::{Avatar, AvatarSize, Icon, IconView, Menu, MenuItem, MenuSeparator, is_touch_only, use_toasts},
};
use client::sync::Connection;
use leptos::{prelude::*, task::spawn_local};
use rules::permissions::Permission;
use types::agents::{LoginState, Me, MePatch, Role};

/// A role in words.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => lang().role_agent(),
        Role::Supervisor => lang().role_supervisor(),
        Role::Admin => lang().role_admin(),
    }
}

/// Changes whether one receives messages; says how it went.
pub fn use_login_state() -> impl Fn(LoginState) + Clone + Send + Sync + 'static {
    let account = use_account();
    let toasts = use_toasts();
    let api = use_api();
    move |login_state: LoginState| {
        let api = api.clone();
        spawn_local(async move {
            match api.update_me(&MePatch { login_state: Some(login_state), ..MePatch::default() }).await {
                Ok(me) => {
                    account.put(me);
                    toasts.success(match login_state {
                        LoginState::Normal => lang_now().state_changed_online(),
                        LoginState::Suspended => lang_now().state_changed_offline(),
                    });
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    }
}

/// The account menu at the foot of the rail.
#[component]
pub fn AccountMenu(
    /// Asks whether to sign out everywhere.
    leaving_everywhere: RwSignal<bool>,
    /// Shows the shortcut sheet.
    shortcuts: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let connection = use_connection();
    let navigate = use_guarded_navigate();
    let choose_state = use_login_state();
    let of_me = move |read: fn(&Me) -> String| move || session.me().as_ref().map(read).unwrap_or_default();
    let state = Signal::derive(move || session.me().map(|me| me.login_state).unwrap_or_default());
    let sign_out = use_sign_out();
    let picture = own_picture();
    let seed = session.me_now().map(|me| me.id.to_string()).unwrap_or_default();
    view! {
        <Menu
            label=t!(account_menu)
            trigger_class="account-menu"
            placement="menu--up"
            trigger=Box::new(move || {
                view! {
                    <span class="account-menu__avatar">
                        <Avatar name=of_me(|me| me.name.clone()) seed=seed.clone() size=AvatarSize::Small picture />
                        <span
                            class="account-menu__state"
                            class:account-menu__state--suspended=move || state.get() == LoginState::Suspended
                            class:account-menu__state--away=move || connection.state() != Connection::Online
                        ></span>
                    </span>
                    <span class="account-menu__who">
                        <span class="account-menu__name">{of_me(|me| me.name.clone())}</span>
                        <span class="account-menu__role">{of_me(|me| role_name(me.role).to_owned())}</span>
                    </span>
                    <IconView icon=Icon::ChevronDown size=16 />
                }
                    .into_any()
            })
        >
            <MenuSeparator label=t!(online_state) />
            {
                let choose_state = choose_state.clone();
                [LoginState::Normal, LoginState::Suspended]
                    .map(|choice| {
                        let choose_state = choose_state.clone();
                        let (icon, words): (Icon, fn(Lang) -> &'static str) = match choice {
                            LoginState::Normal => (Icon::Play, Lang::online_state_online),
                            LoginState::Suspended => (Icon::Pause, Lang::online_state_offline),
                        };
                        view! {
                            <MenuItem
                                chosen=Signal::derive(move || state.get() == choice)
                                on:click=move |_| choose_state(choice)
                            >
                                <IconView icon size=18 />
                                {move || words(lang())}
                            </MenuItem>
                        }
                    })
                    .into_iter()
                    .collect_view()
            }
            <MenuSeparator label=t!(language) />
            <LanguageItems />
            <MenuSeparator label=t!(theme) />
            <ThemeItems />
            <MenuSeparator />
            <MenuItem on:click={
                let navigate = navigate.clone();
                move |_| navigate(routes::ACCOUNT)
            }>
                <IconView icon=Icon::User size=18 />
                {t!(own_account)}
            </MenuItem>
            <MenuItem on:click={
                let navigate = navigate.clone();
                move |_| navigate(routes::BLACKLIST)
            }>
                <IconView icon=Icon::Shield size=18 />
                {t!(blacklist)}
            </MenuItem>
            {session.may(Permission::ManageAgents).then(|| {
                let navigate = navigate.clone();
                view! {
                    <MenuItem on:click=move |_| navigate(routes::PEOPLE)>
                        <IconView icon=Icon::User size=18 />
                        {t!(people)}
                    </MenuItem>
                }
            })}
            {session.may(Permission::SeeAuditLog).then(|| {
                let navigate = navigate.clone();
                view! {
                    <MenuItem on:click=move |_| navigate(routes::AUDIT)>
                        <IconView icon=Icon::Eye size=18 />
                        {t!(audit_log)}
                    </MenuItem>
                }
            })}
            {session.may(Permission::ManageTags).then(|| {
                let navigate = navigate.clone();
                view! {
                    <MenuItem on:click=move |_| navigate(routes::TAGS)>
                        <IconView icon=Icon::Tag size=18 />
                        {t!(tags_manage)}
                    </MenuItem>
                }
            })}
            {session.may(Permission::ManageIntegrations).then(|| {
                let navigate = navigate.clone();
                view! {
                    <MenuItem on:click=move |_| navigate(routes::DEVELOPERS)>
                        <IconView icon=Icon::Globe size=18 />
                        {t!(developers)}
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
            <MenuSeparator />
            <MenuItem on:click={
                let sign_out = sign_out.clone();
                move |_| sign_out()
            }>
                <IconView icon=Icon::SignOut size=18 />
                {t!(sign_out)}
            </MenuItem>
            <MenuItem danger=true on:click=move |_| leaving_everywhere.set(true)>
                <IconView icon=Icon::Device size=18 />
                {t!(sign_out_everywhere)}
            </MenuItem>
        </Menu>
    }
}
