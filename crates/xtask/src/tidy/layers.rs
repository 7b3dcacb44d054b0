//! Fences between the rooms: what a line may touch, where the compiler would let it.

use super::{Complaint, sources::Source};

/// Queries start from the organisation's scope, or another organisation's rows are one forgotten filter away.
pub(super) fn no_unscoped_find(sources: &[Source]) -> Vec<Complaint> {
    let fenced = |path: &str| path.starts_with("crates/store/src/queries/") || path.starts_with("crates/server/src/");
    found(
        sources,
        fenced,
        &["Entity::find(", "Entity::find_by_id(", "Entity>::find(", "Entity>::find_by_id("],
        "start from `OrgScope`",
    )
}

/// Endpoints call an action or a query; they know no database.
pub(super) fn no_database_in_the_api(sources: &[Source]) -> Vec<Complaint> {
    found(
        sources,
        |path| path.starts_with("crates/server/src/api/"),
        &["sea_orm", "sqlx"],
        "endpoints do not touch the database",
    )
}

/// In the console only `api` and `realtime` talk to the server.
pub(super) fn no_sockets_or_fetch_in_views(sources: &[Source]) -> Vec<Complaint> {
    let fenced = |path: &str| {
        ["pages", "components", "ui"].iter().any(|room| path.starts_with(&format!("frontend/src/{room}/")))
    };
    found(sources, fenced, &["gloo_net", "WebSocket", "fetch_with"], "views do not talk to the server by themselves")
}

fn found(sources: &[Source], fenced: impl Fn(&str) -> bool, banned: &[&str], rule: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| source.has_extension(&["rs"]) && fenced(&source.path)) {
        for (number, line) in source.code_lines() {
            if let Some(text) = banned.iter().find(|text| line.contains(**text)) {
                complaints.push(format!("{}:{number} has `{text}`: {rule}", source.path));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::{super::source, *};

    #[test]
    fn an_unscoped_find_is_found_where_it_matters() {
        let sources = [
            source(
                "crates/store/src/queries/tags.rs",
                "//! Tags.\n// Entity::find() is banned\nlet all = tag::Entity::find().all(db);\n",
            ),
            source("crates/server/src/actions/tags.rs", "//! Tags.\nlet one = tag::Entity::find_by_id(id);\n"),
            source("crates/store/src/scope.rs", "//! Scope.\nE::find(); tag::Entity::find();\n"),
        ];
        let complaints = no_unscoped_find(&sources);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
        assert!(complaints[0].starts_with("crates/store/src/queries/tags.rs:3"));
    }

    #[test]
    fn the_database_is_found_in_the_api_only() {
        let line = "//! X.\nuse sea_orm::EntityTrait;\n";
        let sources =
            [source("crates/server/src/api/tags/list.rs", line), source("crates/store/src/queries/tags.rs", line)];
        assert_eq!(no_database_in_the_api(&sources).len(), 1);
    }

    #[test]
    fn a_view_that_fetches_is_found() {
        let line = "//! X.\nlet answer = gloo_net::http::Request::get(url);\n";
        let sources = [source("frontend/src/pages/inbox.rs", line), source("frontend/src/api.rs", line)];
        assert_eq!(no_sockets_or_fetch_in_views(&sources).len(), 1);
    }
}
