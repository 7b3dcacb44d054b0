//! What a message answers to: the card in its bubble, and what is about to be answered above the composer.

use super::names::text_of_content;
use crate::i18n::{lang, t};
use crate::stores::composing::use_composing;
use crate::stores::files::use_files;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::ui::{Icon, IconButton, effect};
use leptos::prelude::*;
use types::id::ConversationId;
use types::messages::{Author, Content, Quote};

/// The message that another one answers to, in short. A press leads to it, unless nothing is known of it but that it is answered.
#[component]
pub fn QuoteCard(
    /// What is quoted.
    quote: Quote,
    /// What the visitor is called.
    visitor: Signal<String>,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    let inbox = use_inbox();
    if !quote.is_known() {
        return view! {
            <p class="quote">
                <span class="quote__text">{t!(quoted_message)}</span>
            </p>
        }
        .into_any();
    }
    let Quote { seq, author, content, .. } = quote;
    let name = StoredValue::new(author);
    let name = move || name.with_value(|author| author_name(author, &visitor.get(), inbox));
    let words = StoredValue::new(content.clone());
    let words = move || words.with_value(one_line);
    view! {
        <button
            type="button"
            class="quote"
            aria-label=move || lang().to_quoted(&name(), &words())
            on:click=move |_| inbox.jump(conversation, seq)
        >
            <Thumbnail content conversation />
            <span class="quote__words">
                <span class="quote__author">{name}</span>
                <span class="quote__text">{words}</span>
            </span>
        </button>
    }
    .into_any()
}

/// What is about to be answered, above the composer.
#[component]
pub fn QuoteBar(
    /// The conversation.
    id: Signal<ConversationId>,
    /// What the visitor is called.
    visitor: Signal<String>,
) -> impl IntoView {
    let (inbox, composing) = (use_inbox(), use_composing());
    let quote = Memo::new(move |_| composing.quote(id.get()));
    effect(move || {
        let words = quote
            .with(|quote| quote.as_ref().filter(|quote| quote.content != Content::Recalled {}).map(|quote| quote.seq));
        let id = id.get();
        if words.is_some_and(|seq| inbox.was_recalled(id, seq)) {
            composing.quoted_was_recalled(id);
        }
    });
    view! {
        {move || quote.get().map(|Quote { author, content, .. }| {
            let words = one_line(&content);
            view! {
                <div class="quote-bar" role="group" aria-label=t!(quoted_message)>
                    <Thumbnail content conversation=id.get_untracked() />
                    <span class="quote__words">
                        <span class="quote__author">{move || author_name(&author, &visitor.get(), inbox)}</span>
                        <span class="quote__text">{words}</span>
                    </span>
                    <IconButton
                        small=true
                        icon=Icon::Close
                        label=t!(drop_quote)
                        on:click=move |_| {
                            let id = id.get_untracked();
                            composing.drop_quote(id);
                            composing.focus(id);
                        }
                    />
                </div>
            }
        })}
    }
}

/// A small picture of what is quoted, where there is one.
#[component]
fn Thumbnail(content: Content, conversation: ConversationId) -> impl IntoView {
    let files = use_files();
    let small = match content {
        Content::Image { attachment } | Content::Video { attachment } => {
            attachment.has_preview.then_some(StoredValue::new(*attachment))
        }
        _ => None,
    };
    small.map(|file| {
        let source = Memo::new(move |before: Option<&Option<String>>| {
            // The first that is known, so that what is shown is not fetched again under a new pass.
            before.cloned().flatten().or_else(|| {
                files.access(conversation).and_then(|access| file.with_value(|file| file.preview_path(&access)))
            })
        });
        // Its words say what it is where the picture does not come.
        let lost = RwSignal::new(false);
        view! {
            {move || source.get().filter(|_| !lost.get()).map(|source| view! {
                <img class="quote__picture" src=source alt="" on:error=move |_| lost.set(true) />
            })}
        }
    })
}

fn author_name(author: &Author, visitor: &str, inbox: Inbox) -> String {
    match author {
        Author::Visitor => visitor.to_owned(),
        Author::Agent { id, .. } if *id == inbox.me() => lang().me().to_owned(),
        Author::Agent { name, .. } => name.clone(),
        Author::Automatic => lang().automatic_reply().to_owned(),
    }
}

fn one_line(content: &Content) -> String {
    text_of_content(content).split_whitespace().collect::<Vec<_>>().join(" ")
}
