//! The OpenAPI document, made from the handlers.

use crate::router;
use actix_web::dev::ResourceDef;
use types::error::Problem;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, Content, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = router::document();
    document.info = InfoBuilder::new()
        .title("Parlor")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("openapi.md")))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()))
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    add_schema::<Problem>(components);
    // Named only by a path parameter, from which schemas are not collected.
    add_schema::<types::legal::LegalPage>(components);
    let bearer = |about: &str, format: &str| {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format(format).description(Some(about));
        SecurityScheme::Http(scheme.build())
    };
    components.add_security_scheme("agent", bearer("The access token of a signed-in agent.", "JWT"));
    components.add_security_scheme(
        "visitor",
        bearer("A visitor's token, from `open_visitor_session`.", "Parlor visitor token"),
    );
    let cookie = ApiKeyValue::with_description("parlor_refresh", "The refresh token that signing in sets.");
    components.add_security_scheme("refresh", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let ticket = ApiKeyValue::with_description("ticket", "A one-time socket ticket.");
    components.add_security_scheme("ticket", SecurityScheme::ApiKey(ApiKey::Query(ticket)));
    close(components, "NewContent");
    for (path, item) in &mut document.paths.paths {
        for (_method, operation) in operations_mut(item) {
            complete(path, operation);
        }
    }
    document
}

/// The document as it is checked in: pretty-printed JSON with a line break at its end.
///
/// # Errors
/// None that can happen: the document is plain data.
pub fn json() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|text| text + "\n")
}

fn add_schema<T: utoipa::ToSchema>(components: &mut Components) {
    let mut more = Vec::new();
    T::schemas(&mut more);
    components.schemas.insert(T::name().into_owned(), T::schema());
    components.schemas.extend(more);
}

/// Says of each alternative of a schema that it knows no more fields: utoipa says so of structures only.
fn close(components: &mut Components, name: &str) {
    let Some(RefOr::T(Schema::OneOf(choice))) = components.schemas.get_mut(name) else { return };
    for alternative in &mut choice.items {
        if let RefOr::T(Schema::Object(object)) = alternative {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// Every operation can fail in ways that no handler decides: they are described once, here.
fn complete(path: &str, operation: &mut Operation) {
    let mut parameters = operation.parameters.iter().flatten();
    let asks = parameters.any(|one| matches!(one, RefOr::T(one) if one.parameter_in == ParameterIn::Query));
    let is_json =
        matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    let mut problem = |status: &str, about: &str| {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
            let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
            let response = ResponseBuilder::new().description(about).content("application/problem+json", content);
            RefOr::T(response.build())
        });
    };
    if operation.security.as_ref().is_some_and(|needs| !needs.is_empty()) {
        problem("401", "No valid identity.");
    }
    if operation.request_body.is_some() {
        problem("413", "The body is too large.");
        problem(
            "415",
            if is_json { "The body is not `application/json`." } else { "The body is not `application/octet-stream`." },
        );
        problem("422", "Fields are invalid; `errors` names each.");
    }
    if asks {
        problem("422", "Parameters are out of range; `errors` names each.");
    }
    // `busy` promises that nothing was stored; `unavailable` promises nothing.
    problem(
        "503",
        "`busy`: nothing was stored; `unavailable`: the database is away, and nobody knows. Try again later.",
    );
    // Health is asked by machines that must not be refused.
    if !path.starts_with("/healthz") {
        problem("400", "The request could not be read.");
        problem("429", "Too many requests; `Retry-After` says when to try again.");
    }
    problem("500", "Our fault; the log has the request id.");
}

/// The operations of a path with their methods.
pub(crate) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", item.get.as_mut()),
        ("PUT", item.put.as_mut()),
        ("POST", item.post.as_mut()),
        ("DELETE", item.delete.as_mut()),
        ("PATCH", item.patch.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
}

/// Which methods each path knows, for telling 405 from 404.
pub struct Routes(Vec<(ResourceDef, String)>);

impl Routes {
    /// The routes of the document.
    #[must_use]
    pub fn new() -> Self {
        let mut document = document();
        let rows = document.paths.paths.iter_mut().map(|(path, item)| {
            let methods: Vec<&str> = operations_mut(item).map(|(method, _)| method).collect();
            (ResourceDef::new(path.as_str()), methods.join(", "))
        });
        Self(rows.collect())
    }

    /// The methods of `path`, joined for the `Allow` header; empty when there is no such path.
    #[must_use]
    pub fn methods_of(&self, path: &str) -> String {
        self.0
            .iter()
            .find(|(pattern, _)| pattern.is_match(path))
            .map(|(_, methods)| methods.clone())
            .unwrap_or_default()
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}
