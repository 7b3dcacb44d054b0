//! Signing in and out, refresh tokens, limits.

use serde_json::json;
use server::actions::auth::{Device, begin_session, check_credentials};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use testkit::{AgentCaller, Answer, PASSWORD, TestServer};
use types::agents::{LoginState, Me};
use types::auth::SignedIn;
use types::error::ErrorCode;

const SESSIONS: &str = "/api/v1/auth/sessions";
const REFRESH: &str = "/api/v1/auth/refresh";
const ME: &str = "/api/v1/me";
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The cookie of this name as an answer sets it; empty when it does not.
fn cookie<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap_or_default()
}

/// The refresh token that an answer sets.
fn refresh_token(answer: &Answer) -> String {
    let cookie = cookie(answer, "parlor_refresh");
    let token = cookie.strip_prefix("parlor_refresh=").and_then(|rest| rest.split(';').next());
    token.unwrap_or_else(|| panic!("no refresh token in {:?}", answer.headers)).to_owned()
}

/// Refreshes with exactly this token, from a browser that has no cookies of its own.
async fn refresh_with(server: &TestServer, token: &str) -> Answer {
    let caller = server.anonymous();
    let request = caller.request(reqwest::Method::POST, REFRESH).header("cookie", format!("parlor_refresh={token}"));
    caller.send(request).await
}

async fn signing_in_gives_an_identity_and_a_guarded_cookie(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let answer = server.anonymous().login(&account, PASSWORD).await.having(201);
    for (name, lifetime) in [("parlor_refresh", "Max-Age=2592000"), ("parlor_device", "Max-Age=31536000")] {
        let cookie = cookie(&answer, name);
        for part in ["HttpOnly", "SameSite=Strict", "Path=/api/v1/auth", lifetime] {
            assert!(cookie.contains(part), "{part} is missing in {cookie}");
        }
        assert!(!cookie.contains("Secure"), "over plain http the browser would drop it");
    }
    assert_eq!(answer.header("cache-control"), "no-store");
    let signed_in: SignedIn = answer.json();
    assert_eq!((signed_in.expires_in, signed_in.me.account), (600, account.clone()));

    server.reconfigure(|config| config.public_url = "https://chat.example.com".to_owned()).await;
    let answer = server.anonymous().login(&account, PASSWORD).await.having(201);
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

async fn an_unknown_account_and_a_wrong_password_are_told_alike(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let caller = server.anonymous();
    let anonymised = |answer: &Answer| {
        let mut problem = answer.problem();
        problem.request_id = None;
        problem
    };
    let unknown = caller.login("nobody-at-all", "wrong password 1").await.having(401);
    let wrong = caller.login(&account, "wrong password 1").await.having(401);
    assert_eq!(anonymised(&unknown), anonymised(&wrong));
    assert_eq!(wrong.code(), ErrorCode::WrongCredentials);
    assert_eq!(wrong.header("set-cookie"), "");

    // The shortest of several, because noise only ever adds.
    let mut shortest = [Duration::MAX; 2];
    for _ in 0..4 {
        for (account, shortest) in ["nobody-at-all", account.as_str()].into_iter().zip(&mut shortest) {
            let begun = Instant::now();
            caller.login(account, "wrong password 1").await.expect(401);
            *shortest = begun.elapsed().min(*shortest);
        }
    }
    let [unknown, wrong] = shortest;
    assert!(unknown * 3 > wrong, "an unknown account answers in {unknown:?}, a known one in {wrong:?}");
}

async fn the_agreements_must_be_accepted(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let body = json!({"account": account, "password": PASSWORD, "agreements_accepted": false});
    let answer = server.anonymous().post(SESSIONS, &body).await.having(422);
    assert_eq!(answer.faults()[0].0, "agreements_accepted");
}

async fn the_login_state_is_chosen_when_signing_in(server: TestServer) {
    let admin = server.organisation().await.admin;
    let body = json!({"account": admin.me.account, "password": PASSWORD, "login_state": "suspended", "agreements_accepted": true});
    let signed_in: SignedIn = server.anonymous().post(SESSIONS, &body).await.having(201).json();
    assert_eq!(signed_in.me.login_state, LoginState::Suspended);
    let elsewhere: Me = admin.get(ME).await.json();
    assert_eq!(elsewhere.login_state, LoginState::Suspended, "the state is the agent's, not the device's");
}

async fn ten_failures_lock_an_account_for_a_while(server: TestServer) {
    let organisation = server.organisation().await;
    let account = organisation.admin.me.account.clone();
    let colleague = organisation.agent(types::agents::Role::Agent).await.me.account;
    let caller = server.anonymous();
    for _ in 0..10 {
        caller.login(&account, "wrong password 1").await.expect(401);
    }
    server.clock.advance(5 * MINUTE);
    let locked = caller.login(&account.to_uppercase(), PASSWORD).await.having(429);
    assert_eq!((locked.code(), locked.header("retry-after")), (ErrorCode::RateLimited, "600"));
    caller.login(&colleague, PASSWORD).await.expect(201);
    server.clock.advance(10 * MINUTE);
    caller.login(&account, PASSWORD).await.expect(201);
}

async fn simultaneous_guesses_share_the_ten_failures(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let caller = server.anonymous();
    let guesses = (0..16).map(|_| caller.login(&account, "wrong password 1"));
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 10);
}

async fn a_success_forgives_what_went_before(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let caller = server.anonymous();
    for _ in 0..3 {
        for _ in 0..9 {
            caller.login(&account, "wrong password 1").await.expect(401);
        }
        caller.login(&account, PASSWORD).await.expect(201);
    }
}

async fn failures_lock_an_address_whatever_the_account(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    server.reconfigure(|config| config.limits.login_failures_per_ip = 5).await;
    let caller = server.anonymous();
    for number in 0..5 {
        caller.login(&format!("nobody-{number}"), "wrong password 1").await.expect(401);
    }
    caller.login(&account, PASSWORD).await.expect(429);
}

async fn an_access_token_lasts_ten_minutes_and_is_renewed_by_the_cookie(server: TestServer) {
    let admin = server.organisation().await.admin;
    server.clock.advance(10 * MINUTE - 1000);
    admin.get(ME).await.expect(200);
    server.clock.advance(1000);
    assert_eq!(admin.get(ME).await.having(401).code(), ErrorCode::Unauthenticated);
    let renewed = admin.refreshed().await;
    assert_eq!(renewed.me.session_id, admin.me.session_id);
    renewed.get(ME).await.expect(200);
}

async fn a_session_survives_a_restart(server: TestServer) {
    let admin = server.organisation().await.admin;
    server.restart().await;
    admin.get(ME).await.expect(200);
    admin.refreshed().await.get(ME).await.expect(200);
}

async fn a_session_slides_for_thirty_days(server: TestServer) {
    let mut admin = server.organisation().await.admin;
    for _ in 0..3 {
        server.clock.advance(29 * DAY);
        admin = admin.refreshed().await;
    }
    server.clock.advance(30 * DAY);
    admin.try_refresh().await.expect(401);
}

async fn each_refresh_rotates_and_the_old_token_ends_the_session(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let first = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    let second = refresh_token(&refresh_with(&server, &first).await.having(200));
    let rotated = refresh_with(&server, &second).await.having(200);
    let third = refresh_token(&rotated);
    assert_ne!(first, second);
    assert_ne!(second, third);
    let signed_in: SignedIn = rotated.json();

    // The second was used, so the first did its work.
    let replayed = refresh_with(&server, &first).await.having(401);
    assert!(cookie(&replayed, "parlor_refresh").contains("Max-Age=0"), "the cookie is cleared");
    refresh_with(&server, &third).await.expect(401);
    let thief_or_owner = server.anonymous().with_token(signed_in.access_token);
    thief_or_owner.get(ME).await.expect(401);
}

async fn the_login_state_that_was_chosen_is_the_one_that_counts(server: TestServer) {
    let admin = server.organisation().await.admin;
    let (state, ip) = (server.state(), std::net::IpAddr::from([127, 0, 0, 1]));
    let device = || Device { ip, user_agent: String::new(), mark: None };
    let proven =
        check_credentials(&state, &admin.me.account, PASSWORD.to_owned().into(), &device(), None).await.unwrap();
    // Another device changes it while the password is being looked at.
    admin.patch(ME, &json!({"login_state": "suspended"})).await.expect(200);
    let signed_in = begin_session(&state, proven, LoginState::Normal, device(), false).await.unwrap().signed_in;
    assert_eq!(signed_in.me.login_state, LoginState::Normal);
    assert_eq!(admin.get(ME).await.json::<Me>().login_state, LoginState::Normal);
}

async fn a_lost_answer_to_a_refresh_signs_nobody_out(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let first = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    // The page was left before the answer came: the browser still has the first.
    let lost = refresh_token(&refresh_with(&server, &first).await.having(200));
    for sleep in [1_000, DAY] {
        server.clock.advance(sleep);
        let again = refresh_with(&server, &first).await.having(200);
        assert_eq!(refresh_token(&again), lost, "the same one, and no longer chain for whoever asks twice");
        server.anonymous().with_token(again.json::<SignedIn>().access_token).get(ME).await.expect(200);
    }
    refresh_with(&server, &lost).await.expect(200);
    refresh_with(&server, &first).await.expect(401);
}

async fn a_lost_answer_is_given_again_over_a_weekend_and_no_longer(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let first = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    let lost = refresh_token(&refresh_with(&server, &first).await.having(200));
    server.clock.advance(3 * DAY - 1);
    assert_eq!(refresh_token(&refresh_with(&server, &first).await.having(200)), lost);
    server.clock.advance(1);
    // From here on it is a used token like any other: it ends the session.
    refresh_with(&server, &first).await.expect(401);
    refresh_with(&server, &lost).await.expect(401);
}

async fn a_used_token_in_another_browser_ends_the_session(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let first = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    let second = refresh_token(&refresh_with(&server, &first).await.having(200));
    let thief = server.anonymous();
    let request = thief.request(reqwest::Method::POST, REFRESH).header("cookie", format!("parlor_refresh={first}"));
    thief.send(request.header("user-agent", "curl/8")).await.expect(401);
    refresh_with(&server, &second).await.expect(401);
}

async fn a_token_of_long_ago_ends_the_session_too(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let owners = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    // A thief who rotates twice leaves the owner with a token that the row no longer knows.
    let second = refresh_token(&refresh_with(&server, &owners).await.having(200));
    let third = refresh_token(&refresh_with(&server, &second).await.having(200));
    refresh_with(&server, &owners).await.expect(401);
    refresh_with(&server, &third).await.expect(401);
}

async fn a_refresh_of_an_ended_session_is_refused_not_missing(server: TestServer) {
    let admin = server.organisation().await.admin;
    let token = refresh_token(&server.anonymous().login(&admin.me.account, PASSWORD).await.having(201));
    refresh_with(&server, &token).await.expect(200);
    admin.delete(SESSIONS).await.expect(204);
    server.clock.advance(MINUTE);
    refresh_with(&server, &token).await.expect(401);
}

async fn a_changed_password_stops_a_login_that_was_under_way(server: TestServer) {
    let admin = server.organisation().await.admin;
    let (state, ip) = (server.state(), std::net::IpAddr::from([127, 0, 0, 1]));
    let device = Device { ip, user_agent: String::new(), mark: None };
    let proven = check_credentials(&state, &admin.me.account, PASSWORD.to_owned().into(), &device, None).await.unwrap();
    let change = json!({"old_password": PASSWORD, "new_password": "another horse 2"});
    admin.put("/api/v1/me/password", &change).await.expect(204);
    let refused = begin_session(&state, proven, LoginState::Normal, device, false).await.unwrap_err();
    assert_eq!(refused.problem().code, ErrorCode::WrongCredentials);
}

async fn tabs_that_refresh_at_the_same_moment_all_succeed(server: TestServer) {
    let account = server.organisation().await.admin.me.account;
    let first = refresh_token(&server.anonymous().login(&account, PASSWORD).await.having(201));
    let tabs = (0..5).map(|_| refresh_with(&server, &first));
    let answers = futures_util::future::join_all(tabs).await;
    let tokens: HashSet<String> = answers.into_iter().map(|answer| refresh_token(&answer.having(200))).collect();
    assert_eq!(tokens.len(), 1, "whichever answer comes last, the cookie is the session's");
    refresh_with(&server, tokens.iter().next().unwrap()).await.expect(200);
}

async fn a_made_up_or_missing_refresh_token_is_refused(server: TestServer) {
    for token in ["", "x", &"A".repeat(43)] {
        assert_eq!(refresh_with(&server, token).await.having(401).code(), ErrorCode::Unauthenticated);
    }
    server.anonymous().post_empty(REFRESH).await.expect(401);
}

async fn signing_out_ends_the_session_at_once(server: TestServer) {
    let admin = server.organisation().await.admin;
    let other = admin.on_another_device().await;
    // Both identities are remembered by now.
    other.get(ME).await.expect(200);
    admin.get(ME).await.expect(200);
    let out = admin.delete("/api/v1/auth/sessions/current").await.having(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    admin.get(ME).await.expect(401);
    admin.try_refresh().await.expect(401);
    other.get(ME).await.expect(200);
}

async fn signing_out_everywhere_ends_every_session_of_the_agent(server: TestServer) {
    let organisation = server.organisation().await;
    let colleague = organisation.agent(types::agents::Role::Supervisor).await;
    let devices: Vec<AgentCaller> = vec![organisation.admin.clone(), organisation.admin.on_another_device().await];
    for device in &devices {
        device.get(ME).await.expect(200);
    }
    devices[0].delete(SESSIONS).await.expect(204);
    for device in &devices {
        device.get(ME).await.expect(401);
        device.try_refresh().await.expect(401);
    }
    colleague.get(ME).await.expect(200);
}

async fn damaged_tokens_are_refused(server: TestServer) {
    let admin = server.organisation().await.admin;
    let token = admin.token().to_owned();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for wrong in [String::new(), "x".to_owned(), format!("{head}."), format!("{head}.{flipped}{}", &signature[1..])] {
        assert_eq!(admin.with_token(wrong).get(ME).await.having(401).code(), ErrorCode::Unauthenticated);
    }
    let request =
        server.anonymous().request(reqwest::Method::GET, ME).header("authorization", format!("Basic {token}"));
    admin.send(request).await.expect(401);
}

testkit::db_tests!(
    signing_in_gives_an_identity_and_a_guarded_cookie,
    an_unknown_account_and_a_wrong_password_are_told_alike,
    the_agreements_must_be_accepted,
    the_login_state_is_chosen_when_signing_in,
    ten_failures_lock_an_account_for_a_while,
    simultaneous_guesses_share_the_ten_failures,
    a_success_forgives_what_went_before,
    failures_lock_an_address_whatever_the_account,
    an_access_token_lasts_ten_minutes_and_is_renewed_by_the_cookie,
    a_session_survives_a_restart,
    a_session_slides_for_thirty_days,
    each_refresh_rotates_and_the_old_token_ends_the_session,
    a_lost_answer_to_a_refresh_signs_nobody_out,
    a_lost_answer_is_given_again_over_a_weekend_and_no_longer,
    the_login_state_that_was_chosen_is_the_one_that_counts,
    a_used_token_in_another_browser_ends_the_session,
    a_token_of_long_ago_ends_the_session_too,
    a_refresh_of_an_ended_session_is_refused_not_missing,
    a_changed_password_stops_a_login_that_was_under_way,
    tabs_that_refresh_at_the_same_moment_all_succeed,
    a_made_up_or_missing_refresh_token_is_refused,
    signing_out_ends_the_session_at_once,
    signing_out_everywhere_ends_every_session_of_the_agent,
    damaged_tokens_are_refused,
);
