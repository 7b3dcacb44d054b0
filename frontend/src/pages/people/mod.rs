//! The organisation's own people: found, added, edited, disabled, removed and grouped.

pub mod draft;
pub mod edit_dialog;
pub mod group_row;
pub mod groups;
pub mod leave_dialog;
pub mod person_row;
pub mod picture;
pub mod second_factor_dialog;

use crate::{
    api::{ConsoleApi, Identified, use_api, use_identity},
    components::page_head::PageHead,
    i18n::{errors::error_text, lang, lang_now, t},
    stores::{
        agent_view::{self, Over},
        agents::{Agents, use_agents},
        inbox::Loading,
        live::use_connection,
        session::use_session,
        title::set_page_title,
    },
    ui::{Button, ButtonVariant, EmptyState, ErrorState, Icon, Skeleton, TextField, Toasts, use_toasts},
};
use draft::Draft;
use edit_dialog::EditDialog;
use groups::GroupsCard;
use leave_dialog::{LeaveDialog, Leaving};
use leptos::{prelude::*, task::spawn_local};
use person_row::PersonRow;
use rules::permissions::Permission;
use second_factor_dialog::SecondFactorDialog;
use std::rc::Rc;
use types::agents::Agent;
use types::events::Event;
use types::id::AgentId;
use types::limits::AGENTS_MAX;
use types::people::{AgentGroup, AgentView};

/// What is done on the page. `Copy`.
#[derive(Clone, Copy)]
pub struct People {
    /// Who works here.
    pub agents: Agents,
    /// Who looks at the page.
    pub me: Option<AgentId>,
    /// The groups, once they have come.
    pub groups: RwSignal<Option<Vec<AgentGroup>>>,
    /// They could not be fetched.
    groups_failed: RwSignal<bool>,
    /// What stands in the form.
    pub draft: Draft,
    /// Whether the form is open.
    pub editing: RwSignal<bool>,
    /// Who is to be disabled or removed, once that is confirmed.
    pub leaving: RwSignal<Option<Leaving>>,
    /// Whose second factor is to be taken off, once that is confirmed.
    pub unlocking: RwSignal<Option<Agent>>,
    /// Tells how it went.
    pub toasts: Toasts,
    /// The server, for what the typed calls do not carry.
    pub identity: Identified,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

impl People {
    /// The server.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Fetches the groups anew; those that are there stay meanwhile.
    pub fn load_groups(self) {
        let api = self.api();
        self.groups_failed.set(false);
        spawn_local(async move {
            match api.list_agent_groups().await {
                Ok(groups) => drop(self.groups.try_set(Some(groups.items))),
                Err(_) => drop(self.groups_failed.try_set(true)),
            }
        });
    }

    /// Opens a colleague's console in this tab, to look at.
    pub fn view_as(self, id: AgentId) {
        let api = self.api();
        spawn_local(async move {
            match api.begin_agent_view(id).await {
                Ok(AgentView { agent_id, name, access_token: token, .. }) => {
                    if !agent_view::enter(&agent_view::AgentView { agent_id, token, name }) {
                        self.toasts.error(lang_now().people_view_unkept());
                    }
                }
                Err(error) => self.toasts.error(error_text(lang_now(), &error)),
            }
        });
    }

    /// Back from a colleague's console: says how that ended, and tells the server that it has.
    fn come_back(self) {
        match agent_view::take_over() {
            Some(Over::Expired) => self.toasts.error(lang_now().people_view_over()),
            Some(Over::Left(id)) => {
                let api = self.api();
                spawn_local(async move {
                    match api.end_agent_view(id).await {
                        Ok(()) => self.toasts.success(lang_now().people_view_left()),
                        Err(error) => self.toasts.error(error_text(lang_now(), &error)),
                    }
                });
            }
            None => {}
        }
    }

    /// What a group is called.
    fn group_names(self, agent: &Agent) -> Vec<String> {
        let ids = agent.settings.as_ref().map(|settings| settings.group_ids.clone()).unwrap_or_default();
        self.groups.with(|groups| {
            let groups = groups.iter().flatten();
            groups.filter(|group| ids.contains(&group.id)).map(|group| group.name.clone()).collect()
        })
    }
}

/// Whether somebody is meant by what was typed.
fn is_meant(agent: &Agent, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let account = agent.account.as_deref().unwrap_or_default();
    [agent.name.as_str(), account, &agent.mobile, &agent.email].iter().any(|text| text.to_lowercase().contains(&typed))
}

/// The page.
#[component]
pub fn PeoplePage() -> impl IntoView {
    set_page_title(t!(people));
    let session = use_session();
    view! {
        <div class="page">
            <PageHead title=t!(people) hint=t!(people_hint) back=true />
            {move || if session.may(Permission::ManageAgents) {
                managed().into_any()
            } else {
                view! {
                    <EmptyState icon=Icon::User title=t!(people_admins_only) hint=t!(people_admins_only_hint) />
                }
                .into_any()
            }}
        </div>
    }
}

fn managed() -> impl IntoView {
    let agents = use_agents();
    let people = People {
        agents,
        me: use_session().me_now().map(|me| me.id),
        groups: RwSignal::new(None),
        groups_failed: RwSignal::new(false),
        draft: Draft::blank(),
        editing: RwSignal::new(false),
        leaving: RwSignal::new(None),
        unlocking: RwSignal::new(None),
        toasts: use_toasts(),
        identity: use_identity(),
        api: StoredValue::new_local(use_api()),
    };
    agents.refresh();
    people.load_groups();
    people.come_back();
    use_connection().follow(Rc::new(move |event| {
        if matches!(event, None | Some(Event::AgentGroupsChanged {} | Event::AgentRemoved { .. })) {
            people.load_groups();
        }
    }));
    let typed = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let everybody = agents.everybody();
        typed.with(|typed| {
            everybody.iter().filter(|agent| is_meant(agent, typed)).map(|agent| agent.id).collect::<Vec<_>>()
        })
    });
    let is_full = Memo::new(move |_| u64::try_from(agents.everybody().len()).is_ok_and(|count| count >= AGENTS_MAX));
    let list = move || match agents.loading() {
        Loading::Pending => view! { <Skeleton lines=4 avatar=true /> }.into_any(),
        Loading::Failed | Loading::Missing => view! {
            <ErrorState
                message=t!(agents_failed)
                retry_label=t!(retry)
                on_retry=Callback::new(move |()| agents.refresh())
            />
        }
        .into_any(),
        Loading::Ready => view! {
            <ul class="people__list" aria-label=t!(people_list)>
                <For each=move || found.get() key=|id| *id let(id)>
                    <PersonRow id people />
                </For>
            </ul>
            <Show when=move || found.with(Vec::is_empty)>
                <EmptyState icon=Icon::Search title=t!(people_nobody) hint=t!(people_nobody_hint) />
            </Show>
        }
        .into_any(),
    };
    view! {
        <div class="people">
            <section class="card" aria-label=t!(people_list)>
                <div class="people__tools">
                    <TextField label=t!(people_search) value=typed name="people_search" />
                    <Button
                        variant=ButtonVariant::Primary
                        icon=Icon::Plus
                        disabled=is_full
                        on:click=move |_| {
                            people.draft.of_somebody_new();
                            people.editing.set(true);
                        }
                    >
                        {t!(people_add)}
                    </Button>
                </div>
                <Show when=move || is_full.get()>
                    <p class="card__text">{move || lang().people_full(AGENTS_MAX)}</p>
                </Show>
                {list}
            </section>
            <GroupsCard people />
        </div>
        <EditDialog people />
        <LeaveDialog people />
        <SecondFactorDialog people />
    }
}
