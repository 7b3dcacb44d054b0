//! Limits that the servers of one installation keep together: whoever guesses must not have as many guesses as there are servers.
//!
//! Each server counts by itself as well. So where Redis is away nobody is refused who would not be refused by one server alone, and
//! nobody has more than one server gives. What is asked for every request (the steady rates) is not counted together: that would put
//! a question to Redis before every answer. Those of API tokens are all the same: programs come in numbers that people do not.

use super::{Shared, unanswered};
use crate::limits::{Attempts, Guesser, Rate, Standing};
use redis::{Cmd, FromRedisValue};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use types::id::{ApiTokenId, OrgId};
use types::time::Timestamp;

/// The name under which wrong passwords are counted, by who guesses.
pub(crate) const BY_GUESSER: &str = "login_by_guesser";
/// The same, by address.
pub(crate) const BY_IP: &str = "login_by_ip";

/// Who is counted, as bytes. They go into a name that cannot be read.
pub trait Counted: Hash + Eq + Clone + Send + Sync + 'static {
    /// The bytes, another's for nobody else.
    fn counted_as(&self) -> Vec<u8>;
}

impl Counted for IpAddr {
    fn counted_as(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl Counted for String {
    fn counted_as(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

impl Counted for OrgId {
    fn counted_as(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
}

impl Counted for ApiTokenId {
    fn counted_as(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }
}

impl Counted for Guesser {
    fn counted_as(&self) -> Vec<u8> {
        let (kind, who) = match self {
            Self::Stranger(account) => (b's', account.as_bytes()),
            Self::Device(id) => (b'd', id.as_slice()),
            Self::Session(id) => (b'i', id.0.as_bytes().as_slice()),
            Self::SecondFactor(id) => (b'f', id.0.as_bytes().as_slice()),
        };
        std::iter::once(kind).chain(who.iter().copied()).collect()
    }
}

/// Begins an attempt: 0, or the milliseconds to wait. Its cost is bounded by the limit.
const BEGIN: &str = "
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
if redis.call('ZCARD', KEYS[1]) >= limit then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, window - (now - tonumber(oldest[2])))
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], window)
return 0";

/// How many attempts are counted.
const COUNT: &str = "return redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf')";

/// Forgives one attempt that began at a moment.
const FORGIVE: &str = "
local found = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1], 'LIMIT', 0, 1)
if found[1] then redis.call('ZREM', KEYS[1], found[1]) end
return 0";

/// Takes a call of a steady rate: 0, or the milliseconds to wait. The same rule as `limits::Allowance`, in microseconds.
const TAKE: &str = "
local now, period, limit = tonumber(ARGV[1]) * 1000, tonumber(ARGV[2]) * 1000, math.max(1, tonumber(ARGV[3]))
local owed = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0') - now, 0), period)
local wait = owed + period / limit - period
if wait > 0 then return math.ceil(wait / 1000) end
owed = math.min(owed + math.ceil(period / limit), period)
redis.call('SET', KEYS[1], string.format('%.0f', now + owed), 'PX', math.ceil(period / 1000))
return 0";

impl Shared {
    /// Begins an attempt, counted here and together with the other servers.
    ///
    /// # Errors
    /// Milliseconds to wait, when there were too many failures.
    pub(crate) async fn begin<K: Counted>(
        &self,
        of: &'static str,
        attempts: &Attempts<K>,
        key: &K,
        now: Timestamp,
    ) -> Result<(), i64> {
        attempts.begin(key, now)?;
        let (limit, window) = attempts.bounds();
        // Two that begin in the same millisecond are two.
        let name = self.unique();
        let wait = self.run(of, key, BEGIN, |command| {
            command.arg(now.0).arg(window).arg(limit).arg(name);
        });
        match wait.await {
            Some(millis) if millis > 0 => {
                attempts.refuse(key, now);
                Err(millis)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// How many attempts have failed, counted here and together with the other servers: whichever is more.
    pub(crate) async fn count<K: Counted>(
        &self,
        of: &'static str,
        attempts: &Attempts<K>,
        key: &K,
        now: Timestamp,
    ) -> usize {
        let (_, window) = attempts.bounds();
        let everywhere: Option<usize> = self
            .run(of, key, COUNT, |command| {
                command.arg(now.0.saturating_sub(window));
            })
            .await;
        attempts.count(key, now).max(everywhere.unwrap_or_default())
    }

    /// Forgives the attempt that began at `at`, everywhere.
    pub(crate) async fn forgive<K: Counted>(&self, of: &'static str, attempts: &Attempts<K>, key: &K, at: Timestamp) {
        attempts.forgive(key, at);
        let _done: Option<i64> = self
            .run(of, key, FORGIVE, |command| {
                command.arg(at.0);
            })
            .await;
    }

    /// Forgets all failures of a key, everywhere.
    pub(crate) async fn clear<K: Counted>(&self, of: &'static str, attempts: &Attempts<K>, key: &K) {
        attempts.clear(key);
        let _done: Option<i64> = self.run(of, key, "return redis.call('DEL', KEYS[1])", |_| {}).await;
    }

    /// Takes a call of a steady rate, counted here and together with the other servers.
    ///
    /// # Errors
    /// Milliseconds to wait.
    pub(crate) async fn take<K: Counted>(
        &self,
        of: &'static str,
        rate: &Rate<K>,
        key: K,
        now: Timestamp,
    ) -> Result<(), i64> {
        self.stand(of, rate, key, now).await.refused_for.map_or(Ok(()), Err)
    }

    /// The same, saying where the caller stands here.
    pub(crate) async fn stand<K: Counted>(&self, of: &'static str, rate: &Rate<K>, key: K, now: Timestamp) -> Standing {
        let standing = rate.take(key.clone(), now);
        if standing.refused_for.is_some() {
            // The others are not asked: what one refuses must not be counted by the other.
            return standing;
        }
        let (limit, period) = rate.bounds();
        let wait = self.run(of, &key, TAKE, |command| {
            command.arg(now.0).arg(period).arg(limit);
        });
        match wait.await {
            Some(millis) if millis > 0 => {
                rate.refuse(&key);
                Standing { remaining: 0, refused_for: Some(millis), ..standing }
            }
            Some(_) | None => standing,
        }
    }

    /// Runs a script about one key; nothing when nobody answers.
    async fn run<K: Counted, T: FromRedisValue>(
        &self,
        of: &'static str,
        key: &K,
        script: &'static str,
        arguments: impl FnOnce(&mut Cmd),
    ) -> Option<T> {
        let (link, mut connection) = self.ask()?;
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(1).arg(link.hidden_name(of, &key.counted_as()));
        arguments(&mut command);
        command.query_async(&mut connection).await.inspect_err(unanswered).ok()
    }

    /// A name that nothing else has, of any server.
    fn unique(&self) -> String {
        static NAMED: AtomicU64 = AtomicU64::new(0);
        let server = self.0.as_ref().map(|link| link.server()).unwrap_or_default();
        format!("{server}:{}", NAMED.fetch_add(1, Ordering::Relaxed))
    }
}
