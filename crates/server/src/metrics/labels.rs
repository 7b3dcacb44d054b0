//! The labels of the metrics: closed lists, and the routes of the router.

use prometheus_client::encoding::EncodeLabelSet;

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),+ })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
        pub(super) struct $name {
            $(pub(super) $field: $kind,)+
        })+
    };
}

labels! {
    /// A request and how it ended.
    RequestLabels { method: &'static str, route: String, status: u16 }
    /// A request.
    RouteLabels { method: &'static str, route: String }
    /// Whose socket, or whose message.
    KindLabel { kind: &'static str }
    /// Why a socket ended: the number of the close code, or what happened instead.
    CodeLabel { code: String }
    /// Why something failed.
    ReasonLabel { reason: &'static str }
    /// What became of something.
    OutcomeLabel { outcome: &'static str }
    /// What a connection does.
    StateLabel { state: &'static str }
    /// Which cache.
    CacheLabel { cache: &'static str }
    /// Which task.
    TaskLabel { task: &'static str }
    /// A task and how a run of it ended.
    TaskOutcomeLabels { task: &'static str, outcome: &'static str }
    /// Which disk.
    DiskLabel { disk: &'static str }
    /// Which limit.
    LimitLabel { limit: &'static str }
}
