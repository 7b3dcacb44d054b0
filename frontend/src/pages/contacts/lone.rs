//! What is known of a contact who has no conversation: who was imported and has not written yet, or whose conversation was deleted.

use super::{found::Found, merging::Merging};
use crate::{
    api::use_api,
    components::inbox::{
        blacklist_switch::BlacklistSwitch,
        contact_fields::ContactFields,
        contact_tags::ContactTags,
        names::{contact_mark, contact_name},
    },
    i18n::{errors::error_text, lang, t},
    stores::live::{use_channels, use_connection},
    ui::{Avatar, AvatarSize, ErrorState, Icon, IconButton, Skeleton},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;
use types::contacts::Contact;
use types::events::Event;
use types::id::ContactId;

/// The panel. What the inbox knows of contacts it knows by their conversations, so this one asks for itself.
#[component]
pub fn LoneContact(
    /// Who.
    id: ContactId,
    /// The contacts of the page.
    found: Found,
    /// Closes the panel.
    on_close: Callback<()>,
) -> impl IntoView {
    let api = StoredValue::new(use_api());
    let known = RwSignal::new(None::<Contact>);
    let failed = RwSignal::new(None::<ApiError>);
    let take = move |contact: Contact| {
        let is_older = |now: &Option<Contact>| now.as_ref().is_some_and(|now| now.version > contact.version);
        if known.try_with_untracked(is_older) == Some(false) {
            known.set(Some(contact));
        }
    };
    let load = move || {
        failed.set(None);
        let api = api.get_value();
        spawn_local(async move {
            match api.get_contact(id).await {
                Ok(contact) => take(contact),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    load();
    use_connection().follow(Rc::new(move |event| match event {
        Some(Event::ContactUpdated { contact, .. }) if contact.id == id => take(Contact::clone(contact)),
        Some(Event::ContactDeleted { contact_id } | Event::ContactMerged { contact_id, .. }) if *contact_id == id => {
            on_close.try_run(());
        }
        Some(_) => {}
        // So much was missed that what is shown may be anything.
        None => load(),
    }));
    let contact = Memo::new(move |_| known.get());
    let is_known = Memo::new(move |_| contact.with(Option::is_some));
    let blocked =
        Signal::derive(move || contact.with(|one| one.as_ref().is_some_and(|contact| contact.blocked_at.is_some())));
    view! {
        <aside class="contact-panel" aria-label=t!(contact_information)>
            <header class="contact-panel__header">
                <h2 class="contact-panel__title">{t!(contact_information)}</h2>
                <IconButton small=true icon=Icon::Close label=t!(hide_contact) on:click=move |_| on_close.run(()) />
            </header>
            <div class="contact-panel__view">
                <Show when=move || is_known.get()>
                    <Who contact />
                    <ContactTags id contact />
                    <ContactFields id contact />
                    <BlacklistSwitch id blocked />
                    <Merging found id />
                    <Facts contact />
                </Show>
                {move || failed.get().filter(|_| !is_known.get()).map(|error| view! {
                    <ErrorState
                        message=move || error_text(lang(), &error)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| load())
                    />
                })}
                <Show when=move || !is_known.get() && failed.with(Option::is_none)>
                    <div aria-busy="true"><Skeleton lines=6 /></div>
                </Show>
            </div>
        </aside>
    }
}

#[component]
fn Who(contact: Memo<Option<Contact>>) -> impl IntoView {
    let summary = Memo::new(move |_| contact.with(|contact| contact.as_ref().map(Contact::summary)));
    let seed = summary.with_untracked(|one| one.as_ref().map(|one| one.number.to_string()).unwrap_or_default());
    let mark = Signal::derive(move || summary.with(|one| one.as_ref().map(contact_mark).unwrap_or_default()));
    view! {
        <div class="contact-panel__who">
            <Avatar name=mark seed size=AvatarSize::Large />
            <p class="contact-panel__name">
                {move || summary.with(|one| one.as_ref().map(contact_name).unwrap_or_default())}
            </p>
            <p>{t!(contact_without_conversation)}</p>
        </div>
    }
}

#[component]
fn Facts(contact: Memo<Option<Contact>>) -> impl IntoView {
    let channels = use_channels();
    let channel = move || {
        let id = contact.with(|contact| contact.as_ref().map(|contact| contact.channel_id));
        id.and_then(|id| channels.name(id)).unwrap_or_default()
    };
    let account = move || contact.with(|contact| contact.as_ref().and_then(|contact| contact.external_id.clone()));
    view! {
        <dl class="contact-panel__facts">
            <dt>{t!(contact_channel)}</dt>
            <dd>{channel}</dd>
            <dt>{t!(import_account)}</dt>
            <dd>{move || account().unwrap_or_else(|| lang().contact_unknown().to_owned())}</dd>
        </dl>
    }
}
