//! What a token may do, in words, and how it is chosen.

use crate::{
    components::form::ErrorPlace,
    i18n::{Lang, lang, t},
    ui::{Choice, RadioGroup},
};
use leptos::prelude::*;
use types::api_tokens::Scope;

/// A scope in words.
pub fn scope_name(lang: Lang, scope: Scope) -> &'static str {
    match scope {
        Scope::ConversationsRead => lang.scope_conversations_read(),
        Scope::ConversationsWrite => lang.scope_conversations_write(),
        Scope::ContactsRead => lang.scope_contacts_read(),
        Scope::ContactsWrite => lang.scope_contacts_write(),
        Scope::TagsRead => lang.scope_tags_read(),
        Scope::TagsWrite => lang.scope_tags_write(),
        Scope::ChannelsRead => lang.scope_channels_read(),
        Scope::ChannelsWrite => lang.scope_channels_write(),
        Scope::AgentsRead => lang.scope_agents_read(),
        Scope::AgentsWrite => lang.scope_agents_write(),
        Scope::OrganisationRead => lang.scope_organisation_read(),
        Scope::OrganisationWrite => lang.scope_organisation_write(),
        Scope::WebhooksRead => lang.scope_webhooks_read(),
        Scope::WebhooksWrite => lang.scope_webhooks_write(),
        Scope::AuditRead => lang.scope_audit_read(),
        Scope::ProfileRead => lang.scope_profile_read(),
        Scope::ProfileWrite => lang.scope_profile_write(),
        Scope::EventsRead => lang.scope_events_read(),
        Scope::SocketsWrite => lang.scope_sockets_write(),
    }
}

/// How the scopes are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Preset {
    ReadOnly,
    Everything,
    Chosen,
}

impl Preset {
    /// The one by which these are chosen.
    fn of(scopes: &[Scope]) -> Self {
        let reading = Scope::ALL.iter().filter(|scope| scope.only_reads()).count();
        if scopes.len() == Scope::ALL.len() {
            Self::Everything
        } else if scopes.len() == reading && scopes.iter().all(|scope| scope.only_reads()) {
            Self::ReadOnly
        } else {
            Self::Chosen
        }
    }
}

/// The scopes that only read, which is what a form begins with.
pub fn reading() -> Vec<Scope> {
    Scope::ALL.iter().copied().filter(|scope| scope.only_reads()).collect()
}

/// The presets, and a box for each scope.
#[component]
pub fn ScopesField(
    /// Those that are chosen.
    chosen: RwSignal<Vec<Scope>>,
    /// What is wrong.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let opened = RwSignal::new(false);
    let preset =
        Memo::new(move |_| if opened.get() { Preset::Chosen } else { chosen.with(|chosen| Preset::of(chosen)) });
    let choose = Callback::new(move |preset| {
        opened.set(preset == Preset::Chosen);
        match preset {
            Preset::ReadOnly => chosen.set(reading()),
            Preset::Everything => chosen.set(Scope::ALL.to_vec()),
            Preset::Chosen => {}
        }
    });
    let toggle = move |scope: Scope, is_on: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| *other != scope);
            if is_on {
                chosen.push(scope);
            }
        });
    };
    view! {
        <RadioGroup
            legend=t!(scopes)
            choices=vec![
                Choice::new(Preset::ReadOnly, t!(scopes_read_only)).noted(t!(scopes_read_only_note)),
                Choice::new(Preset::Everything, t!(scopes_everything)).noted(t!(scopes_everything_note)),
                Choice::new(Preset::Chosen, t!(scopes_chosen)).noted(t!(scopes_chosen_note)),
            ]
            value=preset
            on_choose=choose
        />
        <Show when=move || preset.get() == Preset::Chosen>
            <fieldset class="api-token-form__scopes">
                <legend class="visually-hidden">{t!(scopes_chosen)}</legend>
                {Scope::ALL
                    .iter()
                    .map(|scope| view! {
                        <label class="checkbox__row">
                            <input
                                class="checkbox__input"
                                type="checkbox"
                                name=scope.as_str()
                                prop:checked=move || chosen.with(|chosen| chosen.contains(scope))
                                on:change:target=move |event| toggle(*scope, event.target().checked())
                            />
                            <span class="checkbox__label">
                                {move || scope_name(lang(), *scope)} " " <code>{scope.as_str()}</code>
                            </span>
                        </label>
                    })
                    .collect_view()}
            </fieldset>
        </Show>
        <ErrorPlace text=error />
    }
}
