//! The widget runs on pages of any origin, so its operations answer every origin; nothing else does.
//!
//! A visitor is known by a token in a header and never by a cookie, so another page can do nothing in a visitor's name.

use crate::extract;
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;

/// How long a browser may remember the answer to a preflight: the most that Chromium takes.
const PREFLIGHT_SECONDS: &str = "7200";

/// Middleware: answers preflights of the widget's operations, and lets every origin read their answers.
///
/// # Errors
/// Those of the services inside.
pub async fn widget<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if !extract::path_of(request.request()).starts_with("/widget/") {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let mut answer = HttpResponse::NoContent().finish();
        let headers = answer.headers_mut();
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT");
        set(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type");
        set(headers, header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        request.into_response(answer).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    set(response.headers_mut(), header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(response.headers_mut(), HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
