//! The group that a channel is in.

use crate::{
    i18n::t,
    stores::channel_tree::use_tree,
    ui::{Icon, IconView},
};
use leptos::prelude::*;
use types::id::ChannelGroupId;

/// One of the groups that there are, or none.
#[component]
pub fn GroupField(
    /// The group.
    group: RwSignal<Option<ChannelGroupId>>,
    /// What is wrong with it.
    error: Signal<Option<String>>,
    /// For looking only.
    disabled: Signal<bool>,
) -> impl IntoView {
    let tree = use_tree();
    let groups =
        Memo::new(move |_| tree.get().groups.into_iter().map(|group| (group.id, group.name)).collect::<Vec<_>>());
    let choices = move || {
        let choice = |(id, name): (ChannelGroupId, String)| {
            view! {
                <option value=id.to_string() prop:selected=move || group.get() == Some(id)>
                    {name}
                </option>
            }
        };
        groups.get().into_iter().map(choice).collect_view()
    };
    view! {
        <div class="field">
            <label class="field__label" for="channel-group">{t!(channel_group)}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id="channel-group"
                    disabled=move || disabled.get()
                    on:change:target=move |event| group.set(event.target().value().parse().ok())
                >
                    <option value="" prop:selected=move || group.with(Option::is_none)>{t!(channel_group_none)}</option>
                    {choices}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
            <p class="field__error" role="alert">{move || error.get()}</p>
        </div>
    }
}
