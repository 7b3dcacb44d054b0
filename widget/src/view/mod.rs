//! The picture.
//!
//! Leptos makes a copy of its machinery for every type of closure and every shape of conditional view. So closures are boxed
//! to a few types ([`text`], [`on`]), and what comes and goes is always there and hidden by its class.

mod composer;
mod messages;

use crate::live::{Input, Link};
use crate::platform;
use crate::session::Session;
use crate::text::initials;
use leptos::prelude::*;
use leptos::web_sys::{KeyboardEvent, MouseEvent};

/// The whole panel.
pub(crate) fn chat(session: Session) -> impl IntoView {
    let texts = session.texts;
    let escape = keys(move |event| {
        // An Escape that ends a composition belongs to the input method, one inside the emoji to them.
        if event.key() == "Escape" && !composing(&event) && !event.default_prevented() && !session.is_page() {
            event.stop_propagation();
            session.close();
        }
    });
    let greeting = text(move || {
        // Nothing before the channel is known: words that are taken back are worse than none.
        let introduction = session.read(|machine| machine.channel().map(|channel| channel.introduction.clone()));
        introduction.map_or_else(String::new, |words| if words.is_empty() { texts.greeting.to_owned() } else { words })
    });
    let early = text(move || {
        session.read(|machine| {
            // Where a welcome greets, the chat's own words would be a second greeting.
            let wordless = machine.channel().is_some_and(|channel| channel.introduction.is_empty());
            if wordless && machine.is_welcomed() {
                return "gone".to_owned();
            }
            let fetching = if machine.is_fetching_earlier() { " busy" } else { "" };
            let failed = if machine.earlier_failed() { " failed" } else { "" };
            ["greeting", if machine.chat().earlier_before().is_some() { " more" } else { "" }, fetching, failed]
                .concat()
        })
    });
    let seen = text(move || if session.read(|machine| machine.shows_unsent()) { texts.seen } else { "" }.to_owned());
    let jump = text(move || {
        let unread = session.read(|machine| machine.chat().unread() > 0);
        ["jump", if session.is_at_end() { " gone" } else { "" }, if unread { " news" } else { "" }].concat()
    });
    let newest = text(move || {
        let unread = session.read(|machine| machine.chat().unread() > 0);
        if unread { texts.news } else { texts.newest }.to_owned()
    });
    view! {
        <div class="chat" data-drop=texts.drop on:keydown=escape>
            {header(session)}
            <div class="log" role="log" tabindex="0" aria-label=texts.log>
                <div class=early>
                    <span class="face" aria-hidden="true">{text(move || initials(&session.name()))}</span>
                    <div class="hello">{greeting}</div>
                </div>
                <button type="button" class="again" on:click=on(move || session.feed(Input::WantEarlier))>
                    {texts.earlier}
                </button>
                {messages::list(session)}
            </div>
            <div class="foot">
                <button type="button" class=jump aria-label=newest on:click=on(platform::to_end)>
                    {icon(DOWN)}
                    <span>{texts.news}</span>
                </button>
                {notice(session)}
                <div
                    class="tray"
                    data-large=text(move || [texts.large, &session.most()].concat())
                    data-empty=texts.empty
                    data-broken=texts.broken
                    data-slow=texts.slow
                    data-full=texts.full
                    data-waits=texts.waiting
                    data-retry=texts.retry
                    data-cancel=texts.cancel
                ></div>
                <div class="seen">{seen}</div>
                {composer::composer(session)}
            </div>
        </div>
    }
}

fn header(session: Session) -> impl IntoView {
    let texts = session.texts;
    let turn = on(move || {
        session.muted(Some(!session.muted(None)));
        session.redraw();
    });
    let typing =
        text(move || if session.read(|machine| machine.is_agent_typing()) { texts.typing } else { "" }.to_owned());
    let muted = text(move || if session.is_muted() { "tool off" } else { "tool" }.to_owned());
    let label = text(move || if session.is_muted() { texts.unmute } else { texts.mute }.to_owned());
    view! {
        <header>
            <span class="face" aria-hidden="true">{text(move || initials(&session.name()))}</span>
            <div class="who">
                <h2>{text(move || session.name())}</h2>
                <div class="typing" role="status">{typing}</div>
            </div>
            <button type="button" class=muted aria-label=label on:click=turn>
                {icon("M5 10v4h3l4 3.5v-11L8 10ZM15.5 9.5a4 4 0 0 1 0 5M18 7a7.5 7.5 0 0 1 0 10")}
            </button>
            // `js/platform.js` takes the click.
            <button type="button" class="tool grow" aria-label=texts.larger aria-pressed="false">
                {icon("M9 4H4v5M15 20h5v-5")}
            </button>
            <button type="button" class="tool x" aria-label=texts.close on:click=on(move || session.close())>
                {icon(DOWN)}
            </button>
        </header>
    }
}

/// How the connection stands, when that is worth a word; while all is well, how many wait before the visitor. It fades in late, so that a quick reconnect says nothing.
fn notice(session: Session) -> impl IntoView {
    let texts = session.texts;
    let words = text(move || {
        match session.read(|machine| (machine.link(), machine.ahead())) {
            (Link::Live, Some(0)) => texts.next,
            (Link::Live, Some(ahead)) => return [texts.queue, &ahead.to_string(), texts.ahead].concat(),
            (Link::Live, None) => "",
            (Link::Connecting, _) => texts.connecting,
            (Link::Lost, _) => texts.offline,
            (Link::Closed, _) => texts.closed,
        }
        .to_owned()
    });
    view! { <div class="notice" role="status">{words}</div> }
}

const DOWN: &str = "m6.5 9.5 5.5 5.5 5.5-5.5";

/// An icon as one path on the 24 by 24 grid.
fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}

/// A text, a class or a label that follows the chat.
fn text(words: impl FnMut() -> String + Send + 'static) -> Box<dyn FnMut() -> String + Send> {
    Box::new(words)
}

/// A switch that follows the chat.
fn flag(is: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(is)
}

/// What a click does.
fn on(run: impl Fn() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| run())
}

/// What keys do.
fn keys(run: impl FnMut(KeyboardEvent) + 'static) -> Box<dyn FnMut(KeyboardEvent)> {
    Box::new(run)
}

/// Whether a key belongs to an input method: the standard's flag, and the code that Safari sends instead when Enter ends the
/// composition.
fn composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}
