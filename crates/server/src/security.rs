//! What every answer says to browsers, and the rate limit that every caller has.

use crate::auth::{access_token, visitor};
use crate::error::ApiError;
use crate::extract;
use crate::limits::{Caller, Rate, Standing, network_of};
use crate::state::AppState;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, ResponseError};
use std::hash::Hash;

/// The policy of answers that are no pages: whoever opens one as a page gets nothing to run, load, frame or submit.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What no page of ours uses, so that nothing that creeps into one can.
const NO_DEVICES: &str =
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// Middleware: headers that make browsers careful with our answers, unless a handler has said something else.
///
/// # Errors
/// Those of the services inside.
pub async fn protect<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let is_api = is_api(extract::path_of(request.request()));
    let is_https = request.app_data::<Data<AppState>>().is_some_and(|state| state.config.is_https());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set_default(headers, header::REFERRER_POLICY, "no-referrer");
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        set_default(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
        // For browsers that do not know `frame-ancestors`.
        set_default(headers, header::X_FRAME_OPTIONS, "DENY");
    }
    // What may be used by other pages (the widget, its files, the chat page) has said so itself.
    set_default(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set_default(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set_default(headers, HeaderName::from_static("permissions-policy"), NO_DEVICES);
    if is_api {
        // Answers are for one caller at one moment.
        set_default(headers, header::CACHE_CONTROL, "no-store");
    }
    if is_https {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    Ok(response)
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Middleware: counts the requests of every caller and refuses those beyond the limit.
///
/// # Errors
/// Those of the services inside.
pub async fn limit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let is_counted = is_counted(extract::path_of(request.request()));
    let Some(state) = request.app_data::<Data<AppState>>().cloned().filter(|_| is_counted) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let counted = count(&state, request.request()).await;
    let mut response = match counted.standing.refused_for {
        Some(millis) => {
            let refusal = ApiError::rate_limited(millis).error_response();
            request.into_response(refusal).map_into_right_body()
        }
        None => next.call(request).await?.map_into_left_body(),
    };
    describe(response.headers_mut(), counted);
    Ok(response)
}

/// Where a caller stands, and by which policy.
#[derive(Debug, Clone, Copy)]
struct Counted {
    /// Who is counted.
    policy: &'static str,
    /// In how many milliseconds there are so many calls.
    period_millis: i64,
    standing: Standing,
}

impl Counted {
    fn by<K: Hash + Eq + Send + Sync + 'static>(policy: &'static str, rate: &Rate<K>, standing: Standing) -> Self {
        Self { policy, period_millis: rate.bounds().1, standing }
    }
}

/// Counts a request, and says where its caller stands: the strictest of what applies.
///
/// Only a proven identity is believed, and a visitor's only where visitors have business: anybody can get as many of those
/// as they like, so their address counts as well. Whoever opens the chat without one counts by that alone: what widgets do
/// is nothing that an office's consoles should have to wait for.
async fn count(state: &AppState, request: &HttpRequest) -> Counted {
    let (limits, now, path) = (&state.limits, state.clock.now(), extract::path_of(request));
    let address = network_of(extract::client_ip(state, request).0);
    if is_file(path) {
        return Counted::by("address", &limits.files_by_ip, limits.files_by_ip.take(address, now));
    }
    if path.starts_with("/api/") {
        let shown = extract::bearer(request);
        // A token that nobody has shown here lately is an address's affair: whether it is one is not known yet.
        if let Some(token) = shown.and_then(|token| state.api_tokens.remembered(token)) {
            let standing = state.shared.stand("token_requests", &limits.token_requests, token, now).await;
            return Counted::by("token", &limits.token_requests, standing);
        }
        let claims = shown.and_then(|token| access_token::verify(&state.keys.access, token, now));
        let (policy, caller) =
            // Of a view, whoever looks: the colleague is to notice nothing of it.
            claims.map_or(("address", Caller::Address(address)), |claims| {
                ("agent", Caller::Agent(claims.by.unwrap_or(claims.sub)))
            });
        return Counted::by(policy, &limits.requests, limits.requests.take(caller, now));
    }
    let together = limits.visitors_by_ip.take(address, now);
    let together = Counted::by("address", &limits.visitors_by_ip, together);
    if together.standing.refused_for.is_some() || !path.starts_with("/widget/") {
        return together;
    }
    let visitor = extract::bearer(request).and_then(|token| visitor::open(&state.keys.visitor, token));
    let Some(visitor) = visitor else { return together };
    let alone = limits.requests.take(Caller::Visitor(visitor.contact_id), now);
    if alone.refused_for.is_some() || alone.remaining < together.standing.remaining {
        Counted::by("visitor", &limits.requests, alone)
    } else {
        together
    }
}

/// Says it in the fields of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "agent";q=600;w=60` and
/// `RateLimit: "agent";r=599;t=1`.
fn describe(headers: &mut HeaderMap, Counted { policy, period_millis, standing }: Counted) {
    // Rounded up: whoever waits as told finds the limit whole.
    let seconds = |millis: i64| millis.saturating_add(999).div_euclid(1000);
    let Standing { limit, remaining, reset_millis, .. } = standing;
    for (name, value) in [
        ("ratelimit-policy", format!("\"{policy}\";q={limit};w={}", seconds(period_millis))),
        ("ratelimit", format!("\"{policy}\";r={remaining};t={}", seconds(reset_millis))),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/widget/")
}

/// Files and pictures, which a page asks for by the dozen.
fn is_file(path: &str) -> bool {
    path.starts_with("/files/") || path.starts_with("/avatars/")
}

/// What is counted: everything that asks the database, but for the signs of life, of which one at a time is looked for.
fn is_counted(path: &str) -> bool {
    is_api(path) || is_file(path) || ["/w/", "/chat/"].iter().any(|start| path.starts_with(start))
}
