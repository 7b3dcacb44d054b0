//! Rate limits: a steady rate for every caller, and a count of failures for those who guess.

use crate::auth::device::DeviceId;
use crate::config::LimitsConfig;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use std::collections::VecDeque;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use types::id::{AgentId, ApiTokenId, ContactId, OrgId, SessionId};
use types::time::Timestamp;

/// Keys that are remembered at most; whoever has not called for longest is forgotten first.
const REMEMBERED: u64 = 100_000;

const MINUTE_MILLIS: i64 = 60_000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;

/// Solved challenges of one address that are looked at in a minute: an office's worth of registrations.
const PROOFS_PER_MINUTE: u32 = 60;

/// Visits of one visitor that are noted in a minute: as many pages as a person looks at.
const VISITS_PER_MINUTE: u32 = 10;

/// How often visitors of one address can say in a minute that they write: some hundred of them at once.
const TYPING_PER_MINUTE: u32 = 6_000;

/// Agents that one organisation adds, or tries to, in an hour: a large team at once, and too few to ask for account after account
/// which ones are taken.
const AGENTS_PER_HOUR: u32 = 300;

/// Milliseconds over which wrong passwords are counted.
const LOGIN_WINDOW_MILLIS: i64 = 15 * 60 * 1000;

/// Who is counted: whoever has proved an identity under it, everybody else by address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A signed-in agent.
    Agent(AgentId),
    /// A visitor.
    Visitor(ContactId),
    /// Nobody known, at this address.
    Address(IpAddr),
}

/// Who guesses a password. Strangers to an account share one count; whoever it knows has one of their own, so that no
/// stranger can lock the owner out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Guesser {
    /// Anybody, at this account.
    Stranger(String),
    /// A browser that has signed in to the account before.
    Device(DeviceId),
    /// A signed-in session, which is asked for the old password.
    Session(SessionId),
    /// Anybody who is asked for the second factor of this agent: they know the password, or have the code for a new one.
    SecondFactor(AgentId),
}

/// The server's limits.
#[derive(Debug)]
pub struct Limits {
    /// Requests of any kind.
    pub requests: Rate<Caller>,
    /// Requests of API tokens.
    pub token_requests: Rate<ApiTokenId>,
    /// Requests of visitors and of their host pages, by address: identities of visitors are free, addresses are not.
    pub visitors_by_ip: Rate<IpAddr>,
    /// New visitors, by address.
    pub new_visitors: Rate<IpAddr>,
    /// Messages of a visitor, over all their sockets and requests.
    pub visitor_messages: Rate<ContactId>,
    /// Files that visitors upload, by address.
    pub visitor_uploads: Rate<IpAddr>,
    /// Megabytes of them, by address.
    pub visitor_upload_megabytes: Rate<IpAddr>,
    /// Requests for files, by address: a browser that shows one says nothing else of whose it is.
    pub files_by_ip: Rate<IpAddr>,
    /// Visits of a visitor that are noted; each can be an event of several kilobytes in the ledger.
    pub visits: Rate<ContactId>,
    /// How often visitors say that they write, by address.
    pub typing_by_ip: Rate<IpAddr>,
    /// Agents that are added, by organisation.
    pub new_agents: Rate<OrgId>,
    /// Translations that an agent asks the service for: each may cost money.
    pub translations: Rate<AgentId>,
    /// Solved challenges, by address.
    pub proofs: Rate<IpAddr>,
    /// Codes by mailbox, in 24 hours.
    pub codes_by_mailbox: Attempts<String>,
    /// Wrong passwords, by who guesses.
    pub login_by_guesser: Attempts<Guesser>,
    /// Wrong passwords of strangers, by address.
    pub login_by_ip: Attempts<IpAddr>,
}

impl Limits {
    /// The limits that the settings name.
    #[must_use]
    pub fn new(config: &LimitsConfig, codes_per_mailbox: u32) -> Self {
        Self {
            requests: Rate::new(config.requests_per_minute, MINUTE_MILLIS),
            token_requests: Rate::new(config.token_requests_per_minute, MINUTE_MILLIS),
            visitors_by_ip: Rate::new(config.visitor_requests_per_ip_per_minute, MINUTE_MILLIS),
            new_visitors: Rate::new(config.new_visitors_per_ip_per_minute, MINUTE_MILLIS),
            visitor_messages: Rate::new(config.visitor_messages_per_minute, MINUTE_MILLIS),
            visitor_uploads: Rate::new(config.visitor_uploads_per_ip_per_minute, MINUTE_MILLIS),
            visitor_upload_megabytes: Rate::new(config.visitor_upload_megabytes_per_ip_per_hour, HOUR_MILLIS),
            files_by_ip: Rate::new(config.file_requests_per_ip_per_minute, MINUTE_MILLIS),
            visits: Rate::new(VISITS_PER_MINUTE, MINUTE_MILLIS),
            typing_by_ip: Rate::new(TYPING_PER_MINUTE, MINUTE_MILLIS),
            new_agents: Rate::new(AGENTS_PER_HOUR, HOUR_MILLIS),
            translations: Rate::new(config.translations_per_agent_per_minute, MINUTE_MILLIS),
            proofs: Rate::new(PROOFS_PER_MINUTE, MINUTE_MILLIS),
            codes_by_mailbox: Attempts::new(codes_per_mailbox, 24 * 60 * MINUTE_MILLIS),
            login_by_guesser: Attempts::new(config.login_failures_per_account, LOGIN_WINDOW_MILLIS),
            login_by_ip: Attempts::new(config.login_failures_per_ip, LOGIN_WINDOW_MILLIS),
        }
    }
}

/// How a limit does: for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitStanding {
    /// Which limit.
    pub name: &'static str,
    /// How often it has refused since the start.
    pub refused: u64,
    /// How many callers it remembers.
    pub remembered: u64,
}

impl Limits {
    /// How each limit does.
    #[must_use]
    pub fn standing(&self) -> [LimitStanding; 16] {
        // Named one by one, so that none is left out.
        let Self {
            requests,
            token_requests,
            visitors_by_ip,
            new_visitors,
            visitor_messages,
            visitor_uploads,
            visitor_upload_megabytes,
            files_by_ip,
            visits,
            typing_by_ip,
            new_agents,
            translations,
            proofs,
            codes_by_mailbox,
            login_by_guesser,
            login_by_ip,
        } = self;
        [
            requests.standing("requests"),
            token_requests.standing("token_requests"),
            visitors_by_ip.standing("visitors_by_ip"),
            new_visitors.standing("new_visitors"),
            visitor_messages.standing("visitor_messages"),
            visitor_uploads.standing("visitor_uploads"),
            visitor_upload_megabytes.standing("visitor_upload_megabytes"),
            files_by_ip.standing("files_by_ip"),
            visits.standing("visits"),
            typing_by_ip.standing("typing_by_ip"),
            new_agents.standing("new_agents"),
            translations.standing("translations"),
            proofs.standing("proofs"),
            codes_by_mailbox.standing("codes_by_mailbox"),
            login_by_guesser.standing("login_by_guesser"),
            login_by_ip.standing("login_by_ip"),
        ]
    }
}

/// The address that is counted: of IPv6 the /64, which is what one customer has.
#[must_use]
pub fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Where a caller stands, for the `RateLimit` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many calls a fresh caller has.
    pub limit: u32,
    /// How many are left now.
    pub remaining: u32,
    /// Milliseconds until all are back.
    pub reset_millis: i64,
    /// Milliseconds to wait when refused; `None` when allowed.
    pub refused_for: Option<i64>,
}

/// So many calls in a period, all at once or spread, refilled steadily (the generic cell rate algorithm).
///
/// Its state is one number: the moment at which the allowance will be whole again.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    limit: u32,
    period_millis: i64,
}

/// A millisecond: at a high rate there is less than one between two calls.
const MICROS: i64 = 1000;

impl Allowance {
    /// `limit` calls in `period_millis`.
    #[must_use]
    pub fn new(limit: u32, period_millis: i64) -> Self {
        Self { limit, period_millis }
    }

    /// Counts a call, if it is within the limit; `whole_at` is what is kept between calls, in microseconds, 0 at first.
    pub fn take(&self, whole_at: &mut i64, now: Timestamp) -> Standing {
        let (now, period) = (now.0.saturating_mul(MICROS), self.period_millis.saturating_mul(MICROS));
        // A clock that was set back must not lock anybody out for longer than a period.
        let owed = whole_at.saturating_sub(now).clamp(0, period);
        *whole_at = now.saturating_add(owed);
        let limit = i64::from(self.limit.max(1));
        // In units of a limit-th of a microsecond nothing is lost to rounding.
        let room = period.saturating_sub(owed).saturating_mul(limit);
        let left = u32::try_from(room.div_euclid(period.max(1))).unwrap_or(u32::MAX);
        if left == 0 {
            let wait = up(period.saturating_sub(room), limit);
            let refused_for = Some(up(wait, MICROS));
            return Standing { limit: self.limit, remaining: 0, reset_millis: up(owed, MICROS), refused_for };
        }
        let owed = owed.saturating_add(up(period, limit)).min(period);
        *whole_at = now.saturating_add(owed);
        Standing { limit: self.limit, remaining: left - 1, reset_millis: up(owed, MICROS), refused_for: None }
    }
}

impl Allowance {
    /// Takes back a call that was counted.
    fn give_back(&self, whole_at: &mut i64) {
        let call = up(self.period_millis.saturating_mul(MICROS), i64::from(self.limit.max(1)));
        *whole_at = whole_at.saturating_sub(call);
    }
}

/// Divides and rounds up; both are positive.
fn up(value: i64, by: i64) -> i64 {
    value.saturating_add(by - 1).div_euclid(by)
}

/// An [`Allowance`] for every caller.
#[derive(Debug)]
pub struct Rate<K: Hash + Eq + Send + Sync + 'static> {
    whole_at: Cache<K, Arc<Mutex<i64>>>,
    allowance: Allowance,
    refused: AtomicU64,
}

impl<K: Hash + Eq + Send + Sync + 'static> Rate<K> {
    /// `limit` calls in `period_millis`.
    #[must_use]
    pub fn new(limit: u32, period_millis: i64) -> Self {
        Self::remembering(REMEMBERED, limit, period_millis)
    }

    fn remembering(keys: u64, limit: u32, period_millis: i64) -> Self {
        Self {
            whole_at: memory(keys, period_millis),
            allowance: Allowance::new(limit, period_millis),
            refused: AtomicU64::new(0),
        }
    }

    fn standing(&self, name: &'static str) -> LimitStanding {
        let refused = self.refused.load(Ordering::Relaxed);
        LimitStanding { name, refused, remembered: self.whole_at.entry_count() }
    }

    /// How many calls there may be, and in how many milliseconds.
    pub(crate) fn bounds(&self) -> (u32, i64) {
        (self.allowance.limit, self.allowance.period_millis)
    }

    /// Refuses the call that was counted last all the same, and counts it no more: other servers have counted too many.
    pub(crate) fn refuse(&self, key: &K) {
        if let Some(cell) = self.whole_at.get(key) {
            let mut whole_at = cell.lock().unwrap_or_else(PoisonError::into_inner);
            self.allowance.give_back(&mut whole_at);
        }
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts so many calls at once, as far as they are within the limit.
    ///
    /// # Errors
    /// Milliseconds to wait until one more is.
    pub fn take_many(&self, key: K, calls: u64, now: Timestamp) -> Result<(), i64>
    where
        K: Clone,
    {
        (0..calls).try_for_each(|_| self.take(key.clone(), now).refused_for.map_or(Ok(()), Err))
    }

    /// Counts a call of `key`, if it is within the limit.
    pub fn take(&self, key: K, now: Timestamp) -> Standing {
        let cell = self.whole_at.get_with(key, Arc::default);
        let mut whole_at = cell.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = self.allowance.take(&mut whole_at, now);
        if standing.refused_for.is_some() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
        standing
    }
}

/// What is remembered of callers: of the latest ones, for a period. By how often they called would be wrong: a newcomer
/// would be forgotten at once, again and again, and have no limit at all.
fn memory<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(
    keys: u64,
    period_millis: i64,
) -> Cache<K, V> {
    let idle = Duration::from_millis(u64::try_from(period_millis).unwrap_or(0));
    Cache::builder().max_capacity(keys).eviction_policy(EvictionPolicy::lru()).time_to_idle(idle).build()
}

/// Failures in a sliding window. An attempt counts from its beginning, so that many at once cannot slip through, and is
/// forgiven when it succeeds.
#[derive(Debug)]
pub struct Attempts<K: Hash + Eq + Send + Sync + 'static> {
    failures: Cache<K, Arc<Mutex<VecDeque<Timestamp>>>>,
    limit: usize,
    window_millis: i64,
    refused: AtomicU64,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Attempts<K> {
    /// `limit` failures in `window_millis`.
    #[must_use]
    pub fn new(limit: u32, window_millis: i64) -> Self {
        Self {
            failures: memory(REMEMBERED, window_millis),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            window_millis,
            refused: AtomicU64::new(0),
        }
    }

    fn standing(&self, name: &'static str) -> LimitStanding {
        let refused = self.refused.load(Ordering::Relaxed);
        LimitStanding { name, refused, remembered: self.failures.entry_count() }
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// Milliseconds to wait, when there were too many failures.
    pub fn begin(&self, key: &K, now: Timestamp) -> Result<(), i64> {
        let cell = self.failures.get_with_by_ref(key, Arc::default);
        let mut failures = cell.lock().unwrap_or_else(PoisonError::into_inner);
        while failures.front().is_some_and(|at| now.millis_since(*at) >= self.window_millis) {
            failures.pop_front();
        }
        if failures.len() >= self.limit {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let oldest = failures.front().copied().unwrap_or(now);
            return Err(self.window_millis.saturating_sub(now.millis_since(oldest)).max(1));
        }
        failures.push_back(now);
        Ok(())
    }

    /// How many failures are remembered.
    pub fn count(&self, key: &K, now: Timestamp) -> usize {
        let Some(cell) = self.failures.get(key) else { return 0 };
        let failures = cell.lock().unwrap_or_else(PoisonError::into_inner);
        failures.iter().filter(|at| now.millis_since(**at) < self.window_millis).count()
    }

    /// How many failures there may be, and in how many milliseconds.
    pub(crate) fn bounds(&self) -> (usize, i64) {
        (self.limit, self.window_millis)
    }

    /// Refuses the attempt that began at `at` all the same: other servers have counted too many.
    pub(crate) fn refuse(&self, key: &K, at: Timestamp) {
        self.forgive(key, at);
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Forgives the attempt that began at `at`: it was no failure.
    pub fn forgive(&self, key: &K, at: Timestamp) {
        if let Some(cell) = self.failures.get(key) {
            let mut failures = cell.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = failures.iter().rposition(|failure| *failure == at) {
                failures.remove(place);
            }
        }
    }

    /// Forgets all failures of a key: it has proved itself.
    pub fn clear(&self, key: &K) {
        self.failures.invalidate(key);
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
