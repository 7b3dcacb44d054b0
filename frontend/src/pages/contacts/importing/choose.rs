//! The first stage: a file is chosen or dropped, or an earlier table is gone on with.

use super::{
    Importing,
    state::was_begun,
    words::{counts_text, state_text, table_language},
};
use crate::{
    components::{form::ErrorPlace, inbox::attach::listed},
    i18n::{errors::error_text, format, lang, t},
    stores::{custom_fields::use_custom_fields, live::use_channels},
    ui::{Button, ButtonSize, ButtonVariant, ErrorState, Icon, IconView, Skeleton},
};
use leptos::{ev, html, prelude::*};
use rules::contact_imports::template;
use types::contact_imports::{ContactImport, ImportState};

/// The stage.
#[component]
pub fn Choose(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let fields = use_custom_fields();
    let chooser = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let take = move |files: Option<web_sys::FileList>| {
        if let Some(file) = listed(files).into_iter().next() {
            importing.upload(file);
        }
    };
    let enter = move |event: ev::DragEvent| {
        // Said of every movement, or the browser would open the file instead.
        event.prevent_default();
        over.set(true);
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let choose = move |_| {
        if let Some(chooser) = chooser.get_untracked() {
            chooser.click();
        }
    };
    // An address that is the file: nothing is asked of the server for it.
    let empty = move || {
        let table = template(&fields.get(), table_language(lang()));
        format!("data:text/csv;charset=utf-8,{}", String::from(js_sys::encode_uri_component(&table)))
    };
    view! {
        <div class="import">
            <p class="import__head dialog__text" tabindex="-1">{t!(import_hint)}</p>
            <div
                class="import__drop"
                class:import__drop--over=move || over.get()
                on:dragenter=enter
                on:dragover=enter
                on:dragleave=move |_| over.set(false)
                on:drop=drop
            >
                <IconView icon=Icon::Upload size=32 />
                <p>{t!(import_drop)}</p>
                <Button variant=ButtonVariant::Primary busy=importing.busy on:click=choose>
                    {move || if importing.busy.get() { lang().import_uploading() } else { lang().import_choose() }}
                </Button>
                <input
                    node_ref=chooser
                    type="file"
                    hidden
                    accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                    on:change=move |_| {
                        let Some(chooser) = chooser.get_untracked() else { return };
                        take(chooser.files());
                        // The same file can be chosen again.
                        chooser.set_value("");
                    }
                />
                <p class="import__limits">{t!(import_limits)}</p>
            </div>
            <ErrorPlace text=importing.problem />
            <p>
                <a class="import__template" href=empty download=t!(import_template_name)>
                    <IconView icon=Icon::Download size=16 />
                    {t!(import_template)}
                </a>
            </p>
            <Earlier importing />
        </div>
    }
}

/// One's last imports.
#[component]
fn Earlier(importing: Importing) -> impl IntoView {
    let shown = Memo::new(move |_| -> Vec<ContactImport> {
        // What was thrown away came to nothing.
        let is_shown = |import: &&ContactImport| was_begun(import) || import.state == ImportState::Ready;
        importing.all.with(|all| all.iter().flatten().filter(is_shown).cloned().collect())
    });
    let is_coming = move || importing.all.with(Option::is_none) && importing.unlisted.with(Option::is_none);
    view! {
        <section class="import__earlier" aria-label=t!(import_earlier)>
            <h3 class="import__title">{t!(import_earlier)}</h3>
            <Show when=is_coming>
                <Skeleton lines=2 />
            </Show>
            {move || importing.unlisted.get().map(|error| view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| importing.look())
                />
            })}
            <Show when=move || importing.all.with(Option::is_some) && shown.with(Vec::is_empty)>
                <p class="dialog__text">{t!(import_none)}</p>
            </Show>
            <ul>
                <For each=move || shown.get() key=|import| (import.id, import.state.as_str(), import.percent) let(import)>
                    <One importing import />
                </For>
            </ul>
        </section>
    }
}

#[component]
fn One(importing: Importing, import: ContactImport) -> impl IntoView {
    let channels = use_channels();
    let channel = import.request.as_ref().map(|request| request.channel_id);
    let (id, at, is_ready) = (import.id, import.created_at, import.state == ImportState::Ready);
    let goes_on = import.state == ImportState::Running;
    let has_failures = import.failed > 0 && !is_ready;
    let import = StoredValue::new(import);
    let about = move || {
        let channel = channel.and_then(|id| channels.name(id));
        std::iter::once(format::date_time(at)).chain(channel).collect::<Vec<_>>().join(" · ")
    };
    view! {
        <li class="import__one">
            <div class="import__one-words">
                <p>{move || import.with_value(|import| state_text(lang(), import))}</p>
                <p class="import__one-facts">{about}</p>
                {(!is_ready).then(|| view! {
                    <p class="import__one-facts">{move || import.with_value(|import| counts_text(lang(), import))}</p>
                })}
            </div>
            {is_ready.then(|| view! {
                <Button size=ButtonSize::Small on:click=move |_| importing.take(import.get_value())>
                    {t!(import_go_on)}
                </Button>
            })}
            {goes_on.then(|| view! {
                <Button size=ButtonSize::Small on:click=move |_| importing.take(import.get_value())>
                    {t!(import_follow)}
                </Button>
            })}
            {has_failures.then(|| view! {
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    icon=Icon::Download
                    on:click=move |_| importing.save_failures(id)
                >
                    {t!(import_failures)}
                </Button>
            })}
        </li>
    }
}
