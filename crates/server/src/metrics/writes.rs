//! The message path: waiting for the writer, being committed, being handed on, being acknowledged.

use super::histogram::Histogram;
use super::labels::KindLabel;
use super::{SocketKind, observe, seconds};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use std::time::Duration;
use store::WriteObserver;

/// The write path.
pub struct WriteMetrics {
    wait: Histogram,
    batch: Histogram,
    transaction: Histogram,
    commit: Histogram,
    refused: Counter,
    failed: Counter,
    /// How long it took to put a commit's events into the sockets' queues.
    fan_out: Histogram,
    events: Counter,
    agents_acks: Histogram,
    visitors_acks: Histogram,
}

impl WriteMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let acks = Family::<KindLabel, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        let metrics = Self {
            wait: seconds(),
            batch: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0]),
            transaction: seconds(),
            commit: seconds(),
            refused: Counter::default(),
            failed: Counter::default(),
            fan_out: seconds(),
            events: Counter::default(),
            agents_acks: acks.get_or_create_owned(&KindLabel { kind: SocketKind::Agent.name() }),
            visitors_acks: acks.get_or_create_owned(&KindLabel { kind: SocketKind::Visitor.name() }),
        };
        registry.register(
            "parlor_write_queue_wait_seconds",
            "How long a job waited for the writer",
            metrics.wait.clone(),
        );
        registry.register("parlor_write_batch_jobs", "Jobs that were committed together", metrics.batch.clone());
        registry.register(
            "parlor_write_transaction_seconds",
            "From the beginning of a transaction to the end of its commit",
            metrics.transaction.clone(),
        );
        registry.register("parlor_write_commit_seconds", "The commit itself: the disk", metrics.commit.clone());
        registry.register(
            "parlor_write_refused",
            "Jobs answered busy because the queue was full",
            metrics.refused.clone(),
        );
        registry.register("parlor_write_failed", "Jobs whose transaction failed", metrics.failed.clone());
        registry.register(
            "parlor_fan_out_seconds",
            "From a commit to its events standing in the queues of the sockets",
            metrics.fan_out.clone(),
        );
        registry.register(
            "parlor_events",
            "Events of the ledger that were handed to the sockets",
            metrics.events.clone(),
        );
        registry.register(
            "parlor_message_ack_seconds",
            "From a message being read to its being on disk, by whose it is",
            acks,
        );
        metrics
    }

    /// So many events were handed to the sockets' queues.
    pub(crate) fn fanned_out(&self, events: usize, took: Duration) {
        observe(&self.fan_out, took);
        self.events.inc_by(u64::try_from(events).unwrap_or(0));
    }

    /// A message was stored this long after it had been read.
    pub(crate) fn acknowledged(&self, kind: SocketKind, took: Duration) {
        observe(if kind == SocketKind::Agent { &self.agents_acks } else { &self.visitors_acks }, took);
    }
}

/// The writer's own word, counted.
pub(crate) struct Observed(pub(crate) std::sync::Arc<super::Metrics>);

impl WriteObserver for Observed {
    fn refused(&self) {
        self.0.writes.refused.inc();
    }

    fn waited(&self, wait: Duration) {
        observe(&self.0.writes.wait, wait);
    }

    fn committed(&self, jobs: usize, whole: Duration, commit: Duration) {
        let writes = &self.0.writes;
        // A batch has at most some thousand jobs, which fit.
        writes.batch.observe(f64::from(u32::try_from(jobs).unwrap_or(u32::MAX)));
        observe(&writes.transaction, whole);
        observe(&writes.commit, commit);
    }

    fn failed(&self, jobs: usize) {
        self.0.writes.failed.inc_by(u64::try_from(jobs).unwrap_or(0));
    }
}
