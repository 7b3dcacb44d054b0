//! What the commands say to the person at the terminal, and what they ask. The one place that prints.

use std::io::{self, BufRead, IsTerminal, Write};

/// The terminal: results go to the standard output, everything else to the standard error.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terminal;

impl Terminal {
    /// A result, as it is.
    pub(crate) fn print(self, text: &str) -> io::Result<()> {
        io::stdout().write_all(text.as_bytes())
    }

    /// A line of a result.
    pub(crate) fn say(self, line: &str) -> io::Result<()> {
        self.print(&format!("{line}\n"))
    }

    /// A line beside the result.
    pub(crate) fn note(self, line: &str) -> io::Result<()> {
        writeln!(io::stderr(), "{line}")
    }

    /// A line that the next one replaces, where somebody watches.
    pub(crate) fn progress(self, line: &str) {
        let mut out = io::stderr();
        if out.is_terminal() {
            // Nobody misses a progress that could not be shown.
            let _shown = write!(out, "\r\x1b[2K{line}").and_then(|()| out.flush());
        }
    }

    /// Clears the line of progress.
    pub(crate) fn clear(self) {
        self.progress("");
    }

    /// Whether the person agrees. Without a person nobody does.
    pub(crate) fn agrees(self, question: &str) -> io::Result<bool> {
        if !io::stdin().is_terminal() {
            return Ok(false);
        }
        write!(io::stderr(), "{question} Type yes: ")?;
        io::stderr().flush()?;
        Ok(self.line()?.trim() == "yes")
    }

    /// A line from the standard input.
    pub(crate) fn line(self) -> io::Result<String> {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Something that is not shown while it is typed. Without a terminal nobody can be asked, which is said.
    pub(crate) fn secret(self, question: &str) -> io::Result<String> {
        rpassword::prompt_password(question).map_err(|error| match error.raw_os_error() {
            // The system has refused the terminal itself; all else has gone wrong at one.
            Some(_) => {
                io::Error::new(error.kind(), format!("no terminal to ask at ({error}): use --generate or --stdin"))
            }
            None => error,
        })
    }
}
