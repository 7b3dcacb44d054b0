//! What a person at the terminal sees: one line per step, with its time.
#![expect(clippy::print_stderr, reason = "this module is the terminal output of a command-line tool")]

use anyhow::{Error, Result};
use std::{
    fmt::Display,
    time::{Duration, Instant},
};

/// A line that belongs to the step under way.
pub(crate) fn note(text: impl Display) {
    eprintln!("   {text}");
}

/// A heading: a step that prints by itself begins.
pub(crate) fn heading(text: impl Display) {
    eprintln!("\n━━ {text}");
}

/// Runs a step, and says what was done and how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!(" … {what}");
    let start = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    eprintln!(" {mark} {what} ({})", seconds(start.elapsed()));
    result
}

/// A step that had nothing to do.
pub(crate) fn fresh(what: &str) {
    eprintln!(" ✓ {what} (up to date)");
}

/// A suite's result on one line.
pub(crate) fn verdict(name: &str, passed: bool, elapsed: Duration, detail: &str) {
    let mark = if passed { "✓" } else { "✗" };
    eprintln!(" {mark} {name:<16} {:>9}  {detail}", seconds(elapsed));
}

/// The last line of a test run; its shape is one that machines count by.
pub(crate) fn total(passed: usize, failed: usize, elapsed: Duration) {
    eprintln!("\n   all suites in {}\nsuites: {passed} passed, {failed} failed", seconds(elapsed));
}

/// Why the command failed, with every cause on its own line.
pub(crate) fn failure(error: &Error) {
    eprintln!("\n ✗ {error}");
    for cause in error.chain().skip(1) {
        for line in cause.to_string().lines() {
            eprintln!("   {line}");
        }
    }
}

/// Elapsed time as people read it.
pub(crate) fn seconds(elapsed: Duration) -> String {
    let whole = elapsed.as_secs();
    if whole >= 60 {
        format!("{} m {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;
    use std::time::Duration;

    #[test]
    fn long_times_are_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_340)), "1.3 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 m 05 s");
    }
}
