//! Above the log: what is looked for, and the way to carry it out.

use super::{
    found::Found,
    wanted::{Deeds, Wanted},
    words_in,
};
use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    stores::{agents::use_agents, inbox::Loading},
    ui::{
        Button, ButtonVariant, Icon, IconButton, IconView, InputKind, SearchBox, TextField, download, effect,
        unique_id, use_toasts,
    },
};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{prelude::*, task::spawn_local};
use rules::audit as words;
use std::time::Duration;
use types::audit::{AuditGroup, AuditKind, CreateAuditExport};
use types::limits::SEARCH_TEXT_MAX;
use types::time::Day;

/// How long one pauses before what one types is looked for.
const PAUSE: Duration = Duration::from_millis(250);

/// The filters and what can be done with the log.
#[component]
pub fn Toolbar(
    /// The entries.
    found: Found,
    /// Shows others.
    show: Callback<Wanted>,
) -> impl IntoView {
    let wanted = found.wanted;
    let is_filtered = Memo::new(move |_| wanted.with(|wanted| *wanted != Wanted::default()));
    let has_subject = Memo::new(move |_| wanted.with(|wanted| wanted.subject_id.is_some()));
    view! {
        <div class="audit-tools">
            <SearchField found show />
            <PersonField found show />
            <DeedsField found show />
            <DayField found show label=Box::new(|| lang().audit_from()) is_end=false />
            <DayField found show label=Box::new(|| lang().audit_to()) is_end=true />
            <div class="audit-tools__ends">
                <Show when=move || has_subject.get()>
                    <span class="audit-tools__mark">{t!(audit_subject_only)}</span>
                </Show>
                <Show when=move || is_filtered.get()>
                    <Button variant=ButtonVariant::Ghost icon=Icon::Close on:click=move |_| show.run(Wanted::default())>
                        {t!(audit_clear)}
                    </Button>
                </Show>
                <IconButton icon=Icon::Refresh label=t!(audit_refresh) on:click=move |_| found.renew() />
                <ExportButton found />
            </div>
        </div>
    }
}

#[component]
fn SearchField(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let wanted = found.wanted;
    let of_wanted = move || wanted.with(|wanted| wanted.q.clone().unwrap_or_default());
    let text = RwSignal::new(untrack(of_wanted));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let ask = move || {
        stop();
        let Some(typed) = text.try_get_untracked() else { return };
        let q: String = typed.trim().chars().take(SEARCH_TEXT_MAX).collect();
        let q = Some(q).filter(|q| !q.is_empty());
        let now = wanted.get_untracked();
        if now.q != q {
            show.run(Wanted { q, ..now });
        }
    };
    // What is typed is looked for after a pause; what the way back brings, or clearing, stands in the field.
    effect(move || {
        let typed = text.get();
        stop();
        if typed.trim() != untrack(of_wanted) {
            timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
        }
    });
    effect(move || {
        let q = of_wanted();
        if text.with_untracked(|text| text.trim() != q) && timer.with_value(Option::is_none) {
            text.set(q);
        }
    });
    view! {
        <SearchBox
            label=t!(audit_search)
            hint=t!(audit_search)
            clear_label=t!(audit_search_clear)
            text
            write=Callback::new(move |typed| text.set(typed))
            ask=Callback::new(move |()| ask())
            clear=Callback::new(move |()| {
                text.set(String::new());
                ask();
            })
            class="audit-tools__search"
        />
    }
}

/// Whose deeds.
#[component]
fn PersonField(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let (agents, wanted, id) = (use_agents(), found.wanted, unique_id("audit-who"));
    agents.refresh();
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.agent_id));
    let unknown = Memo::new(move |_| {
        let is_known = |id| agents.loading() != Loading::Ready || agents.everybody().iter().any(|agent| agent.id == id);
        chosen.get().filter(|id| !is_known(*id))
    });
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{t!(audit_who)}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id=id
                    on:change:target=move |event| {
                        let agent_id = event.target().value().parse().ok();
                        show.run(Wanted { agent_id, ..wanted.get_untracked() });
                    }
                >
                    <option value="" prop:selected=move || chosen.get().is_none()>{t!(audit_anybody)}</option>
                    // Whoever was removed is in the log, and in addresses, and nobody's colleague.
                    {move || unknown.get().map(|id| view! {
                        <option value=id.to_string() prop:selected=true>{t!(audit_nobody_known)}</option>
                    })}
                    {move || agents.everybody().into_iter().map(|agent| view! {
                        <option value=agent.id.to_string() prop:selected=move || chosen.get() == Some(agent.id)>
                            {agent.name.clone()}
                        </option>
                    }).collect_view()}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
        </div>
    }
}

/// Which deeds: all, those of a group, or one kind.
#[component]
fn DeedsField(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let (wanted, id) = (found.wanted, unique_id("audit-what"));
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.deeds));
    let choice = move |deeds: Deeds, words: String| {
        view! { <option value=deeds.name() prop:selected=move || chosen.get() == deeds>{words}</option> }
    };
    let groups = move || {
        let language = words_in(lang());
        AuditGroup::ALL
            .into_iter()
            .map(|group| {
                let name = words::group(group, language);
                let kinds = AuditKind::ALL.iter().copied().filter(|kind| kind.group() == group);
                let kinds: Vec<_> =
                    kinds.map(|kind| choice(Deeds::Kind(kind), words::action(kind, language).to_owned())).collect();
                view! {
                    <optgroup label=name>
                        {choice(Deeds::Group(group), lang().audit_all_of(name))}
                        {kinds}
                    </optgroup>
                }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{t!(audit_what)}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id=id
                    on:change:target=move |event| {
                        let deeds = Deeds::named(&event.target().value());
                        show.run(Wanted { deeds, ..wanted.get_untracked() });
                    }
                >
                    <option value="" prop:selected=move || chosen.get() == Deeds::All>{t!(audit_anything)}</option>
                    {groups}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
        </div>
    }
}

/// The first or the last day.
#[component]
fn DayField(
    found: Found,
    show: Callback<Wanted>,
    label: Box<dyn Fn() -> &'static str + Send + Sync>,
    is_end: bool,
) -> impl IntoView {
    let wanted = found.wanted;
    let of_wanted = move || {
        let day = wanted.with(|wanted| if is_end { wanted.to } else { wanted.from });
        day.map(|day| day.to_string()).unwrap_or_default()
    };
    let text = RwSignal::new(untrack(of_wanted));
    effect(move || text.set(of_wanted()));
    effect(move || {
        let typed = text.get();
        let day = Day::parse(&typed);
        let now = wanted.get_untracked();
        let known = if is_end { now.to } else { now.from };
        // Half a date is none yet.
        if day != known && (day.is_some() || typed.is_empty()) {
            show.run(if is_end { Wanted { to: day, ..now } } else { Wanted { from: day, ..now } });
        }
    });
    let name = if is_end { "audit_to" } else { "audit_from" };
    view! { <TextField label=move || label() value=text kind=InputKind::Date name=name /> }
}

#[component]
fn ExportButton(found: Found) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let export = move |_| {
        busy.set(true);
        let (api, filter, language) = (found.api(), found.filter(), words_in(lang_now()));
        spawn_local(async move {
            let answer = api.create_audit_export(&CreateAuditExport { filter, language }).await;
            busy.try_set(false);
            match answer {
                Ok(export) => {
                    download(&export.path);
                    toasts.success(lang_now().audit_exporting().to_owned());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    view! { <Button icon=Icon::Download busy on:click=export>{t!(audit_export)}</Button> }
}
