//! Who takes part in a conversation besides the visitor: their pictures in the settings menu, "+" and "−".

use crate::components::agent_card::{PresenceMark, agent_picture};
use crate::components::form::ErrorPlace;
use crate::components::shell::account_menu::role_name;
use crate::i18n::{errors::error_text, lang, lang_now, t};
use crate::stores::agents::use_agents;
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::{Loading, use_inbox};
use crate::ui::{
    AvatarSize, Button, ButtonSize, ButtonVariant, Dialog, EmptyState, ErrorState, Icon, IconView, Skeleton, Toasts,
    effect, is_composing, use_toasts,
};
use client::rest::ApiError;
use leptos::{ev, html, prelude::*, task::spawn_local};
use types::agents::{Agent, Role};
use types::error::ErrorCode;
use types::id::{AgentId, ConversationId};
use types::limits;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What is open of the members of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// The picker of colleagues to add.
    Adding,
    /// The list of those who can be removed.
    Removing,
    /// The question whether to leave.
    Leaving,
}

/// The members of a conversation, as the menu and its dialogs need them.
#[derive(Clone, Copy)]
pub struct Members {
    id: ConversationId,
    /// The assignee, where there is one, and then who was added.
    all: Memo<Vec<AgentId>>,
    assignee: Memo<Option<AgentId>>,
    /// Whether the person may add and remove.
    /// Whether the conversation is the person's own or they lead: who only takes part changes nothing for everybody.
    pub may_change: Memo<bool>,
    me: AgentId,
    /// What is open.
    pub open: RwSignal<Option<Open>>,
}

impl Members {
    /// Those of this conversation.
    pub fn of(id: ConversationId) -> Self {
        let inbox = use_inbox();
        let me = inbox.me();
        let conversation = Memo::new(move |_| inbox.conversation(id));
        let assignee = Memo::new(move |_| conversation.with(|one| one.as_ref().and_then(|one| one.assignee_id)));
        let all = Memo::new(move |_| {
            conversation.with(|one| {
                let members = one.as_ref().map(|one| one.members.as_slice()).unwrap_or_default();
                assignee.get().into_iter().chain(members.iter().copied()).collect()
            })
        });
        let may_change = Memo::new(move |_| inbox.my_role() != Role::Agent || assignee.get() == Some(me));
        Self { id, all, assignee, may_change, me, open: RwSignal::new(None) }
    }

    fn removable(self) -> Vec<AgentId> {
        let assignee = self.assignee.get();
        self.all.with(|all| all.iter().copied().filter(|agent| Some(*agent) != assignee).collect())
    }

    fn is_member(self) -> bool {
        self.removable().contains(&self.me)
    }
}

/// The part of the settings menu about members: pictures that open cards, "+" and "−", and leaving.
#[component]
pub fn MembersItems(
    /// The members.
    members: Members,
) -> impl IntoView {
    let agents = use_agents();
    let Members { all, may_change, open, .. } = members;
    view! {
        <div class="menu__heading" role="presentation">{t!(members)}</div>
        <div class="members" role="presentation">
            <For each=move || all.get() key=|id| *id let:id>
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    class="members__agent"
                    aria-label=move || lang().agent_card_of(&agents.name(id))
                    on:click=move |_| agents.show(id)
                >
                    {agent_picture(id, move || agents.name(id), AvatarSize::Small)}
                    <span class="members__name" aria-hidden="true">{move || agents.name(id)}</span>
                </button>
            </For>
            <Show when=move || may_change.get()>
                <Tool
                    icon=Icon::Plus
                    label=lang_now().members_add()
                    short=lang_now().members_add_short()
                    on_press=move || open.set(Some(Open::Adding))
                />
                <Show when=move || !members.removable().is_empty()>
                    <Tool
                        icon=Icon::Minus
                        label=lang_now().members_remove()
                        short=lang_now().members_remove_short()
                        on_press=move || open.set(Some(Open::Removing))
                    />
                </Show>
            </Show>
        </div>
        <Show when=move || all.with(Vec::is_empty) && !may_change.get()>
            <p class="members__none" role="presentation">{t!(members_none)}</p>
        </Show>
        <Show when=move || members.is_member()>
            <button
                type="button"
                role="menuitem"
                tabindex="-1"
                class="menu__item"
                on:click=move |_| open.set(Some(Open::Leaving))
            >
                <IconView icon=Icon::SignOut size=18 />
                {t!(members_leave)}
            </button>
        </Show>
    }
}

#[component]
fn Tool(icon: Icon, label: &'static str, short: &'static str, on_press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button
            type="button"
            role="menuitem"
            tabindex="-1"
            class="members__agent"
            aria-label=label
            on:click=move |_| on_press()
        >
            <span class="members__tool"><IconView icon size=18 /></span>
            <span class="members__name" aria-hidden="true">{short}</span>
        </button>
    }
}

/// The dialogs about members. Beside the menu, which is gone when they are open.
#[component]
pub fn MembersDialogs(
    /// The members.
    members: Members,
    /// Leaves the conversation's place, once it is not the person's any more.
    on_gone: Callback<()>,
) -> impl IntoView {
    let open = members.open;
    let dialog = move |which: Open| {
        let shown = RwSignal::new(false);
        effect(move || {
            let wanted = open.get() == Some(which);
            if wanted != shown.get_untracked() {
                shown.set(wanted);
            }
        });
        shown
    };
    let closed = Callback::new(move |()| open.set(None));
    let (adding, removing, leaving) = (dialog(Open::Adding), dialog(Open::Removing), dialog(Open::Leaving));
    view! {
        <Dialog open=adding title=t!(members_add) close_label=t!(close) on_close=closed>
            <Picker members />
        </Dialog>
        <Dialog open=removing title=t!(members_remove) close_label=t!(close) on_close=closed>
            <RemoveList members />
        </Dialog>
        <Dialog open=leaving title=t!(members_leave_question) close_label=t!(close) on_close=closed>
            <LeaveQuestion members on_gone />
        </Dialog>
    }
}

/// What went wrong, said in the window that asked, for as long as it is open; later on the page.
#[derive(Clone, Copy)]
struct Failed {
    text: RwSignal<Option<String>>,
    toasts: Toasts,
}

impl Failed {
    fn nothing() -> Self {
        Self { text: RwSignal::new(None), toasts: use_toasts() }
    }

    fn clear(self) {
        self.text.set(None);
    }

    fn say(self, error: &ApiError) {
        let text = match error.code() {
            Some(ErrorCode::Conflict) => lang_now().members_too_many(limits::MEMBERS_MAX),
            _ => error_text(lang_now(), error),
        };
        if let Some(Some(text)) = self.text.try_set(Some(text)) {
            self.toasts.error(text);
        }
    }
}

/// Colleagues to add: typed letters narrow them down, arrows go through them, Enter adds.
#[component]
fn Picker(members: Members) -> impl IntoView {
    let agents = use_agents();
    agents.refresh();
    let typed = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let typed = typed.get().trim().to_lowercase();
        let mut found = agents.list();
        let matches = |text: &str| text.to_lowercase().contains(&typed);
        found.retain(|one| matches(&one.name) || one.account.as_deref().is_some_and(matches));
        found
    });
    let failed = Failed::nothing();
    let list = NodeRef::<html::Div>::new();
    let on_key = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        if !is_composing(&event)
            && let Some(list) = list.get_untracked()
        {
            event.prevent_default();
            move_focus(&list, step);
        }
    };
    view! {
        <div node_ref=list class="member-picker" on:keydown=on_key>
            <input
                class="member-picker__search"
                type="search"
                autofocus
                autocomplete="off"
                aria-label=t!(members_search)
                placeholder=t!(members_search)
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <ErrorPlace text=failed.text />
            {move || match (agents.loading(), found.with(Vec::is_empty)) {
                (Loading::Pending, _) => view! { <div aria-busy="true"><Skeleton lines=3 avatar=true /></div> }.into_any(),
                (Loading::Failed, _) => view! {
                    <ErrorState
                        message=t!(agents_failed)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| agents.refresh())
                    />
                }
                .into_any(),
                (_, true) => view! { <EmptyState icon=Icon::User title=t!(members_no_match) /> }.into_any(),
                (_, false) => view! {
                    <ul class="member-picker__list">
                        <For
                            each=move || found.get()
                            key=|one| (one.id, one.presence, one.name.clone())
                            let:one
                        >
                            <PickerRow agent=one members failed />
                        </For>
                    </ul>
                }
                .into_any(),
            }}
        </div>
    }
}

#[component]
fn PickerRow(agent: Agent, members: Members, failed: Failed) -> impl IntoView {
    let settings = use_conversation_settings();
    let (id, role, presence) = (agent.id, agent.role, agent.presence);
    let takes_part = Memo::new(move |_| members.all.with(|all| all.contains(&id)));
    let busy = RwSignal::new(false);
    let add = move |_| {
        if busy.get_untracked() || takes_part.get_untracked() {
            return;
        }
        busy.set(true);
        failed.clear();
        spawn_local(async move {
            let added = settings.add_member(members.id, id).await;
            busy.try_set(false);
            if let Err(error) = added {
                failed.say(&error);
            }
        });
    };
    view! {
        <li>
            <button
                type="button"
                class="member-picker__agent"
                data-agent=id.to_string()
                aria-disabled=move || takes_part.get().then_some("true")
                aria-busy=move || busy.get().then_some("true")
                on:click=add
            >
                {agent_picture(id, agent.name.clone(), AvatarSize::Small)}
                <span class="member-picker__who">
                    <span class="member-picker__name">{agent.name}</span>
                    <span class="member-picker__facts">
                        <span>{move || role_name(role)}</span>
                        <PresenceMark presence />
                    </span>
                </span>
                {move || takes_part.get().then(|| view! {
                    <span class="member-picker__in"><IconView icon=Icon::Check size=16 />{t!(members_in)}</span>
                })}
            </button>
        </li>
    }
}

/// Those who can be removed. Each asks before it is done.
#[component]
fn RemoveList(members: Members) -> impl IntoView {
    let agents = use_agents();
    let settings = use_conversation_settings();
    let failed = Failed::nothing();
    let asked = RwSignal::new(None::<AgentId>);
    let busy = RwSignal::new(false);
    let remove = move |id: AgentId| {
        busy.set(true);
        failed.clear();
        spawn_local(async move {
            let removed = settings.remove_member(members.id, id).await;
            busy.try_set(false);
            match removed {
                Ok(()) => drop(asked.try_set(None)),
                Err(error) => failed.say(&error),
            }
        });
    };
    // Where nobody is left there is nothing more to do here.
    effect(move || {
        if members.removable().is_empty() {
            members.open.set(None);
        }
    });
    view! {
        <ErrorPlace text=failed.text />
        <ul class="member-picker__list">
            <For each=move || members.removable() key=|id| *id let:id>
                <li class="member-picker__row">
                    {agent_picture(id, move || agents.name(id), AvatarSize::Small)}
                    <span class="member-picker__who">
                        <span class="member-picker__name">{move || agents.name(id)}</span>
                        <Show when=move || asked.get() == Some(id)>
                            <span class="member-picker__facts" role="alert">{t!(members_remove_explained)}</span>
                        </Show>
                    </span>
                    {move || if asked.get() == Some(id) {
                        view! {
                            <Button size=ButtonSize::Small on:click=move |_| asked.set(None)>{t!(cancel)}</Button>
                            <Button
                                size=ButtonSize::Small
                                variant=ButtonVariant::Danger
                                busy
                                on:click=move |_| remove(id)
                            >
                                {move || lang().members_remove_named(&agents.name(id))}
                            </Button>
                        }
                        .into_any()
                    } else {
                        view! {
                            <Button
                                size=ButtonSize::Small
                                attr:aria-label=move || lang().members_remove_named(&agents.name(id))
                                on:click=move |_| asked.set(Some(id))
                            >
                                <IconView icon=Icon::Minus size=16 />
                            </Button>
                        }
                        .into_any()
                    }}
                </li>
            </For>
        </ul>
    }
}

#[component]
fn LeaveQuestion(members: Members, on_gone: Callback<()>) -> impl IntoView {
    let settings = use_conversation_settings();
    let failed = Failed::nothing();
    let role = use_inbox().my_role();
    let busy = RwSignal::new(false);
    let leave = move |_| {
        busy.set(true);
        failed.clear();
        spawn_local(async move {
            let left = settings.remove_member(members.id, members.me).await;
            busy.try_set(false);
            match left {
                Ok(()) => {
                    members.open.try_set(None);
                    // Whoever sees all goes on seeing it.
                    if role == Role::Agent {
                        on_gone.try_run(());
                    }
                }
                Err(error) => failed.say(&error),
            }
        });
    };
    view! {
        <p class="dialog__text">{t!(members_leave_explained)}</p>
        <ErrorPlace text=failed.text />
        <div class="dialog__actions">
            <Button on:click=move |_| members.open.set(None)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Danger busy on:click=leave>{t!(members_leave)}</Button>
        </div>
    }
}

fn move_focus(list: &HtmlElement, step: isize) {
    let Ok(nodes) = list.query_selector_all("input, [data-agent]") else { return };
    let stops: Vec<HtmlElement> =
        (0..nodes.length()).filter_map(|at| nodes.item(at)?.dyn_into::<HtmlElement>().ok()).collect();
    let active = document().active_element();
    let at = stops.iter().position(|stop| active.as_ref().is_some_and(|active| stop.is_same_node(Some(active))));
    let next = at.unwrap_or(0).checked_add_signed(step).and_then(|at| stops.get(at));
    if let Some(next) = next {
        // It fails only for what cannot take the focus.
        drop(next.focus());
    }
}
