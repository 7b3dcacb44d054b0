//! The cookies of signing in: the refresh token, and the mark of a browser that has signed in before.
//!
//! Over https their names begin with `__Host-`: browsers then refuse them from any other host, so that a sibling
//! (`evil.example.com`) cannot plant its own session here. The price is the path `/`; over plain http, where the prefix is
//! not allowed, the path is as narrow as it can be. `docs/decisions/0040-cookies.md` weighs it.

use crate::actions::auth::{RefreshToken, SignIn};
use crate::auth::device::DeviceMark;
use crate::config::Config;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};

const REFRESH: &str = "parlor_refresh";
const DEVICE: &str = "parlor_device";
const HOST_ONLY: &str = "__Host-";

/// Only the operations that need the cookies get them, and only from our own pages.
const PATH: &str = "/api/v1/auth";

/// Days that a browser keeps a refresh token; the server may end the session sooner.
const REFRESH_DAYS: i64 = 30;

/// Days that a browser stays known, from its last sign-in on: the most that browsers keep any cookie is 400.
const DEVICE_DAYS: i64 = 365;

/// The refresh token that the request brought.
pub(super) fn read(config: &Config, request: &HttpRequest) -> Option<RefreshToken> {
    request.cookie(&name(config, REFRESH)).map(|cookie| RefreshToken::given(cookie.value()))
}

/// The mark that the request brought, as it came.
pub(super) fn read_device(config: &Config, request: &HttpRequest) -> Option<DeviceMark> {
    request.cookie(&name(config, DEVICE)).map(|cookie| DeviceMark::given(cookie.value()))
}

/// The cookie with a fresh token.
pub(super) fn set(config: &Config, token: &RefreshToken) -> Cookie<'static> {
    guarded(config, REFRESH, token.expose(), REFRESH_DAYS)
}

/// The cookie that makes the browser known.
pub(super) fn set_device(config: &Config, mark: &DeviceMark) -> Cookie<'static> {
    guarded(config, DEVICE, mark.expose(), DEVICE_DAYS)
}

/// The cookie that makes the browser forget its session.
pub(super) fn clear(config: &Config) -> Cookie<'static> {
    let mut cookie = guarded(config, REFRESH, "", 0);
    cookie.make_removal();
    cookie
}

/// The answer to whoever has just signed in.
pub(super) fn signed_in(config: &Config, done: SignIn) -> HttpResponse {
    HttpResponse::Created()
        .cookie(set(config, &done.refresh))
        .cookie(set_device(config, &done.mark))
        .json(done.signed_in)
}

fn guarded(config: &Config, base: &str, value: &str, days: i64) -> Cookie<'static> {
    let https = config.is_https();
    Cookie::build(name(config, base), value.to_owned())
        .path(if https { "/" } else { PATH })
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .max_age(Duration::days(days))
        .finish()
}

fn name(config: &Config, base: &str) -> String {
    if config.is_https() { format!("{HOST_ONLY}{base}") } else { base.to_owned() }
}
