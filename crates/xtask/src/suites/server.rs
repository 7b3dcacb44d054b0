//! The server as a process of its own, for suites that need it running.

use crate::exec;
use anyhow::{Context, Result, bail};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A server that runs until it is stopped, or until this is dropped.
pub(super) struct Server {
    process: Child,
    /// Where it listens.
    pub(super) url: String,
    log: PathBuf,
}

impl Server {
    /// Starts it on a free port, with its files in `folder` and settings that differ from the defaults.
    pub(super) fn start(binary: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let log = folder.join("log");
        let mut command = exec::command(binary)?;
        for (key, value) in settings {
            command.env(format!("PARLOR_{key}"), value);
        }
        command.env("PARLOR_LISTEN", "127.0.0.1:0").env("PARLOR_DATA_DIR", folder.join("data"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log)?);
        let process = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        let mut server = Self { process, url: String::new(), log };
        let out = server.process.stdout.take().context("no pipe from the server")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        match line.trim().split_once("listens on ") {
            Some((_, url)) => url.clone_into(&mut server.url),
            None => bail!("the server does not start\n{}", fs::read_to_string(&server.log)?.trim()),
        }
        Ok(server)
    }

    /// Stops it as an operator would; it must end well. Its log.
    pub(super) fn stop(mut self) -> Result<String> {
        exec::quiet(Command::new("kill").args(["-TERM", &self.process.id().to_string()]))
            .context("the server is gone already")?;
        let status = self.process.wait()?;
        let log = fs::read_to_string(&self.log)?;
        if !status.success() {
            bail!("the server ended badly ({status})\n{log}");
        }
        Ok(log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Stopped before, in all but the cases where something else went wrong.
        if !matches!(self.process.try_wait(), Ok(Some(_))) {
            let (_killed, _waited) = (self.process.kill(), self.process.wait());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_does_not_start_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("parlor");
        fs::write(&program, "#!/bin/sh\necho no disk >&2\n").unwrap();
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let error = Server::start(&program, folder.path(), &[]).err().unwrap().to_string();
        assert!(error.contains("no disk"), "{error}");
    }
}
