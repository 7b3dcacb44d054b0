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

/// Installs whatever is missing. What one package lacks keeps no other away.
pub(crate) fn ensure(needed: &[Needed]) -> Result<()> {
    let missing: Vec<&Needed> = needed.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        report::fresh("system packages");
        return Ok(());
    }
    let names: Vec<String> = missing.iter().map(|need| need.package.to_owned()).collect();
    report::step(&format!("installing {}", names.join(", ")), || {
        update_index()?;
        install_each(&names, install)
    })
    .with_context(|| format!("by hand: apt-get install {}", names.join(" ")))?;
    are_present(needed)
}

/// Fails with every package that is not there.
pub(crate) fn are_present(needed: &[Needed]) -> Result<()> {
    let missing = needed.iter().filter(|need| !(need.present)());
    let missing: Vec<String> = missing.map(|need| format!("{} ({})", need.package, need.purpose)).collect();
    if missing.is_empty() { Ok(()) } else { bail!("missing: {}", missing.join(", ")) }
}

/// All in one go; where that fails one after the other, because apt installs nothing when it knows one of many names not.
fn install_each(names: &[String], install: impl Fn(&[String]) -> Result<()>) -> Result<()> {
    if install(names).is_ok() {
        return Ok(());
    }
    let failed: Vec<String> = names
        .iter()
        .filter_map(|name| install(std::slice::from_ref(name)).err().map(|error| format!("{name}: {error:#}")))
        .collect();
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("\n")) }
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
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn a_package_that_is_not_to_be_had_keeps_no_other_away() {
        let installed = RefCell::new(Vec::new());
        let apt = |names: &[String]| {
            if let Some(name) = names.iter().find(|name| *name == "chromium") {
                bail!("Unable to locate package {name}");
            }
            installed.borrow_mut().extend_from_slice(names);
            Ok(())
        };
        let names = ["chromium", "postgresql", "python3-venv"].map(str::to_owned);
        let error = install_each(&names, apt).unwrap_err().to_string();
        assert_eq!(error, "chromium: Unable to locate package chromium");
        assert_eq!(*installed.borrow(), names[1..]);
        install_each(&names[1..], apt).unwrap();
        assert_eq!(installed.borrow().len(), 4, "in one go where that works");
    }

    #[test]
    fn what_is_not_there_is_named_with_its_purpose() {
        let need = |package, present| Needed { package, purpose: "a browser", present };
        are_present(&[need("there", || true)]).unwrap();
        let error = are_present(&[need("there", || true), need("chromium", || false)]).unwrap_err().to_string();
        assert_eq!(error, "missing: chromium (a browser)");
    }

    #[test]
    fn versions_are_read_newest_first() {
        let listing =
            "  rust-src | 1.95.0+dfsg1-1~bpo13+1 | deb main amd64\n  rust-src | 1.94.1+dfsg1-2 | deb main amd64\n";
        assert_eq!(versions_in(listing), ["1.95.0+dfsg1-1~bpo13+1", "1.94.1+dfsg1-2"]);
        assert!(versions_in("").is_empty());
    }
}
