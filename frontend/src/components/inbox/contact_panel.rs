//! What is known of the visitor.

use super::blacklist_switch::BlacklistSwitch;
use super::contact_fields::ContactFields;
use super::contact_tags::ContactTags;
use super::names::{contact_mark, contact_name};
use crate::i18n::{format, lang, t};
use crate::routes;
use crate::stores::inbox::{Inbox, Loading, use_inbox};
use crate::stores::live::use_channels;
use crate::ui::{Avatar, AvatarSize, ErrorState, Icon, IconButton, Skeleton, effect};
use leptos::{html, prelude::*};
use types::contacts::Contact;
use types::id::{ContactId, ConversationId};

/// The contact of the open conversation.
#[component]
pub fn ContactPanel(
    /// The open conversation. The panel stays when another one is opened, and what differs is drawn anew.
    id: Signal<Option<ConversationId>>,
    /// Closes the panel.
    on_close: Callback<()>,
    /// What else the page has to do with a contact.
    #[prop(optional)]
    more: Option<Callback<ContactId, AnyView>>,
) -> impl IntoView {
    let inbox = use_inbox();
    let summary = Memo::new(move |_| inbox.conversation(id.get()?).map(|conversation| conversation.contact));
    let name = Signal::derive(move || summary.with(|one| one.as_ref().map(contact_name).unwrap_or_default()));
    let mark = Signal::derive(move || summary.with(|one| one.as_ref().map(contact_mark).unwrap_or_default()));
    let contact = Memo::new(move |_| inbox.contact(id.get()?));
    let loading = Memo::new(move |_| id.get().map_or(Loading::Pending, |id| inbox.contact_loading(id)));
    let view = NodeRef::<html::Div>::new();
    // Asking where it stands would cost a layout at every switch, and nearly always it stands at the top.
    let scrolled = StoredValue::new(false);
    effect(move || {
        id.track();
        if let Some(view) = view.get().filter(|_| scrolled.get_value()) {
            view.set_scroll_top(0);
        }
    });
    // The fields stay as they are while what is known of the contact changes.
    let contact_id = Memo::new(move |_| contact.with(|contact| contact.as_ref().map(|contact| contact.id)));
    let blocked =
        Signal::derive(move || contact.with(|one| one.as_ref().is_some_and(|contact| contact.blocked_at.is_some())));
    view! {
        <aside class="contact-panel" aria-label=t!(contact_information)>
            <header class="contact-panel__header">
                <h2 class="contact-panel__title">{t!(contact_information)}</h2>
                <IconButton small=true icon=Icon::Close label=t!(hide_contact) on:click=move |_| on_close.run(()) />
            </header>
            <div node_ref=view class="contact-panel__view" on:scroll=move |_| scrolled.set_value(true)>
                {move || summary.get().map(|summary| view! {
                    <div class="contact-panel__who">
                        <Avatar name=mark seed=summary.number.to_string() size=AvatarSize::Large />
                        <p class="contact-panel__name">{move || name.get()}</p>
                    </div>
                })}
                {move || contact_id.get().map(|id| view! {
                    <ContactTags id contact />
                    <ContactFields id contact />
                    <BlacklistSwitch id blocked />
                    {more.map(|more| more.run(id))}
                })}
                {move || match (contact.get(), loading.get()) {
                    (Some(contact), _) => view! { <Facts contact inbox /> }.into_any(),
                    (None, Loading::Failed) => view! {
                        <ErrorState
                            message=t!(contact_failed)
                            retry_label=t!(retry)
                            on_retry=Callback::new(move |()| inbox.reload())
                        />
                    }
                    .into_any(),
                    (None, _) => view! { <div aria-busy="true"><Skeleton lines=6 /></div> }.into_any(),
                }}
            </div>
        </aside>
    }
}

#[component]
fn Facts(contact: Contact, inbox: Inbox) -> impl IntoView {
    let channels = use_channels();
    let channel_id = contact.channel_id;
    let channel = move || channels.get(channel_id);
    let (kind, software) = (contact.device, [contact.os, contact.browser]);
    let device = move || {
        let kind = kind.as_deref().map(|kind| lang().device_kind(kind));
        let parts = kind.into_iter().chain(software.iter().flatten().map(String::as_str));
        // A line breaks between two facts, never within one or before the dot.
        let whole = |part: &str| part.replace(' ', "\u{a0}");
        let parts = parts.filter(|part| !part.is_empty()).map(whole).collect::<Vec<_>>().join("\u{a0}· ");
        if parts.is_empty() { lang().contact_unknown().to_owned() } else { parts }
    };
    let or_unknown = |fact: Option<String>| {
        let fact = fact.filter(|fact| !fact.is_empty());
        move || fact.clone().unwrap_or_else(|| lang().contact_unknown().to_owned())
    };
    let landing = contact.landing_page.map(|address| {
        let shown = contact.landing_title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| host(&address));
        (address, shown)
    });
    let referrer = contact.referrer.filter(|referrer| !referrer.is_empty()).map(|address| {
        let shown = host(&address);
        (address, shown)
    });
    let (first, last) = (contact.first_seen_at, contact.last_seen_at);
    view! {
        <dl class="contact-panel__facts">
            <dt>{t!(contact_region)}</dt>
            <dd>{or_unknown(contact.region)}</dd>
            <dt>{t!(contact_channel)}</dt>
            <dd>{move || channel().map(|channel| view! {
                <a href=routes::channel(channel.id)>{channel.name}</a>
            })}</dd>
            <dt>{t!(contact_ip)}</dt>
            <dd class="contact-panel__code">{or_unknown(contact.ip)}</dd>
            <dt>{t!(contact_device)}</dt>
            <dd>{device}</dd>
            {contact.locale.filter(|locale| !locale.is_empty()).map(|locale| view! {
                <dt>{t!(contact_locale)}</dt>
                <dd>{move || format::language(&locale)}</dd>
            })}
        </dl>
        <h3 class="contact-panel__heading">{t!(contact_source)}</h3>
        <dl class="contact-panel__facts">
            <dt>{t!(contact_referrer)}</dt>
            <dd>{match referrer {
                Some((address, shown)) => view! { <PageLink address shown /> }.into_any(),
                None => (t!(contact_source_direct)).into_any(),
            }}</dd>
            <dt>{t!(contact_landing_page)}</dt>
            <dd>{match landing {
                Some((address, shown)) => view! { <PageLink address shown /> }.into_any(),
                None => (t!(contact_unknown)).into_any(),
            }}</dd>
            <dt>{t!(contact_first_seen)}</dt>
            <dd>{move || format::date_time(first)}</dd>
            <dt>{t!(contact_last_seen)}</dt>
            <dd>{move || format::relative(last, inbox.clock())}</dd>
        </dl>
    }
}

/// The host of a page's address; of anything else, all of it.
fn host(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest.get(..end).filter(|host| !host.is_empty()).unwrap_or(address).to_owned()
}

/// A page that a visitor's browser named: a link only when it is a web page.
#[component]
fn PageLink(address: String, shown: String) -> impl IntoView {
    let is_page = ["https://", "http://"].into_iter().any(|scheme| address.starts_with(scheme));
    if is_page {
        view! {
            <a href=address.clone() title=address target="_blank" rel="noopener noreferrer nofollow">{shown}</a>
        }
        .into_any()
    } else {
        shown.into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_host() {
        for (address, expected) in [
            ("https://search.example/?q=pens", "search.example"),
            ("http://shop.example:8080", "shop.example:8080"),
            ("https://shop.example?from=mail", "shop.example"),
            ("about:blank", "about:blank"),
            ("file:///home", "file:///home"),
        ] {
            assert_eq!(host(address), expected);
        }
    }
}
