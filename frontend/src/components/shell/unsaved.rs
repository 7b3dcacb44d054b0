//! The question before unsaved changes are lost.

use crate::ui::effect;
use crate::{
    i18n::t,
    stores::leave_guard::use_leave_guard,
    ui::{Button, ButtonVariant, Dialog},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Asks whether unsaved changes may be lost.
#[component]
pub fn UnsavedDialog() -> impl IntoView {
    let guard = use_leave_guard();
    let wanted = guard.question();
    let open = RwSignal::new(false);
    let navigate = use_navigate();
    effect(move || open.set(wanted.with(Option::is_some)));
    let leave = move |_| {
        let Some(target) = wanted.get_untracked() else { return };
        guard.let_go();
        wanted.set(None);
        navigate(&target, NavigateOptions::default());
    };
    view! {
        <Dialog open title=t!(unsaved_title) close_label=t!(close) on_close=Callback::new(move |()| wanted.set(None))>
            <p class="dialog__text">{t!(unsaved_detail)}</p>
            <div class="dialog__actions">
                <Button on:click=leave.clone()>
                    {t!(unsaved_leave)}
                </Button>
                <Button variant=ButtonVariant::Primary on:click=move |_| open.set(false)>
                    {t!(unsaved_stay)}
                </Button>
            </div>
        </Dialog>
    }
}
