//! Who visitors are to the company: proven by its own server with a secret that the channel shares with it.
//!
//! The proof is HMAC-SHA256 (RFC 2104, FIPS 198-1) of the account's id under the secret's characters, as messengers of the field have
//! it, so that one line in any language makes it. It does not expire; what it opens is that one account's conversation.
//!
//! **Invariant**: an account is one contact of its channel. Before they have written, when there is no row, their contact's id is
//! worked out from the account, so that all of their devices agree about it.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::auth::at_rest;
use crate::auth::signing::hmac_sha256;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use hmac::Mac;
use rules::permissions::{Permission, can};
use store::channels::{self, ChannelRow};
use store::identity::{self, IdentityRow};
use store::{OrgScope, Visitor, audit};
use types::audit::AuditAction;
use types::id::{ChannelId, ContactId};
use types::identity::{ChannelIdentity, IdentitySecret, VisitorIdentity};
use types::time::Timestamp;

/// Seconds for which the secret before a new one is good as well.
const PREVIOUS_GOOD_SECONDS: i64 = 24 * 60 * 60;

/// Whether a channel's visitors can be identified.
///
/// # Errors
/// 404 when there is no such channel.
pub async fn get_channel_identity(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
) -> ApiResult<ChannelIdentity> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, reader) = (agent.scope(), state.db.reader());
    channels::get(reader, scope, channel_id).await?.ok_or_else(no_channel)?;
    let row = identity::get(reader, scope, channel_id).await?;
    Ok(row.map_or_else(ChannelIdentity::default, |row| shown(&row, state.clock.now())))
}

/// Gives a channel a new identity secret; the one before is good for another day.
///
/// # Errors
/// 404 when there is no such channel.
pub async fn create_identity_secret(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
) -> ApiResult<IdentitySecret> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, auditor, now) = (agent.scope(), auditor(state, agent), state.clock.now());
    let secret = hex::encode(state.ids.bytes::<32>());
    let sealed = at_rest::seal(&state.keys.at_rest, &state.ids, &place(channel_id), &secret);
    let row = state
        .write(move |tx| {
            Box::pin(async move {
                store::channel_tree::lock(tx.conn(), scope).await?;
                let channel = channels::get(tx.conn(), scope, channel_id).await?.ok_or_else(no_channel)?;
                let before = identity::get(tx.conn(), scope, channel_id).await?;
                let previous = before.map(|before| (before.secret, now.plus_seconds(PREVIOUS_GOOD_SECONDS)));
                let row = IdentityRow { secret: sealed, secret_since: now, previous };
                identity::set(tx.conn(), scope, channel_id, row.clone()).await?;
                let action = AuditAction::ChannelIdentitySecretSet { channel_id, name: channel.name };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok::<_, ApiError>(row)
            })
        })
        .await?;
    Ok(IdentitySecret { secret, identity: shown(&row, now) })
}

/// Takes a channel's identity secrets away: from now on nobody is identified. Whoever was stays who they are.
///
/// # Errors
/// 404 when there is no such channel.
pub async fn delete_identity_secret(state: &AppState, agent: &AnyAgent, channel_id: ChannelId) -> ApiResult<()> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, auditor) = (agent.scope(), auditor(state, agent));
    state
        .write(move |tx| {
            Box::pin(async move {
                store::channel_tree::lock(tx.conn(), scope).await?;
                let channel = channels::get(tx.conn(), scope, channel_id).await?.ok_or_else(no_channel)?;
                if identity::remove(tx.conn(), scope, channel_id).await? {
                    let action = AuditAction::ChannelIdentitySecretRemoved { channel_id, name: channel.name };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Whether the company's server has said so.
pub(super) async fn is_proven(state: &AppState, channel: &ChannelRow, said: &VisitorIdentity) -> ApiResult<bool> {
    let row = identity::get(state.db.reader(), OrgScope::new(channel.org_id), channel.id).await?;
    let (Some(row), Ok(hash)) = (row, hex::decode(&said.user_hash)) else { return Ok(false) };
    let now = state.clock.now();
    let previous = row.previous.filter(|(_, until)| now < *until).map(|(secret, _)| secret);
    let proves = |sealed: &String| {
        open(state, channel.id, sealed).is_some_and(|secret| is_hash_of(&secret, &said.user_id, &hash))
    };
    Ok(std::iter::once(&row.secret).chain(&previous).any(proves))
}

/// Whether `hash` is that of the account under the secret; takes the same time wherever it differs.
fn is_hash_of(secret: &str, account: &str, hash: &[u8]) -> bool {
    hmac_sha256(secret.as_bytes()).chain_update(account.as_bytes()).verify_slice(hash).is_ok()
}

/// The contact of an account: the one that has it; otherwise the one that all devices of the account come to. Never the one who was there
/// before: whoever has used the same browser and kept its token would read along for good.
pub(super) async fn visitor_of(state: &AppState, channel: &ChannelRow, account: &str) -> ApiResult<Visitor> {
    let (reader, scope) = (state.db.reader(), OrgScope::new(channel.org_id));
    let visitor = |contact_id| Visitor { org_id: channel.org_id, channel_id: channel.id, contact_id };
    if let Some(contact_id) = identity::contact_of(reader, scope, channel.id, account).await? {
        return Ok(visitor(contact_id));
    }
    Ok(visitor(derived(state, channel.id, account)))
}

/// An id that only this server can work out (RFC 9562, version 8).
pub(super) fn derived(state: &AppState, channel_id: ChannelId, account: &str) -> ContactId {
    let key = state.keys.visitor.derive("contact-of-account");
    let [low @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        key.sign(&[channel_id.0.as_bytes().as_slice(), account.as_bytes()].concat());
    ContactId(uuid::Builder::from_custom_bytes(low).into_uuid())
}

fn shown(row: &IdentityRow, now: Timestamp) -> ChannelIdentity {
    let previous_until = row.previous.as_ref().map(|(_, until)| *until).filter(|until| now < *until);
    ChannelIdentity { secret_since: Some(row.secret_since), previous_until }
}

fn open(state: &AppState, channel_id: ChannelId, sealed: &str) -> Option<String> {
    let (keys, place) = (&state.keys, place(channel_id));
    at_rest::open(&keys.at_rest, &place, sealed)
        .or_else(|| at_rest::open(keys.at_rest_before.as_ref()?, &place, sealed))
}

/// Where a secret is kept, for [`at_rest`].
fn place(channel_id: ChannelId) -> String {
    format!("channel_identity.secret:{channel_id}")
}

fn no_channel() -> ApiError {
    ApiError::not_found("channel")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `openssl dgst -sha256 -hmac`.
    #[test]
    fn a_hash_that_another_implementation_made_is_good_and_no_other() {
        let secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
        let hash = hex::decode("e097f3205c67dc7a309c59be473e76e0c7596db29d90242375d69b7808c4388e").unwrap();
        assert!(is_hash_of(secret, "用户-17", &hash));
        assert!(!is_hash_of(secret, "用户-18", &hash));
        assert!(!is_hash_of("another", "用户-17", &hash));
        assert!(!is_hash_of(secret, "用户-17", &hash[..31]));
    }
}
