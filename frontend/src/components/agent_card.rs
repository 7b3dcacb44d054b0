//! A colleague's card, and their picture, which opens it.

use crate::components::shell::account_menu::role_name;
use crate::i18n::{Lang, errors::error_text, format, lang, t};
use crate::stores::agents::use_agents;
use crate::ui::{Avatar, AvatarSize, Dialog, ErrorState, Skeleton, effect};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local, text_prop::TextProp};
use types::agents::{Agent, AgentField, Presence};
use types::id::AgentId;

/// A colleague's picture, as it is now.
pub fn agent_picture(id: AgentId, name: impl Into<TextProp>, size: AvatarSize) -> AnyView {
    picture_of(id, name.into(), size)
}

fn picture_of(id: AgentId, name: TextProp, size: AvatarSize) -> AnyView {
    let agents = use_agents();
    let picture = Memo::new(move |_| agents.get(id).and_then(|agent| agent.avatar_id));
    view! { <Avatar name seed=id.to_string() size picture /> }.into_any()
}

/// A colleague's picture as a button: it opens their card.
#[component]
pub fn AgentAvatar(
    /// The colleague.
    id: AgentId,
    /// What they are called.
    #[prop(into)]
    name: TextProp,
    /// How large it is.
    #[prop(optional)]
    size: AvatarSize,
    /// Whether the keyboard stops there; where the same picture is repeated, once is enough.
    #[prop(default = Signal::stored(true), into)]
    stop: Signal<bool>,
) -> impl IntoView {
    let agents = use_agents();
    let label = name.clone();
    view! {
        <button
            type="button"
            class="agent-avatar"
            aria-haspopup="dialog"
            aria-label=move || lang().agent_card_of(&label.get())
            tabindex=move || if stop.get() { "0" } else { "-1" }
            on:click=move |_| agents.show(id)
        >
            {agent_picture(id, name, size)}
        </button>
    }
}

/// The card of whichever colleague is shown. Once on the page, where the signed-in pages begin.
#[component]
pub fn AgentCard() -> impl IntoView {
    let agents = use_agents();
    let shown = agents.shown();
    let open = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let fetch = move |id: AgentId| {
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = agents.fetch(id).await {
                failed.try_set(Some(error));
            }
        });
    };
    effect(move || {
        if let Some(id) = shown.get() {
            fetch(id);
            open.set(true);
        }
    });
    let agent = Memo::new(move |_| shown.get().and_then(|id| agents.get(id)));
    view! {
        <Dialog open title=t!(agent_card) close_label=t!(close) on_close=Callback::new(move |()| shown.set(None))>
            {move || match (agent.get(), failed.get()) {
                (Some(agent), _) => view! { <Details agent /> }.into_any(),
                (None, Some(error)) => view! {
                    <ErrorState
                        message=move || error_text(lang(), &error)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| {
                            if let Some(id) = shown.get_untracked() {
                                fetch(id);
                            }
                        })
                    />
                }
                .into_any(),
                (None, None) => view! { <div aria-busy="true"><Skeleton lines=3 avatar=true /></div> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Details(agent: Agent) -> impl IntoView {
    let (role, presence, disabled) = (agent.role, agent.presence, agent.disabled);
    let hidden = !agent.masked.is_empty();
    let shows = move |field: AgentField| !agent.masked.contains(&field);
    let created = agent.created_at;
    // Of what is masked the part that is left is shown, and what is left out is not.
    let account = agent.account.filter(|_| shows(AgentField::Account));
    view! {
        <div class="agent-card">
            <div class="agent-card__who">
                {agent_picture(agent.id, agent.name.clone(), AvatarSize::Large)}
                <div class="agent-card__title">
                    <p class="agent-card__name">{agent.name}</p>
                    <p class="agent-card__role">
                        <span>{move || role_name(role)}</span>
                        {disabled.then(|| view! { <span class="agent-card__disabled">{t!(agent_disabled)}</span> })}
                        {(!disabled).then(|| view! { <PresenceMark presence /> })}
                    </p>
                </div>
            </div>
            <dl class="agent-card__facts">
                {account.map(|account| view! {
                    <dt>{t!(account)}</dt>
                    <dd>{account}</dd>
                })}
                <dt>{t!(mobile)}</dt>
                <dd>{or_dash(agent.mobile)}</dd>
                <dt>{t!(email)}</dt>
                <dd>{or_dash(agent.email)}</dd>
                <dt>{t!(agent_since)}</dt>
                <dd>{move || format::date_time(created)}</dd>
            </dl>
            {hidden.then(|| view! { <p class="agent-card__note">{t!(agent_masked)}</p> })}
        </div>
    }
}

/// What is not known.
fn or_dash(text: String) -> String {
    if text.is_empty() { "—".to_owned() } else { text }
}

/// Whether a colleague is there: a dot and the word.
#[component]
pub fn PresenceMark(
    /// Whether they are.
    presence: Presence,
) -> impl IntoView {
    let kind = match presence {
        Presence::Online => "online",
        Presence::Suspended => "suspended",
        Presence::Offline => "offline",
    };
    view! {
        <span class=format!("presence presence--{kind}")>
            {move || presence_name(lang(), presence)}
        </span>
    }
}

fn presence_name(lang: Lang, presence: Presence) -> &'static str {
    match presence {
        Presence::Online => lang.presence_online(),
        Presence::Suspended => lang.presence_suspended(),
        Presence::Offline => lang.presence_offline(),
    }
}
