//! What travels to a visitor and to an agent, and how much of it is allowed.

use super::{assets::Size, record::Record};
use crate::{report, workspace};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The loader may be at most this many bytes, brotli-compressed: every page view of every customer pays for it.
const LOADER_LIMIT: usize = 3 * 1024;
/// Everything that the first opening of the widget transfers.
const COLD_OPEN_LIMIT: usize = 85 * 1024;
/// The widget's form before the chat, which is loaded where a channel has one.
const FORM_LIMIT: usize = 4 * 1024;
/// Everything that the console's first load transfers.
const CONSOLE_LIMIT: usize = 700 * 1024;
/// Where we want to be.
const COLD_OPEN_AIM: usize = 60 * 1024;

/// Sizes by file, as in `target/web/sizes.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sizes {
    console: BTreeMap<String, Size>,
    /// The console's parts that are loaded when they are first needed; they are not in its total.
    #[serde(default)]
    console_later: BTreeMap<String, Size>,
    widget: BTreeMap<String, Size>,
    /// The widget's scripts that only some pages load.
    #[serde(default)]
    widget_later: BTreeMap<String, Size>,
}

impl Sizes {
    pub(super) fn new(console: Option<&Record>, widget: Option<&Record>) -> Self {
        let with_total = |record: Option<&Record>| {
            let mut sizes = record.map(|record| record.made.sizes.clone()).unwrap_or_default();
            let total = sizes.values().copied().fold(Size::default(), |sum, size| sum + size);
            if !sizes.is_empty() {
                sizes.insert("total".to_owned(), total);
            }
            sizes
        };
        let later = |record: Option<&Record>| record.map(|record| record.made.later.clone()).unwrap_or_default();
        Self {
            console: with_total(console),
            console_later: later(console),
            widget: with_total(widget),
            widget_later: later(widget),
        }
    }

    /// The sizes of the last build.
    pub(crate) fn load() -> Result<Option<Self>> {
        let path = workspace::web_dir()?.join("sizes.json");
        match std::fs::read(&path) {
            Ok(bytes) => {
                Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))?))
            }
            Err(_) => Ok(None),
        }
    }

    /// Prints both tables.
    pub(super) fn print(&self) {
        for (name, sizes) in [
            ("console", &self.console),
            ("then", &self.console_later),
            ("widget", &self.widget),
            ("then", &self.widget_later),
        ] {
            report::note(format!("{name:<12} {:>10} {:>10} {:>10}", "raw", "gzip", "brotli"));
            let total_last = sizes.iter().filter(|(file, _)| *file != "total").chain(sizes.get_key_value("total"));
            for (file, size) in total_last {
                report::note(format!("  {file:<10} {:>10} {:>10} {:>10}", size.raw, size.gzip, size.brotli));
            }
        }
        if let (Some(loader), Some(total)) = (self.widget.get("loader"), self.widget.get("total")) {
            report::note(format!(
                "widget budget: loader {} of {LOADER_LIMIT} B, cold open {} of {COLD_OPEN_LIMIT} B (aim {COLD_OPEN_AIM} B)",
                loader.brotli, total.brotli
            ));
        }
        if let Some(total) = self.console.get("total") {
            report::note(format!("console budget: {} of {CONSOLE_LIMIT} B", total.brotli));
        }
    }
}

/// Refuses a widget or a console that is too heavy.
pub(crate) fn check_budget(sizes: &Sizes) -> Result<()> {
    for (files, file, limit, what) in [
        (&sizes.widget, "loader", LOADER_LIMIT, "the loader"),
        (&sizes.widget, "total", COLD_OPEN_LIMIT, "a cold open of the widget"),
        (&sizes.widget_later, "form", FORM_LIMIT, "the widget's form"),
        (&sizes.console, "total", CONSOLE_LIMIT, "the console's first load"),
    ] {
        let size = files.get(file).with_context(|| format!("the table of sizes does not say how large {what} is"))?;
        if size.brotli == 0 {
            bail!("{what} was not measured");
        }
        if size.brotli > limit {
            bail!("{what} is {} bytes brotli-compressed, over its limit of {limit}", size.brotli);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(loader: usize, widget: usize, form: usize, console: usize) -> Sizes {
        let size = |brotli| Size { raw: brotli * 3, gzip: brotli + 10, brotli };
        Sizes {
            widget: BTreeMap::from([("loader".to_owned(), size(loader)), ("total".to_owned(), size(widget))]),
            widget_later: BTreeMap::from([("form".to_owned(), size(form))]),
            console: BTreeMap::from([("total".to_owned(), size(console))]),
            ..Sizes::default()
        }
    }

    #[test]
    fn the_limits_are_inclusive() {
        check_budget(&sizes(3_072, 87_040, 4_096, 716_800)).unwrap();
    }

    #[test]
    fn what_is_too_heavy_and_what_was_not_measured_is_refused() {
        let refusal = |sizes| check_budget(&sizes).unwrap_err().to_string();
        assert!(refusal(sizes(3_073, 60_000, 3_000, 600_000)).contains("loader"));
        assert!(refusal(sizes(2_000, 87_041, 3_000, 600_000)).contains("cold open"));
        assert!(refusal(sizes(2_000, 60_000, 4_097, 600_000)).contains("form"));
        assert!(refusal(sizes(2_000, 60_000, 3_000, 716_801)).contains("console"));
        assert!(refusal(sizes(0, 60_000, 3_000, 600_000)).contains("not measured"));
        check_budget(&Sizes::default()).unwrap_err();
    }
}
