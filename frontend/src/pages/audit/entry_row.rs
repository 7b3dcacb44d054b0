//! An entry: what was done, and unfolded what it says beside that and where it came from.

use super::{found::Found, wanted::Wanted, words_in};
use crate::{
    i18n::{format, lang, t},
    routes,
    stores::{agents::use_agents, live::use_channels},
    ui::{Button, ButtonSize, ButtonVariant},
};
use client::state::View;
use leptos::prelude::*;
use rules::audit as words;
use types::audit::{AuditEntry, AuditKind, AuditSubject, AuditSubjectKind};
use types::id::{AgentId, ChannelId, ConversationId};

/// A row of the list.
#[component]
pub fn EntryRow(
    /// The entry; it never changes.
    entry: AuditEntry,
    /// The entries.
    found: Found,
    /// Shows others.
    show: Callback<Wanted>,
) -> impl IntoView {
    let unfolded = RwSignal::new(false);
    let (kind, at, who, agent_id) = (entry.action.kind(), entry.created_at, entry.agent_name.clone(), entry.agent_id);
    let (subject, token) = (entry.subject.clone(), entry.token.as_ref().map(|token| token.name.clone()));
    let about = StoredValue::new(entry);
    let named = move || {
        let subject = subject.as_ref()?;
        let kind = words::subject(subject.kind, words_in(lang()));
        Some(subject.name.as_ref().map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}")))
    };
    view! {
        <li class="audit__entry" data-deed=kind.as_str()>
            <details on:toggle=move |_| unfolded.set(true)>
                <summary class="audit__line">
                    <time class="audit__when" datetime=at.to_string()>{move || format::date_time(at)}</time>
                    <span class="audit__who">
                        {who}
                        {token.map(|token| view! { <span class="audit__token">{token}</span> })}
                    </span>
                    <span class="audit__what">{move || words::action(kind, words_in(lang()))}</span>
                    <span class="audit__subject">{named}</span>
                </summary>
                // Few are unfolded.
                {move || unfolded.get().then(|| about.with_value(|entry| unfold(entry, agent_id, found, show)))}
            </details>
        </li>
    }
}

fn unfold(entry: &AuditEntry, agent_id: AgentId, found: Found, show: Callback<Wanted>) -> impl IntoView + use<> {
    let action = entry.action.clone();
    let details = move || {
        words::details(&action, words_in(lang()))
            .into_iter()
            .map(|detail| view! { <div><dt>{detail.label}</dt><dd>{detail.value}</dd></div> })
            .collect_view()
    };
    let token = entry.token.clone().map(|token| {
        view! { <div><dt>{t!(audit_token)}</dt><dd>{move || words::token(&token, words_in(lang()))}</dd></div> }
    });
    let from = [entry.ip.clone(), entry.place.clone(), entry.device.clone()];
    let from: Vec<String> = from.into_iter().flatten().collect();
    let origin = move || match from.is_empty() {
        true => lang().audit_unknown_where().to_owned(),
        false => from.join(" · "),
    };
    let address = entry.subject.as_ref().filter(|_| !is_gone(entry.action.kind())).and_then(address_of);
    let subject_id = entry.subject.as_ref().map(|subject| subject.id);
    let only = move |wanted: Wanted| show.run(wanted);
    let now = move || found.wanted.get_untracked();
    view! {
        <div class="audit__more">
            <dl class="audit__details">
                {details}
                {token}
                <div><dt>{t!(audit_where)}</dt><dd>{origin}</dd></div>
            </dl>
            <div class="audit__ways">
                {address.map(|address| view! { <a class="audit__link" href=address>{t!(audit_open)}</a> })}
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    on:click=move |_| only(Wanted { agent_id: Some(agent_id), ..now() })
                >
                    {t!(audit_only_person)}
                </Button>
                {subject_id.map(|subject_id| view! {
                    <Button
                        size=ButtonSize::Small
                        variant=ButtonVariant::Ghost
                        on:click=move |_| only(Wanted { subject_id: Some(subject_id), ..now() })
                    >
                        {t!(audit_only_subject)}
                    </Button>
                })}
            </div>
        </div>
    }
}

/// Whether what it was done to went with it.
fn is_gone(kind: AuditKind) -> bool {
    matches!(
        kind,
        AuditKind::ConversationDeleted
            | AuditKind::ChannelDeleted
            | AuditKind::AgentRemoved
            | AuditKind::AgentGroupDeleted
            | AuditKind::TagDeleted
            | AuditKind::TagGroupDeleted
            | AuditKind::ContactDeleted
            | AuditKind::ApiTokenRevoked
            | AuditKind::WebhookDeleted
    )
}

/// Where it can be looked at, if it is still there as far as is known here.
fn address_of(subject: &AuditSubject) -> Option<String> {
    let id = subject.id;
    match subject.kind {
        AuditSubjectKind::Agent => use_agents().get(AgentId(id)).map(|_| routes::PEOPLE.to_owned()),
        AuditSubjectKind::AgentGroup => Some(routes::PEOPLE.to_owned()),
        AuditSubjectKind::Channel => use_channels().get(ChannelId(id)).map(|_| routes::channel(ChannelId(id))),
        AuditSubjectKind::Conversation => Some(routes::inbox(Some(ConversationId(id)), View::default())),
        AuditSubjectKind::Tag | AuditSubjectKind::TagGroup => Some(routes::TAGS.to_owned()),
        AuditSubjectKind::ApiToken => Some(routes::API_TOKENS.to_owned()),
        AuditSubjectKind::Webhook => Some(routes::WEBHOOKS.to_owned()),
        AuditSubjectKind::ChannelGroup | AuditSubjectKind::Contact => None,
    }
}
