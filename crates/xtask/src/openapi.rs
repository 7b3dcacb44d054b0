//! `cargo xtask openapi`: the contract as files, from the code that keeps it.

use crate::{exec, node, report, run, web::write_if_changed, workspace};
use anyhow::{Context, Result};

/// Writes the REST and socket documents and the TypeScript types.
pub(crate) fn regenerate() -> Result<()> {
    let server = run::build_server()?;
    let dir = workspace::root()?.join("openapi");
    for (subcommand, file) in [("openapi", "openapi.json"), ("asyncapi", "asyncapi.yaml")] {
        report::step(&format!("writing openapi/{file}"), || {
            let text = exec::quiet(exec::command(&server)?.arg(subcommand))?;
            write_if_changed(&dir.join(file), text.as_bytes())
        })?;
    }
    node::ensure()?;
    report::step("writing the TypeScript types", || exec::quiet(&mut node::script("openapi:types", None)?).map(drop))
}

/// Fails when the TypeScript types are not those of the checked-in document.
pub(crate) fn check_types() -> Result<()> {
    exec::quiet(&mut node::script("openapi:check", None)?)
        .map(drop)
        .context("openapi/client is out of date: run `cargo xtask openapi`")
}
