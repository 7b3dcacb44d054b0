//! What the tests need from the machine. Everything is looked for first; only what is missing is installed.

use super::python;
use crate::{
    exec,
    packages::{self, Needed},
};
use anyhow::{Context, Result, bail};
use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

/// Something that a suite cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Need {
    /// Node.js with the packages of `package-lock.json`.
    Node,
    /// Chromium, and fonts with Chinese and emoji: without them screenshots and widths are wrong.
    Browser,
    /// A private PostgreSQL.
    Postgres,
    /// A Redis, which the tests start themselves.
    Redis,
    /// A local SMTP server.
    MailServer,
    ObjectStore,
    /// Schemathesis.
    Fuzzer,
}

const CHROMIUM: Needed = Needed {
    package: "chromium",
    purpose: "the browser of the end-to-end tests",
    present: || chromium_path().is_some(),
};
const CJK: Needed = Needed {
    package: "fonts-noto-cjk",
    purpose: "Chinese text in the browser",
    present: || packages::is_installed("fonts-noto-cjk"),
};
const EMOJI: Needed = Needed {
    package: "fonts-noto-color-emoji",
    purpose: "emoji in the browser",
    present: || packages::is_installed("fonts-noto-color-emoji"),
};
const POSTGRES: Needed = Needed {
    package: "postgresql",
    purpose: "the second database of the integration tests",
    present: || postgres_tool("initdb").is_some(),
};
const REDIS: Needed = Needed {
    package: "redis-server",
    purpose: "the bus between several servers, in their tests",
    present: || exec::find("redis-server").is_some(),
};
const VENV: Needed = Needed {
    package: "python3-venv",
    purpose: "the mail server of the SMTP tests, and schemathesis",
    present: || python::are_ready() || python::venv_works(),
};

/// Installs the system packages that the needs come from.
pub(super) fn packages(needs: &[Need]) -> Result<()> {
    let mut wanted: Vec<Needed> = Vec::new();
    for one in needs.iter().flat_map(|need| packages_of(*need)) {
        if wanted.iter().all(|other| other.package != one.package) {
            wanted.push(one);
        }
    }
    if wanted.is_empty() { Ok(()) } else { packages::ensure(&wanted) }
}

/// Fails when one of the need's own packages is missing.
pub(super) fn packages_are_there(need: Need) -> Result<()> {
    packages::are_present(&packages_of(need))
}

fn packages_of(need: Need) -> Vec<Needed> {
    let mut wanted = match need {
        Need::Node => Vec::new(),
        Need::Browser => vec![CHROMIUM, CJK, EMOJI],
        Need::Postgres => vec![POSTGRES],
        Need::Redis => vec![REDIS],
        Need::MailServer | Need::ObjectStore | Need::Fuzzer => vec![VENV],
    };
    if exec::find("dpkg-query").is_none() {
        // Fonts are asked for by package name; elsewhere than on Debian they are the person's own affair.
        wanted.retain(|need| !need.package.starts_with("fonts-"));
    }
    wanted
}

/// Where Chromium is.
pub(super) fn chromium() -> Result<PathBuf> {
    chromium_path()
        .context("Chromium is needed\nby hand: apt-get install chromium, or name another one in PARLOR_CHROMIUM")
}

fn chromium_path() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("PARLOR_CHROMIUM").map(PathBuf::from) {
        return path.is_file().then_some(path);
    }
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(exec::find)
}

/// A program of PostgreSQL: on the `PATH`, or where Debian puts it.
pub(super) fn postgres_tool(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    versions
        .sort_by_key(|dir| dir.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok()));
    let newest = versions.into_iter().rev().map(|dir| dir.join("bin").join(name)).find(|file| file.is_file());
    newest.or_else(|| exec::find(name))
}

/// A system user and its group, shown as `chown` wants them.
pub(super) struct User {
    name: &'static str,
    group: String,
}

impl User {
    /// The words before a command that make it this user's.
    pub(super) fn words(&self) -> Vec<String> {
        ["setpriv", "--reuid", self.name, "--regid", &self.group, "--clear-groups", "--"].map(str::to_owned).to_vec()
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.group)
    }
}

/// The system user that PostgreSQL runs as when this process is root, which it refuses to be.
pub(super) fn unprivileged_user() -> Result<Option<User>> {
    if !exec::is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Ok(group) = exec::quiet(Command::new("id").args(["-g", name])) {
            if !Path::new("/usr/bin/setpriv").exists() && exec::find("setpriv").is_none() {
                bail!("`setpriv` is needed to run PostgreSQL as {name}\nby hand: apt-get install util-linux");
            }
            return Ok(Some(User { name, group: group.trim().to_owned() }));
        }
    }
    bail!("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`")
}
