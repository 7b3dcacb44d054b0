//! A histogram of fixed buckets whose counting is atomic: the library's own takes a lock, which all workers would share.

use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::{MetricType, TypedMetric};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often values were within bounds. Clones count together.
#[derive(Debug, Clone)]
pub(super) struct Histogram(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    /// Upper bounds, each within its bucket and growing, the last one endless; and how many values each bucket has by itself.
    buckets: Vec<(f64, AtomicU64)>,
    /// The sum of all values: the bits of an `f64`.
    sum: AtomicU64,
}

impl Histogram {
    /// A histogram with these upper bounds, smallest first.
    pub(super) fn new(bounds: impl IntoIterator<Item = f64>) -> Self {
        let bounds = bounds.into_iter().chain([f64::INFINITY]);
        let buckets = bounds.map(|bound| (bound, AtomicU64::new(0))).collect();
        Self(Arc::new(Counts { buckets, sum: AtomicU64::new(0.0_f64.to_bits()) }))
    }

    /// Counts a value. Whoever looks at the same moment may find it counted and not yet summed.
    pub(super) fn observe(&self, value: f64) {
        if let Some((_, count)) = self.0.buckets.iter().find(|(bound, _)| value <= *bound) {
            count.fetch_add(1, Ordering::Relaxed);
            let add = |sum| Some((f64::from_bits(sum) + value).to_bits());
            // It is tried until nobody was faster, and never refused.
            let _before = self.0.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        }
    }
}

impl EncodeMetric for Histogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let read = |(bound, count): &(f64, AtomicU64)| (*bound, count.load(Ordering::Relaxed));
        let buckets: Vec<(f64, u64)> = self.0.buckets.iter().map(read).collect();
        let sum = f64::from_bits(self.0.sum.load(Ordering::Relaxed));
        // Of what was read, so that the last bucket and the count are the same number.
        let count = buckets.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for Histogram {
    const TYPE: MetricType = MetricType::Histogram;
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;
    use prometheus_client::metrics::histogram::Histogram as Theirs;
    use prometheus_client::registry::Registry;
    use proptest::prelude::*;

    fn text(metric: impl prometheus_client::registry::Metric) -> String {
        let mut registry = Registry::default();
        registry.register("seconds", "Some", metric);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        text
    }

    proptest! {
        #[test]
        fn it_reads_like_the_librarys(values in proptest::collection::vec(prop_oneof![0.0..3.0, Just(1.0), Just(2.0)], 0..40)) {
            let (ours, theirs) = (Histogram::new([0.5, 1.0, 2.0]), Theirs::new([0.5, 1.0, 2.0]));
            for value in values {
                ours.observe(value);
                theirs.observe(value);
            }
            prop_assert_eq!(text(ours), text(theirs));
        }
    }

    #[test]
    fn nothing_is_lost_when_many_count_at_once() {
        let histogram = Histogram::new([0.5]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1000).for_each(|_| histogram.observe(1.0)));
            }
        });
        let text = text(histogram);
        assert!(text.contains("seconds_sum 4000.0\n") && text.contains("seconds_count 4000\n"), "{text}");
    }
}
