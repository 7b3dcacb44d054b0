//! What travels to a visitor, and how much of it is allowed.

use super::{assets::Size, record::Record};
use crate::{report, workspace};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The loader may be at most this many bytes, brotli-compressed: every page view of every customer pays for it.
const LOADER_LIMIT: usize = 3 * 1024;
/// Everything that the first opening of the widget transfers.
const COLD_OPEN_LIMIT: usize = 85 * 1024;
/// Where we want to be.
const COLD_OPEN_AIM: usize = 60 * 1024;

/// Sizes by file, as in `target/web/sizes.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sizes {
    console: BTreeMap<String, Size>,
    widget: BTreeMap<String, Size>,
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
        Self { console: with_total(console), widget: with_total(widget) }
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
        for (name, sizes) in [("console", &self.console), ("widget", &self.widget)] {
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
    }
}

/// Refuses a widget that is too heavy.
pub(crate) fn check_budget(sizes: &Sizes) -> Result<()> {
    for (file, limit, what) in
        [("loader", LOADER_LIMIT, "the loader"), ("total", COLD_OPEN_LIMIT, "a cold open of the widget")]
    {
        let size = sizes.widget.get(file).with_context(|| format!("the widget's size table has no `{file}`"))?;
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

    fn widget(loader: usize, total: usize) -> Sizes {
        let size = |brotli| Size { raw: brotli * 3, gzip: brotli + 10, brotli };
        Sizes {
            widget: BTreeMap::from([("loader".to_owned(), size(loader)), ("total".to_owned(), size(total))]),
            ..Sizes::default()
        }
    }

    #[test]
    fn the_limits_are_inclusive() {
        check_budget(&widget(3_072, 87_040)).unwrap();
    }

    #[test]
    fn a_heavy_loader_a_heavy_widget_and_a_missing_measurement_are_refused() {
        assert!(check_budget(&widget(3_073, 60_000)).unwrap_err().to_string().contains("loader"));
        assert!(check_budget(&widget(2_000, 87_041)).unwrap_err().to_string().contains("cold open"));
        check_budget(&widget(0, 60_000)).unwrap_err();
        check_budget(&Sizes::default()).unwrap_err();
    }
}
