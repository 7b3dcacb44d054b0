//! The form about a webhook, and its secret, which is shown once.

use super::Hooks;
use super::words::{event_name, group_name};
use crate::{
    components::form::{FormError, FormErrors},
    i18n::{lang, lang_now, t},
    pages::tags::focus,
    ui::{Button, ButtonVariant, CopyField, CopyLabels, Dialog, Switch, TextField},
};
use leptos::{html, prelude::*};
use types::id::WebhookId;
use types::validate::Validate;
use types::webhooks::{self, CreateWebhook, Webhook, WebhookEvent, WebhookEventGroup, WebhookPatch};

/// The form's fields. They stay when the window is closed by mistake. `Copy`.
#[derive(Clone, Copy)]
pub struct Draft {
    about: RwSignal<Option<WebhookId>>,
    url: RwSignal<String>,
    description: RwSignal<String>,
    events: RwSignal<Vec<WebhookEvent>>,
    details: RwSignal<bool>,
    /// The secret of the one that was made last, until the window closes; and whether there was one before.
    secret: RwSignal<String>,
    rotated: RwSignal<bool>,
    /// Something was typed for a new one that is not there yet.
    is_kept: RwSignal<bool>,
}

impl Draft {
    /// About nothing yet.
    pub fn blank() -> Self {
        Self {
            about: RwSignal::new(None),
            url: RwSignal::new(String::new()),
            description: RwSignal::new(String::new()),
            events: RwSignal::new(Vec::new()),
            details: RwSignal::new(false),
            secret: RwSignal::new(String::new()),
            rotated: RwSignal::new(false),
            is_kept: RwSignal::new(false),
        }
    }

    /// About a new one. What was typed before of a new one is still there.
    pub fn of_new(self) {
        if self.is_kept.get_untracked() && self.about.get_untracked().is_none() {
            return;
        }
        self.about.set(None);
        self.url.set(String::new());
        self.description.set(String::new());
        self.events.set(WebhookEvent::ALL.to_vec());
        self.details.set(false);
        self.is_kept.set(true);
    }

    /// About this one.
    pub fn of_webhook(self, webhook: &Webhook) {
        self.about.set(Some(webhook.id));
        self.url.set(webhook.url.clone());
        self.description.set(webhook.description.clone());
        self.events.set(webhook.events.clone());
        self.details.set(webhook.includes_contact_details);
        self.is_kept.set(false);
    }

    /// Shows a secret instead of the form.
    pub fn show_secret(self, secret: String, rotated: bool) {
        self.rotated.try_set(rotated);
        self.is_kept.try_set(false);
        self.secret.try_set(secret);
    }

    fn chosen(self) -> Vec<WebhookEvent> {
        let chosen = self.events.get_untracked();
        WebhookEvent::ALL.iter().copied().filter(|event| chosen.contains(event)).collect()
    }
}

/// The window with the form.
#[component]
pub fn EditDialog(
    /// What is done on the page; `editing` opens it.
    hooks: Hooks,
) -> impl IntoView {
    let draft = hooks.draft;
    let has_secret = Memo::new(move |_| draft.secret.with(|secret| !secret.is_empty()));
    let title = move || match (has_secret.get(), draft.about.get()) {
        (true, _) => lang().webhook_secret(),
        (false, Some(_)) => lang().webhook_edit(),
        (false, None) => lang().webhook_add(),
    };
    view! {
        <Dialog
            open=hooks.editing
            title
            close_label=t!(close)
            wide=true
            // The secret is shown once.
            locked=has_secret
            on_close=Callback::new(move |()| draft.secret.set(String::new()))
        >
            {move || if has_secret.get() { secret(hooks).into_any() } else { form(hooks).into_any() }}
        </Dialog>
    }
}

fn secret(hooks: Hooks) -> impl IntoView {
    let draft = hooks.draft;
    // The button that had the focus has gone with the form.
    focus(vec![".dialog[open] .copy-field__text".to_owned()]);
    view! {
        <CopyField
            label=t!(webhook_secret)
            hint=t!(webhook_secret_note)
            text=draft.secret
            labels=CopyLabels {
                copy: t!(webhook_copy).into(),
                copied: t!(copied).into(),
                failed: t!(copy_failed).into(),
            }
        />
        <Show when=move || draft.rotated.get()>
            <p class="card__text">{t!(webhook_secret_old)}</p>
        </Show>
        <div class="dialog__actions">
            <Button variant=ButtonVariant::Primary on:click=move |_| hooks.editing.set(false)>{t!(close)}</Button>
        </div>
    }
}

fn form(hooks: Hooks) -> impl IntoView {
    let draft = hooks.draft;
    let form = NodeRef::<html::Form>::new();
    let (errors, busy) = (FormErrors::none(), RwSignal::new(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            match draft.about.get_untracked() {
                Some(id) => save(hooks, id, errors, form, busy),
                None => add(hooks, errors, form, busy),
            }
        }
    };
    let event_error = errors.of("events");
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(webhook_url)
                value=draft.url
                error=errors.of("url")
                hint=t!(webhook_url_note)
                name="url"
                placeholder=move || "https://".to_owned()
                required=true
                autofocus=true
                on_leave=Callback::new(move |()| {
                    errors.check("url", draft.url.with_untracked(|url| webhooks::url(url.trim())));
                })
            />
            <TextField
                label=t!(webhook_description)
                value=draft.description
                error=errors.of("description")
                placeholder=t!(optional)
                name="description"
            />
            <fieldset class="webhook-events" class:field--error=move || event_error.with(Option::is_some)>
                <legend class="field__label">{t!(webhook_events)}</legend>
                {WebhookEventGroup::ALL.map(|group| events_of(draft, group)).into_iter().collect_view()}
                <p class="field__note" aria-live="polite">{move || event_error.get()}</p>
            </fieldset>
            <Switch label=t!(webhook_details) note=t!(webhook_details_note) checked=draft.details />
            <FormError errors />
            <div class="dialog__actions">
                <Button on:click=move |_| hooks.editing.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(save)}</Button>
            </div>
        </form>
    }
}

/// The events of a group, with one box for all of them.
fn events_of(draft: Draft, group: WebhookEventGroup) -> impl IntoView {
    let events = draft.events;
    let all: Vec<WebhookEvent> = WebhookEvent::ALL.iter().copied().filter(|event| event.group() == group).collect();
    let toggle = move |some: &[WebhookEvent], is_on: bool| {
        events.update(|chosen| {
            chosen.retain(|event| !some.contains(event));
            if is_on {
                chosen.extend_from_slice(some);
            }
        });
    };
    let each = all.clone();
    let are_all = {
        let all = all.clone();
        move || events.with(|chosen| all.iter().all(|event| chosen.contains(event)))
    };
    view! {
        <div class="webhook-events__group" role="group" aria-label=move || group_name(lang(), group)>
            <label class="checkbox__row webhook-events__all">
                <input
                    class="checkbox__input"
                    type="checkbox"
                    prop:checked=are_all
                    on:change:target=move |event| toggle(&all, event.target().checked())
                />
                <span class="checkbox__label">
                    {move || format!("{} · {}", group_name(lang(), group), lang().webhook_events_all())}
                </span>
            </label>
            {each
                .into_iter()
                .map(|one| view! {
                    <label class="checkbox__row">
                        <input
                            class="checkbox__input"
                            type="checkbox"
                            name=one.as_str()
                            prop:checked=move || events.with(|chosen| chosen.contains(&one))
                            on:change:target=move |event| toggle(&[one], event.target().checked())
                        />
                        <span class="checkbox__label">{move || event_name(lang(), one)}</span>
                    </label>
                })
                .collect_view()}
        </div>
    }
}

fn add(hooks: Hooks, errors: FormErrors, form: NodeRef<html::Form>, busy: RwSignal<bool>) {
    let draft = hooks.draft;
    let request = CreateWebhook {
        url: draft.url.with_untracked(|url| url.trim().to_owned()),
        description: draft.description.get_untracked(),
        events: draft.chosen(),
        includes_contact_details: draft.details.get_untracked(),
    };
    if !errors.check_all(request.validate()) {
        FormErrors::show_first(form);
        return;
    }
    let work = async move {
        let created = hooks.api().create_webhook(&request).await?;
        hooks.put(created.webhook);
        draft.show_secret(created.secret, false);
        // Who closed the window meanwhile sees it all the same: it is shown only now.
        hooks.editing.try_set(true);
        Ok(())
    };
    errors.carry_out(form, busy, Box::pin(work));
}

fn save(hooks: Hooks, id: WebhookId, errors: FormErrors, form: NodeRef<html::Form>, busy: RwSignal<bool>) {
    let draft = hooks.draft;
    let patch = WebhookPatch {
        url: Some(draft.url.with_untracked(|url| url.trim().to_owned())),
        description: Some(draft.description.get_untracked()),
        events: Some(draft.chosen()),
        includes_contact_details: Some(draft.details.get_untracked()),
        paused: None,
    };
    if !errors.check_all(patch.validate()) {
        FormErrors::show_first(form);
        return;
    }
    let work = async move {
        let webhook = hooks.api().update_webhook(id, &patch).await?;
        hooks.put(webhook);
        hooks.editing.try_set(false);
        hooks.toasts.success(lang_now().webhook_saved());
        Ok(())
    };
    errors.carry_out(form, busy, Box::pin(work));
}
