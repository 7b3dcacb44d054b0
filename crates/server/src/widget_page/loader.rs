//! `GET /w/{key}.js`: the loader with one channel's configuration filled in.

use crate::actions::channels::channel_by_key;
use crate::assets::{Encoding, compress};
use crate::auth::signing::sha256;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use moka::future::Cache;
use rules::look::look;
use serde::Serialize;
use store::channels::ChannelRow;

/// What the build leaves in the loader for us to replace.
const PLACEHOLDER: &str = "\"__PARLOR_CONFIG__\"";
/// What a page gets instead of a loader.
const UNAVAILABLE: &str = "/* Parlor: this channel is not available. */";
/// Compressed loaders that are kept.
const KEPT: u64 = 4_000;

/// What the loader knows of its channel; the letters are what `widget/loader` reads.
#[derive(Debug, Serialize)]
struct LoaderConfig<'a> {
    /// The channel's key.
    k: &'a str,
    /// The server's origin.
    o: &'a str,
    /// The channel's name.
    n: &'a str,
    /// The rules of its layouts.
    s: String,
    /// Words beside the launcher's sign.
    t: &'a str,
    /// The language, unless the page says another; empty: the browser's.
    l: &'a str,
    /// Where the widget's script, its WebAssembly and the rest of its API are, without their ends.
    j: String,
}

/// Loaders by the hash of their text and how they are compressed, so that each is compressed once, however many visitors
/// ask for it at the same moment.
#[derive(Debug)]
pub struct Loaders(Cache<([u8; 32], &'static str), Bytes>);

impl Default for Loaders {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl Loaders {
    /// How many are kept.
    pub(crate) fn entries(&self) -> u64 {
        self.0.entry_count()
    }

    /// The text, compressed. What is not compressed is not kept either: it is filled in faster than looked up.
    async fn compressed(&self, hash: [u8; 32], encoding: Encoding, text: String) -> ApiResult<Bytes> {
        if encoding == Encoding::Identity {
            return Ok(text.into());
        }
        // Strong compression takes milliseconds, too long for a thread that serves sockets.
        let compress = async {
            let bytes = web::block(move || compress(encoding, text.as_bytes())).await?;
            bytes.map(Bytes::from).map_err(ApiError::internal)
        };
        self.0.try_get_with((hash, encoding.name()), compress).await.map_err(ApiError::internal)
    }
}

/// The script that a host page embeds. A channel that is disabled or unknown gets one that does nothing.
pub(crate) async fn get_loader(
    state: Data<AppState>,
    key: Path<String>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let channel = channel_by_key(&state, &key).await?;
    let (status, text) = match &channel {
        Some(channel) if channel.enabled => (StatusCode::OK, filled_in(&state, channel)?),
        Some(_) => (StatusCode::OK, UNAVAILABLE.to_owned()),
        None => (StatusCode::NOT_FOUND, UNAVAILABLE.to_owned()),
    };
    let hash = sha256(text.as_bytes());
    let encoding = Encoding::accepted(request.headers()).into_iter().next().unwrap_or(Encoding::Identity);
    // The encodings are different bodies, so they have different tags.
    let etag = format!("\"{}-{}\"", hex::encode(hash.first_chunk::<12>().unwrap_or(&[0; 12])), encoding.name());
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let unchanged = status == StatusCode::OK && known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag);

    let mut response = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { status });
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::VARY, "accept-encoding"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    if unchanged {
        return Ok(response.finish());
    }
    if encoding != Encoding::Identity {
        response.insert_header((header::CONTENT_ENCODING, encoding.name()));
    }
    let body = state.loaders.compressed(hash, encoding, text).await?;
    Ok(response.insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8")).body(body))
}

fn filled_in(state: &AppState, channel: &ChannelRow) -> ApiResult<String> {
    let widget = state.assets.manifest().and_then(|manifest| manifest.widget);
    let (Some(loader), Some(widget)) = (state.assets.loader(), widget) else {
        return Err(ApiError::internal("the widget is not built; `cargo xtask run` or `cargo xtask web` builds it"));
    };
    let origin = state.config.public_url.as_str();
    let config = LoaderConfig {
        k: &channel.key,
        o: origin,
        n: &channel.name,
        s: look(&channel.style),
        t: &channel.style.launcher_text,
        l: channel.style.language.tag(),
        j: format!("{origin}{}", widget.js.trim_end_matches(".js")),
    };
    let json = serde_json::to_string(&config).map_err(ApiError::internal)?;
    Ok(loader.replacen(PLACEHOLDER, &json, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn text() -> String {
        "(()=>{const c={\"n\":\"客服\"};})()".repeat(20)
    }

    #[actix_web::test]
    async fn every_encoding_holds_the_same_text() {
        let loaders = Loaders::default();
        let text = text();
        let hash = sha256(text.as_bytes());
        let mut brotli = String::new();
        let bytes = loaders.compressed(hash, Encoding::Brotli, text.clone()).await.unwrap();
        brotli::Decompressor::new(bytes.as_ref(), 4096).read_to_string(&mut brotli).unwrap();
        assert_eq!(brotli, text);
        let mut gzip = String::new();
        let bytes = loaders.compressed(hash, Encoding::Gzip, text.clone()).await.unwrap();
        flate2::read::GzDecoder::new(bytes.as_ref()).read_to_string(&mut gzip).unwrap();
        assert_eq!(gzip, text);
        let plain = loaders.compressed(hash, Encoding::Identity, text.clone()).await.unwrap();
        assert_eq!(plain, text.as_bytes());
        loaders.0.run_pending_tasks().await;
        assert_eq!(loaders.0.entry_count(), 2, "the plain text is not kept");
    }

    #[actix_web::test]
    async fn many_who_ask_at_once_share_one_compression() {
        let loaders = Loaders::default();
        let hash = sha256(text().as_bytes());
        let asked = (0..20).map(|_| loaders.compressed(hash, Encoding::Brotli, text()));
        let got = futures_util::future::join_all(asked).await;
        let places: std::collections::HashSet<_> = got.into_iter().map(|bytes| bytes.unwrap().as_ptr()).collect();
        assert_eq!(places.len(), 1, "all are clones of the same bytes");
    }
}
