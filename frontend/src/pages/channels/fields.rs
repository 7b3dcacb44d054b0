//! The fields of a channel, the same for adding and editing.

use super::color_field::ColorField;
use super::draft::{Draft, check_max_file};
use super::group_field::GroupField;
use crate::{
    components::form::FormErrors,
    i18n::t,
    routes,
    ui::{Choice, Icon, IconView, InputKind, RadioGroup, Switch, TextArea, TextField},
};
use leptos::prelude::*;
use types::{channels::LauncherPosition, id::ChannelId, limits, validate};

/// Name, introduction, switches, appearance.
#[component]
pub fn ChannelFields(
    /// What is edited.
    draft: Draft,
    /// What is wrong.
    errors: FormErrors,
    /// For looking only.
    #[prop(into)]
    disabled: Signal<bool>,
    /// The channel, once it is there: its style has an editor of its own.
    #[prop(optional)]
    id: Option<ChannelId>,
    /// The name takes the focus.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! {
        <section class="card channel-page__details">
            <h2 class="card__title">{t!(channel_details)}</h2>
            <TextField
                label=t!(channel_name)
                value=draft.name
                error=errors.of("name")
                placeholder=t!(channel_name_placeholder)
                name="name"
                required=true
                autofocus
                disabled
                on_leave=Callback::new(move |()| {
                    errors.check("name", validate::line(&draft.name.get_untracked(), 1, limits::CHANNEL_NAME_MAX));
                })
            />
            <TextArea
                label=t!(introduction)
                value=draft.introduction
                error=errors.of("introduction")
                hint=t!(introduction_note)
                placeholder=t!(introduction_placeholder)
                count=t!(
                    characters_of(
                        draft.introduction.with(|text| text.trim().chars().count()),
                        limits::CHANNEL_INTRODUCTION_MAX
                    )
                )
                name="introduction"
                disabled
                on_leave=Callback::new(move |()| {
                    let text = draft.introduction.get_untracked();
                    errors.check("introduction", validate::length(text.trim(), 0, limits::CHANNEL_INTRODUCTION_MAX));
                })
            />
            <GroupField group=draft.group error=errors.of("group_id") disabled />
            <Switch label=t!(message_alert) note=t!(message_alert_note) checked=draft.alert disabled />
            <Switch label=t!(unsent_preview) note=t!(unsent_preview_note) checked=draft.unsent_preview disabled />
            <TextField
                label=t!(max_file)
                value=draft.max_file
                error=errors.of("max_file_megabytes")
                hint=t!(max_file_note)
                name="max_file_megabytes"
                kind=InputKind::Digits
                disabled
                on_leave=Callback::new(move |()| {
                    errors.check("max_file_megabytes", check_max_file(&draft.max_file.get_untracked()));
                })
            />
            <Switch label=t!(enabled) note=t!(enabled_note) checked=draft.enabled disabled />
        </section>
        <section class="card channel-page__style">
            <h2 class="card__title">{t!(channel_style)}</h2>
            <ColorField
                color=draft.color
                error=errors.of("style.color")
                disabled
                on_leave=Callback::new(move |()| {
                    errors.check("style.color", validate::color(draft.color.get_untracked().trim()));
                })
            />
            <RadioGroup
                legend=t!(position)
                value=draft.position
                disabled
                on_choose=Callback::new(move |side| draft.position.set(side))
                choices=vec![
                    Choice::new(LauncherPosition::Right, t!(position_right)),
                    Choice::new(LauncherPosition::Left, t!(position_left)),
                ]
            />
            {id.map(|id| {
                view! {
                    <a class="channel-page__more" href=routes::channel_style(id)>
                        {t!(style_open)}
                        <IconView icon=Icon::ArrowRight size=16 />
                    </a>
                }
            })}
        </section>
    }
}
