//! Where an agent writes a note beside a conversation instead of an answer. Nothing of it goes the way of an answer: nobody is told that
//! somebody writes, and nothing is held back for what the visitor says meanwhile.

use super::composer::{fit, focus, insert_at_caret};
use super::emoji_picker::EmojiPicker;
use super::mentions::{asked, may_mean, mentioned, written};
use super::watching::watched;
use crate::components::agent_card::agent_picture;
use crate::i18n::{Lang, lang, t};
use crate::stores::agents::use_agents;
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Loading, use_inbox};
use crate::stores::notes::{Saving, use_notes};
use crate::stores::preferences::{Enter, use_preferences};
use crate::ui::{AvatarSize, Button, ButtonVariant, Icon, IconView, effect, has_fine_pointer, is_composing, unique_id};
use leptos::{ev, html, prelude::*};
use rules::permissions::{Permission, can};
use types::agents::Agent;
use types::id::{AgentId, ConversationId};
use types::limits::MESSAGE_TEXT_MAX;

/// An answer to the visitor, or a note that only agents see.
#[component]
pub fn WritingMode(
    /// The conversation.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let (inbox, composing, notes) = (use_inbox(), use_composing(), use_notes());
    let noting = Memo::new(move |_| composing.is_noting(id.get()));
    let begun = Memo::new(move |_| !noting.get() && notes.is_begun(id.get()));
    let pressed = move |is: bool| move || if noting.get() == is { "true" } else { "false" };
    view! {
        <div class="writing-mode" role="group" aria-label=t!(writing_mode)>
            <button
                type="button"
                class="writing-mode__choice"
                aria-pressed=pressed(false)
                on:click=move |_| composing.set_noting(id.get_untracked(), false)
            >
                {t!(reply_mode)}
            </button>
            <button
                type="button"
                class="writing-mode__choice writing-mode__choice--note"
                aria-pressed=pressed(true)
                title=move || begun.get().then(|| lang().note_begun())
                on:click=move |_| {
                    // Whoever goes over to a note writes no answer any more.
                    let id = id.get_untracked();
                    inbox.writes(id, false);
                    composing.set_noting(id, true);
                }
            >
                <IconView icon=Icon::Lock size=14 />
                {t!(note_mode)}
                {move || begun.get().then(|| view! { <span class="writing-mode__begun" aria-hidden="true"></span> })}
            </button>
        </div>
    }
}

/// Those who may be mentioned beside a conversation: whoever may read the note, but for who writes it.
fn mentionable(id: ConversationId) -> Memo<Vec<(AgentId, String)>> {
    let (inbox, agents) = (use_inbox(), use_agents());
    let me = inbox.me();
    let own = Memo::new(move |_| {
        let conversation = inbox.conversation(id);
        conversation.map(|one| one.assignee_id.into_iter().chain(one.members).collect::<Vec<_>>()).unwrap_or_default()
    });
    Memo::new(move |_| {
        let sees = |agent: &Agent| {
            can(agent.role, Permission::SeeAllConversations).is_ok() || own.with(|own| own.contains(&agent.id))
        };
        let others = agents.list().into_iter().filter(|agent| agent.id != me && sees(agent));
        others.map(|agent| (agent.id, agent.name)).collect()
    })
}

/// The composer of a note. It is saved as an answer is sent, and `@` offers whom it may mention; neither does anything while an input
/// method is composing.
#[component]
pub fn NoteComposer(
    /// Beside which conversation.
    id: ConversationId,
) -> impl IntoView {
    let (inbox, notes, agents, preferences) = (use_inbox(), use_notes(), use_agents(), use_preferences());
    let text = RwSignal::new(notes.draft(id));
    let field = NodeRef::<html::Textarea>::new();
    let picker = Picker::new(id);
    agents.refresh();

    let write = move |words: String| {
        notes.write(id, words.clone());
        text.set(words);
    };
    let meant = Memo::new(move |_| picker.mentioned(&text.get()));
    let busy = Signal::derive(move || notes.is_asked(id));
    let over = Memo::new(move |_| text.with(|text| text.chars().count().checked_sub(MESSAGE_TEXT_MAX)));
    let is_too_long = Memo::new(move |_| over.get().is_some_and(|over| over > 0));
    let can_save = Memo::new(move |_| text.with(|text| !text.trim().is_empty()) && !is_too_long.get());
    let (watched, whispers) = (Memo::new(move |_| watched(inbox, id)), RwSignal::new(true));
    let save = move || {
        if can_save.get_untracked() {
            notes.save(id, meant.get_untracked(), whispers.get_untracked() && watched.with_untracked(Option::is_some));
        }
        focus(field);
    };
    let insert = Callback::new(move |words: &'static str| {
        if let Some(field) = field.get_untracked().filter(|_| !busy.get_untracked()) {
            insert_at_caret(&field, words, 0, write);
        }
    });
    let choose = move |agent: AgentId, name: &str| {
        let (Some(field), Some(typed)) = (field.get_untracked(), picker.choose(agent)) else { return };
        let units = u32::try_from(typed.encode_utf16().count()).unwrap_or_default();
        insert_at_caret(&field, &written(name), units.saturating_add(1), write);
    };

    Effect::new(move |begun: Option<()>| {
        let changed = notes.changed(id);
        if let Some(changed) = changed.filter(|_| begun.is_some()) {
            text.set(changed);
        }
    });
    effect(move || notes.settle(id));
    // Whoever is mentioned may have gone, which is then seen here.
    effect(move || {
        if matches!(notes.saving(id), Some(Saving::Failed(_))) {
            agents.refresh();
        }
    });
    effect(move || {
        text.track();
        if let Some(field) = field.get() {
            fit(&field);
        }
    });
    effect(move || {
        if field.get().is_some() && has_fine_pointer() {
            request_animation_frame(move || focus(field));
        }
    });

    let on_key = move |event: ev::KeyboardEvent| {
        if is_composing(&event) {
            return;
        }
        let (ctrl, shift) = (event.ctrl_key() || event.meta_key(), event.shift_key() || event.alt_key());
        let key = event.key();
        if !ctrl && !shift && picker.takes(&key) {
            event.prevent_default();
            event.stop_propagation();
            if let Some((agent, name)) = picker.pressed(&key) {
                choose(agent, &name);
            }
            return;
        }
        if key != "Enter" {
            return;
        }
        match untrack(|| preferences.send_key()).meaning(ctrl, shift) {
            Enter::Send => {
                event.prevent_default();
                if !event.repeat() {
                    save();
                }
            }
            Enter::Break => {
                event.prevent_default();
                insert.run("\n");
            }
            Enter::Native => {}
        }
    };
    let look = move || picker.look(field);
    let hint = move || {
        let names = picker.names(&meant.get(), lang());
        match (over.get().filter(|over| *over > 0), names.is_empty()) {
            (Some(over), _) => lang().characters_over(over),
            (None, true) => lang().note_only_agents().to_owned(),
            (None, false) => format!("{} · {}", lang().note_only_agents(), lang().note_tells(&names)),
        }
    };
    let failure = move || match notes.saving(id) {
        Some(Saving::Failed(reason)) => Some(reason),
        Some(Saving::Asked) | None => None,
    };
    let hint_id = unique_id("note-hint");

    view! {
        <form
            class="composer composer--note"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <MentionList picker on_choose=Callback::new(move |(agent, name): (AgentId, String)| choose(agent, &name)) />
            <textarea
                node_ref=field
                class="composer__field"
                rows="1"
                aria-label=t!(note_mode)
                placeholder=t!(note_input)
                aria-describedby=hint_id.clone()
                aria-invalid=move || is_too_long.get().then_some("true")
                aria-autocomplete="list"
                aria-controls=move || picker.is_open().then(|| picker.list_id())
                aria-activedescendant=move || picker.active_id()
                readonly=move || busy.get()
                prop:value=move || text.get()
                on:input=move |event| {
                    write(event_target_value(&event));
                    look();
                }
                on:keydown=on_key
                on:click=move |_| look()
                on:blur=move |_| picker.close()
            ></textarea>
            {move || failure().map(|reason| view! {
                <p class="composer__failure" role="alert">
                    <span>{move || lang().note_not_saved(&reason)}</span>
                    <button type="button" class="link-button" on:click=move |_| save()>{t!(retry)}</button>
                </p>
            })}
            {move || watched.get().map(|agent| view! {
                <label class="composer__whisper">
                    <input type="checkbox" name="whisper" bind:checked=whispers />
                    {move || lang().whisper_to(&agents.name(agent))}
                </label>
            })}
            <div class="composer__bar">
                <EmojiPicker on_pick=insert />
                <span class="composer__hint composer__hint--note" id=hint_id>{hint}</span>
                <Button
                    variant=ButtonVariant::Primary
                    submit=true
                    icon=Icon::Check
                    busy
                    disabled=Signal::derive(move || !can_save.get())
                >
                    {t!(save_note)}
                </Button>
            </div>
        </form>
    }
}

/// Who is offered while a mention is typed.
#[derive(Clone, Copy)]
struct Picker {
    /// Those who may be mentioned.
    agents: Memo<Vec<(AgentId, String)>>,
    /// Those who were chosen from the list.
    chosen: RwSignal<Vec<AgentId>>,
    /// What is being typed after an `@`; nothing while nobody is looked for.
    typed: RwSignal<Option<String>>,
    /// Those of them whom it may mean.
    offered: Memo<Vec<(AgentId, String)>>,
    /// Which of them Enter takes.
    at: RwSignal<usize>,
    list_id: StoredValue<String>,
}

impl Picker {
    fn new(id: ConversationId) -> Self {
        let (agents, typed) = (mentionable(id), RwSignal::new(None::<String>));
        let offered = Memo::new(move |_| {
            let Some(typed) = typed.get() else { return Vec::new() };
            agents.with(|agents| agents.iter().filter(|(_, name)| may_mean(name, &typed)).cloned().collect())
        });
        let list_id = StoredValue::new(unique_id("mentions"));
        Self { agents, chosen: RwSignal::new(Vec::new()), typed, offered, at: RwSignal::new(0), list_id }
    }

    fn is_open(self) -> bool {
        self.typed.with(Option::is_some)
    }

    fn close(self) {
        if self.typed.with_untracked(Option::is_some) {
            self.typed.set(None);
        }
    }

    fn list_id(self) -> String {
        self.list_id.get_value()
    }

    fn option_id(self, index: usize) -> String {
        format!("{}-{index}", self.list_id())
    }

    fn active_id(self) -> Option<String> {
        self.offered.with(|offered| !offered.is_empty()).then(|| self.option_id(self.at.get()))
    }

    fn mentioned(self, text: &str) -> Vec<AgentId> {
        self.chosen.with(|chosen| self.agents.with(|agents| mentioned(text, agents, chosen)))
    }

    /// What these agents are called, in a sentence.
    fn names(self, ids: &[AgentId], lang: Lang) -> String {
        let name = |id: &AgentId| {
            self.agents.with(|agents| agents.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone()))
        };
        lang.listed(&ids.iter().filter_map(name).collect::<Vec<_>>())
    }

    /// Looks at what stands before the caret.
    fn look(self, field: NodeRef<html::Textarea>) {
        let before = field.get_untracked().and_then(|field| {
            let caret = field.selection_start().ok().flatten()?;
            let units: Vec<u16> = field.value().encode_utf16().take(usize::try_from(caret).ok()?).collect();
            String::from_utf16(&units).ok()
        });
        let now = before.as_deref().and_then(asked).map(str::to_owned);
        if self.typed.with_untracked(|before| *before != now) {
            self.at.set(0);
            self.typed.set(now);
        }
    }

    /// Whether the list takes this key.
    fn takes(self, key: &str) -> bool {
        let (open, offers) = (self.typed.with_untracked(Option::is_some), !self.offered.with_untracked(Vec::is_empty));
        open && (key == "Escape" || offers && matches!(key, "ArrowDown" | "ArrowUp" | "Enter" | "Tab"))
    }

    /// A key that the list takes was pressed: whom it chooses.
    fn pressed(self, key: &str) -> Option<(AgentId, String)> {
        let count = self.offered.with_untracked(Vec::len);
        match key {
            "ArrowDown" => self.at.update(|at| *at = at.saturating_add(1).checked_rem(count).unwrap_or_default()),
            "ArrowUp" => self.at.update(|at| *at = at.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Escape" => self.close(),
            _ => return self.offered.with_untracked(|offered| offered.get(self.at.get_untracked()).cloned()),
        }
        None
    }

    /// Somebody is chosen. Answers what had been typed of their name.
    fn choose(self, agent: AgentId) -> Option<String> {
        let typed = self.typed.get_untracked()?;
        self.chosen.update(|chosen| chosen.push(agent));
        self.typed.set(None);
        Some(typed)
    }
}

/// The list over the field of those who may be meant.
#[component]
fn MentionList(picker: Picker, on_choose: Callback<(AgentId, String)>) -> impl IntoView {
    let agents = use_agents();
    let list = NodeRef::<html::Div>::new();
    // The one that Enter takes is in sight.
    effect(move || {
        let at = picker.at.get();
        let option = list.get().and_then(|list| list.children().item(u32::try_from(at).unwrap_or_default()));
        if let Some(list) = list.get_untracked()
            && let Some(option) =
                option.and_then(|option| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(option).ok())
        {
            let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
            if top < list.scroll_top() {
                list.set_scroll_top(top);
            } else if bottom > list.scroll_top() + list.client_height() {
                list.set_scroll_top(bottom - list.client_height());
            }
        }
    });
    let nobody = move || match agents.loading() {
        Loading::Pending => lang().loading(),
        Loading::Failed => lang().agents_failed(),
        Loading::Ready | Loading::Missing => lang().mention_nobody(),
    };
    view! {
        <Show when=move || picker.is_open()>
            <div class="mentions">
                <div node_ref=list class="mentions__list" id=picker.list_id() role="listbox" aria-label=t!(mention_list)>
                    {move || picker.offered.get().into_iter().enumerate().map(|(index, (agent, name))| {
                        let shown = name.clone();
                        view! {
                            <div
                                id=picker.option_id(index)
                                class="mentions__agent"
                                role="option"
                                aria-selected=move || if picker.at.get() == index { "true" } else { "false" }
                                // One that only lies under a resting pointer is not meant.
                                on:mousemove=move |_| {
                                    if picker.at.get_untracked() != index {
                                        picker.at.set(index);
                                    }
                                }
                                // The focus stays in the field.
                                on:mousedown=move |event| {
                                    event.prevent_default();
                                    on_choose.run((agent, name.clone()));
                                }
                            >
                                {agent_picture(agent, shown.clone(), AvatarSize::Small)}
                                <span class="mentions__name">{shown.clone()}</span>
                            </div>
                        }
                    }).collect_view()}
                </div>
                <Show when=move || picker.offered.with(Vec::is_empty)>
                    <p class="mentions__none" role="status">{nobody}</p>
                </Show>
            </div>
        </Show>
    }
}
