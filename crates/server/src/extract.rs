//! Reads requests: bodies, paths, queries and where they come from. Whatever cannot be read becomes a problem.

pub(crate) mod turns;

use self::turns::Turn;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Once;
use store::audit::Origin;
use types::error::ErrorCode;
use types::limits;
use types::validate::Validate;

/// The server's state, for extractors. Present in every request of our application.
pub(crate) fn state(request: &HttpRequest) -> ApiResult<Data<AppState>> {
    request.app_data::<Data<AppState>>().cloned().ok_or_else(|| ApiError::internal("the application has no state"))
}

/// Seconds that a body may take: it is small, and whoever sends it byte by byte only holds a connection.
const BODY_SECONDS: i64 = 30;

/// A JSON body that has been read and validated.
#[derive(Debug)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let typed = is_json(request.headers());
        let plain = is_plain(request.headers());
        let payload = payload.take();
        let state = state(request);
        let coming = turns::body_comes(request);
        let caller = Turn::of_caller(request);
        Box::pin(async move {
            let body = async {
                if !typed {
                    return Err(ApiError::new(
                        ErrorCode::UnsupportedMediaType,
                        "The body must be JSON with the content type application/json",
                    ));
                }
                if !plain {
                    // What is packed small can be endless inside; bodies are small enough as they are.
                    return Err(ApiError::new(ErrorCode::UnsupportedMediaType, "The body must not be compressed"));
                }
                read_in_time(&*state?, payload).await
            };
            let body = body.await;
            drop(coming);
            let value = body.and_then(|body| valid(&body));
            if value.is_err() {
                // Whoever may not do this at all is told that, whatever they have said.
                caller.over().await;
            }
            value.map(Self)
        })
    }
}

fn valid<T: DeserializeOwned + Validate>(body: &[u8]) -> ApiResult<T> {
    // Serde would read an array as the fields in their order; the contract says an object.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::new(ErrorCode::MalformedRequest, "Body: expected a JSON object"));
    }
    let value: T = parse(body)?;
    let errors = value.validate();
    if errors.is_empty() { Ok(value) } else { Err(ApiError::invalid(errors)) }
}

/// Reads a JSON text; the error names the field where reading stopped.
fn parse<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    let malformed = |detail| ApiError::new(ErrorCode::MalformedRequest, format!("Body: {detail}"));
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| malformed(error.to_string()))?;
    json.end().map_err(|error| malformed(error.to_string()))?;
    Ok(value)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether the body comes as it is.
fn is_plain(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONTENT_ENCODING).all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Reads a small body, which is to come within half a minute.
pub(crate) async fn read_in_time(state: &AppState, payload: Payload) -> ApiResult<web::BytesMut> {
    let deadline = state.clock.sleep_until(state.clock.now().plus_seconds(BODY_SECONDS));
    tokio::select! {
        body = read(payload) => body,
        () = deadline => Err(ApiError::new(ErrorCode::MalformedRequest, "The body took too long to come")),
    }
}

async fn read(mut payload: Payload) -> ApiResult<web::BytesMut> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|error| ApiError::new(ErrorCode::MalformedRequest, "The body broke off").because(error))?;
        if body.len().saturating_add(chunk.len()) > limits::BODY_MAX_BYTES {
            let detail = format!("A body has at most {} bytes", limits::BODY_MAX_BYTES);
            return Err(ApiError::new(ErrorCode::TooLarge, detail));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The one id in the path.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T: FromStr + 'static> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().iter().next().and_then(|(_, text)| text.parse().ok());
        ready(id.map(Self).ok_or_else(|| ApiError::new(ErrorCode::MalformedRequest, "Path: expected a UUID")))
    }
}

/// The two ids in the path, in their order.
#[derive(Debug, Clone, Copy)]
pub struct PathIds<A, B>(pub A, pub B);

impl<A: FromStr + 'static, B: FromStr + 'static> FromRequest for PathIds<A, B> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut texts = request.match_info().iter().map(|(_, text)| text);
        let first = texts.next().and_then(|text| text.parse().ok());
        let ids = first.zip(texts.next().and_then(|text| text.parse().ok())).map(|(first, second)| Self(first, second));
        ready(ids.ok_or_else(|| ApiError::new(ErrorCode::MalformedRequest, "Path: expected two UUIDs")))
    }
}

/// The query string, read into a type.
#[derive(Debug)]
pub struct ValidQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for ValidQuery<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            web::Query::<T>::from_query(request.query_string())
                .map(|query| Self(query.into_inner()))
                .map_err(|error| ApiError::new(ErrorCode::MalformedRequest, format!("Query: {error}"))),
        )
    }
}

/// The address that a request comes from; behind trusted proxies the one that they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl FromRequest for ClientIp {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(state(request).map(|state| client_ip(&state, request)))
    }
}

/// The path by which `request` finds its handler. Letters that are percent-encoded are letters here, unlike in the request's own
/// path: whoever counts or guards by an address must go by this one.
pub(crate) fn path_of(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// The address that `request` comes from.
pub(crate) fn client_ip(state: &AppState, request: &HttpRequest) -> ClientIp {
    let trusted = |address: IpAddr| state.config.trusted_proxies.iter().any(|network| network.contains(address));
    // A connection without a peer is a Unix socket: on this machine.
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical());
    let hops = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|line| line.split(',')).map(str::trim).collect();
    if !hops.is_empty() && !trusted(peer) && !crate::outgoing::is_public(peer) {
        static WARNED: Once = Once::new();
        WARNED.call_once(|| {
            tracing::warn!(proxy = %peer, "X-Forwarded-For comes from a private address that is not in trusted_proxies: \
                all who come through it are counted as one caller");
        });
    }
    ClientIp(vouched_for(peer, hops, trusted))
}

/// From the nearest hop outwards, as far as each next one is vouched for by a proxy that we trust.
fn vouched_for<'a>(
    peer: IpAddr,
    hops: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    trusted: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        if !trusted(address) {
            break;
        }
        match hop.parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// The `User-Agent` header, cut to what we keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent(pub String);

impl FromRequest for UserAgent {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        ready(Ok(Self(text.chars().take(limits::USER_AGENT_MAX).collect())))
    }
}

/// The origin of the page that a browser sends a request from, which the page cannot forge. Programs have none; one that is no text is
/// that of no page.
#[derive(Debug, Clone)]
pub struct PageOrigin(pub Option<String>);

impl FromRequest for PageOrigin {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let said = request.headers().get(header::ORIGIN);
        ready(Ok(Self(said.map(|origin| origin.to_str().unwrap_or("null").to_owned()))))
    }
}

/// Where a request comes from, for the audit log.
pub(crate) fn origin(request: &HttpRequest) -> ApiResult<Origin> {
    let ip = client_ip(&*state(request)?, request).0.to_string();
    let text = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let user_agent = text.map(|text| text.chars().take(limits::USER_AGENT_MAX).collect());
    Ok(Origin { ip: Some(ip), user_agent, token: None })
}

/// Whether a browser sends the request from a page of this server, or something else than a browser sends it.
///
/// `Origin` is what a page cannot forge. Ours is the public URL; the address that the request itself went to is as good,
/// because whoever opens the console by another name (`127.0.0.1` for `localhost`) asks from there.
pub(crate) fn is_from_own_page(state: &AppState, request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let mut origins = request.headers().get_all(header::ORIGIN);
    match (origins.next().map(|origin| origin.to_str().ok()), origins.next()) {
        (None, _) => true,
        (Some(Some(origin)), None) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            origin.eq_ignore_ascii_case(&state.config.public_url)
                || host.is_some_and(|host| header(header::HOST).is_some_and(|own| own.eq_ignore_ascii_case(host)))
        }
        // Not text, or more than one.
        (Some(_), _) => false,
    }
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    fn hops() -> impl Strategy<Value = Vec<String>> {
        let hop = prop_oneof![
            3 => any::<[u8; 4]>().prop_map(|bytes| IpAddr::from(bytes).to_string()),
            1 => any::<[u8; 16]>().prop_map(|bytes| IpAddr::from(bytes).to_string()),
            2 => (0_u8..4).prop_map(|last| format!("10.0.0.{last}")),
            1 => ".{0,20}",
        ];
        prop::collection::vec(hop, 0..8)
    }

    proptest! {
        #[test]
        fn an_address_is_believed_only_along_a_chain_of_trusted_proxies(hops in hops(), near in 0_u8..4) {
            // Proxies of ours are 10.0.0.0 and 10.0.0.1.
            let trusted = |address: IpAddr| matches!(address, IpAddr::V4(v4) if v4.octets() < [10, 0, 0, 2] && v4.octets() >= [10, 0, 0, 0]);
            let peer = IpAddr::from([10, 0, 0, near]);
            let client = vouched_for(peer, hops.iter().map(String::as_str).collect::<Vec<_>>(), trusted);
            if !trusted(peer) {
                prop_assert_eq!(client, peer, "whoever asks directly can claim anything");
            }
            // Everything between us and the client vouched for it.
            let passed: Vec<IpAddr> = hops.iter().rev().map_while(|hop| hop.parse().ok()).map(|hop: IpAddr| hop.to_canonical()).collect();
            let chain: Vec<IpAddr> = std::iter::once(peer).chain(passed).collect();
            let place = chain.iter().position(|address| !trusted(*address)).unwrap_or(chain.len() - 1);
            prop_assert_eq!(client, chain[place]);
        }

        #[test]
        fn only_json_by_its_name_is_json(text in "[a-zA-Z/;=+. -]{0,40}") {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&text).unwrap());
            let essence = text.split(';').next().unwrap().trim().to_lowercase();
            prop_assert_eq!(is_json(&headers), essence == "application/json");
        }
    }
}
