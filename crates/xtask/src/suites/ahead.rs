//! The browser builds, made beside the suites that do not need them.
//!
//! Their last steps (one module out of everything, made small) keep one processor busy for minutes, and so do the last steps
//! of every native build. Beside each other they take little longer than the longer of them.

use super::Suite;
use super::setup::Need;
use crate::{exec, report, workspace};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    process::{Child, Stdio},
};

/// The suites that begin with the browser builds.
const WANT_THEM: [&str; 3] = ["web", "dist", "e2e"];

/// A build under way. Whoever needs its result builds as ever: that waits while this one goes on and finds everything up to
/// date after it, or shows what is wrong where it failed. So nobody asks how it ended.
pub(super) struct Ahead(Option<Child>);

impl Ahead {
    /// Begins, where another suite goes before the first that needs it.
    pub(super) fn start(chosen: &[&Suite], unmet: &BTreeMap<Need, String>) -> Self {
        if !goes_before(chosen) || unmet.contains_key(&Need::Node) {
            return Self(None);
        }
        let begun = begin();
        if let Err(error) = &begun {
            report::note(format!("the browser builds are not made ahead: {error:#}"));
        }
        Self(begun.ok())
    }
}

/// Whether there is a suite that needs the browser builds, and another before it.
fn goes_before(chosen: &[&Suite]) -> bool {
    chosen.iter().position(|suite| WANT_THEM.contains(&suite.name)).is_some_and(|place| place > 0)
}

fn begin() -> Result<Child> {
    let folder = workspace::target()?;
    fs::create_dir_all(&folder)?;
    let output = File::create(folder.join("web-ahead.log"))?;
    let mut build = exec::command(std::env::current_exe()?)?;
    // By this the program finds the checkout; cargo would wait with telling it until no other build is under way.
    build.env("CARGO_MANIFEST_DIR", workspace::root()?.join("crates/xtask"));
    build.arg("web").stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    build.spawn().context("cannot start the browser builds")
}

impl Drop for Ahead {
    /// Nobody who still needed it is left.
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _gone = child.kill();
            let _status = child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::choose;
    use super::*;

    #[test]
    fn nothing_is_built_ahead_of_the_first_suite_or_for_none() {
        let before = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            goes_before(&choose(&names).unwrap())
        };
        assert!(before(&[]) && before(&["clippy", "web"]) && before(&["rust", "e2e"]));
        assert!(!before(&["web", "clippy"]) && !before(&["e2e"]) && !before(&["rust", "clippy"]));
    }
}
