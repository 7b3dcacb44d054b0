//! Python packages that the tests use, from the Python registry, in one virtual environment of the checkout's own.

use crate::{
    exec,
    fingerprint::{Fingerprint, Stamp},
    report, workspace,
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Something from the Python registry.
pub(super) struct Tool {
    /// As the stamp and the person read it.
    name: &'static str,
    wanted: Wanted,
    /// Proves that it can be used.
    imports: &'static str,
}

/// Which packages.
enum Wanted {
    /// One, with its version.
    Package(&'static str),
    /// Those of a requirements file, by its path in the checkout.
    File(&'static str),
}

/// The mail server of the SMTP tests: real SMTP over a real socket.
pub(super) const MAIL_SERVER: Tool = Tool {
    name: "mail-server",
    wanted: Wanted::Package("aiosmtpd==1.4.6"),
    imports: "import aiosmtpd.main, aiosmtpd.handlers",
};

/// The object store of the tests of files in a bucket: an S3 that somebody else has written.
pub(super) const OBJECT_STORE: Tool =
    Tool { name: "object-store", wanted: Wanted::Package("moto[s3,server]==5.2.5"), imports: "import moto.server" };

/// What asks the server everything that its document allows and forbids.
pub(super) const FUZZER: Tool = Tool {
    name: "schemathesis",
    wanted: Wanted::File("crates/xtask/fuzz/requirements.txt"),
    imports: "import schemathesis.cli",
};

const TOOLS: [&Tool; 3] = [&MAIL_SERVER, &OBJECT_STORE, &FUZZER];

/// The Python that has the tool, installed if it is not there yet.
pub(super) fn ensure(tool: &Tool) -> Result<PathBuf> {
    let python = python()?;
    if is_ready(tool) {
        report::fresh(tool.name);
        return Ok(python);
    }
    report::step(&format!("installing {}", tool.name), || {
        if !works(&python) {
            make_environment()?;
        }
        let mut pip = exec::command(&python)?;
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        match tool.wanted {
            Wanted::Package(package) => pip.arg(package),
            Wanted::File(path) => pip.arg("--requirement").arg(workspace::root()?.join(path)),
        };
        exec::quiet(&mut pip).with_context(|| format!("{} could not be installed", tool.name))?;
        exec::quiet(exec::command(&python)?.args(["-c", tool.imports])).map(drop)
    })?;
    Stamp::new(tool.name)?.set(&fingerprint(tool)?)?;
    Ok(python)
}

/// Whether every tool is there, so that nothing is needed to make an environment.
pub(super) fn are_ready() -> bool {
    TOOLS.into_iter().all(is_ready)
}

/// Debian's Python can lack the module that a virtual environment gets its pip from.
pub(super) fn venv_works() -> bool {
    exec::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]))
}

/// An empty environment. Nothing that was in an earlier one is there any more.
fn make_environment() -> Result<()> {
    for tool in TOOLS {
        Stamp::new(tool.name)?.clear()?;
    }
    exec::quiet(exec::command("python3")?.args(["-m", "venv", "--clear"]).arg(folder()?))
        .context("no virtual environment\nby hand: apt-get install python3-venv")
        .map(drop)
}

fn is_ready(tool: &Tool) -> bool {
    let ready = || -> Result<bool> { Ok(python()?.exists() && Stamp::new(tool.name)?.holds(&fingerprint(tool)?)) };
    ready().unwrap_or(false)
}

fn works(python: &Path) -> bool {
    python.exists() && exec::succeeds(Command::new(python).args(["-m", "pip", "--version"]))
}

fn fingerprint(tool: &Tool) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    let packages = match tool.wanted {
        Wanted::Package(package) => package.to_owned(),
        Wanted::File(path) => fs::read_to_string(workspace::root()?.join(path)).with_context(|| path.to_owned())?,
    };
    fingerprint.text("packages", &packages).text("venv", &folder()?.to_string_lossy());
    Ok(fingerprint.finish())
}

fn folder() -> Result<PathBuf> {
    Ok(workspace::target()?.join("tools/venv"))
}

fn python() -> Result<PathBuf> {
    Ok(folder()?.join("bin/python"))
}
