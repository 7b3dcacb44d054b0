//! Whose the open conversation is and why, and what the person does about it: items of its menu, and the window for handing it on.

use super::members::Members;
use super::snooze::snooze;
use super::transfer::transfer;
use crate::components::part::part;
use crate::i18n::{Lang, lang, t};
use crate::stores::agents::{Agents, use_agents};
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::use_inbox;
use crate::ui::{Dialog, Icon, IconView, MenuItem};
use leptos::{prelude::*, task::spawn_local};
use types::assignment::{Assignment, AssignmentReason};
use types::id::{AgentId, ConversationId};

/// Which conversation is handed on, for the window that comes with its part, and whether the window is open.
#[derive(Clone, Copy)]
pub struct HandingOn {
    /// The conversation.
    pub id: ConversationId,
    /// Whether it is asked to whom.
    pub open: RwSignal<bool>,
}

/// The same of putting it off.
#[derive(Clone, Copy)]
pub struct Snoozing {
    /// The conversation.
    pub id: ConversationId,
    /// Whether it is asked until when.
    pub open: RwSignal<bool>,
}

/// What the person can do about whose the conversation is.
#[component]
pub fn StandingItems(
    /// Who takes part.
    members: Members,
    /// The conversation, and whether it is asked to whom it goes.
    handing_on: HandingOn,
    /// Whether it is asked until when it is put off.
    snoozing: Snoozing,
) -> impl IntoView {
    let (inbox, agents, settings) = (use_inbox(), use_agents(), use_conversation_settings());
    let HandingOn { id, open } = handing_on;
    let me = inbox.me();
    let conversation = Memo::new(move |_| inbox.conversation(id));
    let assignee = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.assignee_id)));
    let snoozed = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.snoozed_until)));
    let closed = Memo::new(move |_| conversation.with(|one| one.as_ref().is_some_and(|one| one.closed_at.is_some())));
    let why = move || {
        let assignment = conversation.with(|one| one.as_ref().and_then(|one| one.assignment.clone()))?;
        Some(explained(lang(), agents, assignee.get(), &assignment))
    };
    let may_take = move || assignee.get() != Some(me) && (assignee.get().is_none() || members.may_change.get());
    view! {
        {move || why().map(|words| view! { <p class="members__none" role="presentation">{words}</p> })}
        <Show when=may_take>
            <MenuItem on:click=move |_| spawn_local(settings.take_over(id))>
                <IconView icon=Icon::User size=18 />
                {t!(take_over)}
            </MenuItem>
        </Show>
        <Show when=move || members.may_change.get()>
            <MenuItem on:click=move |_| open.set(true)>
                <IconView icon=Icon::ArrowRight size=18 />
                {t!(transfer)}
            </MenuItem>
            {move || match snoozed.get() {
                Some(_) => view! {
                    <MenuItem on:click=move |_| spawn_local(settings.wake(id))>
                        <IconView icon=Icon::Clock size=18 />
                        {t!(snooze_end)}
                    </MenuItem>
                }
                .into_any(),
                None if assignee.get().is_some() && !closed.get() => view! {
                    <MenuItem on:click=move |_| snoozing.open.set(true)>
                        <IconView icon=Icon::Clock size=18 />
                        {t!(snooze)}
                    </MenuItem>
                }
                .into_any(),
                None => ().into_any(),
            }}
            <MenuItem on:click=move |_| {
                let close = !closed.get_untracked();
                spawn_local(settings.set_closed(id, close));
            }>
                <IconView icon=Icon::CheckCircle size=18 />
                {move || if closed.get() { lang().reopen_chat() } else { lang().close_chat() }}
            </MenuItem>
        </Show>
    }
}

/// The window that asks to whom the conversation goes. What it shows is loaded when it is first opened.
#[component]
pub fn TransferDialog(
    /// The conversation, and whether it is asked.
    handing_on: HandingOn,
) -> impl IntoView {
    provide_context(handing_on);
    view! {
        <Dialog open=handing_on.open title=t!(transfer) close_label=t!(close)>
            {part(transfer)}
        </Dialog>
    }
}

/// The window that asks until when the conversation is put off. What it shows is loaded when it is first opened.
#[component]
pub fn SnoozeDialog(
    /// The conversation, and whether it is asked.
    snoozing: Snoozing,
) -> impl IntoView {
    provide_context(snoozing);
    view! {
        <Dialog open=snoozing.open title=t!(snooze) close_label=t!(close)>
            {part(snooze)}
        </Dialog>
    }
}

/// Why a conversation is whose it is, or why it waits, in words.
fn explained(lang: Lang, agents: Agents, assignee: Option<AgentId>, assignment: &Assignment) -> String {
    let name = assignee.map(|id| agents.name(id)).unwrap_or_default();
    let by = assignment.by.map(|id| agents.name(id)).unwrap_or_default();
    match assignment.reason {
        AssignmentReason::ReturningVisitor => lang.why_returning(&name),
        AssignmentReason::ByLevel => lang.why_level(&name, assignment.eligible),
        AssignmentReason::OnlyOne => lang.why_only(&name),
        AssignmentReason::Transferred => lang.why_transferred(&name, &by),
        AssignmentReason::TakenOver => lang.why_taken(&name),
        AssignmentReason::NobodyOnline => lang.why_nobody_online().to_owned(),
        AssignmentReason::NobodyServing => lang.why_nobody_serving().to_owned(),
        AssignmentReason::EverybodyFull => lang.why_everybody_full().to_owned(),
        AssignmentReason::ByHand => lang.why_by_hand().to_owned(),
    }
}
