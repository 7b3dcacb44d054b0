//! A channel's settings.

use super::{
    assignment::AssignmentCard,
    delete_dialog::DeleteDialog,
    draft::Draft,
    fields::ChannelFields,
    frame::{ChannelFrame, addressed},
    picture::ChannelPicture,
    preview::Preview,
};
use crate::ui::effect;
use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        install::Install,
        page_head::PageHead,
    },
    i18n::{lang_now, t},
    routes,
    stores::{
        channel_tree::use_tree, leave_guard::use_leave_guard, live::use_channels, session::use_session,
        title::set_page_title,
    },
    ui::{Button, ButtonVariant, Icon, IconView, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use rules::channel_tree::group_of;
use rules::permissions::Permission;
use types::{
    channel_tree::SetChannelGroup,
    channels::{Channel, ChannelPatch},
    validate::Validate,
};

/// A channel's settings.
#[component]
pub fn ChannelPage() -> impl IntoView {
    let (channels, id) = (use_channels(), addressed());
    set_page_title(move || {
        id.get().and_then(|id| channels.get(id)).map_or_else(|| t!(channels)().to_owned(), |channel| channel.name)
    });
    view! { <ChannelFrame show=|channel| view! { <ChannelEditor channel /> }.into_any() /> }
}

#[component]
fn ChannelEditor(channel: Channel) -> impl IntoView {
    let api = use_api();
    let channels = use_channels();
    let session = use_session();
    let toasts = use_toasts();
    let form = NodeRef::<html::Form>::new();
    let id = channel.id;
    let draft = Draft::of(&channel);
    // What the person began to edit: a patch says what they changed, not what a colleague has changed since.
    let base = RwSignal::new(channel);
    let tree = use_tree();
    let group = RwSignal::new(group_of(&tree.now(), id));
    draft.group.set(group.get_untracked());
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let deleting = RwSignal::new(false);
    let read_only = Signal::derive(move || !session.may(Permission::ManageChannels));
    let regrouped = Memo::new(move |_| draft.group.get() != group.get());
    let changed =
        Memo::new(move |_| regrouped.get() || base.with(|base| draft.to_patch(base) != ChannelPatch::default()));
    use_leave_guard().watch(changed.into());
    effect(move || {
        let now = group_of(&tree.get(), id);
        if group.get_untracked() != now {
            let is_touched = regrouped.get_untracked();
            group.set(now);
            if !is_touched {
                draft.group.set(now);
            }
        }
    });
    effect(move || {
        if let Some(live) = channels.get(id)
            && !changed.get_untracked()
            && base.with_untracked(|base| *base != live)
        {
            draft.load(&live);
            base.set(live);
        }
    });

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // Enter in a field submits the form whatever its button says.
        if busy.get_untracked() {
            return;
        }
        let patch = base.with_untracked(|base| untrack(|| draft.to_patch(base)));
        if !errors.check_all(patch.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        let api = api.clone();
        let sent = untrack(|| draft.fields());
        let wanted = regrouped.get_untracked().then(|| SetChannelGroup { group_id: draft.group.get_untracked() });
        spawn_local(async move {
            let saved = if patch == ChannelPatch::default() {
                Ok(None)
            } else {
                api.update_channel(id, &patch).await.map(Some)
            };
            // What of it was saved is so, whatever becomes of the group.
            let saved = saved.map(|saved| {
                if let Some(saved) = saved {
                    draft.settle(&saved, &sent);
                    base.try_set(saved.clone());
                    channels.put(saved);
                }
            });
            let saved = match (saved, wanted) {
                (Ok(()), Some(wanted)) => api.set_channel_group(id, &wanted).await.map(|now| tree.put(now)),
                (saved, _) => saved,
            };
            match saved {
                Ok(()) => {
                    toasts.success(lang_now().channel_saved());
                }
                Err(error) => {
                    errors.fail(error);
                    FormErrors::show_first(form);
                }
            }
            busy.try_set(false);
        });
    };
    let give_up = move |_| {
        base.with_untracked(|base| draft.load(base));
        draft.group.set(group.get_untracked());
        errors.check_all(Vec::new());
    };
    let current = Signal::derive(move || channels.get(id).unwrap_or_else(|| base.get()));

    view! {
        <PageHead title=move || current.with(|channel| channel.name.clone()) hint=t!(kind_website) back=true />
        <Show when=move || read_only.get()>
            <p class="notice">
                <IconView icon=Icon::Info size=18 />
                {t!(admins_edit_only)}
            </p>
        </Show>
        <form class="channel-page" node_ref=form novalidate on:submit=submit>
            <div class="channel-page__form">
                <ChannelPicture channel=current disabled=read_only />
                <ChannelFields draft errors id disabled=read_only />
                <FormError errors />
                <Show when=move || !read_only.get()>
                    <div class="form__actions channel-page__actions">
                        <Button
                            variant=ButtonVariant::Primary
                            submit=true
                            busy
                            disabled=Signal::derive(move || !changed.get())
                        >
                            {t!(save)}
                        </Button>
                        <Button disabled=Signal::derive(move || !changed.get()) on:click=give_up>
                            {t!(cancel)}
                        </Button>
                        <span class="channel-page__mark" role="status">
                            {move || changed.get().then(t!(unsaved_mark))}
                        </span>
                    </div>
                    <AssignmentCard id />
                    <section class="card card--danger">
                        <h2 class="card__title">{t!(danger_zone)}</h2>
                        <p class="card__text">{t!(delete_channel_note)}</p>
                        <div>
                            <Button icon=Icon::Trash on:click=move |_| deleting.set(true)>
                                {t!(delete_channel)}
                            </Button>
                        </div>
                    </section>
                </Show>
            </div>
            <aside class="channel-page__side">
                <Preview draft />
                <section class="card channel-page__install">
                    <h2 class="card__title">{t!(channel_install)}</h2>
                    <Install channel=current />
                    <Show when=move || !read_only.get()>
                        <a class="channel-page__more" href=routes::channel_sites(id)>
                            {t!(sites_open)}
                            <IconView icon=Icon::ArrowRight size=16 />
                        </a>
                    </Show>
                </section>
            </aside>
        </form>
        <DeleteDialog open=deleting channel=current />
    }
}
