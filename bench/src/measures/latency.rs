//! Latency and CPU at a fixed rate: 100 conversations, 10 agents, texts of 120 bytes.

use super::{Db, World};
use crate::probes;
use crate::report::{Met, Report, Row, median, millis, say};
use anyhow::{Result, bail};
use bench::load::{Crowd, Senders, Shape, Work};
use bench::people::Site;
use bench::process::Server;
use std::time::Duration;

/// The job that every system is given.
pub(crate) const JOB: Shape = Shape { organisations: 10, visitors: 10, text: 120, files_every: None };

/// What one run gave: microseconds, and microseconds of CPU a message.
#[derive(Debug, Clone, Copy)]
struct Figures {
    p50: f64,
    p99: f64,
    p999: f64,
    cpu: f64,
}

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    Floor,
    Parlor(Db),
}

/// Latency at 200 and at 1,000 messages a second, and CPU at the latter. Everybody in turn, several times: the neighbours
/// of a virtual machine are nobody's merit.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    for rate in [200.0, 1000.0] {
        let mut whom = vec![Whom::Floor];
        whom.extend(world.databases().into_iter().map(Whom::Parlor));
        let mut all: Vec<Vec<Figures>> = whom.iter().map(|_| Vec::new()).collect();
        for _ in 0..world.either(3, 1) {
            for (whom, figures) in whom.iter().zip(&mut all) {
                figures.push(run(world, *whom, rate).await?);
            }
        }
        let middle: Vec<Figures> = all.iter().map(|figures| middle(figures)).collect();
        let Some((floor, ours)) = middle.split_first() else { continue };
        for (db, ours) in world.databases().into_iter().zip(ours) {
            latency(report, rate, db, *floor, *ours);
        }
        if rate > 500.0 {
            for (db, ours) in world.databases().into_iter().zip(ours) {
                let ratio = ours.cpu / floor.cpu;
                report.row(Row {
                    what: format!("CPU per message at 1,000/s, {}, database included", db.name()),
                    limit: format!("{:.2} ms", floor.cpu / 1e3),
                    ours: format!("{:.2} ms", ours.cpu / 1e3),
                    ratio: format!("{ratio:.1} ×"),
                    aim: "≤ 2 × floor",
                    met: Met::of(Some(ratio <= 2.0), ratio < 1.0),
                });
            }
        }
    }
    Ok(())
}

fn latency(report: &mut Report, rate: f64, db: Db, floor: Figures, ours: Figures) {
    let whole = |micros: f64| millis(Duration::from_secs_f64(micros / 1e6).as_micros().try_into().unwrap_or(u64::MAX));
    let shown =
        |figures: Figures| format!("{} / {} / {} ms", whole(figures.p50), whole(figures.p99), whole(figures.p999));
    let ratio = ours.p50 / floor.p50;
    report.row(Row {
        what: format!("{rate} messages/s durable, {}, p50 / p99 / p99.9", db.name()),
        limit: shown(floor),
        ours: shown(ours),
        ratio: format!("{ratio:.1} × / {:.1} × / {:.1} ×", ours.p99 / floor.p99, ours.p999 / floor.p999),
        aim: if rate > 500.0 { "p50 ≤ 2 × floor, p99 ≤ 20 ms" } else { "" },
        met: Met::of((rate > 500.0).then_some(ratio <= 2.0 && ours.p99 <= 20_000.0), ratio < 1.0),
    });
}

async fn run(world: &World, whom: Whom, rate: f64) -> Result<Figures> {
    let server = match whom {
        Whom::Floor => Server::start(probes::plan("floor")?).await?,
        Whom::Parlor(db) => Server::start(world.plan(db).await?).await?,
    };
    let mut crowd = match whom {
        Whom::Floor => Crowd::open_bare(server.address(), JOB).await?,
        Whom::Parlor(_) => Crowd::open(&Site::of(&server)?, JOB).await?,
    };
    let cpu = || match whom {
        Whom::Floor => Ok(server.usage()?.cpu),
        Whom::Parlor(db) => world.cpu(&server, db),
    };
    let work = Work {
        rate,
        warm_up: world.either(Duration::from_secs(2), Duration::from_secs(1)),
        measured: world.either(Duration::from_secs(6), Duration::from_secs(3)),
        senders: Senders::Visitors,
        patience: Duration::from_secs(30),
    };
    let before = cpu()?;
    let ran = crowd.run(&work).await?;
    let spent = cpu()? - before;
    let at = |quantile| f64::from(u32::try_from(ran.delivery.value_at_quantile(quantile)).unwrap_or(u32::MAX));
    let figures = Figures {
        p50: at(0.5),
        p99: at(0.99),
        p999: at(0.999),
        cpu: spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(ran.messages)?),
    };
    let verdict = crowd.judge(ran).await?;
    if !verdict.is_clean() {
        bail!("{whom:?} at {rate}/s: {verdict}");
    }
    crowd.close().await;
    say(&format!(
        "    {whom:?} at {rate}/s: p50 {:.0} p99 {:.0} p99.9 {:.0} µs, CPU {:.0} µs",
        figures.p50, figures.p99, figures.p999, figures.cpu
    ));
    Ok(figures)
}

fn middle(figures: &[Figures]) -> Figures {
    let of = |part: fn(&Figures) -> f64| median(figures.iter().map(part).collect());
    Figures { p50: of(|one| one.p50), p99: of(|one| one.p99), p999: of(|one| one.p999), cpu: of(|one| one.cpu) }
}
