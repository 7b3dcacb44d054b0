//! The contacts: the visitors of a channel, or of all, as a table that is searched, sorted and worked with.

pub mod erasing;
pub mod fields;
pub mod found;
pub mod importing;
pub mod lone;
pub mod merging;
pub mod progress;
pub mod table;
pub mod tagging;
pub mod toolbar;
pub mod wanted;

use crate::{
    components::{inbox::contact_panel::ContactPanel, page_head::PageHead},
    i18n::t,
    stores::{
        inbox::use_inbox,
        live::{use_channels, use_connection},
        session::use_session,
        title::set_page_title,
    },
    ui::{effect, is_composing, is_in_dialog},
};
use erasing::EraseDialog;
use fields::FieldsDialog;
use found::Found;
use importing::{ImportDialog, ImportProgress, Importing};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use lone::LoneContact;
use merging::Merging;
use progress::{Progress, TaggingProgress};
use rules::permissions::Permission;
use std::rc::Rc;
use table::ContactTable;
use tagging::TaggingDialog;
use toolbar::Toolbar;
use types::contact_list::{ContactFilter, ListedContact};
use types::events::Event;
use types::id::{ChannelId, ContactId, ConversationId};
use wanted::Wanted;

/// The page.
#[component]
pub fn ContactsPage() -> impl IntoView {
    set_page_title(t!(contacts));
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| Wanted::read(|name| query.get(name))));
    let navigate = use_navigate();
    let show = Callback::new(move |wanted: Wanted| {
        navigate(&wanted.address(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let found = Found::new(wanted);
    effect(move || {
        wanted.track();
        untrack(|| found.begin());
    });
    let open = RwSignal::new(None::<ConversationId>);
    // Whose details are open instead, who has no conversation.
    let lone = RwSignal::new(None::<ContactId>);
    use_connection().follow(Rc::new(move |event| match event {
        Some(Event::ContactUpdated { contact, conversation_id }) => {
            found.put(contact, *conversation_id);
            // Who had none has got that of who was merged into them.
            if conversation_id.is_some() && lone.get_untracked() == Some(contact.id) {
                lone.set(None);
                open.set(*conversation_id);
            }
        }
        Some(
            Event::ConversationDeleted { conversation_id, .. } | Event::ConversationWithdrawn { conversation_id, .. },
        ) => {
            found.remove(*conversation_id);
        }
        Some(Event::ContactDeleted { contact_id } | Event::ContactMerged { contact_id, .. }) => {
            found.remove_contact(*contact_id);
        }
        // Where whoever is there again stands in the list only the server knows.
        Some(Event::ContactMergeUndone { survivor_id, .. }) => found.separate(*survivor_id),
        Some(Event::ChannelDeleted { .. }) => found.renew(),
        Some(_) => {}
        // So much was missed that what is shown may be anything.
        None => found.renew(),
    }));
    let progress = Progress::new(found.api());
    progress.look();
    let importing = Importing::new(Callback::new(move |()| found.renew()));
    if use_session().may(Permission::ImportContacts) {
        importing.look();
    }
    let is_tagging = RwSignal::new(false);
    let sets_fields = RwSignal::new(false);
    let doomed = RwSignal::new(None::<ListedContact>);
    let inbox = use_inbox();
    effect(move || inbox.open(open.get()));
    on_cleanup(move || inbox.open(None));
    let close = Callback::new(move |()| {
        open.set(None);
        lone.set(None);
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && !is_composing(&event) && !is_in_dialog(&event) {
            close.run(());
        }
    };
    view! {
        <div
            class="contacts"
            class:contacts--panel=move || open.get().is_some() || lone.get().is_some()
            on:keydown=on_key
        >
            <ChannelList wanted show />
            <div class="contacts__main">
                <PageHead title=t!(contacts) hint=t!(contacts_hint) back=true />
                <TaggingProgress progress />
                <ImportProgress importing />
                <Toolbar found show is_tagging sets_fields importing doomed />
                <ContactTable found show open lone />
            </div>
            <Show when=move || open.get().is_some()>
                <ContactPanel
                    id=Signal::derive(move || open.get())
                    on_close=close
                    more=Callback::new(move |id| view! { <Merging found id /> }.into_any())
                />
            </Show>
            {move || lone.get().map(|id| view! { <LoneContact id found on_close=close /> })}
            <TaggingDialog found progress open=is_tagging />
            <FieldsDialog open=sets_fields />
            <ImportDialog importing />
            <EraseDialog found doomed />
        </div>
    }
}

/// The channels, one of which is chosen, or all.
#[component]
fn ChannelList(wanted: Memo<Wanted>, show: Callback<Wanted>) -> impl IntoView {
    let channels = use_channels();
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.filter.channel_id));
    let of = move |channel_id: Option<ChannelId>| {
        let now = wanted.get();
        Wanted { filter: ContactFilter { channel_id, ..now.filter.clone() }, ..now }
    };
    let link = move |channel_id: Option<ChannelId>, name: AnyView| {
        view! {
            <li>
                <a
                    class="contacts__channel"
                    href=move || of(channel_id).address()
                    aria-current=move || (chosen.get() == channel_id).then_some("page")
                    on:click=move |event| {
                        // As the rest of what the page shows: the way back leads out of the page.
                        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                            event.prevent_default();
                            show.run(untrack(|| of(channel_id)));
                        }
                    }
                >
                    {name}
                </a>
            </li>
        }
    };
    view! {
        <nav class="contacts__channels" aria-label=t!(contacts_of)>
            <ul>
                {link(None, t!(contacts_all_channels).into_any())}
                <For each=move || channels.list() key=|channel| (channel.id, channel.name.clone()) let(channel)>
                    {link(Some(channel.id), channel.name.into_any())}
                </For>
            </ul>
        </nav>
    }
}
