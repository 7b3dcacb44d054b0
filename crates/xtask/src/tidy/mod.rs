//! `cargo xtask tidy`: rules of the house that the compiler does not know. A fence is a function from text to complaints,
//! with a test that shows it bite.

mod asvs;
mod claims;
mod contract;
mod dependencies;
mod layers;
mod prose;
mod sources;
mod supply;

use crate::{exec, report, web, workspace};
use anyhow::{Context, Result, bail};
use std::fs;

/// What is wrong, and where.
type Complaint = String;

/// Runs every fence and reports all that they find, not only the first.
pub(crate) fn run() -> Result<()> {
    let sources = sources::all()?;
    let read = |path: &str| -> Result<String> {
        let file = workspace::root()?.join(path);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let manifest = read("Cargo.toml")?;
    let mut complaints = Vec::new();
    let mut fence = |name: &str, found: Vec<Complaint>| {
        complaints.extend(found.into_iter().map(|complaint| format!("[{name}] {complaint}")))
    };
    fence("opening", prose::rust_files_open_with_their_purpose(&sources));
    fence("length", prose::files_are_short(&sources));
    fence("whitespace", prose::no_trailing_whitespace(&sources));
    fence("machine", prose::no_machine_paths_or_registry_hosts(&sources));
    fence("scope", layers::no_unscoped_find(&sources));
    fence("api-sql", layers::no_database_in_the_api(&sources));
    fence("browser-fetch", layers::no_sockets_or_fetch_in_views(&sources));
    match read("openapi/openapi.json").and_then(|document| contract::operations(&document)) {
        Ok(operations) => {
            fence("documented", contract::endpoints_are_documented(&sources, &operations));
            fence("operation-ids", contract::operation_ids_are_unique(&operations));
            let table = read(contract::AUTHORISATION_TABLE)
                .map(|table| contract::authorisation_table_is_complete(&table, &operations));
            fence("authorisation", table.unwrap_or_else(|error| vec![format!("{error:#}")]));
        }
        Err(error) => fence("documented", vec![format!("{error:#}")]),
    }
    fence("why", dependencies::every_dependency_says_why(&manifest));
    let reasons = read("docs/dependencies.md")?;
    fence("dependency-table", dependencies::every_dependency_has_a_row(&manifest, &reasons));
    for package in sources.iter().filter(|source| source.path.rsplit('/').next() == Some("package.json")) {
        fence("dependency-table", dependencies::every_npm_package_has_a_row(&package.text, &reasons));
    }
    fence("banned", dependencies::banned(&dependency_trees()?));
    let documents = asvs::DOCUMENTS.iter().map(|name| read(name)).collect::<Result<Vec<_>>>()?;
    for (name, document) in asvs::DOCUMENTS.iter().zip(&documents) {
        fence("proofs", claims::every_proof_exists(name, document, &sources));
    }
    fence("requirements", asvs::every_requirement_is_named(&documents));
    let rules = supply::rules(&read("deny.toml")?)?;
    let packages =
        supply::metadata(&exec::quiet(exec::cargo()?.args(["metadata", "--locked", "--format-version", "1"]))?)?;
    fence("licences", supply::licences(&rules, &packages));
    fence("sources", supply::sources(&packages));
    fence("banned", supply::bans(&rules, &packages));
    if let Some(sizes) = web::Sizes::load()? {
        fence("budget", web::check_budget(&sizes).err().into_iter().map(|error| error.to_string()).collect());
    }

    if complaints.is_empty() {
        return Ok(());
    }
    for complaint in &complaints {
        report::note(complaint);
    }
    bail!("tidy has {} complaints", complaints.len())
}

/// What cargo says each fenced crate depends on.
fn dependency_trees() -> Result<Vec<(&'static dependencies::Ban, String)>> {
    let tree = |ban: &'static dependencies::Ban| {
        let mut cargo = exec::cargo()?;
        cargo
            .args(["tree", "--edges", ban.edges, "--prefix", "none", "--no-dedupe", "--format", "{p}"])
            .args(ban.selection);
        Ok((ban, exec::quiet(&mut cargo)?))
    };
    dependencies::BANS.iter().map(tree).collect()
}

/// A source file for the tests of the fences.
#[cfg(test)]
fn source(path: &str, text: &str) -> sources::Source {
    sources::Source { path: path.to_owned(), text: text.to_owned() }
}
