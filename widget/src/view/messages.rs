//! The messages.

use super::{flag, icon, on, text};
use crate::live::{Input, Link};
use crate::rows::{Mark, Place, Row};
use crate::session::Session;
use crate::text::initials;
use client::emoji::is_emoji_only;
use client::files::{fit, size_text};
use client::links::{Piece, pieces};
use leptos::either::Either;
use leptos::prelude::*;
use types::attachments::{Attachment, FileAccess};
use types::messages::{Author, Content, Quote};

/// Every message, oldest first.
pub(super) fn list(session: Session) -> impl IntoView {
    view! {
        <For each=move || session.rows() key=Row::key let:row>
            {message(session, row)}
        </For>
    }
}

fn message(session: Session, row: Row) -> impl IntoView {
    let texts = session.texts;
    let fresh = session.is_news(&row);
    let Row { nonce, agent, content, .. } = row;
    let mine = agent.is_none();
    let face = agent.as_ref().map(|(_, name)| initials(name)).unwrap_or_default();
    // Above the initials, which stay where the agent has chosen no picture. It is fetched where it is shown.
    let picture = agent.as_ref().and_then(|(id, _)| *id).map(|id| {
        let path = ["agents/", &id.to_string()].concat();
        let src = text(move || session.address(|files| Some([files.path.as_str(), &path].concat())));
        view! { <img src=src alt="" loading="lazy" /> }
    });
    let name = agent.map_or_else(|| texts.me.to_owned(), |(_, name)| name);
    let bubble = match content {
        Content::Text { .. } | Content::Reply { .. } => "bubble",
        Content::File { .. } => "bubble file",
        Content::Recalled {} => "bubble void",
        _ => "bubble pic",
    };
    let place = Place::of(nonce);
    let day = {
        let mut place = place;
        // Asked again and again: today becomes yesterday while the page is open.
        text(move || {
            let first = session.look(&mut place).filter(|look| look.new_day);
            first.map(|look| session.day_name(look.at)).unwrap_or_default()
        })
    };
    let time = {
        let mut place = place;
        let mut shown = (None, String::new());
        text(move || {
            let at = session.look(&mut place).map(|look| look.at);
            if let Some(moved) = at.filter(|_| at != shown.0) {
                shown = (at, session.clock(moved));
            }
            shown.1.clone()
        })
    };
    let mut status_place = place;
    let status = text(move || {
        let mark = session.look(&mut status_place).map_or(Mark::None, |look| look.mark);
        match mark {
            Mark::None => String::new(),
            // Without a line it is not on its way.
            Mark::Sending if session.read(|machine| machine.link()) == Link::Lost => texts.waiting.to_owned(),
            Mark::Sending => texts.sending.to_owned(),
            Mark::Sent => texts.sent.to_owned(),
            Mark::Read => texts.read.to_owned(),
            // The panel's own line says why.
            Mark::Failed(_) if session.is_closed() => texts.failed.to_owned(),
            Mark::Failed(code) => [texts.failed, " · ", texts.reason(code)].concat(),
        }
    });
    let large = matches!(&content, Content::Text { text } if is_emoji_only(text));
    let mut class_place = place;
    let class = text(move || {
        let mut class = if mine { "row me" } else { "row them" }.to_owned();
        if let Some(look) = session.look(&mut class_place) {
            for (is, name) in [
                (fresh, " fresh"),
                (large, " large"),
                (look.new_day, " new-day"),
                (look.first_unread, " new"),
                (look.head, " head"),
                (look.tail, " tail"),
                (look.mark == Mark::Sending, " sending"),
                (matches!(look.mark, Mark::Failed(_)), " failed"),
            ] {
                if is {
                    class.push_str(name);
                }
            }
        }
        class
    });
    view! {
        <div class=class>
            <div class="day">{day}</div>
            <div class="line">{texts.unread}</div>
            <div class="message" role="article">
                <span class="face" aria-hidden="true">{face}{picture}</span>
                <div class="name">{name}</div>
                <div class=bubble>{body(session, content)}</div>
                <div class="meta">
                    <span>{time}</span>
                    <span>{status}</span>
                    <button
                        type="button"
                        hidden=flag(move || session.is_closed())
                        on:click=on(move || session.feed(Input::Retry(nonce)))
                    >
                        {texts.retry}
                    </button>
                    <button type="button" on:click=on(move || session.feed(Input::Discard(nonce)))>
                        {texts.discard}
                    </button>
                </div>
            </div>
        </div>
    }
}

/// What a message says.
fn body(session: Session, content: Content) -> AnyView {
    let texts = session.texts;
    match content {
        Content::Text { text } => words(&text).into_any(),
        Content::Reply { text, quote } => {
            let Quote { author, content, .. } = *quote;
            let name = match author {
                Author::Visitor => texts.me.to_owned(),
                Author::Agent { name, .. } => name,
                Author::Automatic => session.name(),
            };
            let quoted = match content {
                Content::Text { text } => text,
                Content::Recalled {} => texts.recalled.to_owned(),
                other => other.attachment().map(|file| file.name.clone()).unwrap_or_default(),
            };
            view! {
                <div class="quote">
                    <strong>{name}</strong>
                    <span>{quoted}</span>
                </div>
                {words(&text)}
            }
            .into_any()
        }
        Content::Recalled {} => texts.recalled.into_any(),
        Content::Image { attachment } => {
            let (width, height) = room(&attachment);
            let (whole, label) = (attachment.clone(), [texts.image, " ", &attachment.name].concat());
            let lost = RwSignal::new(false);
            let source = once(session, lost, move |files| {
                attachment.preview_path(files).unwrap_or_else(|| attachment.path(files))
            });
            let href = text(move || session.address(|files| Some(whole.path(files))));
            view! {
                <a href=href target="_blank" rel="noopener">
                    <img
                        src=source
                        alt=label
                        width=width
                        height=height
                        on:error=move |_| lost.set(true)
                        on:load=move |_| lost.set(false)
                    />
                </a>
                // Shown where the picture is lost.
                <button type="button" class="again">{texts.retry}</button>
            }
            .into_any()
        }
        Content::Video { attachment } => {
            let (width, height) = room(&attachment);
            let (poster, label) = (attachment.clone(), attachment.name.clone());
            let lost = RwSignal::new(false);
            let source = once(session, lost, move |files| attachment.path(files));
            let poster = once(session, lost, move |files| poster.preview_path(files).unwrap_or_default());
            view! {
                <video
                    controls
                    playsinline
                    preload="metadata"
                    aria-label=label
                    src=source
                    poster=poster
                    width=width
                    height=height
                    on:error=move |_| lost.set(true)
                    on:loadeddata=move |_| lost.set(false)
                ></video>
            }
            .into_any()
        }
        Content::File { attachment } => {
            let (name, size) = (attachment.name.clone(), size_text(attachment.bytes));
            let (label, saved_as) = ([texts.download, " ", &name].concat(), name.clone());
            let href = text(move || session.address(|files| Some(attachment.download_path(files))));
            view! {
                <a href=href download=saved_as aria-label=label>
                    {icon("M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5v5h5M12 11v6m-2.5-2.5L12 17l2.5-2.5")}
                    <span>{name}</span>
                    <small>{size}</small>
                </a>
            }
            .into_any()
        }
    }
}

/// The room of a picture, as attributes: the browser keeps it free until the picture is there.
fn room(attachment: &Attachment) -> (String, String) {
    let (width, height) = fit(attachment.width, attachment.height, (240, 260));
    (width.to_string(), height.to_string())
}

/// The first address that is known: what is shown is not fetched again when the way to it changes. One that is lost follows it.
fn once(
    session: Session,
    lost: RwSignal<bool>,
    path: impl Fn(&FileAccess) -> String + Send + 'static,
) -> Box<dyn FnMut() -> String + Send> {
    let mut known = String::new();
    text(move || {
        if lost.get() || known.is_empty() {
            known = session.address(|files| Some(path(files)));
        }
        known.clone()
    })
}

/// The text with its links. Text is text: nothing in it is ever markup.
fn words(text: &str) -> Vec<impl IntoView + use<>> {
    let draw = |piece| match piece {
        Piece::Text(text) => Either::Left(text.to_owned()),
        Piece::Link(link) => {
            let (href, link) = (link.to_owned(), link.to_owned());
            Either::Right(view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{link}</a> })
        }
    };
    pieces(text).into_iter().map(draw).collect()
}
