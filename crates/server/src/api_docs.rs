//! The documents of the interface and a browser for them, without any outside network.

use crate::assets::{Encoding, compress};
use crate::error::{ApiError, ApiResult};
use crate::router::read_only;
use crate::{asyncapi, openapi};
use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use std::error::Error;
use std::sync::Arc;

/// The documents, made once.
pub struct ApiDocuments {
    openapi: Document,
    asyncapi: Document,
    viewer: Arc<utoipa_swagger_ui::Config<'static>>,
}

impl ApiDocuments {
    /// Makes the documents.
    ///
    /// # Errors
    /// None that can happen: they are plain data.
    pub fn new() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let viewer = utoipa_swagger_ui::Config::from("/openapi.json").use_base_layout().try_it_out_enabled(true);
        Ok(Self {
            openapi: Document::new(openapi::json()?)?,
            asyncapi: Document::new(asyncapi::yaml())?,
            viewer: Arc::new(viewer),
        })
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

async fn get_openapi(documents: Data<ApiDocuments>, request: HttpRequest) -> HttpResponse {
    documents.openapi.answer("application/json", &request)
}

async fn get_asyncapi(documents: Data<ApiDocuments>, request: HttpRequest) -> HttpResponse {
    documents.asyncapi.answer("application/yaml", &request)
}

/// A document as it is and compressed; sending it copies nothing.
struct Document {
    plain: Bytes,
    gzip: Bytes,
}

impl Document {
    fn new(text: String) -> std::io::Result<Self> {
        let gzip = compress(Encoding::Gzip, text.as_bytes())?.into();
        Ok(Self { plain: text.into(), gzip })
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
