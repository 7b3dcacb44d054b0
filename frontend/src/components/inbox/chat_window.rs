//! One conversation: who it is with, what was said, and what to say next.

use super::attach::DropZone;
use super::blacklist_switch::BlacklistBanner;
use super::composer::Composer;
use super::gone::Gone;
use super::message_list::MessageList;
use super::names::{contact_mark, contact_name};
use super::note_composer::{NoteComposer, WritingMode};
use super::quote::QuoteBar;
use super::settings_menu::SettingsMenu;
use super::typing::{UnsentText, typing_words};
use super::upload_tray::UploadTray;
use super::watching::WatchingStrip;
use crate::components::shell::ConnectionDot;
use crate::i18n::{format, lang, t};
use crate::stores::composing::use_composing;
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::{Loading, Unsent, use_inbox};
use crate::stores::live::{use_channels, use_connection};
use crate::stores::notes::use_notes;
use crate::stores::reply_guard::Guard;
use crate::ui::{Avatar, EmptyState, ErrorState, Icon, IconButton, IconView, Skeleton, effect};
use client::sync::Connection;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use std::time::Duration;
use types::id::ConversationId;

/// After so long it is shown that messages are on their way.
const LONG: Duration = Duration::from_millis(150);

/// The open conversation, or what stands there while none is open.
#[component]
pub fn ChatWindow(
    /// The open conversation.
    open: Memo<Option<ConversationId>>,
    /// Whether the contact panel is shown.
    #[prop(into)]
    panel: Signal<bool>,
    /// Shows or hides it.
    on_panel: Callback<bool>,
    /// Goes back to the list, where the screen shows one at a time.
    on_back: Callback<()>,
) -> impl IntoView {
    let is_open = Memo::new(move |_| open.with(Option::is_some));
    view! {
        <DropZone open>
            {move || match is_open.get().then(|| open.get_untracked()).flatten() {
                None => view! {
                    <div class="chat-window__nothing">
                        <EmptyState icon=Icon::Chat title=t!(choose_conversation) hint=t!(choose_conversation_hint) />
                    </div>
                }
                .into_any(),
                Some(first) => {
                    let id = Memo::new(move |before: Option<&ConversationId>| {
                        open.get().or(before.copied()).unwrap_or(first)
                    });
                    view! { <OpenConversation id panel on_panel on_back /> }.into_any()
                }
            }}
        </DropZone>
    }
}

/// What stands around the log stays when another conversation is opened, and shows that one.
#[component]
fn OpenConversation(
    id: Memo<ConversationId>,
    panel: Signal<bool>,
    on_panel: Callback<bool>,
    on_back: Callback<()>,
) -> impl IntoView {
    let inbox = use_inbox();
    let connection = use_connection();
    let loading = Memo::new(move |_| inbox.thread_loading(id.get()));
    let settings = use_conversation_settings();
    let (composing, notes) = (use_composing(), use_notes());
    // A note that was begun before the page was loaded is before the person's eyes again.
    effect(move || {
        let id = id.get();
        if untrack(|| notes.is_begun(id)) && inbox.draft(id).is_empty() {
            composing.goes_on_noting(id);
        }
    });
    let noting = Memo::new(move |_| composing.is_noting(id.get()));
    let visitor = Signal::derive(move || {
        inbox.conversation(id.get()).map(|conversation| contact_name(&conversation.contact)).unwrap_or_default()
    });
    Guard::provide(id);
    // Once: whoever marks it while it is open means later.
    Effect::new(move |before: Option<Option<ConversationId>>| {
        let id = id.get();
        let told = before.flatten().filter(|told| *told == id);
        told.or_else(|| {
            inbox.conversation(id)?;
            untrack(|| settings.came_back(id));
            Some(id)
        })
    });
    // Said again when the connection is back: what is looked at while it is away cannot be told.
    let unseen = Memo::new(move |_| {
        let can_be_told = connection.state() == Connection::Online && inbox.is_attended();
        Some(id.get()).filter(|id| can_be_told && inbox.conversation(*id).is_some_and(|one| one.mentioned))
    });
    effect(move || {
        if let Some(id) = unseen.get() {
            settings.saw_mention(id);
        }
    });
    // Whoever writes has before their eyes what was said.
    let writable = Memo::new(move |_| loading.get() == Loading::Ready);
    let to = Signal::from(id);
    let is_view = inbox.is_view();
    view! {
        <Show when=move || loading.get() != Loading::Missing>
            <ChatHeader id=to panel on_panel on_back />
            <BlacklistBanner id=to />
        </Show>
        <For each=move || [id.get()] key=|id| *id let(id)>
            <Log id on_back />
        </For>
        <div class="chat-window__writing" hidden=move || !writable.get()>
            <Show when=move || connection.state() == Connection::Offline>
                <p class="chat-window__offline">
                    <IconView icon=Icon::Clock size=14 />
                    {t!(offline_strip)}
                </p>
            </Show>
            <WatchingStrip id=to />
            <UnsentText id=to />
            {(!is_view).then(|| view! {
                <UploadTray id=to />
                <WritingMode id=to />
            })}
            {move || if is_view {
                view! {
                    <p class="chat-window__offline">
                        <IconView icon=Icon::Eye size=14 />
                        {t!(view_no_writing)}
                    </p>
                }
                .into_any()
            } else if noting.get() {
                view! {
                    <For each=move || writable.get().then(|| id.get()) key=|id| *id let(id)>
                        <NoteComposer id />
                    </For>
                }
                .into_any()
            } else {
                view! {
                    <QuoteBar id=to visitor />
                    <Composer id=to shown=writable />
                }
                .into_any()
            }}
        </div>
    }
}

/// What was said, or how far it has come.
#[component]
fn Log(id: ConversationId, on_back: Callback<()>) -> impl IntoView {
    let inbox = use_inbox();
    let loading = Memo::new(move |_| inbox.thread_loading(id));
    // Taken before this look at the conversation moves the mark.
    let opened_at = StoredValue::new(None::<Option<i64>>);
    let new_after = move || {
        let mark = opened_at.get_value().unwrap_or_else(|| inbox.unread_after(id));
        opened_at.set_value(Some(mark));
        mark
    };
    move || match loading.get() {
        Loading::Ready => view! { <MessageList id new_after=new_after() /> }.into_any(),
        Loading::Pending => view! { <OnTheirWay /> }.into_any(),
        Loading::Failed => view! {
            <div class="chat-window__nothing">
                <ErrorState
                    message=t!(messages_failed)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| inbox.reload())
                />
            </div>
        }
        .into_any(),
        Loading::Missing => view! { <Gone id on_back /> }.into_any(),
    }
}

/// Messages are on their way. What comes at once is not announced by a flash of something else.
#[component]
fn OnTheirWay() -> impl IntoView {
    let long = RwSignal::new(false);
    set_timeout(
        move || {
            long.try_set(true);
        },
        LONG,
    );
    view! {
        <div class="chat-window__loading" aria-busy="true">
            <span class="visually-hidden">{t!(loading)}</span>
            {move || long.get().then(|| (0..5).map(|_| view! { <Skeleton lines=2 avatar=true /> }).collect_view())}
        </div>
    }
}

#[component]
fn ChatHeader(
    id: Signal<ConversationId>,
    panel: Signal<bool>,
    on_panel: Callback<bool>,
    on_back: Callback<()>,
) -> impl IntoView {
    let inbox = use_inbox();
    let channels = use_channels();
    let conversation = Memo::new(move |_| inbox.conversation(id.get()));
    let name = Signal::derive(move || {
        conversation.with(|one| one.as_ref().map(|one| contact_name(&one.contact)).unwrap_or_default())
    });
    let channel = Memo::new(move |_| {
        conversation.with(|one| one.as_ref().map(|one| one.channel_id)).and_then(|id| channels.name(id))
    });
    // Whose answer is on its way waits no longer.
    let waiting = Memo::new(move |_| {
        conversation
            .with(|one| one.as_ref().and_then(|one| one.waiting_since))
            .filter(|_| inbox.unsent(id.get()) != Some(Unsent::Waiting))
    });
    let seed = Memo::new(move |_| conversation.with(|one| one.as_ref().map(|one| one.contact.number.to_string())));
    let mark = Signal::derive(move || {
        conversation.with(|one| one.as_ref().map(|one| contact_mark(&one.contact)).unwrap_or_default())
    });
    let typing = typing_words(id);
    let expanded = move || if panel.get() { "true" } else { "false" };
    view! {
        <header class="chat-window__header">
            <span class="chat-window__back">
                <IconButton icon=Icon::ArrowLeft label=t!(back) on:click=move |_| on_back.run(()) />
            </span>
            {move || seed.get().map(|seed| view! {
                <button
                    type="button"
                    class="chat-window__avatar"
                    aria-label=move || lang().contact_of(&name.get())
                    aria-expanded=expanded
                    on:click=move |_| on_panel.run(true)
                >
                    <Avatar name=mark seed />
                </button>
            })}
            <div class="chat-window__who">
                <h2 class="chat-window__name" tabindex="-1">{move || name.get()}</h2>
                <p class="chat-window__channel">
                    {move || typing.get().map(|words| view! { <span class="chat-window__typing">{words}</span> })}
                    {move || channel.get().map(|name| view! {
                        <span class="chat-window__source">
                            <IconView icon=Icon::Globe size=14 />
                            <span class="chat-window__where">{name}</span>
                        </span>
                    })}
                    {move || waiting.get().map(|since| view! {
                        <span class="chat-window__waiting">
                            {move || lang().waiting_for(format::relative(since, inbox.clock()))}
                        </span>
                    })}
                </p>
            </div>
            // On a phone nothing else is in sight that has it.
            <span class="chat-window__connection">
                <ConnectionDot />
            </span>
            <For each=move || [id.get()] key=|id| *id let(id)>
                <SettingsMenu id on_gone=on_back />
            </For>
            <span class="chat-window__panel-toggle">
                {move || {
                    let label = move || if panel.get() { lang().hide_contact() } else { lang().show_contact() };
                    view! {
                        <IconButton
                            icon=Icon::Info
                            label=label
                            attr:aria-expanded=expanded
                            on:click=move |_| on_panel.run(!panel.get_untracked())
                        />
                    }
                }}
            </span>
        </header>
    }
}
