//! What happened, as a hash and as the last lines of a story.

use std::collections::VecDeque;

/// Lines that a failure shows.
const SHOWN: usize = 80;

#[derive(Default)]
pub(super) struct Trace {
    hash: u64,
    lines: VecDeque<String>,
    count: usize,
    aloud: bool,
}

impl Trace {
    pub(super) fn new(aloud: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, aloud, ..Self::default() }
    }

    pub(super) fn note(&mut self, line: impl FnOnce() -> String) {
        let line = line();
        // FNV-1a.
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.count += 1;
        if self.aloud {
            println!("{:5} {line}", self.count);
        }
        if self.lines.len() == SHOWN {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }

    pub(super) fn tell(&self) -> String {
        Vec::from_iter(self.lines.iter().map(String::as_str)).join("\n")
    }
}
