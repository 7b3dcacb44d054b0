//! Debian packages that the tests need: looked for first, installed only when missing.

use crate::{exec, report};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// A program or font that comes from a Debian package.
pub(crate) struct Needed {
    /// The package's name.
    pub(crate) package: &'static str,
    /// What it is for, as the person reads it when it cannot be installed.
    pub(crate) purpose: &'static str,
    /// Whether it is there already, however it came.
    pub(crate) present: fn() -> bool,
}

/// Installs whatever is missing.
pub(crate) fn ensure(needed: &[Needed]) -> Result<()> {
    let missing: Vec<&Needed> = needed.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        report::fresh("system packages");
        return Ok(());
    }
    let names: Vec<String> = missing.iter().map(|need| need.package.to_owned()).collect();
    let wanted: Vec<String> = missing.iter().map(|need| format!("{} ({})", need.package, need.purpose)).collect();
    report::step(&format!("installing {}", names.join(", ")), || {
        update_index()?;
        install(&names)
    })
    .with_context(|| format!("missing: {}\nby hand: apt-get install {}", wanted.join(", "), names.join(" ")))?;
    for need in missing {
        if !(need.present)() {
            bail!("{} is installed but still not found ({})", need.package, need.purpose);
        }
    }
    Ok(())
}

/// Whether dpkg says that a package is installed.
pub(crate) fn is_installed(package: &str) -> bool {
    let query = exec::quiet(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]));
    query.is_ok_and(|status| status.ends_with(" installed"))
}

/// Fetches the package index.
pub(crate) fn update_index() -> Result<()> {
    exec::quiet(apt_get()?.args(["-qq", "update"])).map(drop)
}

/// Installs packages without what they only recommend.
pub(crate) fn install(names: &[String]) -> Result<()> {
    exec::quiet(apt_get()?.args(["-qq", "install", "-y", "--no-install-recommends"]).args(names)).map(drop)
}

/// The version that would be installed.
pub(crate) fn candidate(package: &str, options: &[String]) -> Option<String> {
    versions(package, options).into_iter().next()
}

/// Every version that apt knows of, newest first.
pub(crate) fn versions(package: &str, options: &[String]) -> Vec<String> {
    let listing = exec::quiet(Command::new("apt-cache").args(options).args(["madison", package])).unwrap_or_default();
    versions_in(&listing)
}

/// Reads `package | version | source` lines.
fn versions_in(listing: &str) -> Vec<String> {
    listing.lines().filter_map(|line| line.split('|').nth(1)).map(|version| version.trim().to_owned()).collect()
}

/// `apt-get` with the right to install: as root, or by a `sudo` that asks for no password.
fn apt_get() -> Result<Command> {
    if exec::find("apt-get").is_none() {
        bail!("this machine has no apt-get");
    }
    let mut command = if exec::is_root() {
        Command::new("apt-get")
    } else if exec::succeeds(Command::new("sudo").args(["-n", "true"])) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        sudo
    } else {
        bail!("installing needs root, or a sudo without password");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::versions_in;

    #[test]
    fn versions_are_read_newest_first() {
        let listing =
            "  rust-src | 1.95.0+dfsg1-1~bpo13+1 | deb main amd64\n  rust-src | 1.94.1+dfsg1-2 | deb main amd64\n";
        assert_eq!(versions_in(listing), ["1.95.0+dfsg1-1~bpo13+1", "1.94.1+dfsg1-2"]);
        assert!(versions_in("").is_empty());
    }
}
