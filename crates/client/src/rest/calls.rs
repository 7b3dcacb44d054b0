//! Every operation of the REST API, one method each.

mod access;
mod api_tokens;
mod assignment;
mod audit;
mod channels;
mod contact_imports;
mod contact_list;
mod contact_merges;
mod custom_fields;
mod organisation;
mod people;
mod sites;
mod tags;
mod webhooks;
mod welcome;

pub use access::LoginStep;

use crate::rest::{Api, ApiError, Method, Query, Request, Response, Transport};
use crate::state::View;
use serde::Serialize;
use serde::de::DeserializeOwned;
use types::agents::{ChangePassword, Me, MePatch, Sessions};
use types::attachments::FileAccess;
use types::auth::{
    Challenge, DevelopmentCodes, RegisterOrganisation, Registered, SendVerificationCode, SignedIn, SocketTicket,
    VerificationCodeSent,
};
use types::contacts::{Contact, ContactPatch, SetBlocked};
use types::conversations::{Conversation, MarkRead, PersonalPatch, ReadState};
use types::events::EventsAfter;
use types::id::{ContactId, ConversationId, MessageId, SessionId};
use types::legal::{LegalPage, LegalText};
use types::messages::{Message, MessageWindow, SendMessage};
use types::notes::{CreateNote, Note, Notes};
use types::page::Page;
use types::search::SearchResults;
use types::server_info::{Health, ServerInfo};
use types::translation::{TranslateMessage, Translation};
use types::visitors::{OpenVisitorSession, VisitorSession, VisitorUnread};

/// Which stretch of a conversation to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stretch {
    /// The newest messages.
    #[default]
    Newest,
    /// Those before this `seq`.
    Before(i64),
    /// Those after this `seq`.
    After(i64),
    /// Those around this `seq`.
    Around(i64),
}

impl Stretch {
    fn query(self, limit: Option<u16>) -> Query {
        let query = match self {
            Self::Newest => Query::default(),
            Self::Before(seq) => Query::default().with("before_seq", Some(seq)),
            Self::After(seq) => Query::default().with("after_seq", Some(seq)),
            Self::Around(seq) => Query::default().with("around_seq", Some(seq)),
        };
        query.with("limit", limit)
    }
}

/// What is said about the server itself and to people who have not signed in.
impl<T: Transport> Api<T> {
    /// Whether the server and its database answer.
    pub async fn get_health(&self) -> Result<Health, ApiError> {
        self.call(Method::Get, "/healthz", None::<&()>, None).await
    }

    /// What the server says of itself.
    pub async fn get_server_info(&self) -> Result<ServerInfo, ApiError> {
        self.call(Method::Get, "/api/v1/server-info", None::<&()>, None).await
    }

    /// A legal page in a language (`zh-CN` or `en`).
    pub async fn get_legal_page(&self, page: LegalPage, lang: &str) -> Result<LegalText, ApiError> {
        let path = Query::default().with("lang", Some(lang)).of(format!("/api/v1/legal/{}", page.as_str()));
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// A proof-of-work puzzle for a public form.
    pub async fn create_challenge(&self) -> Result<Challenge, ApiError> {
        self.call(Method::Post, "/api/v1/auth/challenges", None::<&()>, None).await
    }

    /// Sends a verification code to a mobile.
    pub async fn send_verification_code(
        &self,
        request: &SendVerificationCode,
    ) -> Result<VerificationCodeSent, ApiError> {
        self.call(Method::Post, "/api/v1/auth/verification-codes", Some(request), None).await
    }

    /// Registers an organisation and its first admin.
    pub async fn register_organisation(&self, request: &RegisterOrganisation) -> Result<Registered, ApiError> {
        self.call(Method::Post, "/api/v1/auth/registrations", Some(request), None).await
    }

    /// The codes of the `console` sender; development mode only.
    pub async fn list_development_codes(&self) -> Result<DevelopmentCodes, ApiError> {
        self.call(Method::Get, "/api/v1/dev/verification-codes", None::<&()>, None).await
    }

    /// A fresh access token for the refresh cookie.
    pub async fn refresh_session(&self) -> Result<SignedIn, ApiError> {
        self.call(Method::Post, "/api/v1/auth/refresh", None::<&()>, None).await
    }
}

/// One's own account.
impl<T: Transport> Api<T> {
    /// Signs out here.
    pub async fn logout(&self) -> Result<(), ApiError> {
        self.nothing(Method::Delete, "/api/v1/auth/sessions/current", None::<&()>, None).await
    }

    /// Signs out on every device.
    pub async fn logout_everywhere(&self) -> Result<(), ApiError> {
        self.nothing(Method::Delete, "/api/v1/auth/sessions", None::<&()>, None).await
    }

    /// Who one is.
    pub async fn get_me(&self) -> Result<Me, ApiError> {
        self.call(Method::Get, "/api/v1/me", None::<&()>, None).await
    }

    /// Changes one's own account.
    pub async fn update_me(&self, patch: &MePatch) -> Result<Me, ApiError> {
        self.call(Method::Patch, "/api/v1/me", Some(patch), None).await
    }

    /// Changes one's own password; every other session ends.
    pub async fn change_password(&self, request: &ChangePassword) -> Result<(), ApiError> {
        self.nothing(Method::Put, "/api/v1/me/password", Some(request), None).await
    }

    /// One's signed-in devices.
    pub async fn list_sessions(&self) -> Result<Sessions, ApiError> {
        self.call(Method::Get, "/api/v1/me/sessions", None::<&()>, None).await
    }

    /// Signs a device out.
    pub async fn revoke_session(&self, session_id: SessionId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/me/sessions/{session_id}"), None::<&()>, None).await
    }

    /// A one-time ticket for the socket.
    pub async fn create_socket_ticket(&self) -> Result<SocketTicket, ApiError> {
        self.call(Method::Post, "/api/v1/me/socket-tickets", None::<&()>, None).await
    }
}

/// Conversations.
impl<T: Transport> Api<T> {
    /// A page of the conversations, newest activity first.
    pub async fn list_conversations(
        &self,
        cursor: Option<&str>,
        limit: Option<u16>,
        view: impl Into<View>,
    ) -> Result<Page<Conversation>, ApiError> {
        let View { channel, filter, dates, tag } = view.into();
        let query = Query::default().with("cursor", cursor).with("limit", limit).with("channel_id", channel);
        let query = assignment::filtered(query, filter);
        let query = query.with("tag_id", tag);
        let query = query.with("active_since", dates.and_then(|dates| dates.since));
        let query = query.with("active_before", dates.and_then(|dates| dates.before));
        self.call(Method::Get, query.of("/api/v1/conversations"), None::<&()>, None).await
    }

    /// A page of the conversations in which the caller has not read everything, newest activity first: `list_conversations` too.
    pub async fn list_unread_conversations(
        &self,
        cursor: Option<&str>,
        limit: Option<u16>,
    ) -> Result<Page<Conversation>, ApiError> {
        let path = Query::default().with("cursor", cursor).with("limit", limit).with("unread", Some(true));
        self.call(Method::Get, path.of("/api/v1/conversations"), None::<&()>, None).await
    }

    /// All of the caller's conversations that are put off, newest activity first: `list_conversations` too, so many at a time. There are
    /// at most [`types::limits::SNOOZED_MAX`].
    pub async fn list_snoozed_conversations(&self, at_a_time: u16) -> Result<Vec<Conversation>, ApiError> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let query = Query::default().with("cursor", cursor.as_deref()).with("limit", Some(at_a_time));
            let path = query.with("snoozed", Some(true)).with("assigned", Some("me")).of("/api/v1/conversations");
            let page: Page<Conversation> = self.call(Method::Get, path, None::<&()>, None).await?;
            all.extend(page.items);
            // Somebody puts off and brings back meanwhile: there is an end to it all the same.
            let most = usize::try_from(types::limits::SNOOZED_MAX).unwrap_or(usize::MAX);
            cursor = page.next_cursor.filter(|_| all.len() < most);
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// Every conversation that the caller has pinned, newest activity first: `list_conversations` too. There are few.
    pub async fn list_pinned_conversations(&self) -> Result<Page<Conversation>, ApiError> {
        let path = Query::default().with("limit", Some(types::limits::PINNED_MAX)).with("pinned", Some(true));
        self.call(Method::Get, path.of("/api/v1/conversations"), None::<&()>, None).await
    }

    /// Pins, mutes or marks a conversation, for the caller alone.
    pub async fn personalise_conversation(
        &self,
        conversation_id: ConversationId,
        patch: &PersonalPatch,
    ) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/personal");
        self.call(Method::Patch, path, Some(patch), None).await
    }

    /// Clears a conversation's history, for everybody.
    pub async fn clear_conversation(&self, conversation_id: ConversationId) -> Result<(), ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/messages");
        self.nothing(Method::Delete, path, None::<&()>, None).await
    }

    /// Deletes a conversation with its messages, for everybody.
    pub async fn delete_conversation(&self, conversation_id: ConversationId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/conversations/{conversation_id}"), None::<&()>, None).await
    }

    /// Edits a contact.
    pub async fn update_contact(&self, contact_id: ContactId, patch: &ContactPatch) -> Result<Contact, ApiError> {
        self.call(Method::Patch, format!("/api/v1/contacts/{contact_id}"), Some(patch), None).await
    }

    /// Puts a contact on the blacklist, or takes them off it.
    pub async fn set_contact_blocked(&self, contact_id: ContactId, request: &SetBlocked) -> Result<Contact, ApiError> {
        self.call(Method::Put, format!("/api/v1/contacts/{contact_id}/blocked"), Some(request), None).await
    }

    /// One conversation.
    pub async fn get_conversation(&self, conversation_id: ConversationId) -> Result<Conversation, ApiError> {
        self.call(Method::Get, format!("/api/v1/conversations/{conversation_id}"), None::<&()>, None).await
    }

    /// A stretch of a conversation.
    pub async fn list_messages(
        &self,
        conversation_id: ConversationId,
        stretch: Stretch,
        limit: Option<u16>,
    ) -> Result<MessageWindow, ApiError> {
        self.call(
            Method::Get,
            stretch.query(limit).of(format!("/api/v1/conversations/{conversation_id}/messages")),
            None::<&()>,
            None,
        )
        .await
    }

    /// Sends a message; a repeated nonce returns the first result.
    pub async fn send_message(
        &self,
        conversation_id: ConversationId,
        request: &SendMessage,
    ) -> Result<Message, ApiError> {
        self.call(Method::Post, format!("/api/v1/conversations/{conversation_id}/messages"), Some(request), None).await
    }

    /// Recalls a message of one's own, within two minutes.
    pub async fn recall_message(
        &self,
        conversation_id: ConversationId,
        message_id: MessageId,
    ) -> Result<Message, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/messages/{message_id}/recall");
        self.call(Method::Post, path, None::<&()>, None).await
    }

    /// A message's words in another language, where the server translates.
    pub async fn translate_message(
        &self,
        conversation_id: ConversationId,
        message_id: MessageId,
        request: &TranslateMessage,
    ) -> Result<Translation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/messages/{message_id}/translation");
        self.call(Method::Post, path, Some(request), None).await
    }

    /// The internal notes beside a conversation before one of them, or the newest.
    pub async fn list_notes(&self, conversation_id: ConversationId, before: Option<i64>) -> Result<Notes, ApiError> {
        let path = Query::default().with("before", before).of(format!("/api/v1/conversations/{conversation_id}/notes"));
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// Writes an internal note; a repeated nonce returns the first result.
    pub async fn create_note(&self, conversation_id: ConversationId, request: &CreateNote) -> Result<Note, ApiError> {
        self.call(Method::Post, format!("/api/v1/conversations/{conversation_id}/notes"), Some(request), None).await
    }

    /// How a conversation's files are reached for a while, and how large a new one may be. Files themselves are sent by whoever
    /// can tell how far they have come.
    pub async fn get_file_access(&self, conversation_id: ConversationId) -> Result<FileAccess, ApiError> {
        self.call(Method::Get, format!("/api/v1/conversations/{conversation_id}/file-access"), None::<&()>, None).await
    }

    /// Moves one's read mark.
    pub async fn mark_conversation_read(
        &self,
        conversation_id: ConversationId,
        request: &MarkRead,
    ) -> Result<ReadState, ApiError> {
        self.call(Method::Put, format!("/api/v1/conversations/{conversation_id}/read"), Some(request), None).await
    }

    /// Searches what the caller sees: contacts and messages, each page by page. At most one of the cursors is given.
    pub async fn search_history(
        &self,
        text: &str,
        cursor: Option<&str>,
        contacts_cursor: Option<&str>,
    ) -> Result<SearchResults, ApiError> {
        let query = Query::default().with("q", Some(text)).with("cursor", cursor);
        let path = query.with("contacts_cursor", contacts_cursor).of("/api/v1/search");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// Everything known of a contact.
    pub async fn get_contact(&self, contact_id: ContactId) -> Result<Contact, ApiError> {
        self.call(Method::Get, format!("/api/v1/contacts/{contact_id}"), None::<&()>, None).await
    }

    /// What happened after a point of the ledger; without `after`, only where the ledger stands.
    pub async fn list_events(&self, after: Option<i64>, limit: Option<u16>) -> Result<EventsAfter, ApiError> {
        self.call(
            Method::Get,
            Query::default().with("after", after).with("limit", limit).of("/api/v1/events"),
            None::<&()>,
            None,
        )
        .await
    }
}

/// What a visitor's browser calls. `token` is the visitor's.
impl<T: Transport> Api<T> {
    /// Opens the chat.
    pub async fn open_visitor_session(&self, request: &OpenVisitorSession) -> Result<VisitorSession, ApiError> {
        self.call(Method::Post, "/widget/v1/sessions", Some(request), None).await
    }

    /// How many messages wait for the visitor.
    pub async fn get_visitor_unread(&self, token: &str) -> Result<VisitorUnread, ApiError> {
        self.call(Method::Get, "/widget/v1/unread", None::<&()>, Some(token)).await
    }

    /// A stretch of the visitor's conversation.
    pub async fn list_visitor_messages(
        &self,
        token: &str,
        stretch: Stretch,
        limit: Option<u16>,
    ) -> Result<MessageWindow, ApiError> {
        self.call(Method::Get, stretch.query(limit).of("/widget/v1/messages"), None::<&()>, Some(token)).await
    }

    /// Sends a visitor's message.
    pub async fn send_visitor_message(&self, token: &str, request: &SendMessage) -> Result<Message, ApiError> {
        self.call(Method::Post, "/widget/v1/messages", Some(request), Some(token)).await
    }

    /// Moves the visitor's read mark.
    pub async fn mark_visitor_read(&self, token: &str, request: &MarkRead) -> Result<ReadState, ApiError> {
        self.call(Method::Put, "/widget/v1/read", Some(request), Some(token)).await
    }

    /// A one-time ticket for the visitor's socket.
    pub async fn create_visitor_socket_ticket(&self, token: &str) -> Result<SocketTicket, ApiError> {
        self.call(Method::Post, "/widget/v1/socket-tickets", None::<&()>, Some(token)).await
    }
}

impl<T: Transport> Api<T> {
    async fn call<B: Serialize, R: DeserializeOwned>(
        &self,
        method: Method,
        path: impl Into<String>,
        body: Option<&B>,
        bearer: Option<&str>,
    ) -> Result<R, ApiError> {
        let response = self.exchange(method, path.into(), body, bearer).await?;
        types::json::from_str(&response.body).map_err(|error| ApiError::Unreadable(error.to_string()))
    }

    async fn nothing<B: Serialize>(
        &self,
        method: Method,
        path: impl Into<String>,
        body: Option<&B>,
        bearer: Option<&str>,
    ) -> Result<(), ApiError> {
        self.exchange(method, path.into(), body, bearer).await.map(|_| ())
    }

    async fn exchange<B: Serialize>(
        &self,
        method: Method,
        path: String,
        body: Option<&B>,
        bearer: Option<&str>,
    ) -> Result<Response, ApiError> {
        let body = body.map(serde_json::to_string).transpose();
        let body = body.map_err(|error| ApiError::Unreadable(format!("the request cannot be written: {error}")))?;
        let request = Request { method, path, body, bearer: bearer.map(str::to_owned) };
        let response = self.transport.carry(request).await?;
        if response.is_success() { Ok(response) } else { Err(ApiError::of(&response)) }
    }
}
