//! `cargo xtask dist --check` and the suite `dist`: the built binary, alone in an empty folder: how soon it serves, and what.

use crate::{exec, report, workspace};
use anyhow::{Context, Result, bail, ensure};
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a start on an empty folder may take, database and key included.
pub(crate) const START: Duration = Duration::from_millis(300);

/// Starts that are tried: the best of them is the binary's, the rest is what else the machine was doing.
const STARTS: usize = 5;

/// What stands where a library stands that every system of the kind has.
const SYSTEM_LIBRARIES: [&str; 7] =
    ["linux-vdso", "ld-linux", "libc.so", "libm.so", "libgcc_s.so", "libpthread.so", "libdl.so"];

/// Bytes of a file that are looked for in the binary.
const SAMPLE: usize = 64;

/// Checks the binary, and fails with everything that is not as promised. How long a start takes is a promise of the release's.
pub(crate) fn run(binary: &Path, start: Option<Duration>) -> Result<()> {
    report::step("looking into it", || is_whole(binary))?;
    if let Some(most) = start {
        starts_within(binary, most)?;
    }
    report::step("looking at what it serves", || {
        let folder = tempfile::tempdir()?;
        let server = Server::start(binary, folder.path())?;
        let served = look(&server)?;
        report::note(format!("{served} files: compressed, unchanging, and the same in every encoding"));
        Ok(())
    })
}

/// It needs nothing beside it: console and widget are in it, and of libraries it wants the system's own.
fn is_whole(binary: &Path) -> Result<()> {
    let program = std::fs::read(binary)?;
    let web = workspace::web_dir()?;
    let manifest: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(web.join("manifest.json"))?)?;
    let named =
        |place: &str| manifest.pointer(place).and_then(serde_json::Value::as_str).context("the manifest is not whole");
    for file in [named("/console/html")?, named("/widget/wasm")?, named("/loader")?] {
        let content =
            std::fs::read(web.join(file.trim_start_matches('/'))).with_context(|| format!("{file} was not built"))?;
        let sample = content.get(content.len() / 2..).and_then(|rest| rest.get(..SAMPLE)).context("it is too short")?;
        ensure!(program.windows(SAMPLE).any(|bytes| bytes == sample), "{file} is not in the binary");
    }
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let listed = exec::quiet(exec::command("ldd")?.arg(binary))?;
    for library in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        let name = library.rsplit('/').next().unwrap_or_default();
        let is_systems = SYSTEM_LIBRARIES.iter().any(|known| name.starts_with(known));
        ensure!(is_systems || name == "statically", "it needs {library}, which a system may not have");
    }
    Ok(())
}

fn starts_within(binary: &Path, most: Duration) -> Result<()> {
    let best = report::step("starting it in empty folders", || {
        let mut times = (0..STARTS).map(|_| time_start(binary)).collect::<Result<Vec<_>>>()?;
        times.sort_unstable();
        times.first().copied().context("no start was tried")
    })?;
    report::note(format!("cold start, with a new database: {} ms (at most {})", best.as_millis(), most.as_millis()));
    ensure!(best <= most, "a start takes longer than {} ms", most.as_millis());
    Ok(())
}

/// From the start of the process to its first answer.
fn time_start(binary: &Path) -> Result<Duration> {
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    let server = Server::start(binary, folder.path())?;
    let answer = server.get("/healthz/ready", "identity")?;
    ensure!(answer.status == 200, "the first answer is {}", answer.status);
    Ok(begun.elapsed())
}

/// Fetches the pages, everything that they name, and what the loader loads.
fn look(server: &Server) -> Result<usize> {
    let console = server.get("/", "identity")?;
    ensure!(console.status == 200, "the console's page is answered with {}", console.status);
    is_strict("/", &console)?;
    ensure!(
        console.header("cache-control") == "no-cache",
        "the console's page may be kept: {}",
        console.header("cache-control")
    );
    let page = String::from_utf8(console.body).context("the console's page is no text")?;
    ensure!(
        !page.contains("<style") && !page.contains(" style=") && !page.contains("<script>"),
        "the page has something inline"
    );

    let mut files: Vec<String> =
        page.split('"').filter(|part| part.starts_with("/assets/")).map(str::to_owned).collect();
    let script = files.iter().find(|file| file.ends_with(".js")).context("the page names no script")?.clone();
    // Scripts name what they load in turn.
    let text = String::from_utf8_lossy(&server.get(&script, "identity")?.body).into_owned();
    files.extend(text.split(['"', '\'', '`']).filter(|part| part.starts_with("/assets/")).map(str::to_owned));
    files.sort_unstable();
    files.dedup();
    for extension in [".js", ".css", ".wasm"] {
        ensure!(files.iter().any(|file| file.ends_with(extension)), "the console has no {extension} file: {files:?}");
    }
    for file in &files {
        is_kept_well(server, file).with_context(|| format!("{file} is not served as it should be"))?;
    }
    for (path, status) in [("/docs/", 200), ("/chat/no-such-channel", 404)] {
        let answer = server.get(path, "identity")?;
        ensure!(answer.status == status, "{path} is answered with {}", answer.status);
        is_strict(path, &answer)?;
    }
    let loader = server.get("/w/no-such-channel.js", "br")?;
    ensure!(loader.header("content-encoding") == "br", "the loader is not compressed");
    // The loader names the widget's files for a channel that is there only; the manifest of this build names them always.
    let widget = widget_files(&std::fs::read_to_string(workspace::web_dir()?.join("manifest.json"))?)?;
    for file in &widget {
        is_kept_well(server, file).with_context(|| format!("{file} is not served as it should be"))?;
        let answer = server.get(file, "identity")?;
        ensure!(answer.header("access-control-allow-origin") == "*", "{file}: other people's pages cannot load it");
    }
    Ok(files.len() + widget.len())
}

/// The widget's scripts and WebAssembly, as the manifest names them.
fn widget_files(manifest: &str) -> Result<Vec<String>> {
    let manifest: serde_json::Value = serde_json::from_str(manifest).context("the manifest is no JSON")?;
    let file = |kind: &str| {
        let file = manifest.pointer(&format!("/widget/{kind}")).and_then(serde_json::Value::as_str);
        file.map(str::to_owned).with_context(|| format!("the manifest names no {kind} of the widget"))
    };
    Ok(vec![file("js")?, file("wasm")?, file("api")?, file("app")?, file("form")?])
}

/// A policy that lets nothing in that is not named, and nothing inline.
fn is_strict(path: &str, answer: &Answer) -> Result<()> {
    let policy = answer.header("content-security-policy");
    ensure!(policy.starts_with("default-src 'none'"), "{path}: `{policy}` does not begin with nothing");
    // A scheme or a star alone is everybody; an address is somebody.
    const HOLES: [&str; 6] = ["'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"];
    for directive in policy.split(';').map(str::trim) {
        let mut words = directive.split(' ');
        let name = words.next().unwrap_or_default();
        for word in words {
            // Pictures may be written out in a style; whoever may frame the chat page is everybody.
            let is_meant = matches!((name, word), ("img-src", "data:") | ("frame-ancestors", "*"));
            ensure!(is_meant || !HOLES.contains(&word), "{path}: {name} lets in {word}");
        }
    }
    ensure!(answer.header("x-content-type-options") == "nosniff", "{path}: types may be guessed");
    Ok(())
}

/// Compressed in both ways, the same content in each, and to be kept for ever.
fn is_kept_well(server: &Server, file: &str) -> Result<()> {
    let plain = server.get(file, "identity")?;
    ensure!(plain.status == 200, "it is answered with {}", plain.status);
    for (encoding, accepted) in [("br", "gzip, deflate, br, zstd"), ("gzip", "gzip")] {
        let answer = server.get(file, accepted)?;
        let told = answer.header("content-encoding");
        ensure!(told == encoding, "{accepted} is answered with `{told}`");
        let mut content = Vec::new();
        match encoding {
            "br" => brotli::Decompressor::new(answer.body.as_slice(), 4096).read_to_end(&mut content)?,
            _ => GzDecoder::new(answer.body.as_slice()).read_to_end(&mut content)?,
        };
        ensure!(content == plain.body, "{encoding} holds something else");
        let caching = answer.header("cache-control");
        ensure!(caching == "public, max-age=31536000, immutable", "it is kept as `{caching}`");
        ensure!(answer.header("vary").contains("accept-encoding"), "caches may mix up the encodings");
        ensure!(!answer.header("etag").is_empty(), "it has no tag");
    }
    Ok(())
}

/// The binary as it runs in a folder. Dropping it ends it.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(binary: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new(binary);
        command.env_clear().env("PARLOR_LISTEN", "127.0.0.1:0").env("PARLOR_LOG__FILTER", "warn").current_dir(folder);
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the binary does not start")?;
        let out = child.stdout.take().context("no pipe")?;
        let mut server = Self { child, address: String::new() };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        match line.trim().strip_prefix("Parlor listens on http://") {
            Some(address) => address.clone_into(&mut server.address),
            None => bail!("it says `{}` instead of where it listens", line.trim()),
        }
        Ok(server)
    }

    /// Asks plainly, so that what comes back is what was sent.
    fn get(&self, path: &str, encoding: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let address = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\naccept-encoding: {encoding}\r\nconnection: close\r\n\r\n"
        )?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Answer::parse(&bytes).with_context(|| format!("{path} is not answered in HTTP"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").context("no end of the head")?;
        let (head, body) = bytes.split_at(end);
        let head = std::str::from_utf8(head)?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("no status")?.parse()?;
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        ensure!(!headers.contains_key("transfer-encoding"), "it is sent in chunks");
        Ok(Self { status, headers, body: body.get(4..).unwrap_or_default().to_vec() })
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(policy: &str) -> Answer {
        let text = format!(
            "HTTP/1.1 200 OK\r\nContent-Security-Policy: {policy}\r\nx-content-type-options: nosniff\r\n\r\nbody"
        );
        Answer::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_widgets_files_are_looked_at() {
        let manifest = r#"{"console": null, "widget": {"js": "/assets/widget-1.js", "wasm": "/assets/widget-1.wasm",
            "api": "/assets/widget-1-api.js", "app": "/assets/widget-1-app.js", "form": "/assets/widget-1-form.js"}}"#;
        let files = ["widget-1.js", "widget-1.wasm", "widget-1-api.js", "widget-1-app.js", "widget-1-form.js"];
        assert_eq!(widget_files(manifest).unwrap(), files.map(|file| format!("/assets/{file}")));
        for without in [r#"{"widget": null}"#, r#"{"widget": {"js": "/assets/widget-1.js"}}"#] {
            assert!(widget_files(without).is_err(), "{without}");
        }
    }

    #[test]
    fn a_policy_with_a_hole_is_found() {
        assert!(is_strict("/", &answer("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'")).is_ok());
        for hole in [
            "default-src 'self'",
            "default-src 'none'; style-src 'unsafe-inline'",
            "default-src 'none'; img-src https:",
        ] {
            assert!(is_strict("/", &answer(hole)).is_err(), "{hole}");
        }
    }

    #[test]
    fn an_answer_is_read_with_its_head_and_its_body() {
        let answer = answer("default-src 'none'");
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"body".as_slice()));
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'");
        assert!(Answer::parse(b"nothing").is_err());
    }
}
