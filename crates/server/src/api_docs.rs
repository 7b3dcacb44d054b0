//! The documents of the interface and a browser for them, without any outside network.

use crate::assets::{Encoding, compress};
use crate::error::{ApiError, ApiResult};
use crate::router::read_only;
use crate::{asyncapi, openapi};
use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::sync::{Arc, OnceLock};

/// The documents, each made when somebody asks for it first: to make one takes megabytes that are not all given back, and most servers
/// are never asked.
pub struct ApiDocuments {
    openapi: OnceLock<Document>,
    asyncapi: OnceLock<Document>,
    viewer: Arc<utoipa_swagger_ui::Config<'static>>,
}

impl ApiDocuments {
    /// No documents yet.
    #[must_use]
    pub fn new() -> Self {
        let viewer = utoipa_swagger_ui::Config::from("/openapi.json").use_base_layout().try_it_out_enabled(true);
        Self { openapi: OnceLock::new(), asyncapi: OnceLock::new(), viewer: Arc::new(viewer) }
    }
}

impl Default for ApiDocuments {
    fn default() -> Self {
        Self::new()
    }
}

/// The routes of the documents.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(read_only("/openapi.json").route(web::get().to(get_openapi)))
        .service(read_only("/asyncapi.yaml").route(web::get().to(get_asyncapi)))
        .service(read_only("/docs").route(web::get().to(go_to_docs)))
        .service(read_only("/docs/{file:.*}").route(web::get().to(get_docs)));
}

async fn get_openapi(documents: Data<ApiDocuments>, request: HttpRequest) -> ApiResult<HttpResponse> {
    let document = Document::of(&documents.openapi, || openapi::json().map_err(ApiError::internal))?;
    Ok(document.answer("application/json", &request))
}

async fn get_asyncapi(documents: Data<ApiDocuments>, request: HttpRequest) -> ApiResult<HttpResponse> {
    let document = Document::of(&documents.asyncapi, || Ok(asyncapi::yaml()))?;
    Ok(document.answer("application/yaml", &request))
}

/// A document as it is and compressed; sending it copies nothing.
struct Document {
    plain: Bytes,
    gzip: Bytes,
}

impl Document {
    /// The document, made now if nobody has asked before. Two who ask at once make it twice, and one is kept.
    fn of(held: &OnceLock<Self>, text: impl FnOnce() -> ApiResult<String>) -> ApiResult<&Self> {
        if let Some(document) = held.get() {
            return Ok(document);
        }
        let text = text()?;
        let gzip = compress(Encoding::Gzip, text.as_bytes()).map_err(ApiError::internal)?.into();
        Ok(held.get_or_init(|| Self { plain: text.into(), gzip }))
    }

    fn answer(&self, content_type: &'static str, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.content_type(content_type).insert_header((header::VARY, "accept-encoding"));
        if Encoding::accepted(request.headers()).contains(&Encoding::Gzip) {
            response.insert_header((header::CONTENT_ENCODING, Encoding::Gzip.name()));
            return response.body(self.gzip.clone());
        }
        response.body(self.plain.clone())
    }
}

/// The viewer's own links are relative to a folder.
async fn go_to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn get_docs(documents: Data<ApiDocuments>, file: Path<String>) -> ApiResult<HttpResponse> {
    let found = utoipa_swagger_ui::serve(&file, Arc::clone(&documents.viewer))
        .map_err(|error| ApiError::internal(error.to_string()))?
        .ok_or_else(|| ApiError::not_found("file"))?;
    // The viewer's files name a type only; without a charset an old browser guesses one.
    let content_type = match found.content_type.as_str() {
        text if text.starts_with("text/") && !text.contains("charset") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let mut response = HttpResponse::Ok();
    response.content_type(content_type).insert_header((
        header::CONTENT_SECURITY_POLICY,
        // The viewer styles its elements by script, which needs no exception.
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ));
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(found.bytes.into_owned()))
}
