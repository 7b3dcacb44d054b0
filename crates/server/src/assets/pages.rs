//! Serves the hashed files, the service worker, and the console's page for every address that the console knows.

use crate::assets::Encoding;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use types::error::ErrorCode;

/// A file of the built console or widget. Its name holds a hash of its content, so it never changes.
pub(crate) async fn get_asset(
    state: Data<AppState>,
    name: Path<String>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let path = format!("assets/{name}");
    let mut response = answer(&state, &request, &path, content_type(&name), "public, max-age=31536000, immutable")?;
    let headers = response.headers_mut();
    // Host pages of other origins load the widget.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    headers.insert(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        header::HeaderValue::from_static("cross-origin"),
    );
    Ok(response)
}

/// The console's page, which then looks at its address by itself.
pub(crate) fn get_console(state: &AppState, request: &HttpRequest) -> ApiResult<HttpResponse> {
    let page = state.assets.manifest().and_then(|manifest| manifest.console).map(|console| console.html);
    let page = page.ok_or_else(|| {
        ApiError::new(ErrorCode::NotFound, "The console is not built; `cargo xtask run` or `cargo xtask web` builds it")
    })?;
    let mut response = answer(state, request, &page, "text/html; charset=utf-8", "no-cache")?;
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         font-src 'self'; media-src 'self' blob:; connect-src 'self' {}; manifest-src 'self'; worker-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        state.config.socket_origin()
    );
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, header::HeaderValue::from_static("DENY"));
    Ok(response)
}

/// The console's service worker: it hears what is pushed while no console is open. Under a name that stays, because a browser looks
/// there for a newer one; and from the root, because it is for every page of the console.
pub(crate) async fn get_service_worker(state: Data<AppState>, request: HttpRequest) -> ApiResult<HttpResponse> {
    let mut response = answer(&state, &request, "service-worker.js", "text/javascript; charset=utf-8", "no-cache")?;
    // A worker goes by the policy of its own script: it asks this server, and nobody else, for anything.
    let policy = header::HeaderValue::from_static(
        "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

fn answer(
    state: &AppState,
    request: &HttpRequest,
    path: &str,
    content_type: &'static str,
    caching: &'static str,
) -> ApiResult<HttpResponse> {
    let variants = Encoding::accepted(request.headers()).into_iter();
    let found = variants
        .filter_map(|encoding| Some((encoding, state.assets.served(&format!("{path}{}", encoding.suffix()))?)))
        .next();
    let (encoding, (body, hash)) = found.ok_or_else(|| ApiError::not_found("file"))?;
    let hash = hex::encode(hash);
    let etag = format!("\"{}\"", hash.get(..32).unwrap_or(&hash));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag));

    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::ETAG, etag));
    if unchanged {
        return Ok(response.finish());
    }
    if encoding != Encoding::Identity {
        response.insert_header((header::CONTENT_ENCODING, encoding.name()));
    }
    Ok(response.insert_header((header::CONTENT_TYPE, content_type)).body(body))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("mp3") => "audio/mpeg",
        Some("ogg") => "audio/ogg",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
