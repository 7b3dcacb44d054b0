//! A row of the tree while it is being arranged.

use super::arranging::{Arranging, focus_handle, handle_id};
use crate::{
    components::{form::FormErrors, shell::channel_tree::channel_picture},
    i18n::{errors::error_text, lang, lang_now, t},
    stores::live::use_channels,
    ui::{Button, ButtonSize, ButtonVariant, Icon, IconButton, IconView, TextField, is_composing},
};
use leptos::{ev, html, prelude::*};
use rules::channel_tree::Row;
use types::channel_tree::ChannelGroupPatch;
use types::id::ChannelGroupId;
use types::validate::Validate;

/// A row: its handle, and of a group what can be done to it.
#[component]
pub fn ArrangerRow(
    /// Which.
    row: Row,
    /// The order that is being made.
    arranging: Arranging,
) -> impl IntoView {
    let name = Memo::new(move |_| arranging.name(row));
    let group = match row {
        Row::Group(id) => Some(id),
        Row::Channel(_) => None,
    };
    let is_renaming = Memo::new(move |_| group.is_some() && arranging.renaming.get() == group);
    view! {
        <li
            class="arranger__row"
            class:arranger__row--group=group.is_some()
            class:arranger__row--held=move || arranging.holds(row)
            class:arranger__row--gap=move || arranging.lands_before(Some(row))
        >
            <Show
                when=move || is_renaming.get()
                fallback=move || view! {
                    <Handle row name arranging />
                    {picture(row)}
                    <span class="arranger__name">{move || name.get()}</span>
                    {group.map(|id| view! { <GroupActions id name arranging /> })}
                }
            >
                {group.map(|id| view! { <Rename id is=name.get_untracked() arranging /> })}
            </Show>
        </li>
    }
}

fn picture(row: Row) -> Option<AnyView> {
    let Row::Channel(id) = row else { return None };
    let channels = use_channels();
    let avatar = Memo::new(move |_| channels.get(id).and_then(|channel| channel.avatar_id));
    Some((move || channel_picture(avatar.get(), 18)).into_any())
}

#[component]
fn Handle(row: Row, name: Memo<String>, arranging: Arranging) -> impl IntoView {
    let handle = NodeRef::<html::Button>::new();
    let down = move |event: ev::PointerEvent| {
        if event.button() != 0 || arranging.busy.get_untracked() {
            return;
        }
        if let Some(handle) = handle.get_untracked() {
            // The pointer's way is followed beyond the handle; a pointer that is gone by now moves nothing.
            drop(handle.set_pointer_capture(event.pointer_id()));
        }
        arranging.drag(row);
    };
    let key = move |event: ev::KeyboardEvent| {
        if !is_composing(&event) && !arranging.busy.get_untracked() && arranging.key(row, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <button
            node_ref=handle
            id=handle_id(row)
            type="button"
            class="arranger__handle"
            aria-label=t!(tree_move(&name.get()))
            aria-describedby="arranger-help"
            aria-pressed=move || if arranging.holds(row) { "true" } else { "false" }
            on:pointerdown=down
            on:pointermove=move |event| arranging.drag_to(f64::from(event.client_y()))
            on:pointerup=move |_| arranging.drop_dragged()
            on:pointercancel=move |_| {
                arranging.key(row, "Escape");
            }
            on:keydown=key
        >
            <IconView icon=Icon::Grip size=18 />
        </button>
    }
}

#[component]
fn GroupActions(id: ChannelGroupId, name: Memo<String>, arranging: Arranging) -> impl IntoView {
    let doom = move |_| {
        let group = arranging.draft.with_untracked(|draft| draft.groups.iter().find(|one| one.id == id).cloned());
        arranging.doomed.set(group);
    };
    view! {
        <IconButton
            icon=Icon::Pencil
            small=true
            label=t!(channel_group_rename(&name.get()))
            on:click=move |_| arranging.renaming.set(Some(id))
        />
        <IconButton icon=Icon::Trash small=true label=t!(channel_group_delete(&name.get())) on:click=doom />
    }
}

#[component]
fn Rename(id: ChannelGroupId, is: String, arranging: Arranging) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let name = RwSignal::new(is.clone());
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let done = move || {
        arranging.renaming.set(None);
        focus_handle(Row::Group(id));
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let patch = ChannelGroupPatch { name: name.get_untracked().trim().to_owned() };
        if busy.get_untracked() || !errors.check_all(patch.validate()) {
            return;
        }
        if patch.name == is {
            done();
            return;
        }
        let api = arranging.api();
        let work = async move {
            match api.update_channel_group(id, &patch).await {
                Ok(group) => {
                    // Ahead of its event, which says the same of the tree.
                    arranging.draft.update(|draft| {
                        if let Some(known) = draft.groups.iter_mut().find(|known| known.id == id) {
                            known.name = group.name;
                        }
                    });
                    done();
                    Ok(())
                }
                Err(error) if busy.is_disposed() => {
                    arranging.toasts().error(error_text(lang_now(), &error));
                    Ok(())
                }
                Err(error) => Err(error),
            }
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            event.stop_propagation();
            done();
        }
    };
    view! {
        <form class="arranger__rename" node_ref=form novalidate on:submit=submit on:keydown=key>
            <TextField
                label=t!(channel_group_name)
                value=name
                error=Signal::derive({
                    let (field, whole) = (errors.of_named("name", "channel_group_name"), errors.of_whole());
                    move || field.get().or_else(|| whole.get())
                })
                name="name"
                autofocus=true
            />
            <div class="arranger__answers">
                <Button size=ButtonSize::Small on:click=move |_| done()>{t!(cancel)}</Button>
                <Button size=ButtonSize::Small variant=ButtonVariant::Primary submit=true busy>{move || lang().save()}</Button>
            </div>
        </form>
    }
}
