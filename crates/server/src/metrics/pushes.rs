//! Web Push: what became of what was pushed.

use super::labels::OutcomeLabel;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Pushes, each counted once, however often it was tried.
pub struct PushMetrics {
    sent: Counter,
    failed: Counter,
    gone: Counter,
    dropped: Counter,
}

impl PushMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let pushes = Family::<OutcomeLabel, Counter>::default();
        registry.register("parlor_pushes", "Web Push messages by what became of them", pushes.clone());
        let of = |outcome| pushes.get_or_create_owned(&OutcomeLabel { outcome });
        Self { sent: of("sent"), failed: of("failed"), gone: of("gone"), dropped: of("dropped") }
    }

    /// A push service has taken one.
    pub(crate) fn sent(&self) {
        self.sent.inc();
    }

    /// One was refused, or could not be handed over while it was of use.
    pub(crate) fn failed(&self) {
        self.failed.inc();
    }

    /// Its push service does not know the browser any more; the subscription was removed.
    pub(crate) fn gone(&self) {
        self.gone.inc();
    }

    /// There was more than can be under way.
    pub(crate) fn dropped(&self, pushes: u64) {
        self.dropped.inc_by(pushes);
    }
}
