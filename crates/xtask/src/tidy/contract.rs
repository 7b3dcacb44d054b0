//! Fences around the API: every endpoint is documented, and somebody has decided who may call it.

use super::{Complaint, sources::Source};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};

/// One line per operation: its id, then what each kind of caller gets. The server's tests walk it.
pub(super) const AUTHORISATION_TABLE: &str = "crates/server/tests/it/authorisation.txt";

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation of the OpenAPI document: its id and where it is.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) place: String,
}

/// Reads the operations of an OpenAPI document.
pub(super) fn operations(document: &str) -> Result<Vec<Operation>> {
    let document: serde_json::Value = serde_json::from_str(document).context("openapi/openapi.json is not JSON")?;
    let paths =
        document.get("paths").and_then(|paths| paths.as_object()).context("openapi/openapi.json has no paths")?;
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in
            item.as_object().into_iter().flatten().filter(|(method, _)| METHODS.contains(&method.as_str()))
        {
            let place = format!("{} {path}", method.to_uppercase());
            let id = operation
                .get("operationId")
                .and_then(|id| id.as_str())
                .with_context(|| format!("{place} has no operation id"))?;
            operations.push(Operation { id: id.to_owned(), place });
        }
    }
    Ok(operations)
}

/// Two operations of one name would be one method in a generated client.
pub(super) fn operation_ids_are_unique(operations: &[Operation]) -> Vec<Complaint> {
    let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in operations {
        places.entry(&operation.id).or_default().push(&operation.place);
    }
    let twice = places.into_iter().filter(|(_, places)| places.len() > 1);
    twice.map(|(id, places)| format!("`{id}` is the id of {}", places.join(" and of "))).collect()
}

/// Every operation is in the table once, and the table has no others.
pub(super) fn authorisation_table_is_complete(table: &str, operations: &[Operation]) -> Vec<Complaint> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut listed = BTreeSet::new();
    let mut complaints = Vec::new();
    for id in lines.filter_map(|line| line.split_whitespace().next()) {
        if !listed.insert(id) {
            complaints.push(format!("{AUTHORISATION_TABLE} lists `{id}` twice"));
        }
    }
    let known: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    complaints.extend(
        known.difference(&listed).map(|id| format!("`{id}` is not in {AUTHORISATION_TABLE}: who may call it?")),
    );
    complaints.extend(
        listed
            .difference(&known)
            .map(|id| format!("{AUTHORISATION_TABLE} lists `{id}`, which openapi.json does not have")),
    );
    complaints
}

/// Every endpoint documents itself, and its operation is in the checked-in document.
pub(super) fn endpoints_are_documented(sources: &[Source], operations: &[Operation]) -> Vec<Complaint> {
    let known: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let mut complaints = Vec::new();
    let api =
        sources.iter().filter(|source| source.path.starts_with("crates/server/src/") && source.has_extension(&["rs"]));
    for source in api {
        let ids = documented_operations(&source.text);
        let routes = source.code_lines().filter(|(_, line)| is_route(line)).count();
        if routes > ids.len() {
            complaints.push(format!("{} has {routes} routes and {} `#[utoipa::path]`", source.path, ids.len()));
        }
        for id in ids.into_iter().filter(|id| !known.contains(id.as_str())) {
            complaints.push(format!(
                "{}: `{id}` is not in openapi/openapi.json; register it and run `cargo xtask openapi`",
                source.path
            ));
        }
    }
    complaints
}

/// Whether a line is the attribute that makes a function an endpoint of the API.
fn is_route(line: &str) -> bool {
    let Some(attribute) = line.trim_start().strip_prefix("#[") else { return false };
    let Some((method, path)) = attribute.split_once("(\"") else { return false };
    METHODS.contains(&method) && ["/api/", "/widget/v1/", "/healthz"].iter().any(|start| path.starts_with(start))
}

/// The operation ids of a file: the functions that follow a `#[utoipa::path]`, which utoipa names operations by.
fn documented_operations(text: &str) -> Vec<String> {
    let after_attributes = text.split("#[utoipa::path").skip(1);
    after_attributes
        .filter_map(|rest| {
            let (_, declaration) = rest.split_once("fn ")?;
            declaration.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).next().map(str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::source, *};

    fn document() -> Vec<Operation> {
        let text = r#"{"paths": {
            "/tags": {"get": {"operationId": "list_tags"}, "post": {"operationId": "create_tag"}, "parameters": []},
            "/labels": {"get": {"operationId": "list_tags"}}}}"#;
        operations(text).unwrap()
    }

    #[test]
    fn operations_are_read_and_one_without_id_is_refused() {
        assert_eq!(document().len(), 3);
        assert!(operations(r#"{"paths": {"/x": {"get": {}}}}"#).is_err());
    }

    #[test]
    fn a_repeated_operation_id_is_found() {
        let complaints = operation_ids_are_unique(&document());
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].contains("GET /labels") && complaints[0].contains("GET /tags"));
    }

    #[test]
    fn missing_surplus_and_repeated_lines_of_the_table_are_found() {
        let complaints =
            authorisation_table_is_complete("# who may what\nlist_tags 200\nlist_tags 200\nold_one 404\n", &document());
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert!(complaints.iter().any(|line| line.contains("`create_tag` is not in")));
        assert!(complaints.iter().any(|line| line.contains("`old_one`, which")));
        assert!(complaints.iter().any(|line| line.contains("`list_tags` twice")));
    }

    #[test]
    fn an_undocumented_endpoint_and_one_that_is_not_registered_are_found() {
        let sources = [
            source("crates/server/src/api/tags/mod.rs", "//! Tags.\n"),
            source("crates/server/src/api/tags/colour.rs", "//! What several endpoints share.\nfn parse() {}\n"),
            source(
                "crates/server/src/api/tags/list.rs",
                "//! L.\n#[utoipa::path(tag = \"tags\")]\n#[get(\"/api/v1/tags\")]\npub(crate) async fn list_tags(x: X) {}\n",
            ),
            source(
                "crates/server/src/api/tags/delete.rs",
                "//! D.\n#[utoipa::path(\n    delete\n)]\n#[delete(\"/api/v1/tags/{id}\")]\nasync fn delete_tag() {}\n",
            ),
            source(
                "crates/server/src/api/tags/patch.rs",
                "//! P.\n#[patch(\"/api/v1/tags/{id}\")]\npub async fn patch_tag() {}\n",
            ),
            source(
                "crates/server/src/pages.rs",
                "//! Pages are no API.\n#[get(\"/chat/{key}\")]\nasync fn chat() {}\n",
            ),
        ];
        let complaints = endpoints_are_documented(&sources, &document());
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].contains("`delete_tag` is not in"));
        assert!(complaints[1].contains("patch.rs has 1 routes and 0"));
    }
}
