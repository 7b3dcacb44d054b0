//! What the server counts and times, for Prometheus.
//!
//! **Invariants**: whoever counts on the message path touches atomics and nothing else; no label holds anything that a
//! caller or a tenant can choose, so the number of series is bounded by the code.

mod bus;
mod histogram;
mod http;
mod labels;
mod process;
mod pushes;
mod sample;
mod serve;
mod sockets;
mod tasks;
mod translations;
mod writes;

pub use bus::BusMetrics;
pub use http::HttpMetrics;
pub use pushes::PushMetrics;
pub(crate) use serve::get_metrics;
pub use serve::{Scrapes, start};
pub use sockets::{FrameCounters, SocketKind, SocketMetrics};
pub(crate) use tasks::Task;
pub use tasks::TaskMetrics;
pub use translations::TranslationMetrics;
pub(crate) use writes::Observed;
pub use writes::WriteMetrics;

use histogram::Histogram;
use labels::{CacheLabel, LimitLabel, OutcomeLabel, ReasonLabel, StateLabel};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::time::Duration;
use types::time::Timestamp;

/// Everything that is counted. One per server.
pub struct Metrics {
    registry: Registry,
    /// Requests.
    pub http: HttpMetrics,
    /// The write path.
    pub writes: WriteMetrics,
    /// Sockets.
    pub sockets: SocketMetrics,
    /// The bus between servers.
    pub bus: BusMetrics,
    /// Web Push.
    pub pushes: PushMetrics,
    /// Translations.
    pub translations: TranslationMetrics,
    /// Tasks in the background.
    pub tasks: TaskMetrics,
    /// Sign-ins that failed, by reason.
    login_failures: Family<ReasonLabel, Counter>,
    /// Verification codes, by what became of them.
    codes: Family<OutcomeLabel, Counter>,
    /// Sessions that another process has ended.
    pub sessions_ended_elsewhere: Counter,
    sampled: Sampled,
}

/// What is looked up when somebody asks.
#[derive(Default)]
struct Sampled {
    queue_jobs: Gauge,
    queue_capacity: Gauge,
    connections: Family<StateLabel, Gauge>,
    connections_max: Gauge,
    caches: Family<CacheLabel, Gauge>,
    rate_limited: Family<LimitLabel, Counter>,
    stopping: Gauge,
    log_lines_dropped: Counter,
    disks: tasks::DiskMetrics,
    process: process::ProcessMetrics,
}

/// Why a sign-in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    /// The account does not exist or is disabled, or the password is wrong.
    WrongCredentials,
    /// There were too many failures before.
    RateLimited,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let build = [
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("commit", option_env!("PARLOR_COMMIT").unwrap_or("unknown").to_owned()),
        ];
        registry.register("parlor_build", "The version that runs", Info::new(build.to_vec()));
        let (http, writes, sockets) =
            (HttpMetrics::new(&mut registry), WriteMetrics::new(&mut registry), SocketMetrics::new(&mut registry));
        let (pushes, tasks) = (PushMetrics::new(&mut registry), TaskMetrics::new(&mut registry));
        let translations = TranslationMetrics::new(&mut registry);
        let bus = BusMetrics::new(&mut registry);
        let (login_failures, codes) =
            (Family::<ReasonLabel, Counter>::default(), Family::<OutcomeLabel, Counter>::default());
        let sessions_ended_elsewhere = Counter::default();
        registry.register("parlor_login_failures", "Sign-ins that failed", login_failures.clone());
        registry.register("parlor_codes", "Verification codes by what became of their delivery", codes.clone());
        registry.register(
            "parlor_sessions_ended_elsewhere",
            "Sessions that another process has ended and this one noticed",
            sessions_ended_elsewhere.clone(),
        );
        // A series that begins at nought lets an alert see its first increase.
        for reason in ["wrong_credentials", "rate_limited"] {
            drop(login_failures.get_or_create(&ReasonLabel { reason }));
        }
        for outcome in ["delivered", "failed"] {
            drop(codes.get_or_create(&OutcomeLabel { outcome }));
        }
        let sampled = Sampled::default();
        sampled.register(&mut registry);
        Self {
            registry,
            http,
            writes,
            sockets,
            bus,
            pushes,
            translations,
            tasks,
            login_failures,
            codes,
            sessions_ended_elsewhere,
            sampled,
        }
    }
}

impl Metrics {
    /// The server was started at this time.
    pub fn started(&self, at: Timestamp) {
        self.sampled.process.started(at);
        self.tasks.started(at);
    }

    /// A sign-in has failed.
    pub fn login_failed(&self, failure: LoginFailure) {
        let reason = match failure {
            LoginFailure::WrongCredentials => "wrong_credentials",
            LoginFailure::RateLimited => "rate_limited",
        };
        self.login_failures.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// A verification code was handed over to its delivery, or could not be.
    pub fn code_sent(&self, delivered: bool) {
        self.codes.get_or_create(&OutcomeLabel { outcome: if delivered { "delivered" } else { "failed" } }).inc();
    }
}

/// A histogram of seconds from a hundred microseconds to ten seconds.
fn seconds() -> Histogram {
    Histogram::new([0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
}

/// A moment as Prometheus writes it.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "Unix milliseconds fit into the 53 bits of a double"
)]
fn unix_seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1000.0
}

/// Notes a time.
fn observe(histogram: &Histogram, time: Duration) {
    histogram.observe(time.as_secs_f64());
}
