//! The token between the two steps of a sign-in: whoever has it knows the password, and is not signed in.
//!
//! Signed and therefore not kept; bound to the password's hash, so that a new password ends it; good for one sign-in and for a few
//! minutes.

use crate::auth::once::OnceGuard;
use crate::auth::signing::{Key, sha256};
use crate::ids::Ids;
use crate::shared::Shared;
use store::agents::Agent;
use types::agents::LoginState;
use types::id::{AgentId, OrgId};
use types::second_factor::SecondFactorNeeded;
use types::time::Timestamp;
use uuid::Uuid;

/// Seconds to find the phone and type the code.
const LIFETIME_SECONDS: i64 = 300;

/// Tokens that are remembered as used at a time; each has cost its user a password and a code.
const REMEMBERED: usize = 100_000;

/// Issues the tokens and takes them.
#[derive(Debug)]
pub struct SecondSteps {
    key: Key,
    used: OnceGuard,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecondStep {
    id: [u8; 16],
    expires: Timestamp,
    /// The agent's organisation.
    pub(crate) org_id: OrgId,
    /// Whose password it was.
    pub(crate) agent_id: AgentId,
    /// Whether they want to receive messages.
    pub(crate) login_state: LoginState,
    password: [u8; 32],
}

impl SecondSteps {
    /// Tokens signed with this key.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key, used: OnceGuard::new(REMEMBERED) }
    }

    /// A token for an agent whose password was right a moment ago.
    pub(crate) fn issue(&self, ids: &Ids, agent: &Agent, wanted: LoginState, now: Timestamp) -> SecondFactorNeeded {
        let expires_at = now.plus_seconds(LIFETIME_SECONDS);
        let mut payload = ids.bytes::<16>().to_vec();
        payload.extend(agent.org_id.0.as_bytes());
        payload.extend(agent.id.0.as_bytes());
        payload.extend(expires_at.0.to_be_bytes());
        payload.push(u8::from(wanted == LoginState::Suspended));
        payload.extend(sha256(agent.password_hash.as_bytes()));
        SecondFactorNeeded { second_factor_token: self.key.seal(&payload), expires_at }
    }

    /// What a token says, if we issued it and its time is not over.
    pub(crate) fn open(&self, token: &str, now: Timestamp) -> Option<SecondStep> {
        let payload = self.key.open(token)?;
        let (id, rest) = payload.split_first_chunk::<16>()?;
        let (org_id, rest) = rest.split_first_chunk::<16>()?;
        let (agent_id, rest) = rest.split_first_chunk::<16>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (suspended, rest) = rest.split_first()?;
        let expires = Timestamp(i64::from_be_bytes(*expires));
        let step = SecondStep {
            id: *id,
            expires,
            org_id: OrgId(Uuid::from_bytes(*org_id)),
            agent_id: AgentId(Uuid::from_bytes(*agent_id)),
            login_state: if *suspended == 1 { LoginState::Suspended } else { LoginState::Normal },
            password: rest.try_into().ok()?,
        };
        (expires > now).then_some(step)
    }

    /// Uses the token up, here and at the other servers. `false`: somebody has.
    pub(crate) async fn take(&self, shared: &Shared, step: &SecondStep, now: Timestamp) -> bool {
        self.used.first_time(step.id, step.expires, now)
            && shared.first_time("second-step", &step.id, step.expires.millis_since(now)).await
    }
}

impl SecondStep {
    /// Whether the agent's password is still the one that was right.
    pub(crate) fn is_of(&self, agent: &Agent) -> bool {
        self.password == sha256(agent.password_hash.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use proptest::prelude::*;
    use std::sync::Arc;
    use types::agents::Role;

    fn agent(password_hash: &str) -> Agent {
        Agent {
            id: AgentId(Uuid::from_u128(1)),
            org_id: OrgId(Uuid::from_u128(2)),
            account: "zhang".to_owned(),
            name: "张三".to_owned(),
            email: String::new(),
            mobile: String::new(),
            password_hash: password_hash.to_owned(),
            role: Role::Agent,
            avatar_id: None,
            login_state: LoginState::Normal,
            disabled_at: None,
            created_at: Timestamp(0),
        }
    }

    fn steps() -> SecondSteps {
        SecondSteps::new(Key::from_secret(b"one"))
    }

    #[test]
    fn a_token_names_its_agent_until_its_time_is_over_and_is_bound_to_the_password() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        let needed = steps().issue(&ids, &agent("hash"), LoginState::Suspended, Timestamp(0));
        let step = steps().open(&needed.second_factor_token, Timestamp(1)).unwrap();
        assert_eq!(
            (step.org_id, step.agent_id, step.login_state),
            (agent("").org_id, agent("").id, LoginState::Suspended)
        );
        assert!(step.is_of(&agent("hash")) && !step.is_of(&agent("another")));
        assert_eq!(steps().open(&needed.second_factor_token, needed.expires_at), None);
        let others = SecondSteps::new(Key::from_secret(b"two"));
        assert_eq!(others.open(&needed.second_factor_token, Timestamp(1)), None);
    }

    #[actix_web::test]
    async fn a_token_is_used_once() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        let (steps, shared) = (steps(), Shared::default());
        let needed = steps.issue(&ids, &agent("hash"), LoginState::Normal, Timestamp(0));
        let step = steps.open(&needed.second_factor_token, Timestamp(1)).unwrap();
        assert!(steps.take(&shared, &step, Timestamp(1)).await);
        assert!(!steps.take(&shared, &step, Timestamp(1)).await);
    }

    proptest! {
        #[test]
        fn no_text_and_no_payload_panics(text in ".*", payload in prop::collection::vec(any::<u8>(), 0..120)) {
            prop_assert_eq!(steps().open(&text, Timestamp(0)), None);
            let is_step = steps().open(&Key::from_secret(b"one").seal(&payload), Timestamp(0)).is_some();
            prop_assert!(!is_step || payload.len() == 89);
        }
    }
}
