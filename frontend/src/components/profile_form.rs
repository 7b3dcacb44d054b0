//! One's own name, mobile and email.

use crate::{
    api::use_api,
    components::form::{FormError, FormErrors},
    i18n::t,
    stores::{live::use_account, session::use_session},
    ui::{Button, ButtonVariant, InputKind, RevealLabels, TextField},
};
use leptos::{html, prelude::*};
use types::{
    agents::{Me, MePatch},
    limits,
    validate::{self, Validate},
};

/// A field, and what it shows of the account.
type Field = (RwSignal<String>, fn(&Me) -> &str);

/// What stands in the form. `Copy`.
#[derive(Clone, Copy)]
pub struct ProfileDraft {
    name: RwSignal<String>,
    email: RwSignal<String>,
    mobile: RwSignal<String>,
    me: Memo<Option<Me>>,
}

impl ProfileDraft {
    /// The account as it is. What is changed on another device meanwhile is shown unless it is being edited, until the present scope ends.
    pub fn follow() -> Self {
        let session = use_session();
        let text = || RwSignal::new(String::new());
        let draft = Self { name: text(), email: text(), mobile: text(), me: Memo::new(move |_| session.me()) };
        let fields: [Field; 3] =
            [(draft.name, |me| &me.name), (draft.email, |me| &me.email), (draft.mobile, |me| &me.mobile)];
        Effect::new(move |before: Option<Option<Me>>| {
            let now = draft.me.get();
            for (field, read) in fields {
                let edited = before.as_ref().is_some_and(|before| {
                    before.as_ref().is_some_and(|before| field.with_untracked(|text| text != read(before)))
                });
                if let Some(now) = now.as_ref().filter(|_| !edited) {
                    field.set(read(now).to_owned());
                }
            }
            now
        });
        draft
    }

    /// What has been changed, where something has.
    pub fn patch(self) -> Option<MePatch> {
        let me = self.me.get()?;
        let changed = |field: RwSignal<String>, known: &str| {
            field.with(|text| (text.trim() != known).then(|| text.trim().to_owned()))
        };
        let patch = MePatch {
            name: changed(self.name, &me.name),
            email: changed(self.email, &me.email),
            mobile: changed(self.mobile, &me.mobile),
            ..MePatch::default()
        };
        (patch != MePatch::default()).then_some(patch)
    }
}

/// Whether a change moves where a code for a forgotten password goes.
fn moves(patch: &MePatch) -> bool {
    patch.email.is_some() || patch.mobile.is_some()
}

/// Name, mobile, email; saved together. Another mobile or email asks for the password.
#[component]
pub fn ProfileForm(
    /// What stands in it.
    draft: ProfileDraft,
    /// It was saved.
    on_saved: Callback<()>,
) -> impl IntoView {
    let api = use_api();
    let account = use_account();
    let form = NodeRef::<html::Form>::new();
    let ProfileDraft { name, email, mobile, .. } = draft;
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();
    let patch = move || draft.patch();
    let unchanged = Signal::derive(move || patch().is_none());
    let password = RwSignal::new(String::new());
    let asks_password = Memo::new(move |_| patch().as_ref().is_some_and(moves));
    let password_error = errors.of("password");

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(mut patch) = untrack(patch) else { return };
        patch.password = moves(&patch).then(|| password.get_untracked());
        if !errors.check_all(patch.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            account.put(api.update_me(&patch).await?);
            password.try_set(String::new());
            on_saved.try_run(());
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };

    view! {
        <form class="form account__password" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(name)
                value=name
                error=errors.of_named("name", "person.name")
                name="name"
                autocomplete="name"
                required=true
                on_leave=Callback::new(move |()| {
                    errors.check("name", validate::line(name.get_untracked().trim(), 1, limits::PERSON_NAME_MAX));
                })
            />
            <TextField
                label=t!(mobile)
                value=mobile
                error=errors.of("mobile")
                kind=InputKind::Digits
                lead="+86"
                name="mobile"
                autocomplete="tel-national"
                required=true
                on_leave=Callback::new(move |()| {
                    errors.check("mobile", validate::mobile(mobile.get_untracked().trim()));
                })
            />
            <TextField
                label=t!(email)
                value=email
                error=errors.of("email")
                kind=InputKind::Email
                name="email"
                autocomplete="email"
                required=true
                on_leave=Callback::new(move |()| {
                    errors.check("email", validate::email(email.get_untracked().trim()));
                })
            />
            <Show when=move || asks_password.get()>
                <TextField
                    label=t!(password)
                    value=password
                    error=password_error
                    hint=t!(password_again_note)
                    kind=InputKind::Password
                    reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                    name="password"
                    autocomplete="current-password"
                    required=true
                />
            </Show>
            <FormError errors />
            <div class="form__actions">
                <Button variant=ButtonVariant::Primary submit=true busy disabled=unchanged>
                    {t!(save)}
                </Button>
            </div>
        </form>
    }
}
