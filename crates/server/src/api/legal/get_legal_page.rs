//! `GET /api/v1/legal/{page}`.

use crate::error::{ApiError, ApiResult};
use crate::extract::ValidQuery;
use crate::legal::Language;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use types::error::Problem;
use types::legal::{LegalPage, LegalText};

/// Which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LanguageQuery {
    /// `zh-CN` or `en`; Chinese when it is something else or left out.
    lang: Option<String>,
}

/// Shows a legal page.
#[utoipa::path(
    tag = "legal",
    params(("page" = LegalPage, Path, description = "Which page."), LanguageQuery),
    responses(
        (status = 200, description = "The page.", body = LegalText),
        (status = 404, description = "There is no such page.", body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/api/v1/legal/{page}")]
pub(crate) async fn get_legal_page(
    state: Data<AppState>,
    page: Path<String>,
    query: ValidQuery<LanguageQuery>,
) -> ApiResult<Json<LegalText>> {
    let page = LegalPage::ALL.into_iter().find(|known| known.as_str() == page.as_str());
    let language = query.0.lang.as_deref().and_then(Language::parse).unwrap_or(Language::Chinese);
    let text = page.and_then(|page| state.legal.get(page, language));
    text.cloned().map(Json).ok_or_else(|| ApiError::not_found("page"))
}
