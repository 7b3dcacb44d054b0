//! Who asks: the organisation that every query is confined to, and what of it the caller may see.
//!
//! **Invariant**: [`OrgScope`] is the only way to a select, an update or a delete of the entities; Clippy refuses theirs.
//! The few look-ups that come before an organisation is known go through [`before_tenant`], and only for the tables that
//! implement [`BeforeTenant`]; the one table without an organisation through [`NoTenant`]. A statement in SQL names
//! `org_id` itself.

use crate::members::Members;
use crate::tables::{
    agent, agent_group, agent_group_member, api_token, attachment, audit_entry, avatar, channel, channel_agent_group,
    channel_domains, channel_group, channel_identity, contact, contact_custom_field, contact_import,
    contact_import_part, contact_merge, contact_tag, conversation, conversation_member, custom_field_list,
    deleted_custom_field, event, idempotency_key, message, note, organisation, push_subscription, read_mark,
    recovery_code, search_document, second_factor, session, style_version, tag, tag_group, tagging, verification_code,
    webhook, webhook_delivery, welcome,
};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany};
use types::id::{AgentId, ChannelId, ContactId, OrgId};

/// One organisation's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrgScope(OrgId);

impl OrgScope {
    /// The rows of this organisation.
    #[must_use]
    pub fn new(org_id: OrgId) -> Self {
        Self(org_id)
    }

    /// The organisation.
    #[must_use]
    pub fn org_id(self) -> OrgId {
        self.0
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place that scopes it")]
    pub(crate) fn find<E: OrgTable>(self) -> Select<E> {
        E::find().filter(E::ORG.eq(self.0))
    }

    /// The same for rows that are found by their keys: the organisation is asked of each, and no index of it is walked.
    #[expect(clippy::disallowed_methods, reason = "this is the place that scopes it")]
    pub(crate) fn find_by_keys<E: OrgTable>(self) -> Select<E> {
        // SQLite, which has no statistics, would rather walk all of an organisation's rows than look up a few keys.
        let org = || Expr::col((E::default(), E::ORG));
        E::find().filter(Func::coalesce([org(), org()]).eq(self.0))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place that scopes it")]
    pub(crate) fn update<E: OrgTable>(self) -> UpdateMany<E> {
        E::update_many().filter(E::ORG.eq(self.0))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place that scopes it")]
    pub(crate) fn delete<E: OrgTable>(self) -> DeleteMany<E> {
        E::delete_many().filter(E::ORG.eq(self.0))
    }
}

/// A table whose rows belong to an organisation.
pub(crate) trait OrgTable: EntityTrait {
    /// The column that says which.
    const ORG: Self::Column;
}

macro_rules! org_table {
    ($($table:ident),+) => {
        $(impl OrgTable for $table::Entity {
            const ORG: Self::Column = $table::Column::OrgId;
        })+
    };
}

org_table!(
    agent,
    agent_group,
    agent_group_member,
    api_token,
    attachment,
    audit_entry,
    avatar,
    channel,
    channel_agent_group,
    channel_domains,
    channel_group,
    channel_identity,
    contact,
    contact_custom_field,
    contact_import,
    contact_import_part,
    contact_merge,
    contact_tag,
    conversation,
    conversation_member,
    custom_field_list,
    deleted_custom_field,
    event,
    idempotency_key,
    message,
    note,
    push_subscription,
    read_mark,
    recovery_code,
    search_document,
    second_factor,
    session,
    style_version,
    tag,
    tag_group,
    tagging,
    webhook,
    webhook_delivery,
    welcome
);

/// An organisation's own row is its own.
impl OrgTable for organisation::Entity {
    const ORG: Self::Column = organisation::Column::Id;
}

/// A table that is asked before it is known whose request it is.
pub(crate) trait BeforeTenant: EntityTrait {}

/// By the account, at login; and by the operator, who lists them.
impl BeforeTenant for agent::Entity {}
/// By the secret's hash, which is all that a program sends.
impl BeforeTenant for api_token::Entity {}
/// Those whose time has come, of every organisation, to make room.
impl BeforeTenant for attachment::Entity {}
/// By its id, which is all that a browser sends for a picture; and those whose time has come.
impl BeforeTenant for avatar::Entity {}
/// By the public key; and the deleted ones at start-up, to go on with their purge.
impl BeforeTenant for channel::Entity {}
/// By id, to notice visitors whom another process has put on the blacklist.
impl BeforeTenant for contact::Entity {}
/// By the server, which goes on with clearing what an earlier run has begun to clear.
impl BeforeTenant for conversation::Entity {}
/// Those whose time is over, of every organisation.
impl BeforeTenant for idempotency_key::Entity {}
/// By the browser's endpoint, under which another organisation's agent may have been signed in before; and by many organisations at
/// once, to find those that have any.
impl BeforeTenant for push_subscription::Entity {}
/// By the refresh token; and by id, to notice sessions that another process has ended.
impl BeforeTenant for session::Entity {}
/// By the server, which goes on with taking deleted tags off their contacts.
impl BeforeTenant for tag::Entity {}
/// By the server, which goes on with emptying deleted fields.
impl BeforeTenant for deleted_custom_field::Entity {}
/// By the server, which goes on with what an earlier run has left of them, and deletes those whose time is over.
impl BeforeTenant for contact_import::Entity {}
/// By the server, which goes on with what an earlier run has left of them.
impl BeforeTenant for tagging::Entity {}
/// By the server, which looks for those of all organisations that are to be told something.
impl BeforeTenant for webhook::Entity {}
/// By the server: those that are due, and those whose time is over.
impl BeforeTenant for webhook_delivery::Entity {}
/// By the operator, who owns the machine and lists whom it serves.
impl BeforeTenant for organisation::Entity {}
/// Codes exist before there is an organisation.
impl BeforeTenant for verification_code::Entity {}

/// A table whose rows belong to no organisation.
pub(crate) trait NoTenant: BeforeTenant {
    /// An update of any rows.
    #[expect(clippy::disallowed_methods, reason = "there is no tenant")]
    fn update_any() -> UpdateMany<Self> {
        Self::update_many()
    }

    /// A deletion of any rows.
    #[expect(clippy::disallowed_methods, reason = "there is no tenant")]
    fn delete_any() -> DeleteMany<Self> {
        Self::delete_many()
    }
}

impl NoTenant for verification_code::Entity {}

/// A select that no organisation confines.
#[expect(clippy::disallowed_methods, reason = "the tenant is not known yet")]
pub(crate) fn before_tenant<E: BeforeTenant>() -> Select<E> {
    E::find()
}

/// An agent with what they may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// Their organisation.
    pub org_id: OrgId,
    /// Who they are.
    pub agent_id: AgentId,
    /// Whether they see every conversation, or only those assigned to them and those that they were added to.
    pub sees_all: bool,
    /// Whether they see contacts' phone numbers and addresses.
    pub sees_details: bool,
}

impl Viewer {
    /// The organisation's rows.
    #[must_use]
    pub fn scope(self) -> OrgScope {
        OrgScope::new(self.org_id)
    }

    /// Whether they may see a conversation that is this agent's, or nobody's, and in which these take part.
    #[must_use]
    pub fn sees(self, assignee: Option<AgentId>, members: &Members) -> bool {
        self.sees_all || assignee == Some(self.agent_id) || members.contains(self.agent_id)
    }
}

/// A visitor, as their token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Visitor {
    /// The organisation that they write to.
    pub org_id: OrgId,
    /// The channel.
    pub channel_id: ChannelId,
    /// Who they are there. There is no row of them until their first message.
    pub contact_id: ContactId,
}

impl Visitor {
    /// The organisation's rows.
    #[must_use]
    pub fn scope(self) -> OrgScope {
        OrgScope::new(self.org_id)
    }
}
