//! The picture of whoever the form is about: chosen or taken away there, and saved with the rest of it.

use super::People;
use super::draft::About;
use crate::{
    components::{agent_card::agent_picture, inbox::attach::listed},
    i18n::{
        errors::{error_text, problem_text},
        lang, lang_now, t,
    },
    ui::{Avatar, AvatarSize, Button, ButtonSize, ButtonVariant},
};
use leptos::{html, prelude::*};
use types::agents::Agent;
use types::error::{ErrorCode, Problem};
use web_sys::File;

/// As many bytes as the server takes.
const BYTES_MAX: f64 = 5.0 * 1024.0 * 1024.0;

/// What becomes of a picture when the form is saved.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// It stays as it is.
    Kept,
    /// This one takes its place.
    Chosen(File),
    /// There is none any more.
    Removed,
}

/// The picture, and the buttons that change it.
pub fn picture(people: People, about: About) -> impl IntoView {
    let chosen = people.draft.picture;
    let chooser = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(false);
    let id = match about {
        About::Agent(id) => Some(id),
        About::New | About::Nobody => None,
    };
    let shown = match id {
        Some(id) => agent_picture(id, move || people.draft.name.get(), AvatarSize::Large),
        None => view! { <Avatar name=move || people.draft.name.get() seed="new".to_owned() size=AvatarSize::Large /> }
            .into_any(),
    };
    let has_one = Memo::new(move |_| match chosen.get() {
        Picture::Kept => id.and_then(|id| people.agents.get(id)).is_some_and(|agent| agent.avatar_id.is_some()),
        Picture::Chosen(_) => true,
        Picture::Removed => false,
    });
    let choose = move |_| {
        let Some(input) = chooser.get_untracked() else { return };
        let file = listed(input.files()).into_iter().next();
        // The same file can be chosen again.
        input.set_value("");
        if let Some(file) = file {
            problem.set(file.size() > BYTES_MAX);
            if file.size() <= BYTES_MAX {
                chosen.set(Picture::Chosen(file));
            }
        }
    };
    let words = move || match chosen.get() {
        Picture::Kept => lang().people_picture_note().to_owned(),
        Picture::Chosen(file) => lang().people_picture_chosen(&file.name()),
        Picture::Removed => lang().people_picture_removed().to_owned(),
    };
    view! {
        <div class="people-form__picture" role="group" aria-label=t!(people_picture)>
            {shown}
            <div class="people-form__picture-tools">
                <Button size=ButtonSize::Small on:click=move |_| {
                    if let Some(chooser) = chooser.get_untracked() {
                        chooser.click();
                    }
                }>{t!(people_picture_choose)}</Button>
                {move || has_one.get().then(|| view! {
                    <Button
                        size=ButtonSize::Small
                        variant=ButtonVariant::Ghost
                        on:click=move |_| chosen.set(if id.is_some() { Picture::Removed } else { Picture::Kept })
                    >
                        {t!(people_picture_remove)}
                    </Button>
                })}
                <p class="field__note" role="status">{words}</p>
                <p class="form-error" role="alert">{move || problem.get().then(|| lang().people_picture_too_large())}</p>
            </div>
            <input
                node_ref=chooser
                type="file"
                hidden
                accept="image/png,image/jpeg,image/webp"
                aria-label=t!(people_picture_choose)
                on:change=choose
            />
        </div>
    }
}

/// Saves what was chosen for somebody who is there; as they are then.
///
/// # Errors
/// Why it was not saved, in words.
pub async fn save(people: People, agent: Agent) -> Result<Agent, String> {
    let path = format!("/api/v1/agents/{}/avatar", agent.id);
    let failed = || lang_now().upload_failed_network().to_owned();
    match people.draft.picture.get_untracked() {
        Picture::Kept => Ok(agent),
        Picture::Removed => {
            let removed = people.api().remove_agent_avatar(agent.id).await;
            removed.map(|()| Agent { avatar_id: None, ..agent }).map_err(|error| error_text(lang_now(), &error))
        }
        Picture::Chosen(file) => {
            let answer = people.identity.put_file(&path, &file).await.map_err(|_unread| failed())?;
            if answer.is_success() {
                return types::json::from_str(&answer.body).map_err(|_unread| failed());
            }
            Err(match types::json::from_str::<Problem>(&answer.body) {
                // The field is the picture itself.
                Ok(problem) if problem.code == ErrorCode::Invalid => lang_now().avatar_not_picture().to_owned(),
                Ok(problem) if problem.code == ErrorCode::TooLarge => lang_now().people_picture_too_large().to_owned(),
                Ok(problem) => problem_text(lang_now(), &problem),
                Err(_unread) => failed(),
            })
        }
    }
}
