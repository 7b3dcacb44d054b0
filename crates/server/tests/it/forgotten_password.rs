//! Forgotten passwords: codes to the account's own addresses, which tell nobody whether there is such an account.

use crate::registration::{proof, request_for};
use crate::senders::MailServer;
use serde_json::Value;
use server::clock::Clock;
use server::config::SmtpEncryption;
use testkit::sms::{ACCESS_KEY_ID, ACCESS_KEY_SECRET};
use testkit::{AgentCaller, Anonymous, Answer, PASSWORD, SmsService, TestServer, in_time, until};
use types::agents::{CreateAgent, Role};
use types::audit::{AuditAction, AuditEntry};
use types::auth::{DevelopmentCode, DevelopmentCodes, VerificationCodeSent};
use types::error::{ErrorCode, FieldCode};
use types::limits;
use types::page::Page;
use types::password_reset::{ResetBy, ResetPassword, SendPasswordResetCode};
use types::people::AgentSettings;
use types::server_info::{CodeDelivery, ServerInfo};

const CODES: &str = "/api/v1/auth/password-reset-codes";
const RESETS: &str = "/api/v1/auth/password-resets";
const REGISTRATION_CODES: &str = "/api/v1/auth/verification-codes";
pub(crate) const NEW_PASSWORD: &str = "another horse 2";
const MINUTE: i64 = 60_000;

pub(crate) async fn ask(caller: &Anonymous, account: &str, by: ResetBy) -> Answer {
    let request = SendPasswordResetCode { account: account.to_owned(), by, proof: proof(caller).await };
    caller.post(CODES, &request).await
}

pub(crate) fn reset(account: &str, code: &str, second_factor: Option<&str>) -> ResetPassword {
    ResetPassword {
        account: account.to_owned(),
        code: code.to_owned(),
        new_password: NEW_PASSWORD.to_owned(),
        second_factor: second_factor.map(str::to_owned),
    }
}

pub(crate) async fn try_reset(caller: &Anonymous, request: &ResetPassword) -> Answer {
    caller.post(RESETS, request).await
}

async fn sent(caller: &Anonymous) -> Vec<DevelopmentCode> {
    caller.get("/api/v1/dev/verification-codes").await.json::<DevelopmentCodes>().items
}

/// The code that was sent to an address at this moment: it is sent after the answer.
pub(crate) async fn newest_to(caller: &Anonymous, address: &str) -> String {
    let now = caller.server.clock.now();
    in_time("a code", async {
        loop {
            let codes = sent(caller).await;
            if let Some(code) = codes.iter().find(|code| code.mobile == address && code.sent_at == now) {
                return code.code.clone();
            }
        }
    })
    .await
}

fn another_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn the_audit_log(admin: &AgentCaller) -> Vec<AuditAction> {
    let log: Page<AuditEntry> = admin.deeds().await;
    log.items.into_iter().map(|entry| entry.action).collect()
}

async fn a_code_sets_a_new_password_once_and_ends_every_session(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.agent(Role::Agent).await;
    let account = agent.me.account.as_str();
    let caller = server.anonymous();
    let (mut socket, _) = agent.socket().await;
    ask(&caller, &account.to_uppercase(), ResetBy::Mobile).await.expect(202);
    let code = newest_to(&caller, &agent.me.mobile).await;

    let wrong = try_reset(&caller, &reset(account, &another_than(&code), None)).await.having(422);
    assert_eq!(wrong.faults(), [("code".to_owned(), FieldCode::Wrong)]);
    // A code is for its account, and for this alone.
    let other = organisation.agent(Role::Agent).await.me.account;
    let wrong = try_reset(&caller, &reset(&other, &code, None)).await.having(422);
    assert_eq!(wrong.faults(), [("code".to_owned(), FieldCode::Wrong)]);
    let guessable = ResetPassword { new_password: format!("{}1", agent.me.mobile), ..reset(account, &code, None) };
    let guessable = try_reset(&caller, &guessable).await.having(422);
    assert_eq!(guessable.faults(), [("new_password".to_owned(), FieldCode::Guessable)]);
    agent.get("/api/v1/me").await.expect(200);

    try_reset(&caller, &reset(account, &code, None)).await.expect(204);
    assert_eq!(socket.closed().await, 4401);
    agent.get("/api/v1/me").await.expect(401);
    agent.try_refresh().await.expect(401);
    caller.login(account, PASSWORD).await.expect(401);
    caller.login(account, NEW_PASSWORD).await.expect(201);
    assert_eq!(the_audit_log(&organisation.admin).await, [AuditAction::PasswordReset { second_factor: false }]);
    let again = try_reset(&caller, &reset(account, &code, None)).await.having(422);
    assert_eq!(again.faults(), [("code".to_owned(), FieldCode::Expired)]);

    // By email as well, and not for longer than five minutes.
    server.clock.advance(MINUTE);
    ask(&caller, account, ResetBy::Email).await.expect(202);
    let code = newest_to(&caller, &agent.me.email).await;
    server.clock.advance(limits::CODE_LIFETIME_SECONDS * 1000);
    let late = try_reset(&caller, &reset(account, &code, None)).await.having(422);
    assert_eq!(late.faults(), [("code".to_owned(), FieldCode::Expired)]);
}

/// What an answer says, without what is another in every answer.
fn said(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (answer.status, body)
}

async fn an_account_that_nobody_has_is_answered_like_one_with_an_address_and_one_without(server: TestServer) {
    let organisation = server.organisation().await;
    let without = CreateAgent {
        name: "小周".to_owned(),
        account: "without-address".to_owned(),
        password: "lamp violet 1".to_owned(),
        role: Role::Agent,
        email: None,
        mobile: None,
        settings: AgentSettings::default(),
    };
    organisation.admin.post("/api/v1/agents", &without).await.expect(201);
    let caller = server.anonymous();
    // The one to whom something is sent comes last: what was sent before it is there by then.
    let accounts = ["nobody-has-this", "without-address", organisation.admin.me.account.as_str()];
    let mut answers = Vec::new();
    for account in accounts {
        let mut told = vec![said(&ask(&caller, account, ResetBy::Mobile).await.having(202))];
        told.push(said(&ask(&caller, account, ResetBy::Email).await.having(429)));
        let guess = reset(account, "000000", None);
        for _ in 0..limits::CODE_TRIES {
            told.push(said(&try_reset(&caller, &guess).await.having(422)));
        }
        told.push(said(&try_reset(&caller, &guess).await.having(422)));
        answers.push(told);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[0][7].1["errors"][0]["code"], "exhausted");
    newest_to(&caller, &organisation.admin.me.mobile).await;
    assert_eq!(sent(&caller).await.len(), 1, "nothing was sent to anybody else");

    let unproved = SendPasswordResetCode {
        account: accounts[2].to_owned(),
        by: ResetBy::Mobile,
        proof: types::auth::Proof { challenge: "none".to_owned(), nonce: 0 },
    };
    assert_eq!(caller.post(CODES, &unproved).await.having(422).faults(), [("proof".to_owned(), FieldCode::Wrong)]);
}

async fn codes_are_counted_by_account_by_receiving_address_and_by_asking_address(server: TestServer) {
    server
        .reconfigure(|config| {
            config.registration.codes_per_mobile_per_day = 2;
            config.registration.codes_per_ip_per_day = 5;
        })
        .await;
    let organisation = server.organisation().await;
    // Whom a builder makes has the same number as everybody else.
    let other = organisation.agent(Role::Agent).await;
    let caller = server.anonymous();
    let account = organisation.admin.me.account.as_str();
    for _ in 0..2 {
        ask(&caller, account, ResetBy::Mobile).await.expect(202);
        newest_to(&caller, &other.me.mobile).await;
        server.clock.advance(MINUTE);
    }
    let refused = ask(&caller, account, ResetBy::Email).await.having(429);
    assert_eq!(refused.code(), ErrorCode::RateLimited);

    // The number has had its two: nothing more is sent to it, and nobody is told.
    ask(&caller, &other.me.account, ResetBy::Mobile).await.expect(202);
    server.clock.advance(MINUTE);
    ask(&caller, &other.me.account, ResetBy::Email).await.expect(202);
    newest_to(&caller, &other.me.email).await;
    assert_eq!(sent(&caller).await.iter().filter(|code| code.mobile == other.me.mobile).count(), 2);

    ask(&caller, "somebody-else", ResetBy::Mobile).await.expect(202);
    ask(&caller, "and-another-one", ResetBy::Mobile).await.expect(429);
}

async fn text_messages_go_through_aliyun_signed_and_its_refusals_tell_nobody_anything(server: TestServer) {
    let service = SmsService::open();
    server
        .reconfigure(|config| {
            config.codes.sender = CodeDelivery::Aliyun;
            let aliyun = &mut config.codes.aliyun;
            aliyun.url.clone_from(&service.url);
            aliyun.access_key_id = ACCESS_KEY_ID.to_owned();
            aliyun.access_key_secret = ACCESS_KEY_SECRET.to_owned().into();
            aliyun.sign_name = "客厅 科技".to_owned();
            aliyun.template_code = "SMS_71390007".to_owned();
            aliyun.allow_private = true;
        })
        .await;
    let caller = server.anonymous();
    let info: ServerInfo = caller.get("/api/v1/server-info").await.json();
    assert_eq!((info.code_delivery, info.password_reset_by), (CodeDelivery::Aliyun, vec![ResetBy::Mobile]));

    let admin = server.organisation().await.admin;
    ask(&caller, &admin.me.account, ResetBy::Mobile).await.expect(202);
    until("a message", || !service.sent().is_empty()).await;
    let message = service.sent().remove(0);
    assert_eq!((message["PhoneNumbers"].as_str(), message["Action"].as_str()), ("13800138000", "SendSms"));
    assert_eq!((message["SignName"].as_str(), message["TemplateCode"].as_str()), ("客厅 科技", "SMS_71390007"));
    let parameter: Value = serde_json::from_str(&message["TemplateParam"]).unwrap();
    let code = parameter["code"].as_str().unwrap();
    try_reset(&caller, &reset(&admin.me.account, code, None)).await.expect(204);
    let no_way = ask(&caller, &admin.me.account, ResetBy::Email).await.having(422);
    assert_eq!(no_way.faults(), [("by".to_owned(), FieldCode::Wrong)]);

    service.refuse(Some("isv.BUSINESS_LIMIT_CONTROL"));
    let refused = caller.post(REGISTRATION_CODES, &request_for(&caller, "13900139000").await).await.having(502);
    assert_eq!(refused.code(), ErrorCode::Upstream);
    server.clock.advance(MINUTE);
    // Whether there was anything to refuse, nobody learns.
    ask(&caller, &admin.me.account, ResetBy::Mobile).await.expect(202);

    server.reconfigure(|config| config.codes.aliyun.access_key_secret = "another secret".to_owned().into()).await;
    let unsigned = caller.post(REGISTRATION_CODES, &request_for(&caller, "13900139001").await).await.having(502);
    assert!(!unsigned.text().contains("another secret") && !unsigned.text().contains(ACCESS_KEY_ID));
    assert_eq!(service.sent().len(), 1);
}

async fn with_a_mail_server_codes_go_by_email_too_and_the_owner_is_told_of_what_happened(server: TestServer) {
    let Some(mail_server) = MailServer::start(SmtpEncryption::None) else { return };
    server
        .reconfigure(|config| {
            config.codes.sender = CodeDelivery::Webhook;
            config.codes.webhook.url = "https://gateway.example.com/codes".to_owned();
            config.codes.webhook.secret = "a secret of the gateway".to_owned().into();
            let smtp = &mut config.codes.smtp;
            smtp.host = "127.0.0.1".to_owned();
            smtp.port = mail_server.port;
            smtp.encryption = SmtpEncryption::None;
            smtp.from = "客厅 <no-reply@example.com>".to_owned();
        })
        .await;
    let admin = server.organisation().await.admin;
    let caller = server.anonymous();
    let answer = ask(&caller, &admin.me.account, ResetBy::Email).await.having(202);
    assert_eq!(answer.json::<VerificationCodeSent>().resend_after, 60);
    until("the code", || mail_server.filed().len() == 1).await;
    let text = crate::senders::decoded(&mail_server.filed()[0]);
    assert!(text.starts_with(&admin.me.email), "{text}");
    let code: String = text.lines().nth(2).unwrap().chars().take_while(char::is_ascii_digit).collect();
    try_reset(&caller, &reset(&admin.me.account, &code, None)).await.expect(204);
    until("the notice", || mail_server.filed().len() == 2).await;
    let texts: Vec<String> = mail_server.filed().iter().map(|mail| crate::senders::decoded(mail)).collect();
    let notice = texts.iter().find(|text| text.contains("The password was reset by a code")).unwrap();
    assert!(notice.starts_with(&admin.me.email) && notice.contains(&admin.me.account), "{notice}");
}

testkit::db_tests!(
    a_code_sets_a_new_password_once_and_ends_every_session,
    an_account_that_nobody_has_is_answered_like_one_with_an_address_and_one_without,
    codes_are_counted_by_account_by_receiving_address_and_by_asking_address,
    text_messages_go_through_aliyun_signed_and_its_refusals_tell_nobody_anything,
    with_a_mail_server_codes_go_by_email_too_and_the_owner_is_told_of_what_happened,
);
