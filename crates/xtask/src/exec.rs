//! Calling other programs, with errors that say which one failed and what it said.

use crate::workspace;
use anyhow::{Context, Result, bail};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// A command in the checkout's folder.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(workspace::root()?);
    for (name, _) in std::env::vars_os().filter(|(name, _)| describes_this_crate(name)) {
        command.env_remove(name);
    }
    Ok(command)
}

/// Whether cargo set the variable to describe xtask to itself. Build scripts watch some of these (ring's does), so a nested
/// cargo that inherits them rebuilds everything above ring, and so does the next cargo from a shell, in turn.
fn describes_this_crate(name: &OsStr) -> bool {
    let prefixes =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    name.to_str().is_some_and(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)))
}

/// The cargo that runs xtask.
pub(crate) fn cargo() -> Result<Command> {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command line as a person would type it, for messages.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut line = program;
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}

/// Runs a command whose output the person sees.
pub(crate) fn stream(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs a command whose output matters only when it fails.
pub(crate) fn quiet(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = output(command)?;
    if !output.status.success() {
        bail!("`{line}` failed ({})\n{}", output.status, last_lines(&output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command ends well; nothing is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    output(command).is_ok_and(|output| output.status.success())
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    let line = shown(command);
    command.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{line}`"))
}

/// Where a program is on `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// Whether this process runs as the system's administrator.
pub(crate) fn is_root() -> bool {
    quiet(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The end of what a failed command printed: enough to see why, not so much that the reason scrolls away.
fn last_lines(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(40);
    lines.get(start..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_shows_its_output() {
        let error = quiet(Command::new("sh").args(["-c", "echo because >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c"), "{error}");
        assert!(error.contains("because"), "{error}");
    }

    #[test]
    fn a_nested_program_is_not_told_about_this_crate() {
        let seen = quiet(&mut command("env").unwrap()).unwrap();
        let leaked: Vec<&str> =
            seen.lines().filter(|line| line.starts_with("CARGO_PKG_") || line.starts_with("CARGO_MANIFEST_")).collect();
        assert!(std::env::var_os("CARGO_PKG_VERSION_MAJOR").is_some(), "cargo describes a test's crate to it");
        assert!(leaked.is_empty(), "{leaked:?}");
        assert!(
            !describes_this_crate(OsStr::new("CARGO_HOME")) && !describes_this_crate(OsStr::new("CARGO_NET_RETRY"))
        );
    }

    #[test]
    fn only_the_end_of_a_long_output_is_shown() {
        let error = quiet(Command::new("sh").args(["-c", "seq 1 500; exit 1"])).unwrap_err().to_string();
        assert!(error.contains("500") && !error.contains("\n12\n"), "{error}");
    }
}
