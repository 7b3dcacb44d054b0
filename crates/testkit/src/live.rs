//! Agents with their consoles open.

use crate::caller::{AgentCaller, Caller};
use crate::ws::WsClient;
use client::rest::{Api, Native};
use rules::permissions::{Permission, can};
use server::clock::Clock;
use store::{ConnectionTrait, MessageJob, Sender, StoreError, Viewer, agents};
use types::auth::SocketTicket;
use types::conversations::Conversation;
use types::id::{ConversationId, MessageId};
use types::messages::{Content, Message};

impl Caller {
    /// The typed calls that the console makes, in this caller's name.
    #[must_use]
    pub fn api(&self) -> Api<Native> {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Api::new(Native::new(http, self.server.url("")).with_bearer(self.token()))
    }
}

impl AgentCaller {
    /// What they may see, for looking behind the server's back.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        let sees_all = can(self.me.role, Permission::SeeAllConversations).is_ok();
        Viewer { org_id: self.me.org_id, agent_id: self.me.id, sees_all, sees_details: true }
    }

    /// An open socket that has said `ready`, with its cursor.
    pub async fn socket(&self) -> (WsClient, i64) {
        let mut socket = WsClient::connect(&self.socket_url().await).await.expect("the socket opens");
        let cursor = socket.ready().await.expect("an agent's cursor");
        (socket, cursor)
    }

    /// An address that opens one socket.
    pub async fn socket_url(&self) -> String {
        let ticket: SocketTicket = self.post_empty("/api/v1/me/socket-tickets").await.having(201).json();
        self.server.socket_url(&format!("/api/v1/socket?ticket={}", ticket.ticket))
    }

    /// Makes a conversation theirs, which nobody can ask for yet: no event tells of it.
    pub async fn is_given(&self, conversation_id: ConversationId) {
        let id = |id: uuid::Uuid, quote: &str| match quote {
            "x" => format!("x'{}'", id.simple()),
            _ => format!("'{id}'::uuid"),
        };
        let quote = if self.server.is_sqlite() { "x" } else { "" };
        let statement = format!(
            "UPDATE conversation SET assignee_id = {}, queued_at = NULL WHERE id = {}",
            id(self.me.id.0, quote),
            id(conversation_id.0, quote)
        );
        let state = self.server.state();
        let given = state.write(move |tx| {
            Box::pin(async move {
                tx.conn().execute_unprepared(&statement).await.map_err(StoreError::from)?;
                Ok(())
            })
        });
        given.await.expect("the conversation is given");
    }

    /// Takes the permission to see contacts' details away, which no page does yet. Sign-ins from before know it at once.
    pub async fn sees_no_details(&self) {
        let (state, viewer) = (self.server.state(), self.viewer());
        let taken = state.write(move |tx| {
            Box::pin(async move {
                Ok(agents::set_sees_contact_details(tx.conn(), viewer.scope(), viewer.agent_id, false).await?)
            })
        });
        taken.await.expect("the permission is taken away");
        state.sessions.forget_agent(self.me.id);
    }

    /// Sends a text.
    pub async fn say(&self, conversation_id: ConversationId, text: &str) -> Message {
        let path = format!("/api/v1/conversations/{conversation_id}/messages");
        self.post(&path, &self.server.text(text)).await.having(201).json()
    }

    /// Says so many things in a conversation, past the server's limits.
    pub async fn says_much(&self, conversation_id: ConversationId, number: usize) {
        let state = self.server.state();
        let one = |text: usize| MessageJob {
            id: state.ids.make(MessageId),
            conversation_id,
            sender: Sender::Agent { viewer: self.viewer(), name: self.me.name.clone() },
            nonce: self.server.nonce(),
            content: Content::Text { text: text.to_string() },
            at: self.server.clock.now(),
        };
        for text in 0..number {
            state.writer.message(one(text)).await.expect("the message is stored");
        }
    }

    /// A conversation as this agent sees it.
    pub async fn conversation(&self, conversation_id: ConversationId) -> Conversation {
        self.get(&format!("/api/v1/conversations/{conversation_id}")).await.having(200).json()
    }
}
