//! Passwords: argon2id, off the async threads, and only so many at a time.

use super::argon2id;
use crate::error::{ApiError, ApiResult};
use crate::ids::Ids;
use secrecy::{ExposeSecret, SecretString};
use std::num::NonZero;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The hash of a password that nobody has, with today's parameters. Checking a password against it costs what checking a
/// real one costs, so that an unknown account takes as long as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cGFybG9yLm5vYm9keS4xNg$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkIGF0IGFsbCE";

/// Hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// Each computation takes 19 MB: without a bound a flood of logins would take all there is.
    permits: Arc<Semaphore>,
    /// Computing and waiting to: without a bound everybody would wait for the whole flood.
    places: Arc<Semaphore>,
}

/// Computations that may wait: a few seconds' worth.
const WAITING_ROOM: usize = 64;

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self::with_room(cores, WAITING_ROOM)
    }
}

impl Passwords {
    fn with_room(at_a_time: usize, waiting: usize) -> Self {
        let places = Arc::new(Semaphore::new(at_a_time.saturating_add(waiting)));
        Self { permits: Arc::new(Semaphore::new(at_a_time)), places }
    }

    /// The hash of a new password, in PHC notation.
    ///
    /// # Errors
    /// Busy when too many wait already; internal when the computation fails.
    pub async fn hash(&self, ids: &Ids, password: SecretString) -> ApiResult<String> {
        let salt: [u8; 16] = ids.bytes();
        self.compute(move || {
            argon2id::hash(password.expose_secret().as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| ApiError::internal(error.to_string()))
        })
        .await?
    }

    /// Whether it is the password of this hash. Without a hash it is not, after the same work.
    ///
    /// # Errors
    /// Busy when too many wait already.
    pub async fn verify(&self, hash: Option<String>, password: SecretString) -> ApiResult<bool> {
        self.compute(move || {
            let against = hash.as_deref().unwrap_or(NOBODY);
            let right = argon2id::is_right(password.expose_secret().as_bytes(), against);
            right && hash.is_some()
        })
        .await
    }

    async fn compute<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return Err(ApiError::busy()) };
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(ApiError::internal)?;
        let work = move || {
            // Held by the computation and not by the request: a caller who hangs up does not free what is still in use.
            let _held = (permit, place);
            work()
        };
        Ok(actix_web::web::block(work).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use argon2::PasswordHash;
    use types::error::ErrorCode;

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[actix_web::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let (passwords, ids) = (Passwords::default(), Ids::from_os(Arc::new(SystemClock)));
        let hash = passwords.hash(&ids, secret("correct horse 1")).await.unwrap();
        assert_ne!(passwords.hash(&ids, secret("correct horse 1")).await.unwrap(), hash, "salted");
        assert!(passwords.verify(Some(hash.clone()), secret("correct horse 1")).await.unwrap());
        assert!(!passwords.verify(Some(hash), secret("correct horse 2")).await.unwrap());
        assert!(!passwords.verify(None, secret("correct horse 1")).await.unwrap());
        assert!(!passwords.verify(Some("damaged".to_owned()), secret("x")).await.unwrap());
    }

    #[actix_web::test]
    async fn who_finds_the_waiting_room_full_is_told_to_come_back() {
        let passwords = Passwords::with_room(1, 2);
        let tries = (0..5).map(|_| passwords.verify(None, secret("correct horse 1")));
        let outcomes = futures_util::future::join_all(tries).await;
        let busy = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        let codes: Vec<ErrorCode> = busy.map(|error| error.problem().code).collect();
        assert_eq!(codes, [ErrorCode::Busy, ErrorCode::Busy]);
        assert!(!passwords.verify(None, secret("correct horse 1")).await.unwrap(), "and there is room again");
    }

    #[actix_web::test]
    async fn nobody_costs_what_somebody_costs() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        let real = Passwords::default().hash(&ids, secret("correct horse 1")).await.unwrap();
        let cost = |text: &str| PasswordHash::new(text).unwrap().params.to_string();
        assert_eq!(cost(NOBODY), cost(&real));
        assert_eq!(PasswordHash::new(NOBODY).unwrap().algorithm, PasswordHash::new(&real).unwrap().algorithm);
        assert_eq!(PasswordHash::new(NOBODY).unwrap().hash.unwrap().len(), 32);
    }
}
