//! How the channel will look on a page, as it is edited.

use super::{color_field::valid, draft::Draft};
use crate::{
    i18n::{lang, t},
    ui::{Icon, IconView},
};
use client::contrast::palette;
use leptos::prelude::*;
use types::channels::LauncherPosition;

/// A page in small, with the chat open and its launcher.
#[component]
pub fn Preview(
    /// What is edited.
    draft: Draft,
) -> impl IntoView {
    let background = move || palette(&valid(&draft.color.get())).fill;
    let ink = move || palette(&valid(&draft.color.get())).ink;
    let name = move || {
        let name = draft.name.get();
        if name.trim().is_empty() { lang().kind_website().to_owned() } else { name }
    };
    view! {
        <div
            class="preview"
            class:preview--left=move || draft.position.get() == LauncherPosition::Left
            class:preview--off=move || !draft.enabled.get()
            aria-hidden="true"
        >
            <div class="preview__bar">
                <span></span>
                <span></span>
                <span></span>
            </div>
            <div class="preview__page">
                <span class="preview__line preview__line--title"></span>
                <span class="preview__line"></span>
                <span class="preview__line"></span>
                <span class="preview__line preview__line--short"></span>
            </div>
            <div class="preview__panel">
                <div class="preview__head" style:background-color=background style:color=ink>
                    <strong>{name}</strong>
                    <span>{move || draft.introduction.get()}</span>
                </div>
                <div class="preview__talk">
                    <span class="preview__bubble">{t!(preview_greeting)}</span>
                    <span
                        class="preview__bubble preview__bubble--own"
                        style:background-color=background
                        style:color=ink
                    >
                        {t!(brand_visitor_line)}
                    </span>
                </div>
                <div class="preview__composer">{t!(preview_typing)}</div>
            </div>
            <span class="preview__launcher" style:background-color=background style:color=ink>
                <IconView icon=Icon::Chat size=22 />
            </span>
        </div>
    }
}
