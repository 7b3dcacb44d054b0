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
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(look) = last.filter(|look| look.begun >= asked) {
            return if look.is_alive { Ok(()) } else { Err(NoPulse::FoundByAnother) };
        }
        let begun = Instant::now();
        let found = look(db, writer).await;
        *last = Some(Look { begun, is_alive: found.is_ok() });
        found.map_err(NoPulse::Found)
    }
}

async fn look(db: &Database, writer: &Writer) -> Result<(), StoreError> {
    db.ping().await?;
    // A writer that has ended or a full disk must not look healthy only because reading still works.
    writer.prove().await
}
