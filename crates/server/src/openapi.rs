//! The OpenAPI document, made from the handlers.

use crate::{router, scopes};
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use types::api_tokens::Scope;
use types::error::Problem;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
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
    let about = "An API token of the organisation, with the scope that each operation names.";
    components.add_security_scheme("api_token", bearer(about, "parlor_…"));
    components.add_security_scheme(
        "visitor",
        bearer("A visitor's token, from `open_visitor_session`.", "Parlor visitor token"),
    );
    let cookie = ApiKeyValue::with_description("parlor_refresh", "The refresh token that signing in sets.");
    components.add_security_scheme("refresh", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let ticket = ApiKeyValue::with_description("ticket", "A one-time socket ticket.");
    components.add_security_scheme("ticket", SecurityScheme::ApiKey(ApiKey::Query(ticket)));
    close(components, "NewContent");
    close(components, "PreChatField");
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_mut(item) {
            complete(path, operation);
            name_scope(operation);
            if takes_key(method, path, operation) {
                name_key(operation);
            }
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
    let is_agents = is_agents(operation);
    let is_json =
        matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    let mut problem = |status: &str, about: &str| {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
            let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
            let response = ResponseBuilder::new().description(about).content("application/problem+json", content);
            RefOr::T(response.build())
        });
    };
    if is_agents {
        problem("403", "An API token without the scope, or one for what no token reaches.");
    }
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

/// Whether an agent asks for it.
fn is_agents(operation: &Operation) -> bool {
    let agents = SecurityRequirement::new("agent", Vec::<String>::new());
    operation.security.as_ref().is_some_and(|needs| needs.contains(&agents))
}

/// Says with which scope an API token reaches the operation.
fn name_scope(operation: &mut Operation) {
    let scope = operation.operation_id.as_deref().and_then(scopes::scope_of);
    let Some(scope) = scope.filter(|_| is_agents(operation)) else { return };
    let name = scope.as_str();
    operation.security.get_or_insert_default().push(SecurityRequirement::new("api_token", [name]));
    operation.extensions.get_or_insert_default().merge(ExtensionsBuilder::new().add("x-required-scope", name).build());
    let about = operation.description.take().filter(|text| !text.is_empty()).map(|text| text + "\n\n");
    operation.description = Some(format!("{}Scope of API tokens: `{name}`.", about.unwrap_or_default()));
}

/// What is answered once and not again: a secret, and an address that is good once. They are not kept for repetitions.
const ONCE: [&str; 4] =
    ["create_audit_export", "create_contact_export", "create_import_failure_export", "create_webhook"];

/// Whether a request may name an `Idempotency-Key`: an agent or a program creates something, and says what in JSON.
fn takes_key(method: &str, path: &str, operation: &Operation) -> bool {
    let is_json =
        matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"));
    // What no token reaches keeps accounts safe: passwords, secrets and codes, which are not kept for repetitions either.
    let is_once =
        operation.operation_id.as_deref().is_none_or(|id| ONCE.contains(&id) || scopes::scope_of(id).is_none());
    method == "POST"
        && path.starts_with("/api/")
        && is_agents(operation)
        && is_json
        && !is_once
        && operation.responses.responses.contains_key("201")
}

fn name_key(operation: &mut Operation) {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "A text of the caller's own, for this request and its repetitions within a day: they create once.",
        ))
        .schema(Some(text().min_length(Some(1)).max_length(Some(types::limits::IDEMPOTENCY_KEY_MAX))))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
    if let Some(RefOr::T(created)) = operation.responses.responses.get_mut("201") {
        let replayed = HeaderBuilder::new().schema(Some(text().enum_values(Some(["true"]))));
        let replayed = replayed.description(Some("The answer is that of the first request with the key.")).build();
        created.headers.insert("Idempotent-Replayed".to_owned(), RefOr::T(replayed));
    }
    operation.responses.responses.entry("409".to_owned()).or_insert_with(|| {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let about = "The first request with the `Idempotency-Key` is not answered yet.";
        let response = ResponseBuilder::new().description(about).content("application/problem+json", content);
        RefOr::T(response.build())
    });
}

/// An operation, as far as it matters before it is called.
#[derive(Debug, Clone)]
pub struct Route {
    method: &'static str,
    /// The scope with which an API token reaches it; absent: none does.
    pub scope: Option<Scope>,
    /// Whether a request may name an `Idempotency-Key`.
    pub takes_key: bool,
    /// Whether it changes nothing: whoever looks at a colleague's console may ask for it.
    pub reads: bool,
}

/// What changes nothing though it is no `GET`: a ticket opens a socket, in which a view is refused what it is refused here.
const READING: [&str; 1] = ["create_socket_ticket"];

/// Which operations each path has.
pub struct Routes(Vec<(ResourceDef, Vec<Route>)>);

impl Routes {
    /// The routes of the document.
    #[must_use]
    pub fn new() -> Self {
        let mut document = document();
        let rows = document.paths.paths.iter_mut().map(|(path, item)| {
            let route = |(method, operation): (&'static str, &mut Operation)| Route {
                method,
                scope: operation.operation_id.as_deref().and_then(scopes::scope_of),
                takes_key: takes_key(method, path, operation),
                reads: method == "GET" || operation.operation_id.as_deref().is_some_and(|id| READING.contains(&id)),
            };
            (ResourceDef::new(path.as_str()), operations_mut(item).map(route).collect())
        });
        Self(rows.collect())
    }

    /// The methods of `path`, joined for the `Allow` header; empty when there is no such path.
    #[must_use]
    pub fn methods_of(&self, path: &str) -> String {
        self.0
            .iter()
            .find(|(pattern, _)| pattern.is_match(path))
            .map(|(_, routes)| routes.iter().map(|route| route.method).collect::<Vec<_>>().join(", "))
            .unwrap_or_default()
    }

    /// The operation of this method and path.
    #[must_use]
    pub fn of(&self, method: &Method, path: &str) -> Option<&Route> {
        let matching = self.0.iter().filter(|(pattern, _)| pattern.is_match(path));
        matching.flat_map(|(_, routes)| routes).find(|route| route.method == method.as_str())
    }
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}
