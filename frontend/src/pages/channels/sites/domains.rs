//! On whose pages a channel's chat may stand: a list, one to a line.

use crate::api::use_api;
use crate::i18n::{
    errors::{error_text, field_text},
    lang, lang_now, t,
};
use crate::stores::leave_guard::use_leave_guard;
use crate::ui::{Button, ButtonVariant, ErrorState, Skeleton, TextArea, use_toasts};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::domains::SetChannelDomains;
use types::error::FieldError;
use types::id::ChannelId;
use types::limits;
use types::validate::Validate;

/// The card of the allowed domains.
#[component]
pub fn DomainsCard(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let api = StoredValue::new_local(use_api());
    let toasts = use_toasts();
    let held = RwSignal::new(None::<Result<Vec<String>, ApiError>>);
    let text = RwSignal::new(String::new());
    let errors = RwSignal::new(Vec::<FieldError>::new());
    let busy = RwSignal::new(false);
    let show = move |items: Vec<String>| {
        text.set(items.join("\n"));
        held.set(Some(Ok(items)));
    };
    let load = move || {
        held.set(None);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.get_channel_domains(id).await;
            // The page may be gone by the time the answer is here.
            if held.is_disposed() {
                return;
            }
            match answer {
                Ok(domains) => show(domains.items),
                Err(error) => held.set(Some(Err(error))),
            }
        });
    };
    load();
    let written = Memo::new(move |_| text.with(|text| domains_in(text)));
    let changed =
        Memo::new(move |_| held.with(|held| matches!(held, Some(Ok(items)) if written.with(|now| now != items))));
    use_leave_guard().watch(changed.into());
    let check = move || errors.set(SetChannelDomains { items: written.get_untracked() }.validate());
    // Of the first line that is wrong, which is named: there may be fifty.
    let error = Signal::derive(move || {
        errors.with(|errors| {
            let first = errors.first()?;
            let line = first.field.strip_prefix("items[").and_then(|rest| rest.strip_suffix(']'));
            let line = line
                .and_then(|place| place.parse::<usize>().ok())
                .and_then(|place| written.with(|now| now.get(place).cloned()));
            Some(match line {
                Some(line) => lang().domain_wrong(line),
                None => field_text(lang(), first),
            })
        })
    });
    let save = move |_| {
        check();
        if errors.with_untracked(|errors| !errors.is_empty()) {
            return;
        }
        let request = SetChannelDomains { items: written.get_untracked() };
        busy.set(true);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.set_channel_domains(id, &request).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(domains) => {
                    show(domains.items);
                    toasts.success(lang_now().channel_saved());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    view! {
        <section class="card channel-sites__card">
            <h2 class="card__title">{t!(domains_title)}</h2>
            {move || match held.with(|held| held.as_ref().map(Result::is_ok)) {
                None => view! { <div aria-busy="true"><Skeleton lines=3 /></div> }.into_any(),
                Some(false) => view! {
                    <ErrorState message=t!(load_failed) retry_label=t!(retry) on_retry=Callback::new(move |()| load()) />
                }
                .into_any(),
                Some(true) => view! {
                    <p class="card__text">
                        {move || if written.with(Vec::is_empty) { lang().domains_everywhere() } else { lang().domains_listed() }}
                    </p>
                    <TextArea
                        label=t!(domains_label)
                        value=text
                        error
                        hint=t!(domains_note)
                        count=t!(characters_of(written.with(Vec::len), limits::DOMAINS_MAX))
                        placeholder=t!(domains_placeholder)
                        name="domains"
                        rows=5
                        on_leave=Callback::new(move |()| check())
                    />
                    <div class="form__actions">
                        <Button
                            variant=ButtonVariant::Primary
                            busy
                            disabled=Signal::derive(move || !changed.get())
                            on:click=save
                        >
                            {t!(domains_save)}
                        </Button>
                    </div>
                }
                .into_any(),
            }}
        </section>
    }
}

/// The domains in a text, one to a line. An address that was copied from a browser is the domain in it.
fn domains_in(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim().to_lowercase();
        let rest = line.split_once("://").map_or(line.as_str(), |(_, rest)| rest);
        let domain = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !domain.is_empty() && !found.iter().any(|known| known == domain) {
            found.push(domain.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::domains_in;

    #[test]
    fn an_address_is_the_domain_in_it_and_each_counts_once() {
        let text = " https://Shop.example/a?b=1#c \n\n*.example.com\nshop.example\nhttp://localhost:3000\n?\n";
        assert_eq!(domains_in(text), ["shop.example", "*.example.com", "localhost:3000"]);
        assert!(domains_in("\n \n").is_empty());
    }
}
