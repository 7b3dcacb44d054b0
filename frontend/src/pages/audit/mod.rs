//! The audit log: who did what to whom, when and from where; looked for, unfolded and carried out as a table.

pub mod entry_row;
pub mod found;
pub mod toolbar;
pub mod wanted;

use crate::{
    components::page_head::PageHead,
    i18n::{Lang, errors::error_text, lang, t},
    stores::{session::use_session, title::set_page_title},
    ui::{Button, EmptyState, ErrorState, Icon, Skeleton, effect},
};
use entry_row::EntryRow;
use found::Found;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rules::permissions::Permission;
use toolbar::Toolbar;
use types::contact_list::TableLanguage;
use wanted::Wanted;

/// The language as the words of the log know it.
fn words_in(lang: Lang) -> TableLanguage {
    match lang {
        Lang::Zh => TableLanguage::Chinese,
        Lang::En => TableLanguage::English,
    }
}

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    set_page_title(t!(audit_log));
    let session = use_session();
    view! {
        <div class="page">
            <PageHead title=t!(audit_log) hint=t!(audit_log_hint) back=true />
            {move || if session.may(Permission::SeeAuditLog) {
                log().into_any()
            } else {
                view! {
                    <EmptyState icon=Icon::Shield title=t!(audit_admins_only) hint=t!(audit_admins_only_hint) />
                }
                .into_any()
            }}
        </div>
    }
}

fn log() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| Wanted::read(|name| query.get(name))));
    let navigate = use_navigate();
    let show = Callback::new(move |wanted: Wanted| {
        let address = wanted.address(|text| String::from(js_sys::encode_uri_component(text)));
        navigate(&address, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let found = Found::new(wanted);
    effect(move || {
        wanted.track();
        untrack(|| found.renew());
    });
    let is_empty = Memo::new(move |_| found.items.with(Vec::is_empty));
    let is_done = Memo::new(move |_| found.loaded.get() && is_empty.get() && !found.has_more());
    let is_filtered = Memo::new(move |_| wanted.with(|wanted| *wanted != Wanted::default()));
    view! {
        <Toolbar found show />
        <section class="card audit" aria-label=t!(audit_log) aria-busy=move || found.busy.get().to_string()>
            <Show when=move || !is_empty.get()>
                <div class="audit__head" aria-hidden="true">
                    <span>{t!(audit_when)}</span>
                    <span>{t!(audit_who)}</span>
                    <span>{t!(audit_what)}</span>
                    <span>{t!(audit_subject)}</span>
                </div>
                <ul class="audit__list">
                    <For each=move || found.items.get() key=|entry| entry.id let(entry)>
                        <EntryRow entry found show />
                    </For>
                </ul>
            </Show>
            {move || is_done.get().then(|| match is_filtered.get() {
                true => view! {
                    <EmptyState icon=Icon::Search title=t!(audit_none_found) hint=t!(audit_none_found_hint) />
                }
                .into_any(),
                false => view! { <EmptyState icon=Icon::Shield title=t!(audit_empty) hint=t!(audit_empty_hint) /> }
                    .into_any(),
            })}
            <Show when=move || is_empty.get() && found.busy.get()>
                <Skeleton lines=6 />
            </Show>
            {move || found.failed.get().map(|error| view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| found.load())
                />
            })}
            <Show when=move || found.has_more() && found.failed.with(Option::is_none) && found.loaded.get()>
                <Show when=move || is_empty.get()>
                    <p class="card__text">{t!(audit_looking)}</p>
                </Show>
                <Button block=true busy=found.busy on:click=move |_| found.load()>{t!(audit_more)}</Button>
            </Show>
        </section>
    }
}
