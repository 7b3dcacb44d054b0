//! Requests: how many, by route and outcome, and how long they took.

use super::histogram::Histogram;
use super::labels::{RequestLabels, RouteLabels};
use super::{observe, seconds};
use actix_web::http::Method;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// Requests.
pub struct HttpMetrics {
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

impl HttpMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let requests = Family::<RequestLabels, Counter>::default();
        let durations = Family::<RouteLabels, Histogram, fn() -> Histogram>::new_with_constructor(seconds);
        let in_flight = Gauge::default();
        registry.register("parlor_http_requests", "Requests by route and status", requests.clone());
        registry.register(
            "parlor_http_request_duration_seconds",
            "From a request's head to its answer's head",
            durations.clone(),
        );
        registry.register("parlor_http_requests_in_flight", "Requests that are being served", in_flight.clone());
        Self { requests, durations, in_flight }
    }

    /// A request begins; it is in flight until the answer is dropped.
    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered. `route` is the router's pattern, never the path.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let (method, route) = (name_of(method), route.to_owned());
        observe(&self.durations.get_or_create(&RouteLabels { method, route: route.clone() }), took);
        self.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    }
}

/// A request in flight.
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The methods that there are: a caller can make up others.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
