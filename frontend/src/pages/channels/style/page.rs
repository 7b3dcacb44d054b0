//! The page: five states with their fields and a live picture, undo and redo, publishing, versions.

use super::{device::Device, fields::StateFields, form::FormCard, history::History, state::State, versions::Versions};
use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        page_head::PageHead,
    },
    i18n::{errors::field_text, lang, lang_now, t},
    pages::channels::{color_field::ColorField, frame::ChannelFrame},
    routes,
    stores::{leave_guard::use_leave_guard, live::use_channels, session::use_session, title::set_page_title},
    ui::{Button, ButtonVariant, Choice, Icon, IconView, RadioGroup, Select, TextField, effect, use_toasts},
};
use leptos::{ev::KeyboardEvent, html, prelude::*, task::spawn_local};
use rules::permissions::Permission;
use types::{
    channel_style::{ChannelStyle, LauncherPosition, WidgetLanguage},
    channels::{Channel, ChannelPatch},
    error::FieldError,
    id::ChannelId,
    validate::Validate,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// What is edited. `Copy`.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Whose style it is.
    pub channel_id: ChannelId,
    history: RwSignal<History>,
    /// What visitors see, and its number.
    published: RwSignal<(ChannelStyle, i32)>,
    faults: Memo<Vec<FieldError>>,
}

impl Editor {
    fn of(channel: &Channel) -> Self {
        let history = RwSignal::new(History::of(channel.style.clone()));
        Self {
            channel_id: channel.id,
            history,
            published: RwSignal::new((channel.style.clone(), channel.style_revision)),
            faults: Memo::new(move |_| history.with(|history| history.now().validate())),
        }
    }

    /// Looks at the style.
    pub fn with<T>(self, look: impl FnOnce(&ChannelStyle) -> T) -> T {
        self.history.with(|history| look(history.now()))
    }

    /// Looks at the style without following it.
    pub fn with_untracked<T>(self, look: impl FnOnce(&ChannelStyle) -> T) -> T {
        self.history.with_untracked(|history| look(history.now()))
    }

    /// Changes a field.
    pub fn edit(self, field: &'static str, change: impl FnOnce(&mut ChannelStyle)) {
        let mut style = self.with_untracked(Clone::clone);
        change(&mut style);
        self.history.update(|history| history.edit(field, style));
    }

    /// The person has left the field.
    pub fn settle(self) {
        self.history.update(History::settle);
    }

    /// Puts another style in the place of all of it, as one step.
    pub fn replace(self, style: ChannelStyle) {
        self.settle();
        self.edit("style", |now| *now = style);
        self.settle();
    }

    /// Looks as they are by default. What visitors are asked is no look: it stays.
    pub fn reset(self) {
        let form = self.with_untracked(|style| style.form.clone());
        self.replace(ChannelStyle { form, ..ChannelStyle::default() });
    }

    /// What is wrong with a field.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.faults
                .with(|faults| faults.iter().find(|fault| fault.field == field).map(|fault| field_text(lang(), fault)))
        })
    }

    /// Takes over what is published now, and with it the style where the person did not ask for another.
    pub fn published(self, channel: &Channel, taken: bool) {
        self.published.try_set((channel.style.clone(), channel.style_revision));
        if taken && self.history.try_with_untracked(|_| ()).is_some() {
            self.replace(channel.style.clone());
        }
    }
}

/// The style of a channel.
#[component]
pub fn StylePage() -> impl IntoView {
    set_page_title(move || lang().channel_style().to_owned());
    view! { <ChannelFrame show=|channel| view! { <StyleEditor channel /> }.into_any() /> }
}

#[component]
fn StyleEditor(channel: Channel) -> impl IntoView {
    let api = StoredValue::new_local(use_api());
    let (channels, session, toasts) = (use_channels(), use_session(), use_toasts());
    let id = channel.id;
    let editor = Editor::of(&channel);
    let state = RwSignal::new(State::PcMedium);
    let dark = RwSignal::new(false);
    let (busy, looking) = (RwSignal::new(false), RwSignal::new(false));
    let (errors, fields) = (FormErrors::none(), NodeRef::<html::Div>::new());
    let name = Signal::derive(move || channels.get(id).map(|channel| channel.name).unwrap_or_default());
    let read_only = Signal::derive(move || !session.may(Permission::ManageChannels));
    let changed = Memo::new(move |_| editor.with(|style| editor.published.with(|(published, _)| style != published)));
    use_leave_guard().watch(changed.into());
    // What a colleague publishes is shown at once where nothing of one's own would go, and is said where something would.
    let newer = RwSignal::new(None::<Channel>);
    effect(move || {
        let Some(live) = channels.get(id) else { return };
        if live.style_revision <= editor.published.with_untracked(|(_, revision)| *revision) {
            return;
        }
        if changed.get_untracked() && editor.with_untracked(|style| *style != live.style) {
            newer.set(Some(live));
        } else {
            editor.published(&live, true);
            newer.set(None);
        }
    });
    let save = move |()| {
        let faulty = editor.faults.with_untracked(|faults| faults.first().map(|fault| fault.field.clone()));
        if let Some(field) = faulty {
            // The field may be one of another state.
            if let Some(of) = State::ALL.into_iter().find(|state| field.contains(state.key())) {
                state.set(of);
            }
            FormErrors::show_first(fields);
            return;
        }
        let Some(api) = api.try_get_value() else { return };
        if busy.get_untracked() || !changed.get_untracked() {
            return;
        }
        busy.set(true);
        errors.check_all(Vec::new());
        editor.settle();
        let style = editor.with_untracked(Clone::clone);
        spawn_local(async move {
            let patch = ChannelPatch { style: Some(style), ..ChannelPatch::default() };
            match api.update_channel(id, &patch).await {
                Ok(channel) => {
                    editor.published(&channel, false);
                    newer.try_set(None);
                    toasts.success(lang_now().style_published(channel.style_revision));
                    channels.put(channel);
                }
                Err(error) => errors.fail(error),
            }
            busy.try_set(false);
        });
    };
    let undo = move || editor.history.update(History::undo);
    let redo = move || editor.history.update(History::redo);
    let keys = move |event: KeyboardEvent| {
        if !(event.ctrl_key() || event.meta_key()) || crate::ui::is_composing(&event) {
            return;
        }
        let key = event.key().to_lowercase();
        if key == "s" {
            event.prevent_default();
            save(());
            return;
        }
        // A line of text undoes what was typed into it by itself.
        let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if field.is_some_and(|field| field.type_() == "text") {
            return;
        }
        match (key.as_str(), event.shift_key()) {
            ("z", false) => undo(),
            ("z", true) | ("y", _) => redo(),
            _ => return,
        }
        event.prevent_default();
    };
    let take_newer = move |_| {
        if let Some(live) = newer.get_untracked() {
            editor.published(&live, true);
            newer.set(None);
        }
    };
    let tabs = State::ALL.map(|state| Choice::new(state, move || state.name(lang()))).to_vec();

    view! {
        <PageHead title=t!(channel_style) hint=move || name.get() back=true />
        <p class="style-page__back">
            <a href=routes::channel(id)>
                <IconView icon=Icon::ArrowLeft size=16 />
                {t!(style_back)}
            </a>
        </p>
        <Show when=move || read_only.get()>
            <p class="notice">
                <IconView icon=Icon::Info size=18 />
                {t!(admins_edit_only)}
            </p>
        </Show>
        <Show when=move || newer.with(Option::is_some)>
            <div class="notice" role="status">
                <IconView icon=Icon::Info size=18 />
                <span>{t!(style_newer)}</span>
                <Button on:click=take_newer>{t!(style_take_newer)}</Button>
            </div>
        </Show>
        <div class="style-page" on:keydown=keys>
            <div class="style-page__fields" node_ref=fields>
                <section class="card">
                    <h2 class="card__title">{t!(style_states)}</h2>
                    <div class="style-page__tabs">
                        <RadioGroup
                            legend=t!(style_state)
                            choices=tabs
                            value=state
                            on_choose=Callback::new(move |chosen| state.set(chosen))
                        />
                    </div>
                    {move || view! { <StateFields editor state=state.get() disabled=read_only /> }}
                </section>
                <General editor disabled=read_only />
                <FormCard editor disabled=read_only />
                <FormError errors />
                <Show when=move || !read_only.get()>
                    <div class="form__actions style-page__actions">
                        <Button
                            variant=ButtonVariant::Primary
                            busy
                            disabled=Signal::derive(move || !changed.get())
                            on:click=move |_| save(())
                        >
                            {t!(save)}
                        </Button>
                        <Button
                            icon=Icon::Undo
                            disabled=Signal::derive(move || !editor.history.with(History::can_undo))
                            on:click=move |_| undo()
                        >
                            {t!(style_undo)}
                        </Button>
                        <Button
                            disabled=Signal::derive(move || !editor.history.with(History::can_redo))
                            on:click=move |_| redo()
                        >
                            {t!(style_redo)}
                        </Button>
                        <Button on:click=move |_| editor.reset()>{t!(style_reset)}</Button>
                        <Button icon=Icon::Clock on:click=move |_| looking.set(true)>
                            {t!(style_versions)}
                        </Button>
                        <span class="channel-page__mark" role="status">
                            {move || changed.get().then(t!(unsaved_mark))}
                        </span>
                    </div>
                </Show>
            </div>
            <section class="card style-page__preview" aria-label=t!(preview)>
                <h2 class="card__title">{t!(preview)}</h2>
                <Device style=Signal::derive(move || editor.with(Clone::clone)) state name dark />
                <RadioGroup
                    legend=t!(preview_scheme)
                    value=dark
                    on_choose=Callback::new(move |chosen| dark.set(chosen))
                    choices=vec![Choice::new(false, t!(theme_light)), Choice::new(true, t!(theme_dark))]
                />
            </section>
        </div>
        <Versions editor open=looking state name />
    }
}

/// What all states share: the brand colour, the side, the launcher's words, the language.
#[component]
fn General(editor: Editor, disabled: Signal<bool>) -> impl IntoView {
    let color = RwSignal::new(editor.with_untracked(|style| style.color.clone()));
    let words = RwSignal::new(editor.with_untracked(|style| style.launcher_text.clone()));
    // Both ways: what is typed goes into the style, what is undone comes back into the field.
    effect(move || {
        let (now, text) = editor.with(|style| (style.color.clone(), style.launcher_text.clone()));
        if color.with_untracked(|color| color.trim().to_lowercase() != now) {
            color.set(now);
        }
        if words.with_untracked(|words| words.trim() != text) {
            words.set(text);
        }
    });
    effect(move || {
        let now = color.get().trim().to_lowercase();
        if editor.with_untracked(|style| style.color != now) {
            editor.edit("style.color", |style| style.color = now);
        }
    });
    effect(move || {
        let now = words.get().trim().to_owned();
        if editor.with_untracked(|style| style.launcher_text != now) {
            editor.edit("style.launcher_text", |style| style.launcher_text = now);
        }
    });
    let left = Callback::new(move |()| editor.settle());
    let language = Signal::derive(move || match editor.with(|style| style.language) {
        WidgetLanguage::Auto => "auto",
        WidgetLanguage::Chinese => "zh-CN",
        WidgetLanguage::English => "en",
    });
    view! {
        <section class="card">
            <h2 class="card__title">{t!(style_general)}</h2>
            <ColorField color error=editor.error("style.color") on_leave=left disabled />
            <RadioGroup
                legend=t!(position)
                value=Signal::derive(move || editor.with(|style| style.position))
                disabled
                on_choose=Callback::new(move |side| {
                    editor.edit("style.position", |style| style.position = side);
                    editor.settle();
                })
                choices=vec![
                    Choice::new(LauncherPosition::Right, t!(position_right)),
                    Choice::new(LauncherPosition::Left, t!(position_left)),
                ]
            />
            <TextField
                label=t!(style_launcher_text)
                value=words
                error=editor.error("style.launcher_text")
                hint=t!(style_launcher_text_note)
                name="style.launcher_text"
                disabled
                on_leave=left
            />
            <fieldset class="style-page__plain" disabled=move || disabled.get()>
                <Select
                    label=t!(style_language)
                    choices=vec![
                        ("auto", t!(style_language_auto).into()),
                        ("zh-CN", "简体中文".into()),
                        ("en", "English".into()),
                    ]
                    value=language
                    on_choose=Callback::new(move |chosen: String| {
                        let language = match chosen.as_str() {
                            "zh-CN" => WidgetLanguage::Chinese,
                            "en" => WidgetLanguage::English,
                            _ => WidgetLanguage::Auto,
                        };
                        editor.edit("style.language", |style| style.language = language);
                        editor.settle();
                    })
                />
                <p class="field__note">{t!(style_language_note)}</p>
            </fieldset>
        </section>
    }
}
