//! Files on their way: chosen, dropped or pasted, uploaded one after the other in each conversation, and then sent as messages.
//!
//! A file that is being uploaded lives as long as the page; once it is uploaded, the message with it is in the outbox and
//! survives a reload.

use super::files::{Files, use_files};
use super::inbox::{Inbox, Unsent, use_inbox};
use super::live::use_connection;
use super::session::{Session, is_leaving, use_session};
use crate::i18n::{lang_now, t};
use crate::ui::{Toasts, effect, use_toasts};
use client::files::size_text;
use client::rest::Query;
use client::sync::Connection;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use types::error::{ErrorCode, Problem};
use types::id::{ConversationId, Nonce};
use types::messages::Content;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File};

#[wasm_bindgen(module = "/src/stores/uploads.js")]
extern "C" {
    fn upload(url: &str, token: &str, file: &Blob, tell: &Tell) -> JsValue;
    fn cancel(request: &JsValue);
    fn show(file: &Blob) -> String;
    fn forget(address: &str);
    #[wasm_bindgen(js_name = posterOf)]
    async fn poster_of(file: &Blob) -> JsValue;
}

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It goes when the person sends it: pasted or dropped, it may not be what was meant.
    Held,
    /// Others of the conversation go first, or there is no connection.
    Waiting,
    /// So many per cent have gone.
    Sending(u8),
    /// All of it has gone; the server looks into it.
    Finishing,
    /// It did not get there, for this reason. The person decides whether to try again.
    Failed(Failure),
}

/// Why a file did not get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// There was no answer.
    Network,
    /// The server refused it.
    Refused(ErrorCode),
}

/// What a file seems to be, by what the browser says: only for what stands beside it until the server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// Anything else.
    File,
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Names it here, and the message with it later.
    pub nonce: Nonce,
    /// Where it goes.
    pub conversation_id: ConversationId,
    /// What it is called.
    pub name: String,
    /// How many bytes it has.
    pub bytes: i64,
    /// What it seems to be.
    pub guess: Guess,
    /// An address of the picture on this page.
    pub picture: Option<String>,
    /// How far it has come.
    pub progress: Progress,
}

/// The files on their way. `Copy`; get it by [`use_uploads`].
#[derive(Clone, Copy)]
pub struct Uploads {
    items: RwSignal<Vec<Upload>>,
    /// Whether there is a connection.
    online: Memo<bool>,
    parts: StoredValue<HashMap<Nonce, Parts>, LocalStorage>,
    session: Session,
    inbox: Inbox,
    files: Files,
    toasts: Toasts,
}

/// Hears how far a request has come, and its answer.
type Tell = Closure<dyn Fn(f64, i32, String)>;

/// What of an upload only the browser understands.
struct Parts {
    file: File,
    /// The request and its listener, which must live as long.
    request: Option<(JsValue, Tell)>,
}

/// The files on their way.
pub fn use_uploads() -> Uploads {
    expect_context()
}

impl Uploads {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide() {
        let connection = use_connection();
        let uploads = Self {
            items: RwSignal::new(Vec::new()),
            online: Memo::new(move |_| connection.state() == Connection::Online),
            parts: StoredValue::new_local(HashMap::new()),
            session: use_session(),
            inbox: use_inbox(),
            files: use_files(),
            toasts: use_toasts(),
        };
        // Whoever closes the page would lose what is still on its way, and what might be tried again.
        let asked: WindowListenerHandle = window_event_listener(leptos::ev::beforeunload, move |event| {
            if uploads.count_now() > 0 && !is_leaving() {
                event.prevent_default();
            }
        });
        // What waited for a connection goes its way when there is one, as messages do, and so does what broke off for want of it.
        effect(move || {
            if uploads.online.get() {
                untrack(|| uploads.go_on());
            }
        });
        // Files for a conversation that is gone can be sent nowhere.
        effect(move || {
            let ids: Vec<ConversationId> =
                uploads.items.with(|items| items.iter().map(|item| item.conversation_id).collect());
            let gone = uploads.inbox.gone(&ids);
            let lost = uploads.items.with_untracked(|items| {
                items
                    .iter()
                    .filter(|item| gone.contains(&item.conversation_id))
                    .map(|item| item.nonce)
                    .collect::<Vec<_>>()
            });
            untrack(|| lost.into_iter().for_each(|nonce| uploads.cancel(nonce)));
        });
        on_cleanup(move || {
            asked.remove();
            let parts = uploads.parts.try_update_value(std::mem::take).unwrap_or_default();
            for (request, _) in parts.into_values().filter_map(|parts| parts.request) {
                cancel(&request);
            }
        });
        provide_context(uploads);
    }

    /// Those of a conversation, in the order in which they were chosen.
    pub fn of(self, id: ConversationId) -> Vec<Upload> {
        self.items.with(|items| items.iter().filter(|item| item.conversation_id == id).cloned().collect())
    }

    /// One of them.
    pub fn get(self, nonce: Nonce) -> Option<Upload> {
        self.items.with(|items| items.iter().find(|item| item.nonce == nonce).cloned())
    }

    /// How many there are, at this moment.
    pub fn count_now(self) -> usize {
        self.items.with_untracked(Vec::len)
    }

    /// How it stands with the files of a conversation.
    pub fn unsent(self, id: ConversationId) -> Option<Unsent> {
        self.items.with(|items| unsent_of(items, id))
    }

    /// The first of a conversation's files that waits for the person to send it: its name.
    pub fn held(self, id: ConversationId) -> Option<String> {
        self.items.with(|items| items.iter().find(|item| is_held(item, id)).map(|item| item.name.clone()))
    }

    /// The person sends what waited for it.
    pub fn send_held(self, id: ConversationId) {
        let items = self.items.get_untracked();
        for item in items.iter().filter(|item| is_held(item, id)) {
            self.set(item.nonce, Progress::Waiting);
        }
        self.next(id);
    }

    /// The person chose files for a conversation, which go at once, or dropped or pasted them: those are `held`. What is too large is said
    /// at once.
    pub fn add(self, conversation_id: ConversationId, files: Vec<File>, held: bool) {
        let most = self.files.access_now(conversation_id).map(|access| access.max_bytes);
        for file in files {
            #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates; sizes are whole")]
            let bytes = file.size() as i64;
            let name = file.name();
            if bytes == 0 {
                self.toasts.error(lang_now().upload_empty(&name));
                continue;
            }
            if let Some(most) = most.filter(|most| bytes > *most) {
                self.toasts.error(lang_now().upload_too_large(&name, &size_text(most)));
                continue;
            }
            let nonce = crate::realtime::new_nonce();
            let guess = guess_of(&file.type_());
            let picture = (guess == Guess::Image).then(|| show(&file));
            self.parts.update_value(|parts| {
                parts.insert(nonce, Parts { file, request: None });
            });
            let progress = if held { Progress::Held } else { Progress::Waiting };
            self.items.update(|items| {
                items.push(Upload { nonce, conversation_id, name, bytes, guess, picture, progress });
            });
        }
        self.next(conversation_id);
    }

    /// The connection is back.
    fn go_on(self) {
        let items = self.items.get_untracked();
        for item in items.iter().filter(|item| item.progress == Progress::Failed(Failure::Network)) {
            self.set(item.nonce, Progress::Waiting);
        }
        for item in items {
            self.next(item.conversation_id);
        }
    }

    /// The person gives a file up.
    pub fn cancel(self, nonce: Nonce) {
        let request = self.parts.try_update_value(|parts| parts.get_mut(&nonce)?.request.take()).flatten();
        if let Some((request, _)) = request {
            cancel(&request);
        }
        self.remove(nonce);
    }

    /// The person tries a file again.
    pub fn retry(self, nonce: Nonce) {
        self.set(nonce, Progress::Waiting);
        if let Some(upload) = self.get_now(nonce) {
            self.next(upload.conversation_id);
        }
    }

    fn get_now(self, nonce: Nonce) -> Option<Upload> {
        self.items.try_with_untracked(|items| items.iter().find(|item| item.nonce == nonce).cloned()).flatten()
    }

    fn set(self, nonce: Nonce, progress: Progress) {
        self.items.try_update(|items| {
            if let Some(item) = items.iter_mut().find(|item| item.nonce == nonce) {
                item.progress = progress;
            }
        });
    }

    /// Forgets a file, and goes on with the next one.
    fn remove(self, nonce: Nonce) {
        let Some(upload) = self.get_now(nonce) else { return };
        if let Some(picture) = &upload.picture {
            forget(picture);
        }
        self.parts.update_value(|parts| {
            parts.remove(&nonce);
        });
        self.items.update(|items| items.retain(|item| item.nonce != nonce));
        self.next(upload.conversation_id);
    }

    /// Begins with the first that waits, unless one of the conversation is under way: they arrive in the order in which they
    /// were chosen.
    fn next(self, conversation_id: ConversationId) {
        let next = self.items.with_untracked(|items| next_of(items, conversation_id));
        if let Some(nonce) = next.filter(|_| self.online.get_untracked()) {
            self.set(nonce, Progress::Sending(0));
            spawn_local(async move { self.begin(nonce).await });
        }
    }

    async fn begin(self, nonce: Nonce) {
        let token = match self.session.token().await {
            Some(token) => Some(token),
            None => self.session.renew("").await,
        };
        let Some(upload) = self.get_now(nonce) else { return };
        let Some(token) = token else { return self.fail(nonce, Failure::Network) };
        let path = Query::default()
            .with("name", Some(&upload.name))
            .of(format!("/api/v1/conversations/{}/attachments", upload.conversation_id));
        let stale = token.clone();
        self.send(nonce, &path, &token, None, move |status, text| {
            let stale = stale.clone();
            spawn_local(async move { self.answered(nonce, status, text, stale).await });
        });
    }

    /// Sends the file, or `instead` of it; `done` takes the answer.
    fn send(self, nonce: Nonce, path: &str, token: &str, instead: Option<&Blob>, done: impl Fn(i32, String) + 'static) {
        let is_file = instead.is_none();
        let tell = Tell::new(move |share: f64, status: i32, text: String| {
            if status >= 0 {
                done(status, text);
            } else if is_file {
                self.set(nonce, progress_of(share));
            }
        });
        self.parts.try_update_value(|parts| {
            if let Some(parts) = parts.get_mut(&nonce) {
                let body: &Blob = instead.unwrap_or(&parts.file);
                let request = upload(path, token, body, &tell);
                parts.request = Some((request, tell));
            }
        });
    }

    async fn answered(self, nonce: Nonce, status: i32, text: String, stale: String) {
        if status == 401 && self.session.renew(&stale).await.is_some() {
            // The token ended while the file was on its way.
            self.set(nonce, Progress::Waiting);
            if let Some(upload) = self.get_now(nonce) {
                self.next(upload.conversation_id);
            }
            return;
        }
        match types::json::from_str::<Content>(&text) {
            Ok(content) if (200..300).contains(&status) => self.uploaded(nonce, content).await,
            _ => self.fail(nonce, failure_of(status, &text)),
        }
    }

    async fn uploaded(self, nonce: Nonce, content: Content) {
        let Some(upload) = self.get_now(nonce) else { return };
        let Content::Video { attachment } = &content else { return self.say(upload, content) };
        self.set(nonce, Progress::Finishing);
        let file = self.parts.try_with_value(|parts| parts.get(&nonce).map(|parts| parts.file.clone())).flatten();
        let poster = match &file {
            Some(file) => poster_of(file).await.dyn_into::<Blob>().ok(),
            None => None,
        };
        let (Some(poster), Some(token)) = (poster, self.session.token().await) else {
            return self.say(upload, content);
        };
        if self.get_now(nonce).is_none() {
            // Given up meanwhile.
            return;
        }
        let path = format!("/api/v1/conversations/{}/attachments/{}/poster", upload.conversation_id, attachment.id);
        self.send(nonce, &path, &token, Some(&poster), move |_, text| {
            // Without a poster it is a video all the same.
            let content = types::json::from_str::<Content>(&text).unwrap_or_else(|_| content.clone());
            let upload = upload.clone();
            // Later: with the upload goes what is being run.
            spawn_local(async move { self.say(upload, content) });
        });
    }

    /// The file is there: the message with it goes its way.
    fn say(self, upload: Upload, content: Content) {
        self.inbox.send_uploaded(upload.conversation_id, content);
        self.remove(upload.nonce);
    }

    fn fail(self, nonce: Nonce, failure: Failure) {
        // Without a connection it waits for one.
        if failure == Failure::Network && self.online.try_get_untracked() == Some(false) {
            return self.set(nonce, Progress::Waiting);
        }
        self.set(nonce, Progress::Failed(failure));
        if let Some(upload) = self.get_now(nonce) {
            if !self.inbox.is_open_now(upload.conversation_id) {
                self.toasts.error(lang_now().upload_failed_elsewhere(&upload.name));
            }
            // One that fails does not hold up the others.
            self.next(upload.conversation_id);
        }
    }
}

fn is_held(item: &Upload, conversation_id: ConversationId) -> bool {
    item.conversation_id == conversation_id && item.progress == Progress::Held
}

/// How it stands with the files of a conversation, but for those that nobody has sent; one that failed weighs more than one that is on its way.
fn unsent_of(items: &[Upload], conversation_id: ConversationId) -> Option<Unsent> {
    let of = items.iter().filter(|item| item.conversation_id == conversation_id && item.progress != Progress::Held);
    of.map(|item| if matches!(item.progress, Progress::Failed(_)) { Unsent::Failed } else { Unsent::Waiting }).max()
}

/// What to begin with: the first that waits, while none is under way.
fn next_of(items: &[Upload], conversation_id: ConversationId) -> Option<Nonce> {
    let mut of = items.iter().filter(|item| item.conversation_id == conversation_id);
    if of.clone().any(|item| matches!(item.progress, Progress::Sending(_) | Progress::Finishing)) {
        return None;
    }
    of.find(|item| item.progress == Progress::Waiting).map(|item| item.nonce)
}

fn progress_of(share: f64) -> Progress {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    let percent = (share.clamp(0.0, 1.0) * 100.0) as u8;
    if percent >= 100 { Progress::Finishing } else { Progress::Sending(percent) }
}

fn guess_of(media_type: &str) -> Guess {
    match media_type.split('/').next() {
        Some("image") => Guess::Image,
        Some("video") => Guess::Video,
        _ => Guess::File,
    }
}

fn failure_of(status: i32, text: &str) -> Failure {
    match types::json::from_str::<Problem>(text) {
        Ok(problem) => Failure::Refused(problem.code),
        Err(_) if status == 413 => Failure::Refused(ErrorCode::TooLarge),
        Err(_) => Failure::Network,
    }
}

/// Why a file did not get there, in words.
pub fn failure_text(failure: Failure) -> String {
    let lang = crate::i18n::lang();
    match failure {
        Failure::Network => t!(upload_failed_network)().to_owned(),
        Failure::Refused(ErrorCode::TooLarge) => lang.upload_too_large_here().to_owned(),
        Failure::Refused(code) => crate::i18n::errors::problem_text(lang, &Problem::new(code, "")),
    }
}

#[cfg(test)]
mod tests;
