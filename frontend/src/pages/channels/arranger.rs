//! The tree of channels while somebody arranges it: rows to drag, by a pointer or by the keyboard, and what ends it.

use super::arranger_row::ArrangerRow;
use super::arranging::{Arranging, focus_handle};
use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    routes,
    stores::{
        channel_tree::use_tree,
        leave_guard::{use_guarded_navigate, use_leave_guard},
    },
    ui::{Button, ButtonSize, ButtonVariant, Dialog, Icon, IconView, Menu, MenuItem, effect, focus_instead},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use rules::channel_tree::rows;
use types::error::ErrorCode;

/// The tree as it is being arranged.
#[component]
pub fn Arranger() -> impl IntoView {
    let (tree, arranging) = (use_tree(), Arranging::begin());
    let changed = Memo::new(move |_| arranging.is_changed());
    let asking = RwSignal::new(false);
    // What it was entered by has gone, with the focus.
    if let Some(first) = arranging.draft.with_untracked(rows).first() {
        focus_handle(*first);
    }
    use_leave_guard().hold(changed.into());
    effect(move || arranging.hear(tree.get()));
    let cancel = move |_| if changed.get_untracked() { asking.set(true) } else { arranging.leave() };
    view! {
        <div class="arranger" role="group" aria-label=t!(tree_arrange)>
            <p class="visually-hidden" id="arranger-help">{t!(tree_help)}</p>
            <p class="visually-hidden" role="status" aria-live="assertive">{move || arranging.said.get()}</p>
            <Show when=move || arranging.clash.get()>
                <div class="arranger__clash" role="alert">
                    <p>{t!(tree_clash)}</p>
                    <Button size=ButtonSize::Small on:click=move |_| arranging.take_theirs()>
                        {t!(tree_clash_theirs)}
                    </Button>
                    <Button size=ButtonSize::Small on:click=move |_| arranging.keep_mine()>{t!(tree_clash_mine)}</Button>
                </div>
            </Show>
            <ul
                node_ref=arranging.list
                class="arranger__list"
                class:arranger__list--end=move || arranging.lands_before(None)
            >
                <For each=move || arranging.draft.with(rows) key=|row| *row let(row)>
                    <ArrangerRow row arranging />
                </For>
            </ul>
            <div class="arranger__actions">
                <AddMenu arranging />
                <Button size=ButtonSize::Small on:click=cancel>{t!(cancel)}</Button>
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Primary
                    busy=arranging.busy
                    disabled=arranging.clash
                    on:click=move |_| arranging.finish()
                >
                    {t!(tree_finish)}
                </Button>
            </div>
            <DeleteGroup arranging />
            <Dialog open=asking title=t!(unsaved_title) close_label=t!(close)>
                <p class="dialog__text">{t!(unsaved_detail)}</p>
                <div class="dialog__actions">
                    <Button on:click=move |_| arranging.leave()>{t!(unsaved_leave)}</Button>
                    <Button variant=ButtonVariant::Primary on:click=move |_| asking.set(false)>{t!(unsaved_stay)}</Button>
                </div>
            </Dialog>
        </div>
    }
}

#[component]
fn AddMenu(arranging: Arranging) -> impl IntoView {
    let (navigate, tree) = (use_guarded_navigate(), use_tree());
    view! {
        <Menu
            label=t!(add)
            trigger_class="arranger__add"
            placement="menu--up"
            trigger=Box::new(|| view! { <IconView icon=Icon::Plus size=18 /> }.into_any())
        >
            <MenuItem on:click=move |_| tree.adding.set(true)>
                <IconView icon=Icon::Plus size=18 />
                {t!(channel_group_add)}
            </MenuItem>
            <MenuItem on:click={
                let navigate = navigate.clone();
                move |_| navigate(routes::NEW_CHANNEL)
            }>
                <IconView icon=Icon::Globe size=18 />
                {t!(add_channel)}
            </MenuItem>
            <MenuItem on:click=move |_| arranging.finish()>
                <IconView icon=Icon::Check size=18 />
                {t!(tree_finish)}
            </MenuItem>
        </Menu>
    }
}

/// Asks before a group goes, and says what becomes of its channels.
#[component]
fn DeleteGroup(arranging: Arranging) -> impl IntoView {
    let open = RwSignal::new(false);
    // The question stays while the dialog closes.
    let asked = RwSignal::new((String::new(), 0_usize));
    let busy = RwSignal::new(false);
    effect(move || {
        if let Some(group) = arranging.doomed.get() {
            asked.set((group.name, group.channel_ids.len()));
            open.set(true);
        }
    });
    let answer = move |_| {
        let Some(group) = arranging.doomed.get_untracked() else { return };
        busy.set(true);
        let api = arranging.api();
        spawn_local(async move {
            let deleted: Result<(), ApiError> = api.delete_channel_group(group.id).await;
            match deleted {
                // Somebody else was faster.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    arranging.toasts().error(error_text(lang_now(), &error));
                }
                _ => arranging.toasts().success(lang_now().channel_group_deleted(&group.name)),
            }
            busy.try_set(false);
            open.try_set(false);
            focus_instead(&[".arranger__handle", ".arranger__add"]);
        });
    };
    view! {
        <Dialog
            open
            title=move || asked.with(|(name, _)| lang().channel_group_question(name))
            close_label=t!(close)
            on_close=Callback::new(move |()| arranging.doomed.set(None))
        >
            <p class="dialog__text">
                {move || match asked.with(|(_, count)| *count) {
                    0 => lang().channel_group_empty().to_owned(),
                    count => lang().channel_group_moves(count),
                }}
            </p>
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger busy on:click=answer>{t!(delete)}</Button>
            </div>
        </Dialog>
    }
}
