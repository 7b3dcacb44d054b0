//! The values that are looked up when somebody asks, and all of them as text.

use super::labels::{CacheLabel, LimitLabel, StateLabel};
use super::{Metrics, Sampled};
use crate::disk;
use crate::error::ApiResult;
use crate::state::AppState;
use crate::telemetry;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use std::sync::atomic::Ordering;

impl Sampled {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("parlor_write_queue_jobs", "Jobs that wait for the writer", self.queue_jobs.clone());
        registry.register(
            "parlor_write_queue_capacity",
            "Jobs that may wait; one more is answered busy",
            self.queue_capacity.clone(),
        );
        registry.register(
            "parlor_database_connections",
            "Reading connections by what they do",
            self.connections.clone(),
        );
        registry.register(
            "parlor_database_connections_max",
            "Reading connections at most",
            self.connections_max.clone(),
        );
        registry.register("parlor_cache_entries", "Entries of the caches", self.caches.clone());
        registry.register("parlor_rate_limited", "Refusals by limit", self.rate_limited.clone());
        registry.register("parlor_stopping", "1 while the server stops", self.stopping.clone());
        registry.register(
            "parlor_log_lines_dropped",
            "Lines of the log that nobody took in time",
            self.log_lines_dropped.clone(),
        );
        self.disks.register(registry);
        self.process.register(registry);
    }

    fn look(&self, state: &AppState) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.queue_jobs.set(count(state.writer.depth()));
        self.queue_capacity.set(count(state.config.database.write_queue));
        let connections = state.db.connections();
        for (which, value) in [("idle", connections.idle), ("used", connections.used)] {
            self.connections.get_or_create(&StateLabel { state: which }).set(value.into());
        }
        self.connections_max.set(state.config.database.read_connections.into());
        let limits = state.limits.standing();
        let caches = [
            ("sessions", state.sessions.entries()),
            ("visits", state.visits.entries()),
            ("loaders", state.loaders.entries()),
            ("translations", state.translation.entries()),
            ("limits", limits.iter().map(|limit| limit.remembered).sum()),
        ];
        for (cache, entries) in caches {
            self.caches.get_or_create(&CacheLabel { cache }).set(number(entries));
        }
        for limit in limits {
            // The limit itself counts; the counter is set, not increased.
            let counter = self.rate_limited.get_or_create_owned(&LimitLabel { limit: limit.name });
            counter.inner().store(limit.refused, Ordering::Relaxed);
        }
        self.stopping.set(i64::from(state.hub.is_leaving()));
        self.log_lines_dropped.inner().store(telemetry::dropped_lines(), Ordering::Relaxed);
        self.process.sample();
    }
}

impl Metrics {
    /// Asks how much room the disks have, aside: a disk that hangs must hold up nobody but who asked.
    pub async fn look_at_disks(&self, state: &AppState) -> ApiResult<()> {
        let (data, uploads) = (state.config.data_dir.clone(), state.config.receiving_folder());
        let free = actix_web::web::block(move || {
            let apart = disk::are_apart(&uploads, &data);
            let folders = [Some(("data", data)), apart.then_some(("uploads", uploads))].into_iter().flatten();
            let asked = folders.map(|(name, folder)| {
                let free = disk::free_bytes(&folder);
                (name, folder, free)
            });
            asked.collect::<Vec<_>>()
        });
        for (name, folder, free) in free.await? {
            match free {
                Ok(free) => self.sampled.disks.set(name, free),
                Err(error) => {
                    // Told once, and again when it has answered in between: somebody asks every few seconds.
                    if self.sampled.disks.is_unknown(name) {
                        tracing::warn!(disk = name, folder = %folder.display(), error.cause = %error, "the disk cannot be asked");
                    }
                }
            }
        }
        Ok(())
    }

    /// Everything as text, in the form of `OpenMetrics`.
    ///
    /// # Errors
    /// None that can happen: text is written into memory.
    pub fn text(&self, state: &AppState) -> Result<String, std::fmt::Error> {
        self.sampled.look(state);
        let mut text = String::with_capacity(64 * 1024);
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
