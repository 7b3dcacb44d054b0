//! The messages.

use super::{on, text};
use crate::live::Input;
use crate::rows::{Mark, Row};
use crate::session::Session;
use crate::text::{Piece, initials, pieces};
use leptos::either::Either;
use leptos::prelude::*;

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
    let Row { nonce, agent, text: words, at, .. } = row;
    let mine = agent.is_none();
    let name = agent.unwrap_or_default();
    let face = initials(&name);
    let status = text(move || {
        let mark = session.look(nonce).map_or(Mark::None, |look| look.mark);
        match mark {
            Mark::None => String::new(),
            Mark::Sending => texts.sending.to_owned(),
            Mark::Sent => texts.sent.to_owned(),
            Mark::Read => texts.read.to_owned(),
            Mark::Failed(code) => [texts.failed, " · ", texts.reason(code)].concat(),
        }
    });
    let class = text(move || {
        let mut class = if mine { "row me" } else { "row them" }.to_owned();
        if let Some(look) = session.look(nonce) {
            for (is, name) in [
                (fresh, " fresh"),
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
            <div class="day">{session.day_name(at)}</div>
            <div class="line">{texts.unread}</div>
            <div class="message" role="article">
                <span class="face" aria-hidden="true">{face}</span>
                <div class="name">{name}</div>
                <div class="bubble">{body(&words)}</div>
                <div class="meta">
                    <span>{session.clock(at)}</span>
                    <span>{status}</span>
                    <button type="button" on:click=on(move || session.feed(Input::Retry(nonce)))>
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

/// The text with its links. Text is text: nothing in it is ever markup.
fn body(text: &str) -> Vec<impl IntoView + use<>> {
    let draw = |piece| match piece {
        Piece::Plain(text) => Either::Left(text),
        Piece::Link(link) => {
            let href = link.clone();
            Either::Right(view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{link}</a> })
        }
    };
    pieces(text).into_iter().map(draw).collect()
}
