//! Adding a group of channels.

use crate::{
    api::use_api,
    components::form::{FormError, FormErrors},
    i18n::{lang_now, t},
    stores::channel_tree::use_tree,
    ui::{Button, ButtonVariant, Dialog, TextField, effect, use_toasts},
};
use leptos::{ev, html, prelude::*};
use types::channel_tree::CreateChannelGroup;
use types::validate::Validate;

/// The dialog that asks for the name, open from the beginning.
#[component]
pub fn AddGroup() -> impl IntoView {
    let tree = use_tree();
    let open = RwSignal::new(false);
    // Opened once it is there: it takes the focus then.
    effect(move || open.set(true));
    view! {
        <Dialog
            open
            title=t!(channel_group_add)
            close_label=t!(close)
            on_close=Callback::new(move |()| tree.adding.set(false))
        >
            <Form open />
        </Dialog>
    }
}

#[component]
fn Form(open: RwSignal<bool>) -> impl IntoView {
    let (api, toasts) = (use_api(), use_toasts());
    let form = NodeRef::<html::Form>::new();
    let name = RwSignal::new(String::new());
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let request = CreateChannelGroup { name: name.get_untracked().trim().to_owned() };
        if !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            let group = api.create_channel_group(&request).await?;
            toasts.success(lang_now().channel_group_added(&group.name));
            open.try_set(false);
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(channel_group_name)
                value=name
                error=errors.of_named("name", "channel_group_name")
                placeholder=t!(channel_group_hint)
                name="name"
                required=true
                autofocus=true
            />
            <FormError errors />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(save)}</Button>
            </div>
        </form>
    }
}
