//! What the visitor has said while an answer was being written, shown before it goes out.

use super::names::text_of_content;
use crate::i18n::t;
use crate::stores::reply_guard::use_reply_guard;
use crate::ui::{Button, ButtonSize, Icon, IconView};
use leptos::prelude::*;
use types::messages::Message;

/// Messages that are shown; of more, those that came last.
const SHOWN: usize = 3;

/// The bar above the text while an answer is held back. The focus stays in the text: whoever goes on writing does, and
/// whoever presses "send" once more after a look sends.
#[component]
pub fn StaleReply(
    /// The person sends all the same.
    on_send: Callback<()>,
    /// The person goes on writing.
    on_back: Callback<()>,
) -> impl IntoView {
    let guard = use_reply_guard();
    let unknown = Memo::new(move |_| guard.unknown().unwrap_or_default());
    // What was held back for may have been taken away again.
    let holding = Memo::new(move |_| unknown.with(|said| !said.is_empty()));
    view! {
        <Show when=move || holding.get()>
            <div class="stale-reply" role="group" aria-label=t!(stale_reply)>
                <div class="stale-reply__news" role="alert">
                    <p class="stale-reply__title">
                        <IconView icon=Icon::Chat size=14 />
                        {t!(stale_reply)}
                    </p>
                    {move || unknown.with(|said| {
                        let skipped = said.len().saturating_sub(SHOWN);
                        let shown = said.iter().skip(skipped).map(words).collect_view();
                        (
                            (skipped > 0).then(|| view! { <p class="stale-reply__title">{t!(stale_reply_earlier(skipped))}</p> }),
                            shown,
                        )
                    })}
                </div>
                <div class="stale-reply__actions">
                    <Button size=ButtonSize::Small on:click=move |_| on_back.run(())>{t!(stale_reply_back)}</Button>
                    <Button size=ButtonSize::Small on:click=move |_| on_send.run(())>{t!(stale_reply_send)}</Button>
                </div>
            </div>
        </Show>
    }
}

fn words(message: &Message) -> impl IntoView + use<> {
    let words = text_of_content(&message.content);
    view! { <p class="stale-reply__text">{words}</p> }
}
