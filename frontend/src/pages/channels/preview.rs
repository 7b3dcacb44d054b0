//! How the channel will look to a visitor, as it is edited.

use super::{color_field::valid, draft::Draft};
use crate::{
    i18n::{lang, t},
    ui::{Choice, Icon, IconView, RadioGroup},
};
use leptos::prelude::*;
use rules::contrast::palette;
use types::channels::LauncherPosition;

/// What a visitor looks at the chat with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Desktop,
    Phone,
}

/// The chat in small, as `widget/src/style.css` and the loader draw it, on the visitor's screen and in the visitor's theme: the
/// widget follows those, not the console's.
#[component]
pub fn Preview(
    /// What is edited.
    draft: Draft,
) -> impl IntoView {
    let screen = RwSignal::new(Screen::Desktop);
    let dark = RwSignal::new(false);
    view! {
        <section class="card preview-card" aria-label=t!(preview)>
            <h2 class="card__title">{t!(preview)}</h2>
            <div class="preview-card__controls">
                <RadioGroup
                    legend=t!(preview_screen)
                    value=screen
                    on_choose=Callback::new(move |chosen| screen.set(chosen))
                    choices=vec![
                        Choice::new(Screen::Desktop, t!(preview_desktop)),
                        Choice::new(Screen::Phone, t!(preview_phone)),
                    ]
                />
                <RadioGroup
                    legend=t!(preview_scheme)
                    value=dark
                    on_choose=Callback::new(move |chosen| dark.set(chosen))
                    choices=vec![Choice::new(false, t!(theme_light)), Choice::new(true, t!(theme_dark))]
                />
            </div>
            <Picture draft screen=screen.into() dark=dark.into() />
        </section>
    }
}

#[component]
fn Picture(draft: Draft, screen: Signal<Screen>, dark: Signal<bool>) -> impl IntoView {
    let fill = move || palette(&valid(&draft.color.get())).fill;
    let ink = move || palette(&valid(&draft.color.get())).ink;
    let name = move || {
        let name = draft.name.get();
        if name.trim().is_empty() { lang().kind_website().to_owned() } else { name.trim().to_owned() }
    };
    let initial = move || name().chars().next().map(String::from).unwrap_or_default();
    // Without an introduction the widget greets with words of its own, which are these.
    let greeting = move || {
        let introduction = draft.introduction.get();
        if introduction.trim().is_empty() {
            lang().preview_greeting().to_owned()
        } else {
            introduction.trim().to_owned()
        }
    };
    view! {
        <div
            class="preview"
            class:preview--dark=move || dark.get()
            class:preview--phone=move || screen.get() == Screen::Phone
            class:preview--left=move || draft.position.get() == LauncherPosition::Left
            class:preview--off=move || !draft.enabled.get()
            aria-hidden="true"
        >
            <div class="preview__page">
                <span class="preview__line preview__line--title"></span>
                <span class="preview__line"></span>
                <span class="preview__line"></span>
                <span class="preview__line preview__line--short"></span>
            </div>
            <div class="preview__panel">
                <div class="preview__head" style:background-color=fill style:color=ink>
                    <span class="preview__face">{initial}</span>
                    <strong>{name}</strong>
                    <IconView icon=Icon::Sound size=16 />
                </div>
                <div class="preview__talk">
                    <span class="preview__face preview__face--small" style:background-color=fill style:color=ink>
                        {initial}
                    </span>
                    <span class="preview__bubble">{greeting}</span>
                    <span
                        class="preview__bubble preview__bubble--own"
                        style:background-color=fill
                        style:color=ink
                    >
                        {t!(brand_visitor_line)}
                    </span>
                </div>
                <div class="preview__composer">
                    <IconView icon=Icon::Smile size=16 />
                    <span>{t!(preview_typing)}</span>
                    <span class="preview__send" style:background-color=fill style:color=ink>
                        <IconView icon=Icon::Send size=14 />
                    </span>
                </div>
            </div>
            <span class="preview__launcher" style:background-color=fill style:color=ink>
                <IconView icon=Icon::ChevronDown size=24 />
            </span>
        </div>
    }
}
