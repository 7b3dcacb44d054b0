//! Of which days the last message is: the menu above the list.

use crate::i18n::{format, lang, lang_now, t};
use crate::routes;
use crate::stores::inbox::use_inbox;
use crate::ui::{Button, ButtonVariant, Dialog, Icon, IconView, InputKind, Menu, MenuItem, TextField};
use client::state::View;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use types::id::ConversationId;
use types::saved_views::Period;
use types::time::Day;

/// The last so many days that the menu offers; one is today.
const LAST: [u16; 3] = [1, 7, 30];

/// The days as a menu; what is chosen is in the address.
#[component]
pub fn DatesMenu(
    /// The chosen list.
    view: Memo<View>,
    /// The open conversation stays open.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    let inbox = use_inbox();
    let navigate = use_navigate();
    let chosen = Memo::new(move |_| view.get().dates.map(|dates| dates.period));
    let choose = Callback::new(move |period: Option<Period>| {
        let view = View { dates: period.map(format::dates_now), ..view.get_untracked() };
        navigate(&routes::inbox(open.get_untracked(), view), NavigateOptions::default());
    });
    let asking = RwSignal::new(false);
    let name = move || chosen.get().map(|period| format::period(period, inbox.clock()));
    let is = move |period: Option<Period>| Signal::derive(move || chosen.get() == period);
    view! {
        <span class="list-menu" class:list-menu--chosen=move || chosen.get().is_some()>
            <Menu
                label=move || name().map_or_else(|| lang().dates().to_owned(), |name| lang().dates_chosen(&name))
                trigger_class="list-menu__trigger"
                placement="menu--end"
                trigger=Box::new(move || view! {
                    <span class="list-menu__name">{move || name().unwrap_or_else(|| lang().dates().to_owned())}</span>
                    <IconView icon=Icon::ChevronDown size=14 />
                }.into_any())
            >
                <MenuItem chosen=is(None) on:click=move |_| choose.run(None)>{t!(any_date)}</MenuItem>
                {LAST
                    .map(|days| {
                        let period = Some(Period::LastDays(days));
                        view! {
                            <MenuItem chosen=is(period) on:click=move |_| choose.run(period)>
                                {move || format::period(Period::LastDays(days), inbox.clock())}
                            </MenuItem>
                        }
                    })
                    .into_iter()
                    .collect_view()}
                <MenuItem
                    chosen=Signal::derive(move || matches!(chosen.get(), Some(Period::Between { .. })))
                    on:click=move |_| asking.set(true)
                >
                    {t!(dates_choose)}
                </MenuItem>
            </Menu>
        </span>
        <Dialog open=asking title=t!(dates_title) close_label=t!(close)>
            <DatesForm chosen choose asking />
        </Dialog>
    }
}

/// The first day and the last.
#[component]
fn DatesForm(chosen: Memo<Option<Period>>, choose: Callback<Option<Period>>, asking: RwSignal<bool>) -> impl IntoView {
    let (from, to) = match chosen.get_untracked() {
        Some(Period::Between { from, to }) => (from, to),
        _ => (None, None),
    };
    let text = |day: Option<Day>| RwSignal::new(day.map(|day| day.to_string()).unwrap_or_default());
    let (from, to) = (text(from), text(to));
    let (from_error, to_error) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let [first, last] = [from, to].map(|day| day.with_untracked(|day| Day::parse(day)));
        from_error.set(first.or(last).is_none().then(|| lang_now().dates_missing().to_owned()));
        let backwards = first.zip(last).is_some_and(|(first, last)| last < first);
        to_error.set(backwards.then(|| lang_now().dates_backwards().to_owned()));
        if first.or(last).is_some() && !backwards {
            asking.set(false);
            choose.run(Some(Period::Between { from: first, to: last }));
        }
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p class="dialog__text">{t!(dates_hint)}</p>
            <div class="form__pair">
                <TextField label=t!(dates_first) value=from error=from_error kind=InputKind::Date name="from" />
                <TextField label=t!(dates_last) value=to error=to_error kind=InputKind::Date name="to" />
            </div>
            <div class="dialog__actions">
                <Button on:click=move |_| asking.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true>{t!(dates_apply)}</Button>
            </div>
        </form>
    }
}
