//! Requests: what the endpoints do with a client's question, below the HTTP framework.

use super::task::Gate;
use crate::actions::{channels, me, messages, visitors};
use crate::auth::actor::AnyAgent;
use crate::error::ApiError;
use crate::realtime::tickets::TicketHolder;
use crate::state::AppState;
use client::rest::{self, Stretch};
use client::state::{Filter, Need, Snapshot, View};
use client::sync::{self, Fetched};
use std::rc::Rc;
use store::conversations::Listed;
use store::messages::Window;
use store::{OrgScope, StoreError, agents, contacts, conversations, events};
use types::agents::{LoginState, MePatch};
use types::channels::ChannelPatch;
use types::conversations::Conversation;
use types::error::Problem;
use types::id::{ChannelId, ConversationId, Nonce, OrgId, SessionId};
use types::messages::{Message, MessageWindow, NewContent, SendMessage};
use types::page::Page;
use types::visitors::{OpenVisitorSession, PageVisit, VisitorSession};
use widget::live;

/// Items of a page, small enough for there to be several.
pub(super) const PAGE: u16 = 3;
/// Messages of a stretch.
const MESSAGES: u16 = 6;
/// Events of one catch-up answer.
const EVENTS: u16 = 7;

/// Whose console asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub(super) org_id: OrgId,
    pub(super) session_id: SessionId,
}

/// The answer to a console's question; `None` for commands that are no questions.
pub(super) async fn console(
    state: AppState,
    gate: Rc<Gate>,
    by: Asker,
    question: sync::Command,
) -> Option<sync::Input> {
    use sync::{Command, Input};
    let agent = AnyAgent::of_session(&state, OrgScope::new(by.org_id), by.session_id).await.map_err(refused);
    Some(match question {
        Command::RequestTicket(round) => {
            let holder = TicketHolder::Agent { org_id: by.org_id, session_id: by.session_id };
            Input::Ticket(round, agent.map(|_| state.tickets.issue(holder).ticket))
        }
        Command::FetchEvents(round, after) => Input::Events(
            round,
            match agent {
                Ok(agent) => {
                    events::after(state.db.reader(), agent.viewer(), Some(after), EVENTS).await.map_err(failed)
                }
                Err(error) => Err(error),
            },
        ),
        Command::FetchSnapshot(round, cursor) => Input::Snapshot(
            round,
            match agent {
                Ok(agent) => snapshot(&state, &agent, &gate, cursor).await.map(Box::new),
                Err(error) => Err(error),
            },
        ),
        Command::Fetch(round, need) => Input::Fetched(
            round,
            need,
            match agent {
                Ok(agent) => fetch(&state, &agent, need).await,
                Err(error) => Err(error),
            },
        ),
        Command::FetchEarlier(round, id, stretch) => Input::Earlier(
            round,
            id,
            match agent {
                Ok(agent) => window(&state, &agent, id, stretch).await,
                Err(error) => Err(error),
            },
        ),
        Command::FetchLater(round, id, stretch) => Input::Later(
            round,
            id,
            match agent {
                Ok(agent) => window(&state, &agent, id, stretch).await,
                Err(error) => Err(error),
            },
        ),
        Command::FetchPage(round, view, cursor) => Input::Page(
            round,
            view,
            match agent {
                Ok(agent) => page(&state, &agent, view, Some(&cursor)).await,
                Err(error) => Err(error),
            },
        ),
        _ => return None,
    })
}

/// What a console is told when no answer comes.
pub(super) fn no_console_answer(question: sync::Command) -> Option<sync::Input> {
    use sync::{Command, Input};
    let lost = rest::ApiError::Network("lost".to_owned());
    Some(match question {
        Command::RequestTicket(round) => Input::Ticket(round, Err(lost)),
        Command::FetchEvents(round, _) => Input::Events(round, Err(lost)),
        Command::FetchSnapshot(round, _) => Input::Snapshot(round, Err(lost)),
        Command::Fetch(round, need) => Input::Fetched(round, need, Err(lost)),
        Command::FetchEarlier(round, id, _) => Input::Earlier(round, id, Err(lost)),
        Command::FetchLater(round, id, _) => Input::Later(round, id, Err(lost)),
        Command::FetchPage(round, view, _) => Input::Page(round, view, Err(lost)),
        _ => return None,
    })
}

/// Several requests one after the other: things happen in between.
async fn snapshot(state: &AppState, agent: &AnyAgent, gate: &Gate, cursor: i64) -> Result<Snapshot, rest::ApiError> {
    let me = agents::me(state.db.reader(), agent.scope(), agent.agent_id, agent.session_id).await.map_err(failed)?;
    let me = me.ok_or_else(|| refused(ApiError::unauthenticated()))?;
    gate.stop().await;
    let rows = store::channels::list(state.db.reader(), agent.scope()).await.map_err(failed)?;
    let channels = rows.into_iter().map(|row| channels::channel_of(row, &state.config)).collect();
    gate.stop().await;
    let conversations = page(state, agent, View::default(), None).await?;
    let pinned = Vec::new();
    let tag_groups = Vec::new();
    let channel_tree = store::channel_tree::read(state.db.reader(), agent.scope()).await.map_err(failed)?;
    let custom_fields = store::custom_fields::get(state.db.reader(), agent.scope()).await.map_err(failed)?;
    Ok(Snapshot { cursor, me, channels, channel_tree, tag_groups, custom_fields, conversations, pinned })
}

async fn fetch(state: &AppState, agent: &AnyAgent, need: Need) -> Result<Fetched, rest::ApiError> {
    let (reader, viewer) = (state.db.reader(), agent.viewer());
    let missing = || refused(ApiError::not_found("it"));
    Ok(match need {
        Need::Conversation(id) => {
            let found = fetch_conversation(state, agent, id).await.map_err(failed)?;
            Fetched::Conversation(Box::new(found.ok_or_else(missing)?))
        }
        Need::Newest(id) => Fetched::Messages(window(state, agent, id, Stretch::Newest).await?),
        Need::Later(id, seq) => Fetched::Messages(window(state, agent, id, Stretch::After(seq)).await?),
        Need::Around(id, seq) => Fetched::Messages(window(state, agent, id, Stretch::Around(seq)).await?),
        Need::Listing(view) => Fetched::Page(page(state, agent, view, None).await?),
        Need::Unread => {
            // Consoles turn the pages until there are no more; here one is long enough.
            let unread = Listed { unread: true, ..Listed::default() };
            let found = conversations::list(reader, viewer, unread, None, 100).await.map_err(failed)?;
            Fetched::Unread(found.items, true)
        }
        Need::Notes(id) => {
            let found = store::notes::list(reader, viewer, id, None).await.map_err(failed)?;
            Fetched::Notes(found.ok_or_else(missing)?)
        }
        Need::Contact(id) => {
            let found = contacts::get(reader, viewer, id).await.map_err(failed)?;
            Fetched::Contact(Box::new(found.ok_or_else(missing)?))
        }
    })
}

/// One conversation, if the agent may see it.
pub(super) async fn fetch_conversation(
    state: &AppState,
    agent: &AnyAgent,
    id: ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    conversations::get(state.db.reader(), agent.viewer(), id).await
}

async fn page(
    state: &AppState,
    agent: &AnyAgent,
    view: View,
    cursor: Option<&str>,
) -> Result<Page<Conversation>, rest::ApiError> {
    let cursor = cursor.map(|cursor| cursor.parse().unwrap());
    assert_eq!(view.filter, Filter::All, "nobody chooses among them here");
    let listed = Listed { channel_id: view.channel, ..Listed::default() };
    conversations::list(state.db.reader(), agent.viewer(), listed, cursor, PAGE).await.map_err(failed)
}

async fn window(
    state: &AppState,
    agent: &AnyAgent,
    id: ConversationId,
    stretch: Stretch,
) -> Result<MessageWindow, rest::ApiError> {
    let window = match stretch {
        Stretch::Newest => Window::Newest,
        Stretch::Before(seq) => Window::Before(seq),
        Stretch::After(seq) => Window::After(seq),
        Stretch::Around(seq) => Window::around(seq, MESSAGES),
    };
    let found = store::messages::for_viewer(state.db.reader(), agent.viewer(), id, window, MESSAGES).await;
    found.map_err(failed)?.ok_or_else(|| refused(ApiError::not_found("conversation")))
}

/// Opens a visitor's session.
pub(super) async fn open_session(
    state: AppState,
    channel_key: &str,
    visitor_token: Option<String>,
    after_seq: Option<i64>,
    visit: u64,
) -> Result<VisitorSession, Problem> {
    let origin =
        visitors::Origin { ip: [203, 0, 113, 7].into(), user_agent: format!("Simulation/{visit}"), page: None };
    let page = PageVisit { url: format!("https://shop.example/{visit}"), ..PageVisit::default() };
    let (channel_key, locale) = (channel_key.to_owned(), "zh-CN".to_owned());
    let request =
        OpenVisitorSession { channel_key, visitor_token, after_seq, page, locale, identity: None, details: None };
    visitors::open_visitor_session(&state, request, origin).await.map_err(|error| error.problem().clone())
}

/// Messages before those that a widget holds.
pub(super) async fn earlier(state: AppState, token: Option<String>, before: i64) -> Option<MessageWindow> {
    let visitor = crate::auth::visitor::open(&state.keys.visitor, &token?)?;
    store::messages::for_visitor(state.db.reader(), visitor, Window::Before(before), MESSAGES).await.ok()
}

/// What a widget is told when no answer comes.
pub(super) fn no_tab_answer(question: &live::Command) -> Option<live::Input> {
    match question {
        live::Command::OpenSession { .. } => Some(live::Input::OpenFailed(None)),
        live::Command::FetchEarlier { .. } => Some(live::Input::Earlier(None)),
        _ => None,
    }
}

/// An agent suspends their work, or takes it up.
pub(super) async fn set_login_state(state: AppState, by: Asker, wanted: LoginState) {
    if let Ok(agent) = AnyAgent::of_session(&state, OrgScope::new(by.org_id), by.session_id).await {
        let patch = MePatch { login_state: Some(wanted), ..MePatch::default() };
        // What comes of it everybody sees.
        drop(me::update_me(&state, &agent, patch).await);
    }
}

/// An admin renames a channel.
pub(super) async fn rename_channel(state: AppState, by: Asker, channel: ChannelId, name: String) {
    if let Ok(agent) = AnyAgent::of_session(&state, OrgScope::new(by.org_id), by.session_id).await {
        let patch = ChannelPatch { name: Some(name), ..ChannelPatch::default() };
        drop(channels::update_channel(&state, &agent, channel, patch).await);
    }
}

/// A program posts a message over the REST API. Returns it when it was acknowledged.
pub(super) async fn post(state: AppState, by: Asker, to: ConversationId, nonce: Nonce) -> Option<Message> {
    let agent = AnyAgent::of_session(&state, OrgScope::new(by.org_id), by.session_id).await.ok()?;
    let content = NewContent::Text { text: format!("posted {nonce}") };
    let sent = messages::send_message(&state, &agent, to, SendMessage { nonce, content }).await;
    sent.ok().map(|stored| stored.message)
}

fn refused(error: ApiError) -> rest::ApiError {
    rest::ApiError::Problem(Box::new(error.problem().clone()))
}

fn failed(error: StoreError) -> rest::ApiError {
    refused(error.into())
}
