//! How new messages are told on this browser.

use super::push::PushSwitch;
use crate::i18n::{lang_now, t};
use crate::stores::alerts::{self, Alerts, Wanted, use_alerts};
use crate::stores::session::use_session;
use crate::ui::{Button, ButtonSize, Icon, IconView, InputKind, Switch, TextField, effect, use_toasts};
use leptos::{prelude::*, task::spawn_local};
use rules::permissions::Permission;

/// Quiet hours as they are offered at first.
const NIGHT: (u16, u16) = (22 * 60, 8 * 60);

/// New-message notifications: on or off, sound, quiet hours, and what the browser allows.
#[component]
pub fn AlertSettings() -> impl IntoView {
    let alerts = use_alerts();
    let (enabled, sound, quiet) = (RwSignal::new(true), RwSignal::new(true), RwSignal::new(false));
    let (push, mine_only) = (RwSignal::new(false), RwSignal::new(true));
    let oversees = use_session().may(Permission::SeeAllConversations);
    let (from, to) = (RwSignal::new(written(NIGHT.0)), RwSignal::new(written(NIGHT.1)));
    let entered = move || {
        let quiet = entered(quiet.get(), &from.get(), &to.get())?;
        Some(Wanted { enabled: enabled.get(), sound: sound.get(), push: push.get(), mine_only: mine_only.get(), quiet })
    };
    // What is wanted may change in another tab as well.
    let take = move |wanted: Wanted| {
        enabled.set(wanted.enabled);
        sound.set(wanted.sound);
        push.set(wanted.push);
        mine_only.set(wanted.mine_only);
        quiet.set(wanted.quiet.is_some());
        if let Some((begins, ends)) = wanted.quiet {
            from.set(written(begins));
            to.set(written(ends));
        }
    };
    take(untrack(|| alerts.wanted()));
    effect(move || {
        let wanted = alerts.wanted();
        if untrack(entered) != Some(wanted) {
            take(wanted);
        }
    });
    effect(move || {
        // Only what the person changes here is written, or looking at it would undo what another tab has just set.
        if let Some(entered) = entered().filter(|entered| *entered != untrack(|| alerts.wanted())) {
            alerts.set_wanted(entered);
        }
    });
    let off = Signal::derive(move || !enabled.get());
    let toasts = use_toasts();
    let try_sound = move |_| {
        spawn_local(async move {
            if !alerts.audition().await {
                toasts.error(lang_now().alerts_no_sound());
            }
        });
    };
    view! {
        <section class="card" aria-labelledby="alerts-title">
            <div class="card__head">
                <h2 class="card__title" id="alerts-title">{t!(alerts_title)}</h2>
                <p class="card__text">{t!(alerts_note)}</p>
            </div>
            <Switch label=t!(alerts_enabled) note=t!(alerts_enabled_note) checked=enabled />
            {move || enabled.get().then(|| view! { <Allowed alerts /> })}
            <PushSwitch checked=push off />
            {oversees.then(|| view! {
                <Switch label=t!(alerts_mine_only) note=t!(alerts_mine_only_note) checked=mine_only disabled=off />
            })}
            <Switch label=t!(alerts_sound) note=t!(alerts_sound_note) checked=sound disabled=off />
            {move || (sound.get() && enabled.get()).then(|| view! {
                <div class="account__try">
                    <Button size=ButtonSize::Small icon=Icon::Play on:click=try_sound>{t!(alerts_try_sound)}</Button>
                </div>
            })}
            <Switch label=t!(alerts_quiet) note=t!(alerts_quiet_note) checked=quiet disabled=off />
            {move || (quiet.get() && enabled.get()).then(|| view! {
                <div class="account__hours">
                    <TextField label=t!(alerts_from) value=from kind=InputKind::Time name="quiet_from" />
                    <TextField label=t!(alerts_to) value=to kind=InputKind::Time name="quiet_to" />
                </div>
            })}
        </section>
    }
}

/// What the browser allows, and the way to more.
#[component]
fn Allowed(alerts: Alerts) -> impl IntoView {
    move || {
        let (icon, words): (Icon, fn(crate::i18n::Lang) -> &'static str) = match alerts.permission() {
            alerts::Permission::Unasked => {
                return view! {
                    <div class="account__allowed">
                        <IconView icon=Icon::Bell size=16 />
                        <p class="account__allowed-text">{t!(alerts_offer)}</p>
                        <Button size=ButtonSize::Small on:click=move |_| alerts.ask()>{t!(alerts_allow)}</Button>
                    </div>
                }
                .into_any();
            }
            alerts::Permission::Granted => (Icon::CheckCircle, crate::i18n::Lang::alerts_granted),
            alerts::Permission::Denied => (Icon::Alert, crate::i18n::Lang::alerts_denied),
            alerts::Permission::Insecure => (Icon::Info, crate::i18n::Lang::alerts_insecure),
            alerts::Permission::Unsupported => (Icon::Info, crate::i18n::Lang::alerts_unsupported),
        };
        view! {
            <div class="account__allowed" role="status">
                <IconView icon size=16 />
                <p class="account__allowed-text">{move || words(crate::i18n::lang())}</p>
            </div>
        }
        .into_any()
    }
}

/// The quiet hours that stand in the form; nothing while a time is half typed: what was set stays until it is whole.
fn entered(quiet: bool, from: &str, to: &str) -> Option<Option<(u16, u16)>> {
    if quiet { Some(Some(read(from).zip(read(to))?)) } else { Some(None) }
}

/// A minute of the day as `22:05`.
fn written(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The minute of the day of `22:05`.
fn read(time: &str) -> Option<u16> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.get(..2)?.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then(|| hours.saturating_mul(60).saturating_add(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_half_typed_changes_nothing() {
        assert_eq!(entered(true, "21:30", "08:00"), Some(Some((1_290, 480))));
        assert_eq!(entered(true, "21:", "08:00"), None);
        assert_eq!(entered(false, "21:", "08:00"), Some(None));
    }

    #[test]
    fn times_of_the_day_are_read_as_they_are_written() {
        for minute in [0, 1, 59, 60, 1_325, 1_439] {
            assert_eq!(read(&written(minute)), Some(minute));
        }
        for text in ["", "24:00", "1", "12:60", "ab:cd", "12:5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
