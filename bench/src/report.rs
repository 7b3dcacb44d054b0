//! What was found, as the table of `bench/README.md`.

use std::fmt::Write as _;
use std::path::Path;

/// One line: what the machine can do at best, what Parlor does, and what it aims at.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) limit: String,
    pub(crate) ours: String,
    pub(crate) ratio: String,
    pub(crate) aim: &'static str,
    pub(crate) met: Met,
}

/// Whether an aim was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    Yes,
    No,
    /// There is no aim.
    Aimless,
    /// The floor was beaten, which nothing that does more than the floor can: the figures say how the machine was disturbed.
    Invalid,
}

impl Met {
    /// `met` is `None` when there is no aim; `beaten` says that Parlor came out better than the limit beside it.
    pub(crate) fn of(met: Option<bool>, beaten: bool) -> Self {
        match met {
            _ if beaten => Self::Invalid,
            None => Self::Aimless,
            Some(true) => Self::Yes,
            Some(false) => Self::No,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "**no**",
            Self::Aimless => "",
            Self::Invalid => "**invalid**: the floor was beaten",
        }
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    machine: Vec<(String, String)>,
    rows: Vec<Row>,
    failures: usize,
}

impl Report {
    /// A part that could not be measured, or not to its end: it says so where its figures would stand.
    pub(crate) fn failed(&mut self, part: &str, error: &anyhow::Error) {
        say(&format!("  {part} failed: {error:#}"));
        self.failures += 1;
        self.rows.push(Row {
            what: format!("{part}: not measured to its end"),
            limit: String::new(),
            ours: format!("{error}"),
            ratio: String::new(),
            aim: "",
            met: Met::No,
        });
    }

    /// How many parts could not be measured.
    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    /// A figure of the machine alone.
    pub(crate) fn machine(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        let (what, figure) = (what.into(), figure.into());
        say(&format!("  {what}: {figure}"));
        self.machine.push((what, figure));
    }

    /// A comparison.
    pub(crate) fn row(&mut self, row: Row) {
        let Row { what, limit, ours, ratio, aim, met } = &row;
        let met = met.mark();
        say(&format!(
            "  {what}\n      limit {limit}\n      ours  {ours}\n      ratio {ratio}\n      aim   {aim} {met}"
        ));
        self.rows.push(row);
    }

    /// How many aims were missed.
    pub(crate) fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row.met == Met::No).count()
    }

    /// How many comparisons say nothing.
    pub(crate) fn invalid(&self) -> usize {
        self.rows.iter().filter(|row| row.met == Met::Invalid).count()
    }

    /// Puts the tables between the marks of a document; what people wrote around them stays.
    ///
    /// # Errors
    /// When the document cannot be read or written, or has no marks.
    pub(crate) fn write_into(&self, path: &Path) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(path)?;
        let (before, rest) = text.split_once(BEGIN).ok_or_else(|| anyhow::anyhow!("no mark {BEGIN}"))?;
        let (_, after) = rest.split_once(END).ok_or_else(|| anyhow::anyhow!("no mark {END}"))?;
        Ok(std::fs::write(path, format!("{before}{BEGIN}\n\n{}\n{END}{after}", self.tables()))?)
    }

    fn tables(&self) -> String {
        let mut text = format!("Taken on {}.\n\n", machine());
        text.push_str("| | limit or floor | Parlor | ratio | aim | met |\n|---|---|---|---|---|---|\n");
        for Row { what, limit, ours, ratio, aim, met } in &self.rows {
            // Writing to a string does not fail.
            let _written = writeln!(text, "| {what} | {limit} | {ours} | {ratio} | {aim} | {} |", met.mark());
        }
        text.push_str("\nThe machine in the same run:\n\n| probe | |\n|---|---|\n");
        for (what, figure) in &self.machine {
            let _written = writeln!(text, "| {what} | {figure} |");
        }
        text
    }
}

const BEGIN: &str = "<!-- written by `cargo xtask bench` -->";
const END: &str = "<!-- end -->";

/// The processor, as the kernel names it, and the memory.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| Some(line.split_once(':')?.1.trim().to_owned())).unwrap_or_default()
    };
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let kilobytes: u64 = value(&read("/proc/meminfo"), "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{cores} cores ({}), {} GiB, Linux {}",
        value(&cpus, "model name"),
        kilobytes / (1024 * 1024),
        kernel.trim()
    )
}

/// A line for whoever watches.
#[expect(clippy::print_stderr, reason = "progress of a program at a terminal")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// A number that people can read: three significant digits, thousands apart.
pub(crate) fn count(number: f64) -> String {
    if number < 100.0 {
        return format!("{number:.1}");
    }
    let step = 10_f64.powf((number.log10().floor() - 2.0).max(0.0));
    let digits = format!("{:.0}", (number / step).round() * step);
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Microseconds as milliseconds.
pub(crate) fn millis(micros: u64) -> String {
    let millis = std::time::Duration::from_micros(micros).as_secs_f64() * 1e3;
    if millis < 10.0 { format!("{millis:.2}") } else { format!("{millis:.0}") }
}

/// The middle one; 0 of nothing.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(count(1_234_567.0), "1,230,000");
        assert_eq!(count(10_449.0), "10,400");
        assert_eq!(count(999.4), "999");
        assert_eq!(count(12.34), "12.3");
        assert_eq!(millis(440), "0.44");
        assert_eq!(millis(15_400), "15");
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }

    #[test]
    fn an_aim_is_not_met_where_the_floor_was_beaten() {
        assert_eq!(Met::of(Some(true), true).mark(), "**invalid**: the floor was beaten");
        assert_eq!(Met::of(None, true), Met::Invalid);
        assert_eq!([Some(true), Some(false), None].map(|met| Met::of(met, false).mark()), ["yes", "**no**", ""]);
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        std::fs::write(&path, format!("above\n{BEGIN}\nold\n{END}\nbelow\n")).unwrap();
        let mut report = Report::default();
        report.rows.push(Row {
            what: "speed".to_owned(),
            limit: "10".to_owned(),
            ours: "9".to_owned(),
            ratio: "0.9".to_owned(),
            aim: "8",
            met: Met::of(Some(true), false),
        });
        for _ in 0..2 {
            report.write_into(&path).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("above\n") && text.ends_with("\nbelow\n") && !text.contains("old"), "{text}");
            assert_eq!(text.matches("| speed | 10 | 9 | 0.9 | 8 | yes |").count(), 1);
        }
    }
}
