//! One row of the log.

use super::attachment::{FileView, ImageView, VideoView};
use super::message_text::MessageText;
use super::note::{NoteView, change_line};
use super::quote::QuoteCard;
use super::rows::{Mark, MessageRow, Row, Side};
use crate::components::agent_card::AgentAvatar;
use crate::i18n::errors::problem_text;
use crate::i18n::{format, lang, t};
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::ui::{Avatar, AvatarSize, Icon, IconView};
use leptos::prelude::*;
use types::error::{ErrorCode, Problem};
use types::id::{ConversationId, Nonce};
use types::messages::Content;
use types::time::Timestamp;

/// The element with the words for every message's button: they are the same, and one place follows the language.
pub const MORE_LABEL: &str = "message-actions";

/// A row of the log: a day's heading, the line above what is new, or a message.
#[component]
pub fn LogRow(
    /// What it shows; a message's mark and place in its group change while it stands.
    row: RwSignal<Row>,
    /// What the visitor is called.
    visitor: Signal<String>,
    /// What their picture shows.
    visitor_mark: Signal<String>,
    /// What the visitor's colour follows.
    visitor_seed: String,
    /// Whether this is where the conversation begins.
    begins: Signal<bool>,
    /// The person has decided what becomes of a failed message.
    on_settled: Callback<()>,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    match row.get_untracked() {
        Row::Day(at) => {
            let inbox = use_inbox();
            view! {
                <div class="message-list__day" data-day="">
                    <span>
                        {move || begins.get().then(|| view! { <span>{t!(beginning_of_conversation)}</span> " · " })}
                        {move || format::day_heading(at, inbox.clock())}
                    </span>
                </div>
            }
            .into_any()
        }
        Row::Note(note) => match &note.change {
            Some(change) => change_line(&note, change),
            None => view! { <NoteView note /> }.into_any(),
        },
        Row::New => view! {
            <div class="message-list__new" data-new="">
                <span>{t!(new_messages_line)}</span>
            </div>
        }
        .into_any(),
        Row::Message(first) => {
            let side = first.side.clone();
            let author = Signal::derive(move || match &side {
                Side::Visitor => visitor.get(),
                Side::Me => lang().me().to_owned(),
                Side::Colleague(_, name) => name.clone(),
                Side::Automatic => lang().automatic_reply().to_owned(),
            });
            let (picture, seed) = (visitor_mark, visitor_seed);
            // What it says changes by a recall only, its own or that of what it quotes; or because what it quotes has become known.
            let content = Memo::new(move |_| of_message(row, |one| one.content.clone()));
            view! {
                {move || if content.with(|content| *content == Some(Content::Recalled {})) {
                    view! { <RecalledView row author conversation /> }.into_any()
                } else {
                    let content = content.get().unwrap_or_else(|| first.content.clone());
                    let (first, seed) = (MessageRow { content, ..first.clone() }, seed.clone());
                    view! { <MessageView first row author visitor picture seed on_settled conversation /> }.into_any()
                }}
            }
            .into_any()
        }
    }
}

/// What a row's message says of itself; whoever asks is told when the row changes.
fn of_message<T>(row: RwSignal<Row>, read: impl FnOnce(&MessageRow) -> T) -> Option<T> {
    row.with(|row| match row {
        Row::Message(message) => Some(read(message)),
        _ => None,
    })
}

/// What stands in place of a message that was recalled.
#[component]
fn RecalledView(row: RwSignal<Row>, author: Signal<String>, conversation: ConversationId) -> impl IntoView {
    let composing = use_composing();
    let (own, id, seq) = untrack(|| of_message(row, |one| (one.side == Side::Me, one.id, one.seq))).unwrap_or_default();
    let again = id.filter(|id| own && composing.remembers(*id));
    let words = move || if own { lang().recalled_by_me().to_owned() } else { lang().recalled_by(&author.get()) };
    view! {
        <article class="message-list__recalled" aria-label=move || author.get() data-seq=seq.map(|seq| seq.to_string())>
            <span>{words}</span>
            {again.map(|id| view! {
                <button type="button" class="link-button" on:click=move |_| composing.edit_again(conversation, id)>
                    {t!(edit_again)}
                </button>
            })}
        </article>
    }
}

/// A message. A screen has dozens of them, so each listens to no more than what can change of it.
#[component]
fn MessageView(
    first: MessageRow,
    row: RwSignal<Row>,
    author: Signal<String>,
    visitor: Signal<String>,
    picture: Signal<String>,
    seed: String,
    on_settled: Callback<()>,
    conversation: ConversationId,
) -> impl IntoView {
    let own = first.side != Side::Visitor;
    let colleague = match first.side {
        Side::Colleague(id, _) => Some(id),
        Side::Visitor | Side::Me | Side::Automatic => None,
    };
    let named = colleague.is_some() || first.side == Side::Automatic;
    let picture = match colleague {
        Some(id) => {
            let closes = Signal::derive(move || of_message(row, |one| one.closes).unwrap_or_default());
            Some(view! { <AgentAvatar id name=author size=AvatarSize::Small stop=closes /> }.into_any())
        }
        None if !own => Some(view! { <Avatar name=picture seed size=AvatarSize::Small /> }.into_any()),
        None => None,
    };
    let bubble = match &first.content {
        Content::Text { .. } | Content::Reply { .. } | Content::Recalled {} => "message__bubble",
        Content::Image { .. } | Content::Video { .. } => "message__bubble message__bubble--picture",
        Content::File { .. } => "message__bubble message__bubble--file",
    };
    let words = match &first.content {
        Content::Text { text } | Content::Reply { text, .. } => Some(text.clone()),
        _ => None,
    };
    let meta = if own {
        (move || of_message(row, |one| meta_view(one.at, one.mark))).into_any()
    } else {
        meta_view(first.at, None).into_any()
    };
    // Only what one writes oneself can fail, and has a place only once it is stored.
    let is_mine = first.side == Side::Me;
    let (nonce, echoed) = (first.nonce, is_mine && first.seq.is_none());
    let failure = is_mine.then(|| {
        let failed = Memo::new(move |_| of_message(row, failure_of).flatten());
        move || failed.get().map(|code| view! { <Failure nonce conversation words=words.clone() code on_settled /> })
    });
    let more = if echoed {
        let stored = Memo::new(move |_| of_message(row, |one| one.seq).flatten().is_some());
        (move || stored.get().then(more_button)).into_any()
    } else {
        first.seq.map(|_| more_button()).into_any()
    };
    let body = match first.content {
        Content::Text { text } => view! { <MessageText text /> }.into_any(),
        Content::Reply { text, quote } => view! {
            <QuoteCard quote=*quote visitor conversation />
            <MessageText text />
        }
        .into_any(),
        Content::Image { attachment } => view! { <ImageView attachment=*attachment conversation /> }.into_any(),
        Content::Video { attachment } => view! { <VideoView attachment=*attachment conversation /> }.into_any(),
        Content::File { attachment } => view! { <FileView attachment=*attachment conversation /> }.into_any(),
        // It stands as another row.
        Content::Recalled {} => ().into_any(),
    };
    view! {
        <article
            class=move || of_message(row, class_of)
            aria-label=move || author.get()
            data-seq=move || of_message(row, |one| one.seq).flatten().map(|seq| seq.to_string())
        >
            {picture.map(|picture| view! { <span class="message__avatar">{picture}</span> })}
            <div class="message__body">
                {named.then(|| view! { <p class="message__author">{move || author.get()}</p> })}
                <div class=bubble>
                    {body}
                    <span class="message__meta">{meta}</span>
                </div>
                {failure}
            </div>
            {more}
        </article>
    }
}

fn failure_of(message: &MessageRow) -> Option<ErrorCode> {
    match message.mark {
        Some(Mark::Failed(code)) => Some(code),
        _ => None,
    }
}

fn class_of(message: &MessageRow) -> String {
    let mut class = String::from("message");
    for (is, name) in [
        (message.side != Side::Visitor, " message--own"),
        (message.opens, " message--opens"),
        (message.closes, " message--closes"),
        (failure_of(message).is_some(), " message--failed"),
    ] {
        if is {
            class.push_str(name);
        }
    }
    class
}

/// The button for what can be done to a message or a note. What it does the log knows, and which of them Tab leads to.
pub fn more_button() -> impl IntoView {
    view! {
        <button
            type="button"
            class="message__more"
            tabindex="-1"
            aria-labelledby=MORE_LABEL
            aria-haspopup="menu"
            aria-expanded="false"
        ></button>
    }
}

/// When it was said, and where it stands.
fn meta_view(at: Timestamp, mark: Option<Mark>) -> impl IntoView {
    view! {
        <time class="message__time">{format::time_of_day(at)}</time>
        {mark.map(|mark| {
            let (icon, class, label) = match mark {
                Mark::Sending => (Icon::Clock, "message__mark", lang().mark_sending()),
                Mark::Sent => (Icon::Check, "message__mark", lang().mark_sent()),
                Mark::Read => (Icon::CheckDouble, "message__mark message__mark--read", lang().mark_read()),
                Mark::Failed(_) => (Icon::Alert, "message__mark message__mark--failed", lang().mark_failed()),
            };
            view! {
                <span class=class role="img" aria-label=label title=label>
                    <IconView icon size=15 />
                </span>
            }
        })}
    }
}

#[component]
fn Failure(
    nonce: Nonce,
    conversation: ConversationId,
    /// What it says, where it is words.
    words: Option<String>,
    code: ErrorCode,
    on_settled: Callback<()>,
) -> impl IntoView {
    let (inbox, composing) = (use_inbox(), use_composing());
    // The focus first: with the failure the buttons and their scope are gone.
    let settle = move |how: fn(Inbox, Nonce)| {
        on_settled.run(());
        how(inbox, nonce);
    };
    view! {
        <p class="message__failure">
            <span>{move || match code {
                ErrorCode::TooLarge => lang().too_long().to_owned(),
                code => problem_text(lang(), &Problem::new(code, "")),
            }}</span>
            <button type="button" class="link-button" on:click=move |_| settle(Inbox::retry)>{t!(retry)}</button>
            <button
                type="button"
                class="link-button"
                on:click=move |_| {
                    // Nothing is written over: what stands in the field is newer.
                    let words = words.clone().filter(|_| inbox.draft(conversation).trim().is_empty());
                    settle(Inbox::discard);
                    if let Some(words) = words {
                        composing.give_back(conversation, words);
                    }
                }
            >
                {t!(discard_message)}
            </button>
        </p>
    }
}
