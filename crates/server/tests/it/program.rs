//! The real program as a process of its own: started in a folder, asked over the network, told to stop by signals.

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

/// The binary under test.
const BINARY: &str = env!("CARGO_BIN_EXE_parlor");

/// How long anything of a real process may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A command line with these settings, and with nothing from the environment of the tests.
pub(crate) fn parlor(settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PARLOR_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied()).args(arguments);
    command
}

/// Runs a command to its end, with this on its standard input.
pub(crate) async fn run(mut command: Command, input: &str) -> Output {
    let input = input.to_owned();
    let ended = tokio::task::spawn_blocking(move || {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    });
    tokio::time::timeout(PATIENCE, ended).await.expect("the command ends").unwrap()
}

/// Everything that a command said.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A server that runs as a process. Dropping it kills it.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    log: PathBuf,
    pub(crate) http: Client,
}

impl Program {
    /// Starts it in a folder and waits until it says where it listens.
    pub(crate) fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        server::app::install_tls();
        let log = folder.join("log");
        let mut command = parlor(settings, &[]);
        command.env("PARLOR_LISTEN", "127.0.0.1:0").env("PARLOR_DATA_DIR", folder.join("data"));
        command.env("PARLOR_REGISTRATION__CHALLENGE_BITS", "4");
        let stderr = File::options().create(true).append(true).open(&log).unwrap();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Parlor listens on http://");
        let address = address.unwrap_or_else(|| panic!("{line}{}", std::fs::read_to_string(&log).unwrap()));
        let address = address.parse().unwrap();
        let http = Client::builder().no_proxy().cookie_store(true).timeout(PATIENCE).build().unwrap();
        Self { child, address, log, http }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks with a token and a body, or without.
    pub(crate) async fn ask(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Response {
        let mut request = self.http.request(method, self.url(path));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// The JSON of a successful answer.
    pub(crate) async fn post(&self, path: &str, token: &str, body: Option<Value>) -> Value {
        let answer = self.ask(Method::POST, path, token, body).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    pub(crate) async fn status(&self, path: &str) -> u16 {
        self.http.get(self.url(path)).send().await.unwrap().status().as_u16()
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: how it ended, and everything that it logged.
    pub(crate) async fn ended(mut self) -> (ExitStatus, String) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(tokio::time::Instant::now() < deadline, "it does not end: {}", self.logged());
            tokio::task::yield_now().await;
        };
        (status, self.logged())
    }

    pub(crate) fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Solves a challenge and asks for a code.
    pub(crate) async fn ask_for_code(&self, mobile: &str) {
        let challenge = self.post("/api/v1/auth/challenges", "", None).await;
        let (text, bits) = (challenge["challenge"].as_str().unwrap(), challenge["bits"].as_u64().unwrap());
        let nonce = rules::proof_of_work::search(text, bits.try_into().unwrap(), 0, 1 << 24).unwrap();
        let request = json!({"mobile": mobile, "proof": {"challenge": text, "nonce": nonce}});
        self.post("/api/v1/auth/verification-codes", "", Some(request)).await;
    }

    /// Registers an organisation with a code that came to its owner.
    pub(crate) async fn register(&self, account: &str, password: &str, mobile: &str, code: &str) {
        let registration = json!({
            "org_name": "客厅科技", "contact_name": "张三", "email": "zhang@example.com", "account": account,
            "password": password, "mobile": mobile, "code": code, "agreement_accepted": true,
        });
        self.post("/api/v1/auth/registrations", "", Some(registration)).await;
    }

    pub(crate) async fn login(&self, account: &str, password: &str) -> Response {
        let login = json!({
            "account": account, "password": password, "login_state": "normal", "agreements_accepted": true,
        });
        self.ask(Method::POST, "/api/v1/auth/sessions", "", Some(login)).await
    }

    /// A channel of whoever has this token; its key.
    pub(crate) async fn channel(&self, token: &str) -> String {
        let channel = json!({
            "kind": "website", "name": "官网", "introduction": "", "alert": true, "enabled": true,
            "style": types::channels::ChannelStyle::default(),
        });
        let channel = self.post("/api/v1/channels", token, Some(channel)).await;
        channel["key"].as_str().unwrap().to_owned()
    }

    /// A visitor's session on a channel.
    pub(crate) async fn visit(&self, key: &str) -> Value {
        let request = serde_json::to_value(testkit::visitor::visit_request(key, None)).unwrap();
        self.post("/widget/v1/sessions", "", Some(request)).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself, as most tests want it to.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A fresh nonce.
pub(crate) fn nonce() -> String {
    use server::clock::SystemClock;
    use server::ids::Ids;
    Ids::from_os(std::sync::Arc::new(SystemClock)).uuid().to_string()
}
