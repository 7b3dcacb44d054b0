//! To whom a conversation is handed on: what the window shows that asks for it.

use super::standing::HandingOn;
use crate::components::agent_card::{PresenceMark, agent_picture};
use crate::components::form::ErrorPlace;
use crate::components::part::Draw;
use crate::i18n::{errors::error_text, lang, lang_now, t};
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::use_inbox;
use crate::ui::{AvatarSize, Button, ButtonVariant, EmptyState, ErrorState, Icon, IconView, Skeleton, TextArea};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::assignment::{TransferAgent, TransferConversation, TransferGroup, TransferTargets};
use types::error::ErrorCode;
use types::id::{AgentGroupId, AgentId};
use types::limits;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// What is chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Agent(AgentId),
    Group(AgentGroupId),
}

/// Loads what draws it, which is not needed before somebody hands something on.
#[wasm_split(transfer, fallible)]
pub fn transfer() -> Result<Draw, SplitLoaderError> {
    let draw: Draw = || view! { <TransferForm /> }.into_any();
    Ok(draw)
}

/// Agents and groups, a note to go with it, and the button.
#[component]
fn TransferForm() -> impl IntoView {
    let HandingOn { id, open } = expect_context();
    let settings = use_conversation_settings();
    let inbox = use_inbox();
    let targets = RwSignal::new(None::<Result<TransferTargets, ApiError>>);
    let load = move || {
        targets.set(None);
        spawn_local(async move {
            let answer = settings.transfer_targets().await;
            targets.try_set(Some(answer));
        });
    };
    load();
    let chosen = RwSignal::new(None::<To>);
    let (note, busy, failed) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<String>));
    let too_long = Signal::derive(move || {
        let length = note.with(|note| note.trim().chars().count());
        (length > limits::MESSAGE_TEXT_MAX).then(|| lang().transfer_note_too_long(limits::MESSAGE_TEXT_MAX))
    });
    let transfer = move |_| {
        let Some(to) = chosen.get_untracked().filter(|_| too_long.get_untracked().is_none()) else { return };
        let (agent_id, group_id) = match to {
            To::Agent(agent) => (Some(agent), None),
            To::Group(group) => (None, Some(group)),
        };
        let note = Some(note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
        let request = TransferConversation { agent_id, group_id, note };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let done = settings.transfer(id, request).await;
            busy.try_set(false);
            match done {
                Ok(()) => drop(open.try_set(false)),
                Err(error) => {
                    let text = match error.code() {
                        Some(ErrorCode::Conflict) => lang_now().transfer_full().to_owned(),
                        _ => error_text(lang_now(), &error),
                    };
                    failed.try_set(Some(text));
                }
            }
        });
    };
    let assignee = move || inbox.conversation(id).and_then(|one| one.assignee_id);
    let is_chosen = move |to: To| chosen.get() == Some(to);
    let rows = move |targets: TransferTargets| {
        let agents = targets.agents.into_iter().filter(|one| Some(one.id) != assignee()).collect::<Vec<_>>();
        if agents.is_empty() && targets.groups.is_empty() {
            return view! { <EmptyState icon=Icon::User title=t!(transfer_nobody) /> }.into_any();
        }
        let choose = move |to| chosen.set(Some(to));
        view! {
            <ul class="member-picker__list" role="radiogroup" aria-label=t!(transfer_to)>
                {targets.groups.into_iter().map(|group| group_row(group, is_chosen, choose)).collect_view()}
                {agents.into_iter().map(|agent| agent_row(agent, is_chosen, choose)).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <div class="member-picker transfer">
            <ErrorPlace text=failed />
            {move || match targets.get() {
                None => view! { <div aria-busy="true"><Skeleton lines=3 avatar=true /></div> }.into_any(),
                Some(Err(_)) => view! {
                    <ErrorState
                        message=t!(agents_failed)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| load())
                    />
                }
                .into_any(),
                Some(Ok(targets)) => rows(targets),
            }}
            <TextArea
                label=t!(transfer_note)
                value=note
                error=too_long
                hint=t!(transfer_note_hint)
                count=t!(characters_of(note.with(|text| text.trim().chars().count()), limits::MESSAGE_TEXT_MAX))
                name="note"
                rows=2
                on_leave=Callback::new(|()| ())
            />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button
                    variant=ButtonVariant::Primary
                    busy
                    disabled=Signal::derive(move || chosen.get().is_none() || too_long.get().is_some())
                    on:click=transfer
                >
                    {t!(transfer)}
                </Button>
            </div>
        </div>
    }
}

/// One of the choices: a radio button that looks like a row.
fn row(
    to: To,
    is_chosen: impl Fn(To) -> bool + Copy + Send + Sync + 'static,
    choose: impl Fn(To) + Copy + 'static,
    words: AnyView,
) -> AnyView {
    view! {
        <li role="presentation">
            <button
                type="button"
                role="radio"
                class="member-picker__agent"
                class:transfer__chosen=move || is_chosen(to)
                aria-checked=move || if is_chosen(to) { "true" } else { "false" }
                on:click=move |_| choose(to)
            >
                {words}
                {move || is_chosen(to).then(|| view! {
                    <span class="member-picker__in"><IconView icon=Icon::Check size=16 /></span>
                })}
            </button>
        </li>
    }
    .into_any()
}

fn agent_row(
    agent: TransferAgent,
    is_chosen: impl Fn(To) -> bool + Copy + Send + Sync + 'static,
    choose: impl Fn(To) + Copy + 'static,
) -> AnyView {
    let TransferAgent { id, name, presence, open, capacity } = agent;
    let load = move || if capacity == 0 { lang().transfer_open(open) } else { lang().transfer_open_of(open, capacity) };
    let words = view! {
        {agent_picture(id, name.clone(), AvatarSize::Small)}
        <span class="member-picker__who">
            <span class="member-picker__name">{name}</span>
            <span class="member-picker__facts">
                <span>{load}</span>
                <PresenceMark presence />
            </span>
        </span>
    };
    row(To::Agent(id), is_chosen, choose, words.into_any())
}

fn group_row(
    group: TransferGroup,
    is_chosen: impl Fn(To) -> bool + Copy + Send + Sync + 'static,
    choose: impl Fn(To) + Copy + 'static,
) -> AnyView {
    let TransferGroup { id, name, online } = group;
    let words = view! {
        <span class="members__tool"><IconView icon=Icon::User size=18 /></span>
        <span class="member-picker__who">
            <span class="member-picker__name">{move || lang().transfer_group(&name)}</span>
            <span class="member-picker__facts"><span>{move || lang().transfer_online(online)}</span></span>
        </span>
    };
    row(To::Group(id), is_chosen, choose, words.into_any())
}
