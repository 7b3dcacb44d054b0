//! What goes on in the background: how often it ran, how that ended, and when it last ended well.
//!
//! The label is `task`: Prometheus puts a `job` of its own on everything that it scrapes.

use super::labels::{DiskLabel, TaskLabel, TaskOutcomeLabels};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use types::time::Timestamp;

/// A task that goes on for as long as the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Noticing sessions that another process has ended.
    EndedSessions,
    /// Purging deleted channels and cleared conversations.
    Purges,
    /// Giving tags to many contacts.
    Taggings,
    /// Importing contacts.
    Imports,
    /// Collecting files that no message carries.
    UnusedFiles,
    /// Keeping the search index up with the ledger.
    SearchIndex,
    /// Forgetting answers to requests that may be repeated.
    OldAnswers,
    /// Finding out whom to push to. It runs when something was said, and not otherwise.
    Pushes,
    /// Telling webhooks what has happened.
    Webhooks,
    /// Bringing back what agents have put off.
    Snoozes,
}

impl Task {
    const ALL: [Self; 10] = [
        Self::EndedSessions,
        Self::Purges,
        Self::Taggings,
        Self::Imports,
        Self::UnusedFiles,
        Self::SearchIndex,
        Self::OldAnswers,
        Self::Pushes,
        Self::Webhooks,
        Self::Snoozes,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::EndedSessions => "ended_sessions",
            Self::Purges => "purges",
            Self::Taggings => "taggings",
            Self::Imports => "imports",
            Self::UnusedFiles => "unused_files",
            Self::SearchIndex => "search_index",
            Self::OldAnswers => "old_answers",
            Self::Pushes => "pushes",
            Self::Webhooks => "webhooks",
            Self::Snoozes => "snoozes",
        }
    }
}

/// The counts and times of the tasks, and how far the search index is behind.
pub struct TaskMetrics {
    runs: Family<TaskOutcomeLabels, Counter>,
    successes: Family<TaskLabel, Gauge<f64, AtomicU64>>,
    search_behind: Gauge,
    queue_waiting: Gauge,
    queue_longest: Gauge<f64, AtomicU64>,
}

impl TaskMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let (runs, successes) = (Family::<TaskOutcomeLabels, Counter>::default(), Family::default());
        let (search_behind, queue_waiting, queue_longest) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("parlor_task_runs", "Runs of tasks in the background by how they ended", runs.clone());
        registry.register(
            "parlor_task_last_success_timestamp_seconds",
            "When a task last ended well, in Unix seconds; at the start, when that was",
            successes.clone(),
        );
        registry.register(
            "parlor_search_events_behind",
            "Events that the search index has not seen, of the hundred organisations that lag most",
            search_behind.clone(),
        );
        registry.register(
            "parlor_queue_waiting",
            "Conversations that wait for an agent, of all organisations, as last looked at; every server says the same",
            queue_waiting.clone(),
        );
        registry.register(
            "parlor_queue_longest_wait_seconds",
            "For how long the first of them has waited; 0 when none does",
            queue_longest.clone(),
        );
        for task in Task::ALL {
            for outcome in ["ok", "failed"] {
                drop(runs.get_or_create(&TaskOutcomeLabels { task: task.name(), outcome }));
            }
        }
        Self { runs, successes, search_behind, queue_waiting, queue_longest }
    }

    /// The server was started at this time.
    pub(super) fn started(&self, at: Timestamp) {
        for task in Task::ALL {
            self.succeeded(task, at);
        }
    }

    /// A run of a task has ended.
    pub(crate) fn ran(&self, task: Task, ok: bool, at: Timestamp) {
        let outcome = if ok { "ok" } else { "failed" };
        self.runs.get_or_create(&TaskOutcomeLabels { task: task.name(), outcome }).inc();
        if ok {
            self.succeeded(task, at);
        }
    }

    /// So many events are not in the search index yet.
    pub(crate) fn search_is_behind(&self, events: i64) {
        self.search_behind.set(events);
    }

    /// So many wait, the first of them for so long.
    pub(crate) fn queue_is(&self, waiting: i64, longest: Duration) {
        self.queue_waiting.set(waiting);
        self.queue_longest.set(longest.as_secs_f64());
    }

    fn succeeded(&self, task: Task, at: Timestamp) {
        self.successes.get_or_create(&TaskLabel { task: task.name() }).set(super::unix_seconds(at));
    }
}

/// Free bytes of the disks that are written to. A disk that cannot be asked has none: the last answer would say for ever that there
/// is room.
#[derive(Default)]
pub(super) struct DiskMetrics {
    free: Family<DiskLabel, Gauge>,
    unknown: Mutex<BTreeSet<&'static str>>,
}

impl DiskMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Bytes that are free for the data folder, and for the folder of uploads where it is on another disk";
        registry.register("parlor_disk_free_bytes", help, self.free.clone());
    }

    pub(super) fn set(&self, disk: &'static str, bytes: u64) {
        self.unknown().remove(disk);
        self.free.get_or_create(&DiskLabel { disk }).set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// The disk cannot be asked. Whether that is news.
    pub(super) fn is_unknown(&self, disk: &'static str) -> bool {
        self.free.remove(&DiskLabel { disk });
        self.unknown().insert(disk)
    }

    fn unknown(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
