//! One's own name, mobile and email, on the page of one's own account.

use crate::{
    components::profile_form::{ProfileDraft, ProfileForm},
    i18n::{lang_now, t},
    stores::leave_guard::use_leave_guard,
    ui::use_toasts,
};
use leptos::prelude::*;

/// Name, mobile, email.
#[component]
pub fn Profile() -> impl IntoView {
    let toasts = use_toasts();
    let draft = ProfileDraft::follow();
    use_leave_guard().watch(Signal::derive(move || draft.patch().is_some()));
    view! {
        <section class="card" aria-labelledby="profile-title">
            <div class="card__head">
                <h2 class="card__title" id="profile-title">{t!(profile_edit)}</h2>
                <p class="card__text">{t!(profile_note)}</p>
            </div>
            <ProfileForm
                draft
                on_saved=Callback::new(move |()| toasts.success(lang_now().profile_saved()))
            />
        </section>
    }
}
