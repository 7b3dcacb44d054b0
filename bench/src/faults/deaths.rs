//! The process dies, is told to stop, or stands still.

use super::stage::Stage;
use super::{Played, Programs, Scale};
use crate::process::Plan;
use anyhow::{Result, ensure};
use rustix::process::Signal;
use std::time::Duration;
use tokio::time::sleep;

/// How long the process stands still.
const FROZEN: Duration = Duration::from_secs(3);

/// SIGKILL, twice; a supervisor starts it again.
pub(super) async fn killed_in_the_middle_of_load(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    for _ in 0..2 {
        stage
            .under_load(scale, async |server, _| {
                server.kill().await?;
                server.begin().await
            })
            .await?;
    }
    let findings = stage.under_load(scale, async |_, _| Ok(())).await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// SIGTERM: it says farewell, stores what it has taken, and ends well.
pub(super) async fn stopped_in_the_middle_of_load(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let findings = stage
        .under_load(scale, async |server, _| {
            let status = server.terminate().await?;
            ensure!(status.success(), "told to stop, it ended with {status}");
            server.begin().await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// SIGSTOP and SIGCONT: a machine that hangs, a debugger, a container that is paused.
pub(super) async fn frozen_for_a_while(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let findings = stage
        .under_load(scale, async |server, _| {
            server.signal(Signal::STOP)?;
            sleep(FROZEN).await;
            server.signal(Signal::CONT)
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}
