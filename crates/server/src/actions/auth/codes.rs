//! Sending verification codes.

use crate::auth::challenge::Refusal;
use crate::auth::signing::Key;
use crate::error::{ApiError, ApiResult};
use crate::limits::network_of;
use crate::senders::CodeMessage;
use crate::state::AppState;
use std::net::IpAddr;
use store::verification_codes::{self, NewCode};
use types::auth::{Proof, SendVerificationCode, VerificationCodeSent};
use types::error::FieldCode;
use types::limits;
use types::server_info::CodeDelivery;
use types::time::Timestamp;

/// The name under which servers count together.
pub(super) const BY_MAILBOX: &str = "codes_by_mailbox";
const DAY_MILLIS: i64 = 24 * 3600 * 1000;
const RESEND_MILLIS: i64 = limits::CODE_RESEND_SECONDS * 1000;

/// Sends a code to a number: after a proof of work, not again within a minute, and only so many a day.
///
/// A code whose delivery fails stays counted: otherwise a broken gateway would be hammered.
///
/// # Errors
/// Field errors for the proof and the email address, rate limits, and upstream when the delivery fails.
pub async fn send_verification_code(
    state: &AppState,
    request: SendVerificationCode,
    ip: IpAddr,
) -> ApiResult<VerificationCodeSent> {
    if state.codes.delivery() == CodeDelivery::Email && request.email.is_none() {
        return Err(ApiError::field("email", FieldCode::Required, "codes are sent by email here"));
    }
    let now = state.clock.now();
    take_proof(state, &request.proof, ip, now).await?;
    // The address is a free field: whoever has many numbers must not fill one stranger's mailbox.
    let mailbox = request.email.as_deref().filter(|_| state.codes.delivery() == CodeDelivery::Email);
    let mailbox = mailbox.map(|email| mailbox_of(&state.keys.code, email));
    if let Some(mailbox) = &mailbox {
        let counted = state.shared.begin(BY_MAILBOX, &state.limits.codes_by_mailbox, mailbox, now).await;
        counted.map_err(ApiError::rate_limited)?;
    }

    let code = fresh_code(state);
    let expires_at = now.plus_seconds(limits::CODE_LIFETIME_SECONDS);
    let row = NewCode {
        id: state.ids.uuid(),
        mobile: request.mobile.clone(),
        ip: network_of(ip).to_string(),
        code_hash: hash(&state.keys.code, &request.mobile, &code),
        at: now,
        expires_at,
    };
    let stored = store(state, row).await;
    if let (Err(_), Some(mailbox)) = (&stored, &mailbox) {
        // No mail goes out: otherwise whoever has used up a number could use up a stranger's mailbox with it as well.
        state.shared.forgive(BY_MAILBOX, &state.limits.codes_by_mailbox, mailbox, now).await;
    }
    stored?;

    let message = CodeMessage { mobile: request.mobile, email: request.email, code, sent_at: now, expires_at };
    let sent = state.codes.send(&message).await;
    state.metrics.code_sent(sent.is_ok());
    sent.map_err(|error| ApiError::upstream("The delivery of codes", error))?;
    Ok(on_its_way(expires_at))
}

/// What whoever asked is told.
pub(super) fn on_its_way(expires_at: Timestamp) -> VerificationCodeSent {
    let resend_after = u32::try_from(limits::CODE_RESEND_SECONDS).unwrap_or(u32::MAX);
    VerificationCodeSent { expires_at, resend_after }
}

/// Six digits.
pub(super) fn fresh_code(state: &AppState) -> String {
    format!("{:06}", state.ids.below(1_000_000))
}

/// A mailbox as it is counted: nobody can read it there.
pub(super) fn mailbox_of(key: &Key, address: &str) -> String {
    hex::encode(key.sign(address.to_lowercase().as_bytes()))
}

/// Uses up the proof of work that a public form comes with.
///
/// # Errors
/// Field errors for the proof, rate limited by address, busy.
pub(super) async fn take_proof(state: &AppState, proof: &Proof, ip: IpAddr, now: Timestamp) -> ApiResult<()> {
    let solved = state.challenges.check(proof).map_err(refused)?;
    // Before the solution is used up and remembered: nobody fills that memory alone.
    let by_ip = state.shared.take("proofs", &state.limits.proofs, network_of(ip), now).await;
    by_ip.map_err(ApiError::rate_limited)?;
    state.challenges.take(&state.shared, solved, now).await.map_err(refused)
}

/// Counts a code and stores it, in one write, so that simultaneous requests cannot all find room.
///
/// # Errors
/// Rate limited by number or account, and by address.
pub(super) async fn store(state: &AppState, row: NewCode) -> ApiResult<()> {
    let registration = &state.config.registration;
    let caps = (registration.codes_per_mobile_per_day, registration.codes_per_ip_per_day);
    state.write(move |tx| Box::pin(async move { store_within_limits(tx, row, caps).await })).await
}

fn refused(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Wrong => ApiError::field("proof", FieldCode::Wrong, "does not solve the challenge"),
        Refusal::Expired => {
            ApiError::field("proof", FieldCode::Expired, "was used or is too late; get a new challenge")
        }
        Refusal::Busy => ApiError::busy(),
    }
}

async fn store_within_limits(tx: &mut store::Tx, row: NewCode, (per_mobile, per_ip): (u32, u32)) -> ApiResult<()> {
    let since = row.at.plus_millis(-DAY_MILLIS);
    let to_mobile = verification_codes::sent_since(tx.conn(), &row.mobile, since).await?;
    if let Some(newest) = to_mobile.newest {
        let waited = row.at.millis_since(newest);
        if waited < RESEND_MILLIS {
            return Err(ApiError::rate_limited(RESEND_MILLIS - waited));
        }
    }
    let by_ip = verification_codes::sent_since_by_ip(tx.conn(), &row.ip, since).await?;
    for (sent, cap) in [(to_mobile, per_mobile), (by_ip, per_ip)] {
        if sent.count >= u64::from(cap) {
            let oldest = sent.oldest.unwrap_or(row.at);
            return Err(ApiError::rate_limited(DAY_MILLIS - row.at.millis_since(oldest)));
        }
    }
    verification_codes::insert(tx.conn(), row).await?;
    Ok(())
}

/// How a code is kept: bound to its number, keyed, because six digits are quickly searched.
pub(super) fn hash(key: &Key, mobile: &str, code: &str) -> String {
    hex::encode(key.sign(format!("{mobile}:{code}").as_bytes()))
}

/// Whether `given` is the code of which the hash is kept; the comparison takes the same time whatever it finds.
pub(super) fn matches(key: &Key, mobile: &str, given: &str, kept: &str) -> bool {
    hex::decode(kept).is_ok_and(|kept| key.verify(format!("{mobile}:{given}").as_bytes(), &kept))
}

/// What is wrong with the newest code of a number at `now`, before anybody compares it.
pub(super) fn fault(code: &verification_codes::Code, now: Timestamp) -> Option<FieldCode> {
    if code.consumed_at.is_some() || code.expires_at <= now {
        return Some(FieldCode::Expired);
    }
    (code.tries >= limits::CODE_TRIES).then_some(FieldCode::Exhausted)
}
