//! Translations: what became of those that agents asked for.

use super::labels::OutcomeLabel;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// Translations, each counted once for everybody who asked for it.
pub struct TranslationMetrics {
    translated: Counter,
    remembered: Counter,
    failed: Counter,
}

impl TranslationMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let translations = Family::<OutcomeLabel, Counter>::default();
        registry.register("parlor_translations", "Translations by what became of them", translations.clone());
        let of = |outcome| translations.get_or_create_owned(&OutcomeLabel { outcome });
        Self { translated: of("translated"), remembered: of("remembered"), failed: of("failed") }
    }

    /// The service has translated, for this caller or for one who asked for the same at the same time.
    pub(crate) fn translated(&self) {
        self.translated.inc();
    }

    /// It was known from before.
    pub(crate) fn remembered(&self) {
        self.remembered.inc();
    }

    /// The service refused, did not answer, or answered with something that is no translation.
    pub(crate) fn failed(&self) {
        self.failed.inc();
    }
}
