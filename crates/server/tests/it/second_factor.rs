//! The second factor: set up, asked for, lost, taken off.

use crate::commands::on;
use crate::forgotten_password::{NEW_PASSWORD, ask, newest_to, reset, try_reset};
use server::auth::totp::{code_at, from_base32};
use server::clock::Clock;
use testkit::{AgentCaller, Anonymous, Answer, PASSWORD, TestServer};
use types::agents::{Agent, ChangePassword, LoginState, Role};
use types::audit::{AuditAction, AuditEntry};
use types::auth::{Login, SignedIn};
use types::error::{ErrorCode, FieldCode};
use types::page::Page;
use types::password_reset::ResetBy;
use types::second_factor::{
    BeginSecondFactor, BothFactors, ConfirmSecondFactor, FinishLogin, RecoveryCodes, SecondFactor, SecondFactorNeeded,
    SecondFactorSetup,
};

const MINE: &str = "/api/v1/me/second-factor";
pub(crate) const RENEWED: &str = "/api/v1/me/second-factor/recovery-codes";
pub(crate) const REMOVALS: &str = "/api/v1/me/second-factor/removals";
const SECOND_STEP: &str = "/api/v1/auth/sessions/second-factor";
const STEP_MILLIS: i64 = 30_000;

/// An authenticator app.
pub(crate) struct App(Vec<u8>);

impl App {
    /// Sets one up for an agent, who gets these recovery codes.
    pub(crate) async fn set_up(agent: &AgentCaller) -> (Self, Vec<String>) {
        let setup: SecondFactorSetup = agent.post(MINE, &password(PASSWORD)).await.having(201).json();
        let app = Self(from_base32(&setup.secret).unwrap());
        let codes: RecoveryCodes = agent.put(MINE, &confirm(&app.code(&agent.server))).await.having(200).json();
        (app, codes.items)
    }

    /// What it shows.
    pub(crate) fn code(&self, server: &TestServer) -> String {
        code_at(&self.0, server.clock.now())
    }

    /// What it shows next, when that has its time.
    pub(crate) fn next_code(&self, server: &TestServer) -> String {
        server.clock.advance(STEP_MILLIS);
        self.code(server)
    }
}

fn password(password: &str) -> BeginSecondFactor {
    BeginSecondFactor { password: password.to_owned() }
}

fn confirm(code: &str) -> ConfirmSecondFactor {
    ConfirmSecondFactor { code: code.to_owned() }
}

pub(crate) fn both(password: &str, code: &str) -> BothFactors {
    BothFactors { password: password.to_owned(), code: code.to_owned() }
}

/// The token of a sign-in whose password was right.
pub(crate) async fn first_step(caller: &Anonymous, account: &str) -> String {
    let answer = caller.login(account, PASSWORD).await.having(202);
    assert!(answer.headers.get("set-cookie").is_none(), "nobody is signed in");
    answer.json::<SecondFactorNeeded>().second_factor_token
}

pub(crate) async fn second_step(caller: &Anonymous, token: &str, code: &str) -> Answer {
    let request = FinishLogin { second_factor_token: token.to_owned(), code: code.to_owned() };
    caller.post(SECOND_STEP, &request).await
}

#[track_caller]
fn is_wrong(answer: &Answer, field: &str, code: FieldCode) {
    assert_eq!((answer.status, answer.faults()), (422, vec![(field.to_owned(), code)]));
}

async fn audit(admin: &AgentCaller) -> Vec<AuditAction> {
    let log: Page<AuditEntry> = admin.deeds().await;
    log.items.into_iter().map(|entry| entry.action).collect()
}

async fn a_second_factor_is_asked_for_after_a_code_has_confirmed_it_and_takes_each_code_once(server: TestServer) {
    let admin = server.organisation().await.admin;
    let (account, caller) = (admin.me.account.as_str(), server.anonymous());
    is_wrong(&admin.post(MINE, &password("not the password")).await, "password", FieldCode::Wrong);
    let setup: SecondFactorSetup = admin.post(MINE, &password(PASSWORD)).await.having(201).json();
    let expected = format!("otpauth://totp/Parlor:{account}?secret={}&issuer=Parlor", setup.secret);
    assert!(setup.uri.starts_with(&expected), "{}", setup.uri);
    let state = server.state();
    let scope = store::OrgScope::new(admin.me.org_id);
    let kept = store::second_factors::get(state.db.reader(), scope, admin.me.id).await.unwrap().unwrap();
    assert!(kept.secret.starts_with("sealed:") && !kept.secret.contains(&setup.secret));
    drop(state);
    // Not yet: whoever closes the page before the app has the secret is not locked out.
    server.anonymous().login(account, PASSWORD).await.expect(201);
    is_wrong(&admin.put(MINE, &confirm("000 00x")).await, "code", FieldCode::Wrong);

    let (app, codes) = App::set_up(&admin).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(admin.post(MINE, &password(PASSWORD)).await.having(409).code(), ErrorCode::Conflict);
    let mine: SecondFactor = admin.get(MINE).await.json();
    assert_eq!((mine.enabled_at, mine.recovery_codes_left), (Some(server.clock.now()), 10));
    caller.login(account, "not the password").await.expect(401);
    let token = first_step(&caller, account).await;
    caller.with_token(token.as_str()).get("/api/v1/me").await.expect(401);
    // The code that has confirmed it was used.
    is_wrong(&second_step(&caller, &token, &app.code(&server)).await, "code", FieldCode::Wrong);
    let code = app.next_code(&server);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let signed_in: SignedIn = second_step(&caller, &token, &spaced).await.having(201).json();
    assert_eq!(signed_in.me.id, admin.me.id);
    caller.post_empty("/api/v1/auth/refresh").await.expect(200);

    let late_code = app.next_code(&server);
    is_wrong(&second_step(&caller, &token, &late_code).await, "second_factor_token", FieldCode::Expired);
    let suspended = Login {
        account: account.to_owned(),
        password: PASSWORD.to_owned(),
        login_state: LoginState::Suspended,
        agreements_accepted: true,
        proof: None,
    };
    let token = caller.post("/api/v1/auth/sessions", &suspended).await.having(202).json::<SecondFactorNeeded>();
    let token = token.second_factor_token;
    is_wrong(&second_step(&caller, &token, &late_code).await, "code", FieldCode::Wrong);
    let signed_in: SignedIn = second_step(&caller, &token, &app.next_code(&server)).await.having(201).json();
    assert_eq!(signed_in.me.login_state, LoginState::Suspended);
}

async fn guesses_are_counted_and_a_token_ends_with_its_time_and_with_the_password(server: TestServer) {
    let admin = server.organisation().await.admin;
    let (account, caller) = (admin.me.account.as_str(), server.anonymous());
    let (app, _) = App::set_up(&admin).await;
    let token = first_step(&caller, account).await;
    let limit = server.state().config.limits.login_failures_per_account;
    for _ in 0..limit {
        is_wrong(&second_step(&caller, &token, "abcd-efgh-jkmn-pqrs").await, "code", FieldCode::Wrong);
    }
    let waiting = second_step(&caller, &token, &app.next_code(&server)).await.having(429);
    assert_eq!(waiting.code(), ErrorCode::RateLimited);
    // Its owner is signed in elsewhere and has to wait as well, but only for the second factor.
    admin.post(RENEWED, &both(PASSWORD, &app.code(&server))).await.expect(429);
    admin.get("/api/v1/me").await.expect(200);

    server.clock.advance(15 * 60_000);
    is_wrong(&second_step(&caller, &token, &app.code(&server)).await, "second_factor_token", FieldCode::Expired);
    let token = first_step(&caller, account).await;
    let change = ChangePassword { old_password: PASSWORD.to_owned(), new_password: NEW_PASSWORD.to_owned() };
    let owner = admin.with_own_session().await;
    owner.put("/api/v1/me/password", &change).await.expect(204);
    is_wrong(&second_step(&caller, &token, &app.code(&server)).await, "second_factor_token", FieldCode::Expired);
}

async fn recovery_codes_are_good_once_are_made_anew_and_go_when_it_is_turned_off(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin;
    let (account, caller) = (admin.me.account.as_str(), server.anonymous());
    let (app, codes) = App::set_up(&admin).await;
    let token = first_step(&caller, account).await;
    second_step(&caller, &token, &codes[0].to_uppercase()).await.expect(201);
    let token = first_step(&caller, account).await;
    is_wrong(&second_step(&caller, &token, &codes[0]).await, "code", FieldCode::Wrong);
    assert_eq!(admin.get(MINE).await.json::<SecondFactor>().recovery_codes_left, 9);

    is_wrong(&admin.post(RENEWED, &both("not the password", &codes[1])).await, "password", FieldCode::Wrong);
    is_wrong(&admin.post(RENEWED, &both(PASSWORD, "000000")).await, "code", FieldCode::Wrong);
    let renewed: RecoveryCodes = admin.post(RENEWED, &both(PASSWORD, &app.next_code(&server))).await.having(201).json();
    is_wrong(&second_step(&caller, &token, &codes[1]).await, "code", FieldCode::Wrong);
    is_wrong(&admin.post(REMOVALS, &both(PASSWORD, "000000")).await, "code", FieldCode::Wrong);
    admin.post(REMOVALS, &both(PASSWORD, &renewed.items[3])).await.expect(204);
    assert_eq!(admin.get(MINE).await.json::<SecondFactor>(), SecondFactor { enabled_at: None, recovery_codes_left: 0 });
    caller.login(account, PASSWORD).await.expect(201);
    is_wrong(&second_step(&caller, &token, &renewed.items[4]).await, "code", FieldCode::Wrong);
    let [off, on] = [false, true].map(|enabled| AuditAction::SecondFactorSet { enabled });
    assert_eq!(audit(&admin).await, [off, AuditAction::RecoveryCodesRenewed {}, on]);
}

async fn whoever_has_lost_it_gets_it_taken_off_by_an_admin_or_by_the_operator(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let account = agent.me.account.as_str();
    let (app, _) = App::set_up(&agent).await;
    let path = |id| format!("/api/v1/agents/{id}/second-factor");
    let stranger = server.organisation().await.admin;
    stranger.delete(&path(agent.me.id)).await.expect(404);
    agent.delete(&path(agent.me.id)).await.expect(403);
    App::set_up(admin).await;
    admin.delete(&path(admin.me.id)).await.expect(409);

    // Whoever manages people sees who has one, and nobody else does.
    let seen = async |caller: &AgentCaller| -> Option<bool> {
        caller.get(&format!("/api/v1/agents/{}", agent.me.id)).await.json::<Agent>().second_factor
    };
    let supervisor = organisation.agent(Role::Supervisor).await;
    assert_eq!([seen(admin).await, seen(&supervisor).await, seen(&agent).await], [Some(true), None, None]);

    // A forgotten password alone is no way around it.
    let caller = server.anonymous();
    ask(&caller, account, ResetBy::Mobile).await.expect(202);
    let code = newest_to(&caller, &agent.me.mobile).await;
    let asked = try_reset(&caller, &reset(account, &code, None)).await;
    is_wrong(&asked, "second_factor", FieldCode::Required);
    is_wrong(&try_reset(&caller, &reset(account, &code, Some("000000"))).await, "second_factor", FieldCode::Wrong);
    try_reset(&caller, &reset(account, &code, Some(&app.next_code(&server)))).await.expect(204);
    caller.login(account, NEW_PASSWORD).await.expect(202);

    // The log tells in which order.
    server.clock.advance(1);
    admin.delete(&path(agent.me.id)).await.expect(204);
    admin.delete(&path(agent.me.id)).await.expect(204);
    assert_eq!(seen(admin).await, Some(false));
    caller.login(account, NEW_PASSWORD).await.expect(201);
    let removed = AuditAction::SecondFactorRemoved { owner_id: agent.me.id, owner_name: agent.me.name.clone() };
    assert_eq!(audit(admin).await[..2], [removed, AuditAction::PasswordReset { second_factor: true }]);

    let command =
        ["admin", "reset-password", "--account", admin.me.account.as_str(), "--remove-second-factor", "--stdin"];
    let done = on(&server, &command, "lamp violet 1\n").await;
    assert!(String::from_utf8_lossy(&done.stderr).contains("second factor was taken off"), "{done:?}");
    caller.login(&admin.me.account, "lamp violet 1").await.expect(201);
}

async fn it_outlives_a_new_secret_key_when_the_one_before_is_named(server: TestServer) {
    let (old, new) = ("the first secret of this server ..", "the second secret of this server ..");
    server.reconfigure(|config| config.secret_key = old.to_owned().into()).await;
    let admin = server.organisation().await.admin;
    let (app, _) = App::set_up(&admin).await;
    let caller = server.anonymous();
    let finish = async |status: u16| {
        let token = first_step(&caller, &admin.me.account).await;
        second_step(&caller, &token, &app.next_code(&server)).await.expect(status);
    };
    server.reconfigure(|config| config.secret_key = new.to_owned().into()).await;
    finish(422).await;
    server.reconfigure(|config| config.previous_secret_key = old.to_owned().into()).await;
    finish(201).await;
    // It was encrypted anew when it was used.
    server.reconfigure(|config| config.previous_secret_key = String::new().into()).await;
    finish(201).await;
}

testkit::db_tests!(
    a_second_factor_is_asked_for_after_a_code_has_confirmed_it_and_takes_each_code_once,
    guesses_are_counted_and_a_token_ends_with_its_time_and_with_the_password,
    recovery_codes_are_good_once_are_made_anew_and_go_when_it_is_turned_off,
    whoever_has_lost_it_gets_it_taken_off_by_an_admin_or_by_the_operator,
    it_outlives_a_new_secret_key_when_the_one_before_is_named,
);
