//! The machine's questions to the REST API.

use crate::api::ConsoleApi;
use client::rest::{ApiError, Stretch};
use client::state::{Need, Snapshot};
use client::sync::{Command, Fetched, Input};
use types::conversations::Conversation;
use types::id::ConversationId;
use types::notes::Notes;

/// How many messages a stretch brings.
const MESSAGES: Option<u16> = Some(50);
/// How many conversations a page brings.
const CONVERSATIONS: Option<u16> = Some(50);
/// How many pages of unread conversations are fetched at most.
const UNREAD_PAGES: usize = 20;
/// How many pages of notes are fetched at most: those before are not shown.
const NOTE_PAGES: usize = 20;
/// How many events a catch-up brings.
const EVENTS: Option<u16> = Some(types::limits::EVENTS_MAX);

/// Asks what a command wants to know. Nothing for commands that ask nothing.
pub(super) async fn ask(api: ConsoleApi, command: Command) -> Option<Input> {
    Some(match command {
        Command::RequestTicket(round) => {
            Input::Ticket(round, api.create_socket_ticket().await.map(|ticket| ticket.ticket))
        }
        Command::FetchEvents(round, after) => Input::Events(round, api.list_events(Some(after), EVENTS).await),
        Command::FetchSnapshot(round, cursor) => Input::Snapshot(round, snapshot(&api, cursor).await.map(Box::new)),
        Command::Fetch(round, need) => Input::Fetched(round, need, fetch(&api, need).await),
        Command::FetchEarlier(round, id, stretch) => {
            Input::Earlier(round, id, api.list_messages(id, stretch, MESSAGES).await)
        }
        Command::FetchLater(round, id, stretch) => {
            Input::Later(round, id, api.list_messages(id, stretch, MESSAGES).await)
        }
        Command::FetchPage(round, view, cursor) => {
            Input::Page(round, view, api.list_conversations(Some(&cursor), CONVERSATIONS, view).await)
        }
        _ => return None,
    })
}

async fn snapshot(api: &ConsoleApi, cursor: i64) -> Result<Snapshot, ApiError> {
    Ok(Snapshot {
        cursor,
        me: api.get_me().await?,
        channels: api.list_channels().await?.items,
        channel_tree: api.get_channel_tree().await?,
        tag_groups: api.list_tag_groups().await?.items,
        custom_fields: api.list_custom_fields().await?,
        conversations: api.list_conversations(None, CONVERSATIONS, None).await?,
        pinned: [api.list_pinned_conversations().await?.items, api.list_snoozed_conversations().await?.items].concat(),
    })
}

/// Every conversation with something unread, up to a number beyond which the counts only say "many"; and whether these are all.
async fn unread(api: &ConsoleApi) -> Result<(Vec<Conversation>, bool), ApiError> {
    let mut all = Vec::new();
    let mut cursor = None;
    for _ in 0..UNREAD_PAGES {
        let page = api.list_unread_conversations(cursor.as_deref(), Some(types::limits::PAGE_MAX)).await?;
        all.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok((all, cursor.is_none()))
}

/// Every note beside a conversation, as it was when the newest were read.
async fn notes(api: &ConsoleApi, id: ConversationId) -> Result<Notes, ApiError> {
    let mut all = api.list_notes(id, None).await?;
    for _ in 1..NOTE_PAGES {
        let Some(first) = all.items.first().filter(|_| all.has_earlier) else { break };
        let earlier = api.list_notes(id, Some(first.number)).await?;
        all.has_earlier = earlier.has_earlier;
        all.items.splice(0..0, earlier.items);
    }
    Ok(all)
}

async fn fetch(api: &ConsoleApi, need: Need) -> Result<Fetched, ApiError> {
    Ok(match need {
        Need::Conversation(id) => Fetched::Conversation(Box::new(api.get_conversation(id).await?)),
        Need::Newest(id) => Fetched::Messages(api.list_messages(id, Stretch::Newest, MESSAGES).await?),
        Need::Later(id, after) => Fetched::Messages(api.list_messages(id, Stretch::After(after), MESSAGES).await?),
        Need::Around(id, seq) => Fetched::Messages(api.list_messages(id, Stretch::Around(seq), MESSAGES).await?),
        Need::Listing(view) => Fetched::Page(api.list_conversations(None, CONVERSATIONS, view).await?),
        Need::Unread => {
            let (items, are_all) = unread(api).await?;
            Fetched::Unread(items, are_all)
        }
        Need::Notes(id) => Fetched::Notes(notes(api, id).await?),
        Need::Contact(id) => Fetched::Contact(Box::new(api.get_contact(id).await?)),
    })
}
