//! What a process costs, as the kernel counts it under `/proc`.

use anyhow::{Context, Result};
use std::fs;
use std::time::Duration;

/// CPU time since its start, and memory now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// User and system time, in steps of 10 ms.
    pub cpu: Duration,
    /// Bytes of memory that are its own, plus its share of what it shares with others.
    pub pss: u64,
    /// Bytes of memory that are resident, shared or not.
    pub rss: u64,
}

/// What one process costs.
///
/// # Errors
/// When it is gone, or belongs to somebody else.
pub fn of_process(pid: u32) -> Result<Usage> {
    let stat = Stat::of(pid)?;
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).context("the process shows no memory")?;
    Ok(Usage { cpu: stat.own, pss: kilobytes(&rollup, "Pss:"), rss: kilobytes(&rollup, "Rss:") })
}

/// CPU time of a process and of all below it, those that have ended included.
///
/// # Errors
/// When it is gone.
pub fn of_tree(pid: u32) -> Result<Duration> {
    let stat = Stat::of(pid)?;
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let below = children.split_whitespace().filter_map(|child| child.parse().ok());
    // One that ends meanwhile is counted by its parent from then on.
    Ok(stat.own + stat.ended_children + below.filter_map(|child| of_tree(child).ok()).sum::<Duration>())
}

/// The process that started this one.
///
/// # Errors
/// When it is gone.
pub fn parent_of(pid: u32) -> Result<u32> {
    Ok(Stat::of(pid)?.parent)
}

struct Stat {
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

impl Stat {
    fn of(pid: u32) -> Result<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
        Self::parse(&text).with_context(|| format!("unreadable: {text}"))
    }

    /// proc(5): the fields behind the name, which may itself hold spaces and parentheses.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let per_second = rustix::param::clock_ticks_per_second().max(1);
        let time = |ticks: u64| Duration::from_millis(ticks.saturating_mul(1000) / per_second);
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: time(ticks(11)? + ticks(12)?),
            ended_children: time(ticks(13)? + ticks(14)?),
        })
    }
}

fn kilobytes(rollup: &str, name: &str) -> u64 {
    let line = rollup.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_costs_something() {
        let usage = of_process(std::process::id()).unwrap();
        assert!(usage.pss > 0 && usage.rss >= usage.pss, "{usage:?}");
        assert!(parent_of(std::process::id()).unwrap() > 0);
        assert!(of_tree(std::process::id()).unwrap() >= usage.cpu);
    }

    #[test]
    fn a_name_with_parentheses_does_not_confuse() {
        let text = "12 (a) b (c)) S 7 1 1 0 -1 0 0 0 0 0 150 50 30 20 20 0 1 0 5 6 7";
        let stat = Stat::parse(text).unwrap();
        assert_eq!(stat.parent, 7);
        assert!(stat.own > stat.ended_children);
    }
}
