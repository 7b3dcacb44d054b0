//! Codes by email, through a real mail server, and by webhook, to a real receiver.

use crate::registration::request_for;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use server::config::{SmtpConfig, SmtpEncryption};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use testkit::{Anonymous, TestServer};
use tokio::sync::mpsc;
use types::error::{ErrorCode, FieldCode};
use types::server_info::CodeDelivery;
use types::time::Timestamp;

const CODES: &str = "/api/v1/auth/verification-codes";
const SECRET: &str = "a secret of the gateway";

/// A mail server from the package `aiosmtpd`, which files what it gets in a maildir.
pub(crate) struct MailServer {
    process: Child,
    pub(crate) port: u16,
    folder: TempDir,
}

/// Who may send, where the mail server asks.
const USER: &str = "parlor";
const PASSWORD: &str = "the mail server's password";

impl MailServer {
    /// Starts one; `None` when no Python that has it is named. With encryption it has a certificate of its own, and takes
    /// mail only over TLS and from [`USER`].
    pub(crate) fn start(encryption: SmtpEncryption) -> Option<Self> {
        let python = std::env::var("PARLOR_TEST_AIOSMTPD").ok();
        if python.is_none() {
            assert!(
                std::env::var("PARLOR_TEST_REQUIRE_POSTGRES").as_deref() != Ok("1"),
                "PARLOR_TEST_AIOSMTPD names no Python with aiosmtpd, and this run asks for every service"
            );
            println!("skipped: PARLOR_TEST_AIOSMTPD names no Python with aiosmtpd");
        }
        let mut command = Command::new(python?);
        let folder = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mail_server.py");
        command.arg(script).arg(folder.path().join("mail"));
        match encryption {
            SmtpEncryption::None => command.arg("none"),
            SmtpEncryption::Starttls => command.arg("starttls"),
            SmtpEncryption::Tls => command.arg("tls"),
        };
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        std::fs::write(&certificate, certified.cert.pem()).unwrap();
        std::fs::write(&key, certified.signing_key.serialize_pem()).unwrap();
        command.arg(certificate).arg(key).args([USER, PASSWORD]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the mail server starts");
        // Ready when it says its port.
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the mail server says its port");
        Some(Self { process, port, folder })
    }

    /// The file that makes its certificate trusted.
    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The mails that it has got. It answers only after it has filed a mail.
    pub(crate) fn filed(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join("mail/new")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.process.kill().expect("the mail server was running");
        self.process.wait().expect("the mail server ends");
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn deliver_by_email(server: &TestServer, port: u16, more: impl FnOnce(&mut SmtpConfig)) {
    server
        .reconfigure(|config| {
            config.codes.sender = CodeDelivery::Email;
            let smtp = &mut config.codes.smtp;
            smtp.host = "127.0.0.1".to_owned();
            smtp.port = port;
            smtp.encryption = SmtpEncryption::None;
            smtp.from = "客厅 <no-reply@example.com>".to_owned();
            more(smtp);
        })
        .await;
}

/// A mail whose parts are base64 or quoted-printable, decoded by the package that the mail server runs on: whom it is for,
/// how it came, its subject, and its text.
pub(crate) fn decoded(mail: &Path) -> String {
    let script = "import email,sys,email.policy;m=email.message_from_binary_file(open(sys.argv[1],'rb'),policy=email.policy.default);sys.stdout.buffer.write('\\n'.join([m['to'],m['x-encrypted']+' '+m['x-user'],m['subject'],m.get_content()]).encode())";
    let python = std::env::var("PARLOR_TEST_AIOSMTPD").unwrap();
    let output = Command::new(python).args(["-c", script]).arg(mail).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

async fn a_code_arrives_by_email(server: TestServer) {
    let Some(mail_server) = MailServer::start(SmtpEncryption::None) else { return };
    deliver_by_email(&server, mail_server.port, |_| {}).await;
    let caller = server.anonymous();

    let mut request = request_for(&caller, "13800138000").await;
    let missing = caller.post(CODES, &request).await.having(422);
    assert_eq!(missing.faults(), [("email".to_owned(), FieldCode::Required)]);

    request.email = Some("zhang@example.com".to_owned());
    caller.post(CODES, &request).await.expect(202);
    let filed = mail_server.filed();
    let [mail] = filed.as_slice() else { panic!("{filed:?}") };
    let text = decoded(mail);
    assert!(text.starts_with("zhang@example.com\nno nobody\n"), "{text}");
    let code: String = text.lines().nth(2).unwrap().chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6, "{text}");
    assert!(text.contains(&format!("您的验证码是 {code}")), "{text}");
    assert_eq!(caller.get("/api/v1/dev/verification-codes").await.status, 404, "only the console sender shows codes");
}

async fn a_mail_server_is_trusted_and_signed_in_to_before_it_gets_a_code(server: TestServer) {
    for encryption in [SmtpEncryption::Starttls, SmtpEncryption::Tls] {
        let Some(mail_server) = MailServer::start(encryption) else { return };
        // Right, as the defaults have it with a certificate of one's own; then wrong in one way each.
        type Change = fn(&mut SmtpConfig);
        let wrong: [(&str, Change, u16); 4] = [
            ("right", |_| {}, 202),
            ("a stranger's certificate", |smtp| smtp.ca_file = PathBuf::new(), 502),
            ("another host's certificate", |smtp| smtp.host = "localhost".to_owned(), 502),
            ("a wrong password", |smtp| smtp.password = "guessed".to_owned().into(), 502),
        ];
        for (case, change, status) in wrong {
            let configure = |smtp: &mut SmtpConfig| {
                smtp.encryption = encryption;
                smtp.username = USER.to_owned();
                smtp.password = PASSWORD.to_owned().into();
                smtp.ca_file = mail_server.ca_file();
                change(smtp);
            };
            deliver_by_email(&server, mail_server.port, configure).await;
            server.clock.advance(61_000);
            let caller = server.anonymous();
            let mut request = request_for(&caller, "13800138000").await;
            request.email = Some("zhang@example.com".to_owned());
            let answer = caller.post(CODES, &request).await;
            assert_eq!(answer.status, status, "{encryption:?}, {case}: {}", answer.text());
        }
        let filed = mail_server.filed();
        let [mail] = filed.as_slice() else { panic!("{filed:?}") };
        let text = decoded(mail);
        assert!(text.starts_with(&format!("zhang@example.com\nyes {USER}\n")), "{text}");
    }
}

async fn a_mail_server_that_offers_no_encryption_gets_nothing(server: TestServer) {
    let Some(mail_server) = MailServer::start(SmtpEncryption::None) else { return };
    for encryption in [SmtpEncryption::Starttls, SmtpEncryption::Tls] {
        deliver_by_email(&server, mail_server.port, |smtp| smtp.encryption = encryption).await;
        server.clock.advance(61_000);
        let caller = server.anonymous();
        let mut request = request_for(&caller, "13800138000").await;
        request.email = Some("zhang@example.com".to_owned());
        assert_eq!(caller.post(CODES, &request).await.having(502).code(), ErrorCode::Upstream);
    }
    assert_eq!(mail_server.filed(), Vec::<PathBuf>::new());
}

async fn an_address_that_no_mail_can_go_to_is_said_so(server: TestServer) {
    deliver_by_email(&server, free_port(), |_| {}).await;
    let caller = server.anonymous();
    for odd in ["a..b@example.com", ".a@example.com", "a[b]@example.com", "a@b@example.com", "a\\b@example.com"] {
        let mut request = request_for(&caller, "13800138000").await;
        request.email = Some(odd.to_owned());
        let refused = caller.post(CODES, &request).await.having(422);
        assert_eq!(refused.faults(), [("email".to_owned(), FieldCode::InvalidFormat)], "{odd}");
    }
}

/// Asks for a code for a number, to a mailbox; the answer's status.
async fn asked(caller: &Anonymous, mobile: &str, email: &str) -> u16 {
    let mut request = request_for(caller, mobile).await;
    request.email = Some(email.to_owned());
    caller.post(CODES, &request).await.status
}

async fn a_mailbox_gets_so_many_codes_a_day_whatever_the_number(server: TestServer) {
    server.reconfigure(|config| config.registration.codes_per_mobile_per_day = 2).await;
    deliver_by_email(&server, free_port(), |_| {}).await;
    let caller = server.anonymous();
    let ask = async |mobile: &str, email: &str| asked(&caller, mobile, email).await;
    // The mail server is away, which does not matter here: a delivery that fails counts.
    assert_eq!(ask("13800138001", "victim@example.com").await, 502);
    assert_eq!(ask("13800138002", "Victim@example.com").await, 502);
    assert_eq!(ask("13800138003", "victim@EXAMPLE.com").await, 429);
    assert_eq!(ask("13800138004", "somebody@example.com").await, 502);
}

async fn a_code_that_is_not_sent_uses_up_no_mailbox(server: TestServer) {
    server.reconfigure(|config| config.registration.codes_per_mobile_per_day = 2).await;
    deliver_by_email(&server, free_port(), |_| {}).await;
    let caller = server.anonymous();
    let ask = async |mobile: &str, email: &str| asked(&caller, mobile, email).await;
    assert_eq!(ask("13800138001", "somebody@example.com").await, 502);
    // Too early for another one to the same number: no mail goes out to anybody.
    for _ in 0..3 {
        assert_eq!(ask("13800138001", "victim@example.com").await, 429);
    }
    assert_eq!(ask("13800138002", "victim@example.com").await, 502, "the mailbox has had none");
}

async fn a_mail_server_that_is_away_is_said_so(server: TestServer) {
    deliver_by_email(&server, free_port(), |_| {}).await;
    let caller = server.anonymous();
    let mut request = request_for(&caller, "13800138000").await;
    request.email = Some("zhang@example.com".to_owned());
    let answer = caller.post(CODES, &request).await.having(502);
    assert_eq!(answer.code(), ErrorCode::Upstream);
    assert!(!answer.text().contains("127.0.0.1"), "what is inside stays inside");
}

/// What a gateway got: the signature and the body.
type Received = (String, Vec<u8>);

/// A gateway that answers with this status.
pub(crate) fn gateway(status: u16) -> (u16, mpsc::UnboundedReceiver<Received>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let server = HttpServer::new(move || {
        let sender = sender.clone();
        let take = move |request: HttpRequest, body: web::Bytes| {
            let signature =
                request.headers().get(server::senders::SIGNATURE_HEADER).unwrap().to_str().unwrap().to_owned();
            sender.send((signature, body.to_vec())).unwrap();
            let status = actix_web::http::StatusCode::from_u16(status).unwrap();
            async move { HttpResponse::build(status).insert_header(("location", "/elsewhere")).finish() }
        };
        App::new().default_service(web::to(take))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let port = server.addrs()[0].port();
    tokio::spawn(server.run());
    (port, receiver)
}

async fn deliver_by_webhook(server: &TestServer, port: u16) {
    server
        .reconfigure(|config| {
            config.codes.sender = CodeDelivery::Webhook;
            config.codes.webhook.url = format!("http://127.0.0.1:{port}/codes?token=operators");
            config.codes.webhook.secret = SECRET.to_owned().into();
            config.codes.webhook.allow_private = true;
            config.codes.webhook.timeout_seconds = 5;
        })
        .await;
}

async fn a_code_arrives_by_webhook_signed(server: TestServer) {
    let (port, mut received) = gateway(204);
    deliver_by_webhook(&server, port).await;
    let caller = server.anonymous();
    caller.post(CODES, &request_for(&caller, "13800138000").await).await.expect(202);
    let (signature, body) = received.recv().await.unwrap();
    let seconds: i64 = signature.split([',', '=']).nth(1).unwrap().parse().unwrap();
    assert_eq!(signature, server::senders::signature(SECRET, Timestamp(seconds * 1000), &body));
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["mobile"], "13800138000");
    assert_eq!(body["code"].as_str().unwrap().len(), 6);
    assert!(body.get("email").is_none() && body["id"].is_string() && body["expires_at"].is_string());
    assert!(received.try_recv().is_err(), "one attempt");
}

async fn a_gateway_that_refuses_or_redirects_is_said_so(server: TestServer) {
    for status in [500, 400, 302] {
        let (port, mut received) = gateway(status);
        deliver_by_webhook(&server, port).await;
        let caller = server.anonymous();
        let answer = caller.post(CODES, &request_for(&caller, &format!("13800138{status}")).await).await.having(502);
        assert_eq!(answer.code(), ErrorCode::Upstream);
        assert!(!answer.text().contains("operators"), "the URL's token is nobody's business");
        assert!(received.recv().await.is_some() && received.try_recv().is_err(), "one attempt, no redirect followed");
    }
}

async fn a_gateway_in_the_private_network_is_refused_unless_allowed(server: TestServer) {
    let (port, mut received) = gateway(204);
    deliver_by_webhook(&server, port).await;
    server
        .reconfigure(|config| {
            config.codes.webhook.url = format!("http://localhost:{port}/");
            config.codes.webhook.allow_private = false;
        })
        .await;
    let caller = server.anonymous();
    caller.post(CODES, &request_for(&caller, "13800138000").await).await.expect(502);
    assert!(received.try_recv().is_err());
}

testkit::db_tests!(
    a_code_arrives_by_email,
    a_mail_server_is_trusted_and_signed_in_to_before_it_gets_a_code,
    a_mail_server_that_offers_no_encryption_gets_nothing,
    an_address_that_no_mail_can_go_to_is_said_so,
    a_mailbox_gets_so_many_codes_a_day_whatever_the_number,
    a_code_that_is_not_sent_uses_up_no_mailbox,
    a_mail_server_that_is_away_is_said_so,
    a_code_arrives_by_webhook_signed,
    a_gateway_that_refuses_or_redirects_is_said_so,
    a_gateway_in_the_private_network_is_refused_unless_allowed,
);
