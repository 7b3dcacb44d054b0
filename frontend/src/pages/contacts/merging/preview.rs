//! What becomes of the two: what differs is chosen, what is kept is shown, and then they are merged.

use super::undo::undo;
use crate::{
    components::{form::ErrorPlace, inbox::names::contact_name, tag_chip::tag_chip},
    i18n::{Lang, errors::error_text, lang, lang_now, t},
    pages::contacts::found::Found,
    stores::{custom_fields::use_custom_fields, live::use_connection, tags::use_tags},
    ui::{Button, ButtonVariant, Choice, ErrorState, Icon, RadioGroup, Skeleton, use_toasts},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use rules::merging::{Accounts, accounts, contested, merged};
use std::rc::Rc;
use types::contact_merges::{ContactFields, MergeContacts, TakenFields};
use types::contacts::Contact;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{ContactId, TagId};

/// The survivor and the other one, as they were fetched.
type Pair = (Contact, Contact);

/// The second step.
#[component]
pub fn Preview(
    /// The contacts of the page.
    found: Found,
    /// Whose details are open, and who was chosen.
    both: (ContactId, ContactId),
    /// Who was chosen: nobody leads back.
    chosen: RwSignal<Option<ContactId>>,
    /// Whether the window is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let toasts = use_toasts();
    let pair = RwSignal::new(None::<Result<Pair, ApiError>>);
    // The two are being merged, by this window.
    let busy = RwSignal::new(false);
    let load = move || {
        pair.set(None);
        let api = found.api();
        spawn_local(async move {
            let answer = match api.get_contact(both.0).await {
                Ok(one) => api.get_contact(both.1).await.map(|other| turned(one, other)),
                Err(error) => Err(error),
            };
            // A colleague was faster: either leads to the one who is there.
            if answer.as_ref().is_ok_and(|(one, other)| one.id == other.id) {
                // Unless the person has gone back meanwhile.
                if pair.try_get_untracked().is_some() {
                    chosen.try_set(None);
                    toasts.error(lang_now().merge_already().to_owned());
                }
                return;
            }
            pair.try_set(Some(answer));
        });
    };
    load();
    let again = Callback::new(move |()| load());
    let turn = Callback::new(move |()| {
        pair.try_update(|pair| {
            if let Some(Ok((survivor, other))) = pair {
                std::mem::swap(survivor, other);
            }
        });
    });
    use_connection().follow(Rc::new(move |event| match event {
        Some(Event::ContactMerged { contact_id, .. } | Event::ContactDeleted { contact_id })
            if [both.0, both.1].contains(contact_id) && !busy.get_untracked() =>
        {
            load();
        }
        _ => {}
    }));
    view! {
        <div class="merging__back">
            <Button variant=ButtonVariant::Ghost icon=Icon::ArrowLeft on:click=move |_| chosen.set(None)>
                {t!(merge_back)}
            </Button>
        </div>
        {move || match pair.get() {
            None => view! { <div aria-busy="true"><Skeleton lines=5 /></div> }.into_any(),
            Some(Err(error)) => view! {
                <ErrorState message=move || error_text(lang(), &error) retry_label=t!(retry) on_retry=again />
            }
            .into_any(),
            Some(Ok(pair)) => view! { <Question found pair opened=both.0 open busy again turn /> }.into_any(),
        }}
    }
}

/// Who has proven an account at the company survives, whoever's details are open.
fn turned(one: Contact, other: Contact) -> Pair {
    match accounts(one.external_id.as_deref(), other.external_id.as_deref()) {
        Accounts::OtherSurvives => (other, one),
        Accounts::Fit | Accounts::Differ => (one, other),
    }
}

#[component]
fn Question(
    found: Found,
    pair: Pair,
    opened: ContactId,
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    again: Callback<()>,
    turn: Callback<()>,
) -> impl IntoView {
    let (toasts, tags) = (use_toasts(), use_tags());
    let (survivor, other) = pair;
    let names = StoredValue::new((contact_name(&survivor.summary()), contact_name(&other.summary())));
    let is_turned = survivor.id != opened;
    // Of accounts that may not be seen the server knows.
    let differ = survivor.masked.is_empty()
        && accounts(survivor.external_id.as_deref(), other.external_id.as_deref()) == Accounts::Differ;
    let is_blocked = survivor.blocked_at.is_some() || other.blocked_at.is_some();
    let take = RwSignal::new(TakenFields::default());
    let failed = RwSignal::new(None::<ApiError>);
    let pair = StoredValue::new((survivor, other));
    let merge = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let (id, request) = pair.with_value(|(survivor, other)| {
            let (other_id, version, other_version) = (other.id, survivor.version, other.version);
            (survivor.id, MergeContacts { other_id, version, other_version, take: take.get_untracked() })
        });
        let api = found.api();
        spawn_local(async move {
            let answer = api.merge_contacts(id, &request).await;
            busy.try_set(false);
            match answer {
                Ok(done) => {
                    open.try_set(false);
                    let (lang, merge_id) = (lang_now(), done.merge.id);
                    let text = lang.merge_done(&contact_name(&done.contact.summary()));
                    // The toast outlives the page.
                    let back = Callback::new(move |()| {
                        undo(api.clone(), toasts, (id, merge_id), Callback::new(|()| ()));
                    });
                    toasts.undoable(text, lang.merge_undo(), back);
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                    toasts.error(lang_now().merge_changed().to_owned());
                    again.try_run(());
                }
                // One has proven an account of which the person may not know: that one stays.
                Err(error) if is_fault(&error, FieldCode::Wrong) => turn.run(()),
                // Where the window was closed meanwhile, the page says it.
                Err(error) => {
                    if let Some(Some(error)) = failed.try_set(Some(error)) {
                        toasts.error(refusal(lang_now(), &error));
                    }
                }
            }
        });
    };
    let result = Memo::new(move |_| {
        pair.with_value(|(survivor, other)| {
            let both = [ContactFields::from(survivor), ContactFields::from(other)];
            take.with(|take| merged(&both[0], &both[1], take, &tags.groups()))
        })
    });
    view! {
        <p class="dialog__text">
            {move || names.with_value(|(survivor, other)| lang().merge_explained(survivor, other))}
        </p>
        {is_turned.then(|| view! {
            <p class="merging__note">{move || names.with_value(|(survivor, _)| lang().merge_turned(survivor))}</p>
        })}
        {is_blocked.then(|| view! { <p class="merging__note">{t!(merge_blocked)}</p> })}
        <Choices pair take />
        <Outcome result />
        <ErrorPlace text=Signal::derive(move || {
            if differ {
                return Some(lang().merge_two_accounts().to_owned());
            }
            failed.with(|failed| failed.as_ref().map(|error| refusal(lang(), error)))
        }) />
        <div class="dialog__actions">
            <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Primary busy disabled=Signal::derive(move || differ) on:click=merge>
                {t!(merge_confirm)}
            </Button>
        </div>
    }
}

/// Whether the two cannot be merged, for this reason.
fn is_fault(error: &ApiError, code: FieldCode) -> bool {
    matches!(error, ApiError::Problem(problem)
        if problem.errors.iter().any(|fault| fault.field == "other_id" && fault.code == code))
}

fn refusal(lang: Lang, error: &ApiError) -> String {
    if is_fault(error, FieldCode::Taken) { lang.merge_two_accounts().to_owned() } else { error_text(lang, error) }
}

/// What the two have differently: one of each is chosen.
#[component]
fn Choices(pair: StoredValue<Pair>, take: RwSignal<TakenFields>) -> impl IntoView {
    // As they are when the question is asked: an answer that is on its way is not taken back by a colleague's new tag.
    let (groups, fields) = untrack(|| (use_tags().groups(), use_custom_fields().get()));
    let asked = pair.with_value(|(survivor, other)| contested(survivor, other, &groups));
    let of_both = move |read: &dyn Fn(&Contact) -> String| pair.with_value(|(own, other)| [read(own), read(other)]);
    let mut rows: Vec<AnyView> = Vec::new();
    let mut plain = |label: fn() -> String, read: fn(&Contact) -> String, is: fn(&mut TakenFields) -> &mut bool| {
        let value = Signal::derive(move || *is(&mut take.get()));
        let choose = Callback::new(move |other| take.update(|take| *is(take) = other));
        rows.push(one_of(label, of_both(&read), value, choose));
    };
    if asked.name {
        let read = |one: &Contact| one.name.clone().unwrap_or_default();
        plain(|| lang().contact_name_field().to_owned(), read, |take| &mut take.name);
    }
    if asked.phone {
        let read = |one: &Contact| one.phone.clone().unwrap_or_default();
        plain(|| lang().contact_phone().to_owned(), read, |take| &mut take.phone);
    }
    if asked.remark {
        let read = |one: &Contact| one.remark.clone().unwrap_or_default();
        plain(|| lang().contact_remark().to_owned(), read, |take| &mut take.remark);
    }
    for field in fields.items.into_iter().filter(|field| asked.custom_field_ids.contains(&field.id)) {
        let (id, name) = (field.id, field.name);
        let texts = of_both(&|one: &Contact| {
            let value = one.custom_values.iter().find(|value| value.field_id == id);
            value.map(|value| value.value.clone()).unwrap_or_default()
        });
        let value = Signal::derive(move || take.with(|take| take.custom_field_ids.contains(&id)));
        let choose = Callback::new(move |other| take.update(|take| put(&mut take.custom_field_ids, id, other)));
        rows.push(one_of(move || name.clone(), texts, value, choose));
    }
    for group in groups.into_iter().filter(|group| asked.tag_group_ids.contains(&group.id)) {
        let texts = of_both(&|one: &Contact| {
            let tag = group.tags.iter().find(|tag| one.tag_ids.contains(&tag.id));
            tag.map(|tag| tag.name.clone()).unwrap_or_default()
        });
        let (id, name) = (group.id, group.name);
        let value = Signal::derive(move || take.with(|take| take.tag_group_ids.contains(&id)));
        let choose = Callback::new(move |other| take.update(|take| put(&mut take.tag_group_ids, id, other)));
        rows.push(one_of(move || name.clone(), texts, value, choose));
    }
    rows
}

fn put<T: Copy + PartialEq>(ids: &mut Vec<T>, id: T, is_in: bool) {
    ids.retain(|known| *known != id);
    if is_in {
        ids.push(id);
    }
}

fn one_of(
    label: impl Fn() -> String + Send + Sync + 'static,
    [own, theirs]: [String; 2],
    value: Signal<bool>,
    choose: Callback<bool>,
) -> AnyView {
    let choices = vec![Choice::new(false, own).noted(t!(merge_own)), Choice::new(true, theirs).noted(t!(merge_theirs))];
    view! { <RadioGroup legend=move || lang().merge_keep(&label()) choices value on_choose=choose /> }.into_any()
}

/// What the survivor has afterwards.
#[component]
fn Outcome(result: Memo<ContactFields>) -> impl IntoView {
    let (tags, fields) = (use_tags(), use_custom_fields());
    let line = move |read: fn(&ContactFields) -> &Option<String>| {
        move || result.with(|result| read(result).clone()).unwrap_or_else(|| lang().merge_nothing().to_owned())
    };
    let shown = move || {
        let ids: Vec<TagId> = result.with(|result| result.tag_ids.clone());
        let chips: Vec<_> = ids.into_iter().filter_map(|id| tags.get(id)).map(tag_chip).collect();
        if chips.is_empty() { t!(merge_nothing).into_any() } else { chips.into_any() }
    };
    let custom = move || {
        let values = result.with(|result| result.custom_values.clone());
        let named = move |value: types::custom_fields::CustomValue| {
            let name = fields.get().get(value.field_id)?.name.clone();
            Some(view! { <dt>{name}</dt><dd>{value.value}</dd> })
        };
        values.into_iter().filter_map(named).collect_view()
    };
    view! {
        <h3 class="merging__heading">{t!(merge_result)}</h3>
        <dl class="merging__result">
            <dt>{t!(contact_name_field)}</dt>
            <dd>{line(|fields| &fields.name)}</dd>
            <dt>{t!(contact_phone)}</dt>
            <dd>{line(|fields| &fields.phone)}</dd>
            <dt>{t!(contact_remark)}</dt>
            <dd>{line(|fields| &fields.remark)}</dd>
            <dt>{t!(tags)}</dt>
            <dd class="tags">{shown}</dd>
            {custom}
        </dl>
    }
}
