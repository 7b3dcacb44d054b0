//! The documents of the interface and a browser for them, without any outside network.

use crate::error::{ApiError, ApiResult};
use crate::{asyncapi, openapi};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Data, Path, ServiceConfig};
use std::sync::Arc;

/// The documents, made once.
pub struct ApiDocuments {
    openapi: String,
    asyncapi: String,
    viewer: Arc<utoipa_swagger_ui::Config<'static>>,
}

impl ApiDocuments {
    /// Makes the documents.
    ///
    /// # Errors
    /// None that can happen: they are plain data.
    pub fn new() -> Result<Self, serde_json::Error> {
        let viewer = utoipa_swagger_ui::Config::from("/openapi.json").use_base_layout().try_it_out_enabled(true);
        Ok(Self { openapi: openapi::json()?, asyncapi: asyncapi::yaml(), viewer: Arc::new(viewer) })
    }
}

/// The routes of the documents.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .route("/openapi.json", web::get().to(get_openapi))
        .route("/asyncapi.yaml", web::get().to(get_asyncapi))
        .route("/docs", web::get().to(go_to_docs))
        .route("/docs/{file:.*}", web::get().to(get_docs));
}

async fn get_openapi(documents: Data<ApiDocuments>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(documents.openapi.clone())
}

async fn get_asyncapi(documents: Data<ApiDocuments>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(documents.asyncapi.clone())
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
        // The viewer sets style attributes of its own.
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ));
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(found.bytes.into_owned()))
}
