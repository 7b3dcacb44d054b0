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

/// A row of the log: a day's heading, the line above what is new, or a message.
#[component]
pub fn LogRow(
    /// What it shows; a message's mark and place in its group change while it stands.
    row: Memo<Option<Row>>,
    /// What the visitor is called.
    visitor: Signal<String>,
    /// What their picture shows.
    visitor_mark: Signal<String>,
    /// What the visitor's colour follows.
    visitor_seed: String,
    /// Whether this is where the conversation begins.
    begins: Signal<bool>,
    /// Whether it is the message whose menu Tab leads to.
    stop: Signal<bool>,
    /// The person has decided what becomes of a failed message.
    on_settled: Callback<()>,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    match row.get_untracked() {
        None => ().into_any(),
        Some(Row::Day(at)) => {
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
        Some(Row::Note(note)) => match &note.change {
            Some(change) => change_line(&note, change),
            None => view! { <NoteView note /> }.into_any(),
        },
        Some(Row::New) => view! {
            <div class="message-list__new" data-new="">
                <span>{t!(new_messages_line)}</span>
            </div>
        }
        .into_any(),
        Some(Row::Message(first)) => {
            let message = Memo::new(move |_| match row.get() {
                Some(Row::Message(message)) => Some(message),
                _ => None,
            });
            let side = first.side.clone();
            let author = Signal::derive(move || match &side {
                Side::Visitor => visitor.get(),
                Side::Me => lang().me().to_owned(),
                Side::Colleague(_, name) => name.clone(),
                Side::Automatic => lang().automatic_reply().to_owned(),
            });
            let (picture, seed) = (visitor_mark, visitor_seed);
            // What it says changes by a recall only: its own, or that of what it quotes.
            let content = Memo::new(move |_| message.with(|message| message.as_ref().map(|one| one.content.clone())));
            view! {
                {move || if content.with(|content| *content == Some(Content::Recalled {})) {
                    view! { <RecalledView message author conversation /> }.into_any()
                } else {
                    let content = content.get().unwrap_or_else(|| first.content.clone());
                    let (first, seed) = (MessageRow { content, ..first.clone() }, seed.clone());
                    view! { <MessageView first message author visitor picture seed stop on_settled conversation /> }.into_any()
                }}
            }
            .into_any()
        }
    }
}

/// What stands in place of a message that was recalled.
#[component]
fn RecalledView(
    message: Memo<Option<MessageRow>>,
    author: Signal<String>,
    conversation: ConversationId,
) -> impl IntoView {
    let composing = use_composing();
    let (own, id, seq) = message.with_untracked(|message| {
        message.as_ref().map_or((false, None, None), |one| (one.side == Side::Me, one.id, one.seq))
    });
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

#[component]
fn MessageView(
    first: MessageRow,
    message: Memo<Option<MessageRow>>,
    author: Signal<String>,
    visitor: Signal<String>,
    picture: Signal<String>,
    seed: String,
    stop: Signal<bool>,
    on_settled: Callback<()>,
    conversation: ConversationId,
) -> impl IntoView {
    let opens = Memo::new(move |_| message.with(|message| message.as_ref().is_some_and(|one| one.opens)));
    let closes = Memo::new(move |_| message.with(|message| message.as_ref().is_some_and(|one| one.closes)));
    let mark = Memo::new(move |_| message.with(|message| message.as_ref().and_then(|one| one.mark)));
    let at = Memo::new(move |_| message.with(|message| message.as_ref().map(|one| one.at)));
    let seq = Memo::new(move |_| message.with(|message| message.as_ref().and_then(|one| one.seq)));
    let own = first.side != Side::Visitor;
    let colleague = match first.side {
        Side::Colleague(id, _) => Some(id),
        Side::Visitor | Side::Me | Side::Automatic => None,
    };
    let named = colleague.is_some() || first.side == Side::Automatic;
    let picture = match colleague {
        Some(id) => Some(view! { <AgentAvatar id name=author size=AvatarSize::Small stop=closes /> }.into_any()),
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
            class="message"
            class:message--own=own
            class:message--opens=move || opens.get()
            class:message--closes=move || closes.get()
            class:message--failed=move || matches!(mark.get(), Some(Mark::Failed(_)))
            aria-label=move || author.get()
            data-seq=move || seq.get().map(|seq| seq.to_string())
        >
            {picture.map(|picture| view! { <span class="message__avatar">{picture}</span> })}
            <div class="message__body">
                {named.then(|| view! { <p class="message__author">{move || author.get()}</p> })}
                <div class=bubble>
                    {body}
                    <span class="message__meta">
                        <time class="message__time">{move || at.get().map(format::time_of_day)}</time>
                        {move || mark.get().map(|mark| view! { <MarkView mark /> })}
                    </span>
                </div>
                {move || match mark.get() {
                    Some(Mark::Failed(code)) => Some(view! { <Failure nonce=first.nonce conversation words=words.clone() code on_settled /> }),
                    _ => None,
                }}
            </div>
            // What it does the log knows.
            {move || seq.get().map(|_| view! {
                <button
                    type="button"
                    class="message__more"
                    tabindex=move || if stop.get() { "0" } else { "-1" }
                    aria-label=t!(message_actions)
                    aria-haspopup="menu"
                    aria-expanded="false"
                ></button>
            })}
        </article>
    }
}

#[component]
fn MarkView(mark: Mark) -> impl IntoView {
    let (icon, class) = match mark {
        Mark::Sending => (Icon::Clock, "message__mark"),
        Mark::Sent => (Icon::Check, "message__mark"),
        Mark::Read => (Icon::CheckDouble, "message__mark message__mark--read"),
        Mark::Failed(_) => (Icon::Alert, "message__mark message__mark--failed"),
    };
    let label = move || match mark {
        Mark::Sending => lang().mark_sending(),
        Mark::Sent => lang().mark_sent(),
        Mark::Read => lang().mark_read(),
        Mark::Failed(_) => lang().mark_failed(),
    };
    view! {
        <span class=class role="img" aria-label=label title=label>
            <IconView icon size=15 />
        </span>
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
