//! The refresh token's cookie.

use crate::actions::auth::RefreshToken;
use crate::config::Config;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

const NAME: &str = "parlor_refresh";

/// Only the operations that need it get the cookie, and only from our own pages.
const PATH: &str = "/api/v1/auth";

/// The token that the request brought.
pub(super) fn read(request: &HttpRequest) -> Option<RefreshToken> {
    request.cookie(NAME).map(|cookie| RefreshToken::given(cookie.value()))
}

/// The cookie with a fresh token.
pub(super) fn set(config: &Config, token: &RefreshToken) -> Cookie<'static> {
    let days = Duration::days(30);
    Cookie::build(NAME, token.expose().to_owned())
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.is_https())
        .max_age(days)
        .finish()
}

/// The cookie that makes the browser forget.
pub(super) fn clear(config: &Config) -> Cookie<'static> {
    let mut cookie = Cookie::build(NAME, "")
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.is_https())
        .finish();
    cookie.make_removal();
    cookie
}
