//! Guessing passwords, keeping sessions for ever, and what is readable where it is kept.

use crate::registration::{code_for, proof, registration};
use serde_json::json;
use std::collections::BTreeSet;
use store::ConnectionTrait;
use testkit::{Anonymous, PASSWORD, TestServer, db_tests, in_time};
use tokio::task::JoinSet;
use types::agents::{LoginState, Role};
use types::auth::{Login, Proof, SignedIn};
use types::error::{ErrorCode, FieldCode};

db_tests!(
    strangers_cannot_lock_the_owners_browser_out,
    a_known_browser_has_as_many_guesses_as_strangers,
    strangers_cannot_keep_the_owner_from_changing_the_password,
    what_a_busy_server_did_not_look_at_is_no_guess,
    a_locked_account_costs_its_callers_address_nothing,
    after_some_failures_a_guess_costs_a_proof_of_work,
    a_new_sign_in_ends_the_session_that_the_browser_had,
    a_sign_in_succeeds_although_the_session_before_cannot_be_ended,
    a_session_ends_after_ninety_days_however_it_is_used,
    the_fifty_first_session_ends_the_oldest,
    passwords_that_are_tried_first_are_refused,
    nothing_that_opens_a_door_is_kept_readable,
);

const ME: &str = "/api/v1/me";
const DAY: i64 = 24 * 3600 * 1000;

async fn guess(caller: &Anonymous, account: &str, times: usize) {
    for _ in 0..times {
        caller.login(account, "wrong password 1").await.expect(401);
    }
}

async fn strangers_cannot_lock_the_owners_browser_out(server: TestServer) {
    let organisation = server.organisation().await;
    let account = organisation.admin.me.account.clone();
    let colleague = organisation.agent(Role::Agent).await.me.account;
    let (owner, other, stranger) = (server.anonymous(), server.anonymous(), server.anonymous());
    owner.sign_in(&account).await;
    other.sign_in(&colleague).await;

    guess(&stranger, &account, 10).await;
    assert_eq!(stranger.login(&account, PASSWORD).await.having(429).code(), ErrorCode::RateLimited);
    owner.login(&account, PASSWORD).await.expect(201);
    // To be known to one account is nothing at another.
    other.login(&account, PASSWORD).await.expect(429);
    // The owner's success does not give strangers new guesses.
    stranger.login(&account, PASSWORD).await.expect(429);
}

async fn a_known_browser_has_as_many_guesses_as_strangers(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let owner = server.anonymous();
    owner.sign_in(&account).await;
    guess(&owner, &account, 10).await;
    owner.login(&account, PASSWORD).await.expect(429);
    server.anonymous().login(&account, PASSWORD).await.expect(201);
}

async fn strangers_cannot_keep_the_owner_from_changing_the_password(server: TestServer) {
    let admin = server.organisation().await.admin;
    guess(&server.anonymous(), &admin.me.account, 10).await;
    let change = json!({"old_password": PASSWORD, "new_password": "another horse 2"});
    admin.put("/api/v1/me/password", &change).await.expect(204);
}

async fn what_a_busy_server_did_not_look_at_is_no_guess(server: TestServer) {
    let admin = server.organisation().await.admin;
    server
        .reconfigure(|config| {
            config.limits.login_failures_per_account = 1;
            config.limits.login_failures_per_ip = 1;
        })
        .await;
    // More than the waiting room holds, and whoever leaves it comes again.
    let mut crowd = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().unwrap().get() + 66 {
        let state = server.state();
        crowd.spawn(async move {
            loop {
                let _looked = state.passwords.verify(None, "a password".to_owned().into()).await;
                tokio::task::yield_now().await;
            }
        });
    }
    // The old password is right and the new one is not, so that nothing changes.
    let change = json!({"old_password": PASSWORD, "new_password": "password1"});
    let (mut logins, mut changes) = (0, 0);
    let turned_away = async {
        while logins < 3 || changes < 3 {
            match server.anonymous().login(&admin.me.account, PASSWORD).await.status {
                503 => logins += 1,
                status => assert_eq!(status, 201, "it came in between, or was told to wait for a guess that was none"),
            }
            match admin.put("/api/v1/me/password", &change).await.status {
                503 => changes += 1,
                status => assert_eq!(status, 422),
            }
        }
    };
    in_time("both are turned away", turned_away).await;
}

async fn a_locked_account_costs_its_callers_address_nothing(server: TestServer) {
    server.reconfigure(|config| config.limits.login_failures_per_ip = 15).await;
    let organisation = server.organisation().await;
    let (locked, other) = (organisation.admin.me.account.clone(), organisation.agent(Role::Agent).await.me.account);
    let stranger = server.anonymous();
    guess(&stranger, &locked, 10).await;
    // No password is looked at any more, so there is nothing to count.
    for _ in 0..10 {
        stranger.login(&locked, PASSWORD).await.expect(429);
    }
    stranger.login(&other, PASSWORD).await.expect(201);
}

async fn after_some_failures_a_guess_costs_a_proof_of_work(server: TestServer) {
    server.reconfigure(|config| config.limits.login_failures_before_proof = 2).await;
    let account = server.organisation().await.admin.me.account;
    let (owner, stranger) = (server.anonymous(), server.anonymous());
    owner.sign_in(&account).await;
    for account in [account.as_str(), "nobody-at-all"] {
        guess(&stranger, account, 2).await;
        assert_eq!(stranger.login(account, PASSWORD).await.having(403).code(), ErrorCode::ProofRequired);
    }
    let with = |proof| Login {
        account: account.clone(),
        password: PASSWORD.to_owned(),
        login_state: LoginState::Normal,
        agreements_accepted: true,
        proof: Some(proof),
    };
    let login =
        async |caller: &Anonymous, proof: &Proof| caller.post("/api/v1/auth/sessions", &with(proof.clone())).await;
    let right = proof(&stranger).await;
    let wrong = Proof { challenge: "not one of ours".to_owned(), ..right.clone() };
    assert_eq!(login(&stranger, &wrong).await.faults(), [("proof".to_owned(), FieldCode::Wrong)]);
    login(&stranger, &right).await.expect(201);
    let other = server.anonymous();
    guess(&other, &account, 2).await;
    assert_eq!(login(&other, &right).await.faults(), [("proof".to_owned(), FieldCode::Expired)]);
    // The owner's browser is known and is asked for nothing.
    owner.login(&account, PASSWORD).await.expect(201);
}

async fn a_new_sign_in_ends_the_session_that_the_browser_had(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let browser = server.anonymous();
    let first = browser.sign_in(&account).await;
    let elsewhere = first.on_another_device().await;
    let second = browser.sign_in(&account).await;
    first.get(ME).await.expect(401);
    second.get(ME).await.expect(200);
    elsewhere.get(ME).await.expect(200);
    second.try_refresh().await.expect(200);
}

async fn a_sign_in_succeeds_although_the_session_before_cannot_be_ended(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let browser = server.anonymous();
    let first = browser.sign_in(&account).await;
    let state = server.state();
    let refuse: &'static [&'static str] = if server.is_sqlite() {
        &["CREATE TRIGGER nobody_ends BEFORE UPDATE OF revoked_at ON session BEGIN SELECT RAISE(ABORT, 'no'); END"]
    } else {
        &[
            "CREATE FUNCTION nobody_ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$",
            "CREATE TRIGGER nobody_ends BEFORE UPDATE OF revoked_at ON session FOR EACH ROW EXECUTE FUNCTION nobody_ends()",
        ]
    };
    for statement in refuse {
        let done = state.write(move |tx| {
            Box::pin(async move {
                tx.conn().execute_unprepared(statement).await.map_err(store::StoreError::from)?;
                Ok(())
            })
        });
        done.await.unwrap();
    }
    drop(state);
    let second = browser.sign_in(&account).await;
    second.get(ME).await.expect(200);
    second.try_refresh().await.expect(200);
    first.get(ME).await.expect(200);
}

async fn a_session_ends_after_ninety_days_however_it_is_used(server: TestServer) {
    let mut admin = server.organisation().await.admin;
    for _ in 0..4 {
        server.clock.advance(22 * DAY);
        admin = admin.refreshed().await;
    }
    server.clock.advance(2 * DAY - 1);
    let last = admin.refreshed().await;
    server.clock.advance(1);
    last.try_refresh().await.expect(401);
    // The access token of the last refresh does not outlive the session either.
    last.get(ME).await.expect(401);
}

async fn the_fifty_first_session_ends_the_oldest(server: TestServer) {
    let admin = server.organisation().await.admin;
    let mut sessions = vec![admin.clone()];
    for _ in 0..49 {
        server.clock.advance(1);
        sessions.push(admin.with_own_session().await);
    }
    server.clock.advance(1);
    let newest = admin.on_another_device().await;
    sessions[0].get(ME).await.expect(401);
    sessions[1].get(ME).await.expect(200);
    newest.get(ME).await.expect(200);
}

async fn passwords_that_are_tried_first_are_refused(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, "13800138000").await;
    for guessable in
        ["Password1", "12345678", "qwertyuiop", "aaaaaaaaaaaa", "zhang.san1", "13800138000", "客厅科技2026"]
    {
        let mut form = registration("zhang.san", &code);
        form.password = guessable.to_owned();
        let answer = caller.post("/api/v1/auth/registrations", &form).await.having(422);
        assert_eq!(answer.faults(), [("password".to_owned(), FieldCode::Guessable)], "{guessable}");
    }
    // More tries than a code bears: a password that is refused costs none.
    let mut form = registration("zhang.san", &code);
    form.password = "only lower case letters".to_owned();
    caller.post("/api/v1/auth/registrations", &form).await.expect(201);
    let agent = caller.sign_in_with("zhang.san", "only lower case letters").await;
    let change = json!({"old_password": "only lower case letters", "new_password": "zhang.san2"});
    let answer = agent.put("/api/v1/me/password", &change).await.having(422);
    assert_eq!(answer.faults(), [("new_password".to_owned(), FieldCode::Guessable)]);
    let exact = caller.login("zhang.san", "Only lower case letters").await;
    exact.expect(401);
}

async fn nothing_that_opens_a_door_is_kept_readable(server: TestServer) {
    let organisation = server.organisation().await;
    let browser = server.anonymous();
    let answer = browser.login(&organisation.admin.me.account, PASSWORD).await.having(201);
    let mut secrets: BTreeSet<String> = [PASSWORD.to_owned(), answer.json::<SignedIn>().access_token].into();
    for cookie in answer.headers.get_all("set-cookie") {
        let value = cookie.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
        secrets.insert(value.to_owned());
    }
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    visitor.say("你好").await;
    secrets.extend([visitor.token().to_owned(), visitor.session.ticket.clone()]);
    let code = code_for(&browser, "13800138999").await;
    // Whoever knows where a browser is reached, and the secret shared with it, can reach it.
    let service = testkit::push::PushService::open(server.clock.clone());
    let key = server.state().push.public_key().to_owned();
    let subscription = service.browser(&key);
    organisation.admin.put("/api/v1/me/push-subscription", &subscription).await.expect(200);
    secrets.extend([subscription.endpoint, subscription.auth]);

    let state = server.state();
    let kept = testkit::everything_stored(state.db.reader()).await;
    assert!(kept.contains("你好"), "the look at the database is a look at the database");
    for secret in secrets {
        assert!(!kept.contains(&secret), "{secret} is kept readable");
    }
    assert!(!kept.split(|c: char| !c.is_ascii_digit()).any(|number| number == code), "the code is kept readable");
    if server.is_sqlite() {
        use std::os::unix::fs::PermissionsExt;
        let file = server.database_url().trim_start_matches("sqlite://").split('?').next().unwrap().to_owned();
        for file in [file.clone(), format!("{file}-wal")] {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{file}");
        }
    }
}
