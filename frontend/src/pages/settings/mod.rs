//! One's own account: who one is, whether one receives messages, how the console looks, devices, password, second factor.

pub mod about;
pub mod alerts;
pub mod avatar;
pub mod devices;
pub mod file_limit;
pub mod password;
pub mod profile;
pub mod push;
pub mod second_factor;

use crate::{
    components::{
        page_head::PageHead,
        shell::{
            account_menu::{role_name, use_login_state},
            preference_menus::theme_name,
            sign_out::use_sign_out,
        },
    },
    i18n::{Lang, format, lang, t},
    stores::{
        avatar::own_picture,
        preferences::{SendKey, Theme, use_preferences},
        session::use_session,
        title::set_page_title,
        translations,
    },
    ui::{Avatar, AvatarSize, Button, Choice, Icon, RadioGroup, Select, send_key},
};
use leptos::{prelude::*, text_prop::TextProp};
use rules::permissions::Permission;
use types::agents::{LoginState, Me};
use types::translation::Language;

/// One's own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    set_page_title(t!(own_account));
    let session = use_session();
    let choose_state = use_login_state();
    let sign_out = use_sign_out();
    // Other devices are signed out by a new password.
    let devices_changed = RwSignal::new(0_u32);
    let state = Signal::derive(move || session.me().map(|me| me.login_state).unwrap_or_default());
    view! {
        <div class="page page--narrow">
            <PageHead title=t!(own_account) hint=move || session.me().map(|me| me.account).unwrap_or_default() />
            <div class="account">
                <Profile />
                <profile::Profile />
                <section class="card account__state">
                    <RadioGroup
                        legend=t!(online_state)
                        value=state
                        on_choose=Callback::new(choose_state)
                        choices=vec![
                            Choice::new(LoginState::Normal, t!(online_state_online)).noted(t!(online_state_online_hint)),
                            Choice::new(LoginState::Suspended, t!(online_state_offline))
                                .noted(t!(online_state_offline_hint)),
                        ]
                    />
                </section>
                <alerts::AlertSettings />
                <Interface />
                <devices::Devices changed=devices_changed />
                <password::PasswordForm on_changed=Callback::new(move |()| devices_changed.update(|turn| *turn = turn.wrapping_add(1))) />
                <second_factor::SecondFactorCard />
                {session.may(Permission::ManageChannels).then(|| view! { <file_limit::FileLimitForm /> })}
                <about::About />
                // Where a phone's own bar leads; the account menu is in its drawer.
                <div class="account__sign-out">
                    <Button icon=Icon::SignOut block=true on:click=move |_| sign_out()>
                        {t!(sign_out)}
                    </Button>
                </div>
            </div>
        </div>
    }
}

/// A fact's name and what it is.
type Fact = (fn(Lang) -> &'static str, fn(&Me) -> String);

#[component]
fn Profile() -> impl IntoView {
    let session = use_session();
    let of_me = move |read: fn(&Me) -> String| move || session.me().as_ref().map(read).unwrap_or_default();
    let seed = session.me_now().map(|me| me.id.to_string()).unwrap_or_default();
    let rows: [Fact; 3] = [
        (Lang::organisation, |me| me.org_name.clone()),
        (Lang::account, |me| me.account.clone()),
        (Lang::role, |me| role_name(me.role).to_owned()),
    ];
    view! {
        <section class="card account__profile" aria-label=t!(profile)>
            <div class="account__picture">
                <Avatar name=of_me(|me| me.name.clone()) seed size=AvatarSize::Large picture=own_picture() />
                <avatar::ChangeAvatar />
            </div>
            <div class="account__facts">
                <h2 class="card__title">{of_me(|me| me.name.clone())}</h2>
                <dl class="facts">
                    {rows
                        .map(|(label, read)| {
                            view! {
                                <div class="facts__row">
                                    <dt>{move || label(lang())}</dt>
                                    <dd>{of_me(read)}</dd>
                                </div>
                            }
                        })
                        .into_iter()
                        .collect_view()}
                </dl>
            </div>
        </section>
    }
}

/// What messages are translated into.
#[component]
fn TranslateInto() -> impl IntoView {
    let preferences = use_preferences();
    let named = |language: Language| {
        (language.tag(), TextProp::from(move || format::language(translations::naming_tag(language))))
    };
    let languages = Language::ALL.iter().copied().map(named);
    view! {
        <Select
            label=t!(translate_into)
            choices=std::iter::once(("", TextProp::from(t!(translate_into_interface)))).chain(languages).collect()
            value=Signal::derive(move || preferences.chosen_translation().map_or("", Language::tag))
            on_choose=Callback::new(move |tag: String| preferences.set_translate_into(Language::from_tag(&tag)))
        />
    }
}

#[component]
fn Interface() -> impl IntoView {
    let preferences = use_preferences();
    translations::look();
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{t!(appearance)}</h2>
                <p class="card__text">{t!(appearance_note)}</p>
            </div>
            <Select
                label=t!(language)
                choices=Lang::ALL.map(|lang| (lang.tag(), lang.own_name().into())).to_vec()
                value=Signal::derive(|| lang().tag())
                on_choose=Callback::new(move |tag: String| {
                    if let Some(lang) = Lang::from_tag(&tag) {
                        preferences.set_language(lang);
                    }
                })
            />
            {move || translations::is_available().then(|| view! { <TranslateInto /> })}
            <RadioGroup
                legend=t!(theme)
                value=Signal::derive(move || preferences.theme())
                on_choose=Callback::new(move |theme| preferences.set_theme(theme))
                choices=Theme::ALL.map(|theme| Choice::new(theme, move || theme_name(theme))).to_vec()
            />
            <RadioGroup
                legend=t!(send_key_setting)
                value=Signal::derive(move || preferences.send_key())
                on_choose=Callback::new(move |key| preferences.set_send_key(key))
                choices=vec![
                    Choice::new(SendKey::CtrlEnter, t!(ctrl_enter_sends(send_key()))).noted(t!(enter_breaks)),
                    Choice::new(SendKey::Enter, t!(enter_sends)).noted(t!(ctrl_enter_breaks(send_key()))),
                ]
            />
        </section>
    }
}
