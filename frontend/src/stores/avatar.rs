//! One's own picture: shown, cut to a square, saved.

use super::session::use_session;
use crate::api::Identified;
use crate::i18n::{errors::problem_text, lang_now};
use leptos::html;
use leptos::prelude::*;
use types::agents::Me;
use types::error::{ErrorCode, Problem};
use types::id::AvatarId;
use wasm_bindgen::prelude::*;
use web_sys::{File, HtmlElement};

#[wasm_bindgen(module = "/src/stores/avatar.js")]
extern "C" {
    async fn open(canvas: &HtmlElement, slider: &HtmlElement, file: &File) -> JsValue;
    async fn cut(canvas: &HtmlElement) -> JsValue;
}

/// The picture that one has.
pub fn own_picture() -> Memo<Option<AvatarId>> {
    let session = use_session();
    Memo::new(move |_| session.me().and_then(|me| me.avatar_id))
}

/// Where a picture is cut, and how far it is enlarged.
#[derive(Clone, Copy, Default)]
pub struct Cutter {
    /// What it is drawn on.
    pub canvas: NodeRef<html::Canvas>,
    /// What enlarges it.
    pub slider: NodeRef<html::Input>,
}

impl Cutter {
    /// Shows a file's picture.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub async fn show(self, file: File) -> Result<(), String> {
        let (Some(canvas), Some(slider)) = (self.canvas.get_untracked(), self.slider.get_untracked()) else {
            return Ok(());
        };
        match open(&canvas, &slider, &file).await.as_string().as_deref() {
            Some("") => Ok(()),
            Some("large") => Err(lang_now().avatar_too_large().to_owned()),
            _ => Err(lang_now().avatar_not_picture().to_owned()),
        }
    }

    /// Saves what is shown. Returns the account as it is then.
    ///
    /// # Errors
    /// Why it was not saved, in words.
    pub async fn save(self, by: Identified) -> Result<Me, String> {
        let failed = || lang_now().upload_failed_network().to_owned();
        let Some(canvas) = self.canvas.get_untracked() else { return Err(failed()) };
        let answer = by.put_file("/api/v1/me/avatar", &cut(&canvas).await).await.map_err(|_unread| failed())?;
        let text = &answer.body;
        match (answer.is_success(), types::json::from_str::<Me>(text), types::json::from_str::<Problem>(text)) {
            (true, Ok(me), _) => Ok(me),
            // The field is the picture itself.
            (_, _, Ok(problem)) if problem.code == ErrorCode::Invalid => {
                Err(lang_now().avatar_not_picture().to_owned())
            }
            (_, _, Ok(problem)) => Err(problem_text(lang_now(), &problem)),
            _ if answer.status == 413 => Err(lang_now().avatar_too_large().to_owned()),
            _ => Err(failed()),
        }
    }
}
