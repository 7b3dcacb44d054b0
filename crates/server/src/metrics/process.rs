//! What the operating system knows of this process, under the names that every Prometheus client gives it.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use types::time::Timestamp;

/// The process.
#[derive(Default)]
pub(super) struct ProcessMetrics {
    cpu: Counter<f64, AtomicU64>,
    resident: Gauge,
    virtual_memory: Gauge,
    open_fds: Gauge,
    max_fds: Gauge,
    threads: Gauge,
    started: Gauge<f64, AtomicU64>,
}

impl ProcessMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("process_cpu_seconds", "User and system CPU time", self.cpu.clone());
        registry.register("process_resident_memory_bytes", "Memory that is resident", self.resident.clone());
        registry.register("process_virtual_memory_bytes", "Memory that is mapped", self.virtual_memory.clone());
        registry.register("process_open_fds", "Open files and connections", self.open_fds.clone());
        registry.register("process_max_fds", "The limit of open files and connections", self.max_fds.clone());
        registry.register("process_threads", "Threads", self.threads.clone());
        registry.register("process_start_time_seconds", "When it started, in Unix seconds", self.started.clone());
    }

    /// Notes when the server was started. The kernel's own word on it may be hidden from a confined service.
    pub(super) fn started(&self, at: Timestamp) {
        self.started.set(super::unix_seconds(at));
    }

    /// Asks the kernel. On systems without `/proc` the values stay at nought.
    #[cfg(target_os = "linux")]
    pub(super) fn sample(&self) {
        if let Err(error) = self.try_sample() {
            tracing::debug!(%error, "the kernel tells nothing of this process");
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn sample(&self) {}

    #[cfg(target_os = "linux")]
    fn try_sample(&self) -> procfs::ProcResult<()> {
        use procfs::process::{LimitValue, Process};
        use std::sync::atomic::Ordering;
        // Tick counts of a lifetime fit into the 53 bits of a double for millions of years.
        #[expect(
            clippy::as_conversions,
            clippy::cast_precision_loss,
            reason = "there is no lossless conversion, and none is needed"
        )]
        let seconds = |ticks: u64| ticks as f64 / procfs::ticks_per_second() as f64;
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);

        let process = Process::myself()?;
        let stat = process.stat()?;
        // The kernel counts for us: the counter is set, not increased.
        self.cpu.inner().store(seconds(stat.utime.saturating_add(stat.stime)).to_bits(), Ordering::Relaxed);
        self.resident.set(signed(stat.rss.saturating_mul(procfs::page_size())));
        self.virtual_memory.set(signed(stat.vsize));
        self.threads.set(stat.num_threads);
        self.open_fds.set(i64::try_from(process.fd_count()?).unwrap_or(i64::MAX));
        if let LimitValue::Value(most) = process.limits()?.max_open_files.soft_limit {
            self.max_fds.set(signed(most));
        }
        Ok(())
    }
}
