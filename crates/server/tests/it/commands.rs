//! What operators do from the command line, while the server runs.

use crate::program::{parlor, run, said};
use serde_json::Value;
use server::config::SmtpEncryption;
use std::process::{Command, Output};
use testkit::{TestServer, db_tests};

db_tests!(
    a_reset_password_ends_every_session_of_a_running_server,
    organisations_and_agents_are_listed,
    a_colleague_is_added_while_the_server_runs,
    where_nobody_can_be_asked_for_a_password_it_says_how_to_give_one,
    the_doctor_finds_what_is_wrong,
);

pub(crate) async fn on(server: &TestServer, arguments: &[&str], input: &str) -> Output {
    run(command_on(server, arguments), input).await
}

fn command_on(server: &TestServer, arguments: &[&str]) -> Command {
    let folder = server.data_dir().to_str().unwrap().to_owned();
    let public_url = server.url("");
    let settings = [
        ("PARLOR_DATABASE__URL", server.database_url()),
        ("PARLOR_DATA_DIR", folder.as_str()),
        ("PARLOR_PUBLIC_URL", public_url.as_str()),
    ];
    parlor(&settings, arguments)
}

async fn a_reset_password_ends_every_session_of_a_running_server(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let bystander = organisation.agent(types::agents::Role::Agent).await;
    let (mut socket, _) = admin.socket().await;
    let (mut other, _) = bystander.socket().await;
    let account = admin.me.account.as_str();

    let refused = on(&server, &["admin", "reset-password", "--account", account, "--stdin"], "short\n").await;
    assert!(!refused.status.success() && said(&refused).contains("8"), "{}", said(&refused));
    let refused = on(&server, &["admin", "reset-password", "--account", "nobody.known", "--generate"], "").await;
    assert!(said(&refused).contains("there is no account nobody.known"), "{}", said(&refused));
    admin.get("/api/v1/me").await.expect(200);

    let done = on(&server, &["admin", "reset-password", "--account", account, "--stdin"], "another secret 2\n").await;
    assert!(done.status.success() && said(&done).contains("1 sessions were ended"), "{}", said(&done));
    assert!(!said(&done).contains("another secret"), "{}", said(&done));
    // Ended in the database; this server finds out at its next look.
    server.clock.advance(10_000);
    assert_eq!(socket.closed().await, 4401);
    admin.get("/api/v1/me").await.expect(401);
    admin.try_refresh().await.expect(401);
    assert_eq!(other.heard_so_far().await, []);
    bystander.get("/api/v1/me").await.expect(200);
    server.anonymous().login(account, testkit::PASSWORD).await.expect(401);
    server.anonymous().login(account, "another secret 2").await.expect(201);

    let generated = on(&server, &["admin", "reset-password", "--account", account, "--generate"], "").await;
    let password = String::from_utf8(generated.stdout).unwrap();
    assert_eq!(password.trim().len(), 20);
    server.anonymous().login(account, password.trim()).await.expect(201);
}

async fn where_nobody_can_be_asked_for_a_password_it_says_how_to_give_one(server: TestServer) {
    let organisation = server.organisation().await;
    let account = organisation.admin.me.account.as_str();
    let reset = ["admin", "reset-password", "--account", account];
    // In a session of its own, which has no terminal.
    let command = command_on(&server, &reset);
    let mut alone = Command::new("setsid");
    alone.arg("--wait").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => alone.env(name, value),
            None => alone.env_remove(name),
        };
    }
    let refused = run(alone, "").await;
    assert!(!refused.status.success() && said(&refused).contains("--generate or --stdin"), "{}", said(&refused));
    organisation.admin.get("/api/v1/me").await.expect(200);
}

async fn organisations_and_agents_are_listed(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    server.visit(&channel.key, None).await.say("你好").await;
    let other = server.organisation().await;
    let listed = on(&server, &["admin", "list-organisations", "--json"], "").await;
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    let ours = listed.iter().find(|row| row["id"] == organisation.org_id.to_string()).unwrap();
    assert_eq!((&ours["agents"], &ours["channels"], &ours["contacts"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(listed.len(), 2);
    let table = on(&server, &["admin", "list-organisations"], "").await;
    assert!(said(&table).contains(&other.org_id.to_string()) && said(&table).contains("客厅科技"), "{}", said(&table));

    let id = other.org_id.to_string();
    let agents = on(&server, &["admin", "list-agents", "--organisation", &id, "--json"], "").await;
    let agents: Vec<Value> = serde_json::from_slice(&agents.stdout).unwrap();
    assert_eq!(agents.len(), 1);
    assert_eq!(agents[0]["account"], other.admin.me.account.as_str());
    let text = agents[0].to_string();
    assert!(!text.contains("argon2"), "{text}");
}

async fn a_colleague_is_added_while_the_server_runs(server: TestServer) {
    let organisation = server.organisation().await;
    let id = organisation.org_id.to_string();
    let add = |account: &'static str, mobile: &'static str| {
        let (server, id) = (&server, id.as_str());
        async move {
            let whose = ["admin", "add-agent", "--organisation", id, "--account", account, "--name", "李四"];
            let how = ["--email", "li.si@example.com", "--mobile", mobile, "--role", "supervisor", "--stdin"];
            on(server, &[whose.as_slice(), how.as_slice()].concat(), "a secret of mine 3\n").await
        }
    };
    let refused = add("li.si", "123").await;
    assert!(!refused.status.success() && said(&refused).contains("the mobile "), "{}", said(&refused));
    let done = add("li.si", "13900139000").await;
    assert!(done.status.success() && !said(&done).contains("a secret of mine"), "{}", said(&done));
    let again = add("Li.Si", "13900139000").await;
    assert!(!again.status.success() && said(&again).contains("is taken"), "{}", said(&again));

    let added = server.anonymous().sign_in_with("li.si", "a secret of mine 3").await;
    assert_eq!((added.me.org_id, added.me.role), (organisation.org_id, types::agents::Role::Supervisor));
    assert_eq!((added.me.name.as_str(), added.me.mobile.as_str()), ("李四", "13900139000"));
}

/// What a report found of one thing that was looked at: its grade, and the words.
pub(crate) fn finding(output: &Output, check: &str) -> (String, String) {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)));
    let found = report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check}: {}", said(output)));
    let text = |field: &str| found[field].as_str().unwrap().to_owned();
    (text("grade"), text("detail"))
}

fn grade(output: &Output, check: &str) -> String {
    finding(output, check).0
}

/// Everything that was looked at, with its grade.
fn grades(output: &Output) -> Vec<(String, String)> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)));
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    findings.map(|finding| (text(finding, "check"), text(finding, "grade"))).collect()
}

async fn the_doctor_finds_what_is_wrong(server: TestServer) {
    // The test's PostgreSQL is set to be quick and not durable, which the doctor must not overlook.
    let sound = server.is_sqlite();
    let report = on(&server, &["doctor", "--json", "--thorough"], "").await;
    for check in
        ["database", "schema", "integrity", "rules", "files", "uploads", "disk write", "secret key", "public url"]
    {
        assert_eq!(grade(&report, check), "ok", "{check}: {}", said(&report));
    }
    // This server's clock is one of tests, and so is what it answers by; SQLite has none of its own.
    let looked: Vec<String> = grades(&report).into_iter().map(|(check, _)| check).collect();
    assert_eq!(looked.iter().any(|check| check == "database clock"), !server.is_sqlite(), "{looked:?}");
    assert!(looked.iter().any(|check| check == "clock"), "{looked:?}");
    assert_eq!(grade(&report, "durability"), if sound { "ok" } else { "failed" }, "{}", said(&report));
    assert_eq!(report.status.success(), sound);
    let text = on(&server, &["doctor", "--offline"], "").await;
    assert!(said(&text).contains("ok       schema"), "{}", said(&text));

    // A key that others may read.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = server.data_dir().join("secret.key");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let report = on(&server, &["doctor", "--json", "--offline"], "").await;
        assert_eq!((grade(&report, "secret key").as_str(), report.status.success()), ("failed", false));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    // A database of a newer version.
    let state = server.state();
    state
        .write(|tx| {
            Box::pin(async move {
                use store::ConnectionTrait;
                let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_the_future', 0)";
                tx.conn().execute_unprepared(newer).await.map_err(store::StoreError::from)?;
                Ok(())
            })
        })
        .await
        .unwrap();
    let report = on(&server, &["doctor", "--json", "--offline"], "").await;
    assert_eq!(grade(&report, "schema"), "failed");
    let refused = on(&server, &["admin", "list-organisations"], "").await;
    assert!(said(&refused).contains("m9999_the_future"), "{}", said(&refused));
}

#[tokio::test]
async fn the_doctor_asks_the_mail_server_without_sending() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mail_server) = crate::senders::MailServer::start(SmtpEncryption::None) else { return };
    let look = async |port: u16| {
        let port = port.to_string();
        let settings = [
            ("PARLOR_DATA_DIR", folder.path().to_str().unwrap()),
            ("PARLOR_CODES__SENDER", "email"),
            ("PARLOR_CODES__SMTP__HOST", "127.0.0.1"),
            ("PARLOR_CODES__SMTP__PORT", port.as_str()),
            ("PARLOR_CODES__SMTP__ENCRYPTION", "none"),
            ("PARLOR_CODES__SMTP__FROM", "no-reply@example.com"),
        ];
        run(parlor(&settings, &["doctor", "--json"]), "").await
    };
    assert_eq!(grade(&look(mail_server.port).await, "codes"), "ok");
    assert_eq!(mail_server.filed().len(), 0, "nothing was sent");
    drop(mail_server);
    assert_eq!(grade(&look(1).await, "codes"), "failed");
}

#[tokio::test]
async fn the_doctor_asks_the_gateway_without_sending() {
    let folder = tempfile::tempdir().unwrap();
    let (port, mut received) = crate::senders::gateway(204);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let look = async |port: u16| {
        let url = format!("http://127.0.0.1:{port}/codes");
        let settings = [
            ("PARLOR_DATA_DIR", folder.path().to_str().unwrap()),
            ("PARLOR_CODES__SENDER", "webhook"),
            ("PARLOR_CODES__WEBHOOK__URL", url.as_str()),
            ("PARLOR_CODES__WEBHOOK__SECRET", "a secret of the gateway"),
            ("PARLOR_CODES__WEBHOOK__ALLOW_PRIVATE", "true"),
        ];
        run(parlor(&settings, &["doctor", "--json"]), "").await
    };
    assert_eq!(grade(&look(port).await, "codes"), "ok");
    assert!(received.try_recv().is_err(), "nothing was sent");
    let report = look(closed).await;
    assert_eq!((grade(&report, "codes").as_str(), report.status.success()), ("failed", false));
}

#[tokio::test]
async fn the_doctor_names_every_wrong_setting() {
    let report =
        run(parlor(&[("PARLOR_LISTEN", "nowhere"), ("PARLOR_WORKERS", "9999")], &["doctor", "--json"]), "").await;
    assert!(!report.status.success());
    assert_eq!(grades(&report), [("configuration".to_owned(), "failed".to_owned())]);
    for named in ["listen", "PARLOR_LISTEN", "workers", "at most 1024"] {
        assert!(said(&report).contains(named), "{named}: {}", said(&report));
    }
}

/// Somebody who answers every request by this date.
fn answers_on(date: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for wire in listener.incoming() {
            let mut wire = wire.unwrap();
            // The head comes in one piece; what it says does not matter.
            let _head = wire.read(&mut [0; 4096]).unwrap();
            let date = if date.is_empty() { String::new() } else { format!("date: {date}\r\n") };
            write!(wire, "HTTP/1.1 404 Not Found\r\n{date}content-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn the_doctor_compares_the_clock_with_that_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let look = async |public_url: &str| {
        let settings = [("PARLOR_DATA_DIR", folder.path().to_str().unwrap()), ("PARLOR_PUBLIC_URL", public_url)];
        run(parlor(&settings, &["doctor", "--json"]), "").await
    };
    let report = look(&answers_on("Wed, 26 Nov 2036 12:00:00 GMT")).await;
    let (grade, detail) = finding(&report, "clock elsewhere");
    assert!(grade == "warning" && detail.contains("seconds behind the public url's"), "{detail}");
    let report = look(&answers_on("Wed, 26 Nov 1986 12:00:00 GMT")).await;
    let (grade, detail) = finding(&report, "clock elsewhere");
    assert!(grade == "warning" && detail.contains("seconds ahead of the public url's"), "{detail}");
    // Whoever says no time proves nothing.
    let report = look(&answers_on("")).await;
    assert!(grades(&report).iter().all(|(check, _)| check != "clock elsewhere"), "{}", said(&report));
}

#[tokio::test]
async fn the_doctor_has_the_translation_service_translate_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let service = testkit::TranslationService::open();
    let look = async || {
        let settings = [
            ("PARLOR_DATA_DIR", folder.path().to_str().unwrap()),
            ("PARLOR_TRANSLATION__PROVIDER", "deepl"),
            ("PARLOR_TRANSLATION__URL", service.url.as_str()),
            ("PARLOR_TRANSLATION__API_KEY", "a-key-of-ours"),
        ];
        run(parlor(&settings, &["doctor", "--json"]), "").await
    };
    assert_eq!(grade(&look().await, "translation"), "ok");
    assert_eq!(service.asked().len(), 1);
    service.answer(403, "a-key-of-ours is no key");
    let report = look().await;
    assert_eq!(grade(&report, "translation"), "warning");
    assert!(said(&report).contains("403") && !said(&report).contains("a-key-of-ours"), "{}", said(&report));
}
