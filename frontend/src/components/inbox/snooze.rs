//! Until when a conversation is put off: what the window shows that asks for it.

use super::standing::Snoozing;
use crate::components::part::Draw;
use crate::i18n::{Lang, errors::error_text, format, lang, lang_now, t};
use crate::stores::conversation_settings::use_conversation_settings;
use crate::ui::{Button, ButtonVariant, InputKind, TextField};
use client::snoozes::{Offer, minute_of};
use leptos::{prelude::*, task::spawn_local};
use types::assignment::SnoozeConversation;
use types::error::ErrorCode;
use types::time::{Day, Timestamp};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Loads what draws it, which is not needed before somebody puts something off.
#[wasm_split(transfer, fallible)]
pub fn snooze() -> Result<Draw, SplitLoaderError> {
    let draw: Draw = || view! { <SnoozeForm /> }.into_any();
    Ok(draw)
}

fn offer_name(lang: Lang, offer: Offer) -> &'static str {
    match offer {
        Offer::InAnHour => lang.snooze_hour(),
        Offer::Tonight => lang.snooze_tonight(),
        Offer::TomorrowMorning => lang.snooze_tomorrow(),
        Offer::NextMonday => lang.snooze_monday(),
    }
}

/// When that is.
fn until(offer: Offer, now: Timestamp) -> Timestamp {
    let moment = offer.moment(Day(format::calendar_day(now)));
    moment.map_or(now.plus_seconds(3_600), |(day, minute)| format::moment(day, minute))
}

/// Times at one touch, and one's own.
#[component]
fn SnoozeForm() -> impl IntoView {
    let Snoozing { id, open } = expect_context();
    let settings = use_conversation_settings();
    let now = format::now();
    let tomorrow = Day(format::calendar_day(now).saturating_add(1));
    let (day, time) = (RwSignal::new(tomorrow.to_string()), RwSignal::new("09:00".to_owned()));
    let (day_error, time_error) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    let put_off = move |until: Timestamp| {
        busy.set(true);
        day_error.set(None);
        spawn_local(async move {
            let done = settings.snooze(id, SnoozeConversation { until }).await;
            busy.try_set(false);
            match done {
                Ok(()) => drop(open.try_set(false)),
                Err(error) => {
                    let text = match error.code() {
                        Some(ErrorCode::Conflict) => lang_now().snooze_refused().to_owned(),
                        _ => error_text(lang_now(), &error),
                    };
                    day_error.try_set(Some(text));
                }
            }
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = (day.with_untracked(|day| Day::parse(day)), time.with_untracked(|time| minute_of(time)));
        time_error.set(chosen.1.is_none().then(|| lang_now().snooze_time_missing().to_owned()));
        let (Some(day), Some(minute)) = chosen else {
            day_error.set(chosen.0.is_none().then(|| lang_now().snooze_day_missing().to_owned()));
            return;
        };
        let until = format::moment(day, minute);
        match (SnoozeConversation { until }).check(format::now()) {
            Some(_) => day_error.set(Some(lang_now().snooze_range().to_owned())),
            None => put_off(until),
        }
    };
    view! {
        <form class="form snooze" novalidate on:submit=submit>
            <p class="dialog__text">{t!(snooze_hint)}</p>
            <div class="snooze__offers" role="group" aria-label=t!(snooze)>
                {Offer::at(Day(format::calendar_day(now)), format::minute_of_day(now))
                    .into_iter()
                    .map(|offer| {
                        let at = until(offer, now);
                        view! {
                            <button
                                type="button"
                                class="snooze__offer"
                                disabled=move || busy.get()
                                on:click=move |_| put_off(until(offer, format::now()))
                            >
                                <span>{move || offer_name(lang(), offer)}</span>
                                <time class="snooze__when">{move || format::date_time(at)}</time>
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <div class="form__pair">
                <TextField label=t!(snooze_day) value=day error=day_error kind=InputKind::Date name="day" />
                <TextField label=t!(snooze_time) value=time error=time_error kind=InputKind::Time name="time" />
            </div>
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(snooze)}</Button>
            </div>
        </form>
    }
}
