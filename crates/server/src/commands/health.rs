//! `parlor health`: asks the server on this machine whether it is ready, so that a container needs no other program for it.

use super::terminal::Terminal;
use super::{Outcome, runtime};
use server::config::{ConfigError, Loaded};
use server::outgoing;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn run(loaded: Result<Loaded, ConfigError>, terminal: Terminal) -> Outcome {
    let address = reachable(loaded?.config.listen);
    let answer = runtime()?.block_on(async {
        server::app::install_tls();
        let client = outgoing::client(PATIENCE, true)?;
        client.get(format!("http://{address}/healthz/ready")).send().await
    });
    match answer {
        Ok(answer) if answer.status().is_success() => {
            terminal.say("ready")?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(answer) => Err(format!("not ready: the server answers {}", answer.status()).into()),
        Err(error) => Err(error.into()),
    }
}

/// Where a server that listens everywhere can be reached from here.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => listen.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => listen.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    listen
}
