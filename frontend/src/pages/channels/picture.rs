//! The picture that a channel has in the console: chosen from a file, or that of its kind.

use crate::{
    api::{use_api, use_identity},
    components::{inbox::attach::listed, shell::channel_tree::channel_picture},
    i18n::{
        errors::{error_text, problem_text},
        lang_now, t,
    },
    stores::live::use_channels,
    ui::{Button, ButtonSize, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use types::channels::Channel;
use types::error::{ErrorCode, Problem};

/// As many bytes as the server takes.
const BYTES_MAX: f64 = 5.0 * 1024.0 * 1024.0;

/// The picture, and the buttons that change it. It is saved at once.
#[component]
pub fn ChannelPicture(
    /// The channel as it is.
    channel: Signal<Channel>,
    /// For looking only.
    disabled: Signal<bool>,
) -> impl IntoView {
    let (api, identity, channels, toasts) = (use_api(), use_identity(), use_channels(), use_toasts());
    let chooser = NodeRef::<html::Input>::new();
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let avatar = Memo::new(move |_| channel.with(|channel| channel.avatar_id));
    let chosen = move |_| {
        let Some(input) = chooser.get_untracked() else { return };
        let file = listed(input.files()).into_iter().next();
        // The same file can be chosen again.
        input.set_value("");
        let Some(file) = file.filter(|_| !busy.get_untracked()) else { return };
        if file.size() > BYTES_MAX {
            problem.set(Some(lang_now().channel_picture_too_large().to_owned()));
            return;
        }
        busy.set(true);
        let path = format!("/api/v1/channels/{}/avatar", channel.with_untracked(|channel| channel.id));
        spawn_local(async move {
            let outcome = match identity.put_file(&path, &file).await {
                Err(_unread) => Err(lang_now().upload_failed_network().to_owned()),
                Ok(answer) if answer.is_success() => types::json::from_str::<Channel>(&answer.body)
                    .map_err(|_unread| lang_now().upload_failed_network().to_owned()),
                Ok(answer) if answer.status == 413 => Err(lang_now().channel_picture_too_large().to_owned()),
                Ok(answer) => Err(match types::json::from_str::<Problem>(&answer.body) {
                    // The field is the picture itself.
                    Ok(problem) if problem.code == ErrorCode::Invalid => lang_now().avatar_not_picture().to_owned(),
                    Ok(problem) => problem_text(lang_now(), &problem),
                    Err(_unread) => lang_now().upload_failed_network().to_owned(),
                }),
            };
            match outcome {
                Ok(saved) => {
                    channels.put(saved);
                    toasts.success(lang_now().avatar_saved());
                    problem.try_set(None);
                }
                Err(words) => drop(problem.try_set(Some(words))),
            }
            busy.try_set(false);
        });
    };
    let remove = move |_| {
        busy.set(true);
        let (api, before) = (api.clone(), channel.get_untracked());
        spawn_local(async move {
            match api.remove_channel_avatar(before.id).await {
                Ok(()) => {
                    channels.put(Channel { avatar_id: None, ..before });
                    toasts.success(lang_now().avatar_removed());
                    problem.try_set(None);
                }
                Err(error) => drop(problem.try_set(Some(error_text(lang_now(), &error)))),
            }
            busy.try_set(false);
        });
    };
    let choose = move |_| {
        if let Some(chooser) = chooser.get_untracked() {
            chooser.click();
        }
    };
    view! {
        <section class="card channel-page__picture">
            <h2 class="card__title">{t!(channel_picture)}</h2>
            <div class="channel-page__portrait">
                <span class="channel-page__shown">{move || channel_picture(avatar.get(), 56)}</span>
                <Show when=move || !disabled.get()>
                    <Button size=ButtonSize::Small busy on:click=choose>{t!(channel_picture_choose)}</Button>
                    {
                        let remove = remove.clone();
                        move || {
                            let remove = remove.clone();
                            avatar.get().is_some().then(|| view! {
                                <Button size=ButtonSize::Small busy on:click=remove>{t!(channel_picture_remove)}</Button>
                            })
                        }
                    }
                </Show>
                <input
                    node_ref=chooser
                    type="file"
                    hidden
                    accept="image/png,image/jpeg,image/webp"
                    aria-label=t!(channel_picture_choose)
                    on:change=chosen
                />
            </div>
            <p class="card__text">{t!(channel_picture_note)}</p>
            <p class="form-error" role="alert">{move || problem.get()}</p>
        </section>
    }
}
