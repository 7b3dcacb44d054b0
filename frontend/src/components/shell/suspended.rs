//! Says that one receives nothing, for as long as that is so.

use super::account_menu::use_login_state;
use crate::{
    i18n::t,
    stores::session::use_session,
    ui::{Button, ButtonSize, Icon, IconView},
};
use leptos::prelude::*;
use types::agents::LoginState;

/// Says that one is suspended, with the way back.
#[component]
pub fn SuspendedBanner() -> impl IntoView {
    let session = use_session();
    let choose = use_login_state();
    let suspended = Memo::new(move |_| session.me().is_some_and(|me| me.login_state == LoginState::Suspended));
    view! {
        <div role="status">
            {move || {
                let choose = choose.clone();
                suspended
                    .get()
                    .then(|| {
                        view! {
                            <div class="suspended">
                                <IconView icon=Icon::Pause />
                                <p class="suspended__text">{t!(suspended_title)}</p>
                                <Button size=ButtonSize::Small on:click=move |_| choose(LoginState::Normal)>
                                    {t!(suspended_resume)}
                                </Button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
