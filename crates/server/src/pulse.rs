//! Whether the database lives, as orchestrators ask.

use store::{Database, StoreError, Writer};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The last sign of life: when it began to be looked for, and whether it was there.
///
/// **Invariant**: one is looked for at a time, however many ask, and everybody is told of one that was looked for after they had
/// asked. So whoever asks needs not be counted, which would refuse a balancer for what others ask through the same proxy.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<Option<Look>>);

#[derive(Debug, Clone, Copy)]
struct Look {
    begun: Instant,
    is_alive: bool,
}

/// What is wrong with the database.
#[derive(Debug)]
pub enum NoPulse {
    /// This.
    Found(StoreError),
    /// What somebody else has found, and logged, at this moment.
    FoundByAnother,
}

impl Pulse {
    /// Whether the database can be read and writes reach its disk.
    ///
    /// # Errors
    /// When it cannot, or they do not.
    pub async fn feel(&self, db: &Database, writer: &Writer) -> Result<(), NoPulse> {
        self.feel_by(|| look(db, writer)).await
    }

    async fn feel_by<F>(&self, look: impl FnOnce() -> F) -> Result<(), NoPulse>
    where
        F: Future<Output = Result<(), StoreError>>,
    {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(look) = last.filter(|look| look.begun >= asked) {
            return if look.is_alive { Ok(()) } else { Err(NoPulse::FoundByAnother) };
        }
        let begun = Instant::now();
        let found = look().await;
        *last = Some(Look { begun, is_alive: found.is_ok() });
        found.map_err(NoPulse::Found)
    }
}

async fn look(db: &Database, writer: &Writer) -> Result<(), StoreError> {
    db.ping().await?;
    // A writer that has ended or a full disk must not look healthy only because reading still works.
    writer.prove().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::{join_all, poll_immediate};
    use std::cell::Cell;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn however_many_ask_while_one_looks_one_more_look_tells_them_all() {
        let (pulse, looks) = (Pulse::default(), Cell::new(0));
        let (answer, answered) = oneshot::channel::<()>();
        let first = pulse.feel_by(|| async {
            looks.set(looks.get() + 1);
            answered.await.map_err(|_gone| StoreError::Interrupted)
        });
        let mut first = Box::pin(first);
        assert!(poll_immediate(first.as_mut()).await.is_none());
        let ask = || {
            Box::pin(pulse.feel_by(|| async {
                looks.set(looks.get() + 1);
                Err(StoreError::Interrupted)
            }))
        };
        let mut asking: Vec<_> = (0..10).map(|_| ask()).collect();
        for one in &mut asking {
            assert!(poll_immediate(one.as_mut()).await.is_none(), "of what was looked for before nobody is told");
        }
        answer.send(()).unwrap();
        assert!(first.await.is_ok());
        let told = join_all(asking).await;
        assert_eq!(looks.get(), 2);
        let found = told.iter().filter(|told| matches!(told, Err(NoPulse::Found(_)))).count();
        let by_another = told.iter().filter(|told| matches!(told, Err(NoPulse::FoundByAnother))).count();
        assert_eq!((found, by_another), (1, 9));
        // Whoever comes later looks anew, also when somebody has hung up in the middle of it.
        let gone = pulse.feel_by(std::future::pending);
        assert!(poll_immediate(Box::pin(gone)).await.is_none());
        assert!(pulse.feel_by(|| async { Ok(()) }).await.is_ok());
    }
}
