//! What durability costs at least: 4 KiB appended and forced to the disk.

use anyhow::Result;
use bench::load::histogram;
use hdrhistogram::Histogram;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

/// Times of `fdatasync` after appending 4 KiB, in microseconds.
pub(crate) fn fsync(lasting: Duration) -> Result<Histogram<u64>> {
    let folder = bench::disk::folder()?;
    let mut file = File::create(folder.path().join("probe"))?;
    let mut times = histogram()?;
    let end = Instant::now() + lasting;
    while Instant::now() < end {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.saturating_record(u64::try_from(start.elapsed().as_micros())?);
    }
    Ok(times)
}
