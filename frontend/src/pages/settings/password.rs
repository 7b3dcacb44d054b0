//! Changing one's own password.

use crate::{
    api::use_api,
    components::form::{FormError, FormErrors},
    i18n::{lang, lang_now, t},
    stores::{leave_guard::use_leave_guard, session::use_session},
    ui::{Button, ButtonVariant, InputKind, RevealLabels, TextField, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use types::{
    agents::ChangePassword,
    limits,
    validate::{self, Validate},
};

/// Old, new, new again.
#[component]
pub fn PasswordForm(
    /// It was changed: every other device is signed out.
    on_changed: Callback<()>,
) -> impl IntoView {
    let api = use_api();
    let session = use_session();
    let toasts = use_toasts();
    let form = NodeRef::<html::Form>::new();
    let old = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let differs = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();
    let reveal = || RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() };
    // Not the old one: password managers fill it by themselves.
    use_leave_guard()
        .watch(Signal::derive(move || [new, again].iter().any(|field| field.with(|text| !text.is_empty()))));
    let compare = move || differs.set(new.with_untracked(|new| again.with_untracked(|again| new != again)));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = ChangePassword { old_password: old.get_untracked(), new_password: new.get_untracked() };
        compare();
        if !errors.check_all(request.validate()) || differs.get_untracked() {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        let api = api.clone();
        spawn_local(async move {
            match api.change_password(&request).await {
                Ok(()) => {
                    for field in [old, new, again] {
                        field.try_set(String::new());
                    }
                    on_changed.try_run(());
                    toasts.success(lang_now().password_changed());
                }
                Err(error) => {
                    errors.fail(error);
                    FormErrors::show_first(form);
                }
            }
            busy.try_set(false);
        });
    };

    view! {
        <section class="card" aria-labelledby="password-title">
            <div class="card__head">
                <h2 class="card__title" id="password-title">{t!(password_settings)}</h2>
                <p class="card__text">{t!(change_password_note)}</p>
            </div>
            <form class="form account__password" node_ref=form novalidate on:submit=submit>
                // Password managers file the new password under the account.
                <input
                    class="visually-hidden"
                    type="text"
                    name="username"
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                    prop:value=move || session.me().map(|me| me.account).unwrap_or_default()
                />
                <TextField
                    label=t!(old_password)
                    value=old
                    error=errors.of("old_password")
                    kind=InputKind::Password
                    reveal=reveal()
                    name="old_password"
                    autocomplete="current-password"
                    required=true
                    on_leave=Callback::new(move |()| {
                        let outcome = validate::length(&old.get_untracked(), 1, limits::PASSWORD_MAX);
                        errors.check("old_password", outcome);
                    })
                />
                <TextField
                    label=t!(new_password)
                    value=new
                    error=errors.of("new_password")
                    hint=t!(password_note)
                    kind=InputKind::Password
                    reveal=reveal()
                    name="new_password"
                    autocomplete="new-password"
                    required=true
                    on_leave=Callback::new(move |()| {
                        errors.check("new_password", validate::password(&new.get_untracked()));
                        if !again.with_untracked(String::is_empty) {
                            compare();
                        }
                    })
                />
                <TextField
                    label=t!(repeat_password)
                    value=again
                    error=Signal::derive(move || differs.get().then(|| lang().passwords_differ().to_owned()))
                    kind=InputKind::Password
                    reveal=reveal()
                    name="repeat_password"
                    autocomplete="new-password"
                    required=true
                    on_leave=Callback::new(move |()| compare())
                />
                <FormError errors />
                <div class="form__actions">
                    <Button variant=ButtonVariant::Primary submit=true busy>
                        {t!(change_password)}
                    </Button>
                </div>
            </form>
        </section>
    }
}
