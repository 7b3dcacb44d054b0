//! Challenges, verification codes, registration.

use server::clock::Clock;
use testkit::{Anonymous, TestServer};
use types::auth::{
    Challenge, DevelopmentCodes, Proof, RegisterOrganisation, Registered, SendVerificationCode, VerificationCodeSent,
};
use types::error::{ErrorCode, FieldCode};
use types::limits;

const CHALLENGES: &str = "/api/v1/auth/challenges";
const CODES: &str = "/api/v1/auth/verification-codes";
const REGISTRATIONS: &str = "/api/v1/auth/registrations";
const MOBILE: &str = "13800138000";
const MINUTE: i64 = 60_000;

pub(crate) async fn proof(caller: &Anonymous) -> Proof {
    let challenge: Challenge = caller.post_empty(CHALLENGES).await.having(201).json();
    let nonce = rules::proof_of_work::search(&challenge.challenge, challenge.bits, 0, 1 << 24).unwrap();
    Proof { challenge: challenge.challenge, nonce }
}

pub(crate) async fn request_for(caller: &Anonymous, mobile: &str) -> SendVerificationCode {
    SendVerificationCode { mobile: mobile.to_owned(), email: None, proof: proof(caller).await }
}

pub(crate) async fn newest_code(caller: &Anonymous) -> String {
    let codes: DevelopmentCodes = caller.get("/api/v1/dev/verification-codes").await.json();
    codes.items[0].code.clone()
}

/// A code that was sent to the number, as its owner reads it.
pub(crate) async fn code_for(caller: &Anonymous, mobile: &str) -> String {
    caller.post(CODES, &request_for(caller, mobile).await).await.expect(202);
    newest_code(caller).await
}

pub(crate) fn registration(account: &str, code: &str) -> RegisterOrganisation {
    RegisterOrganisation {
        org_name: " 客厅科技 ".to_owned(),
        contact_name: "张三".to_owned(),
        email: "zhang@example.com".to_owned(),
        account: account.to_owned(),
        password: "lamp violet 1".to_owned(),
        mobile: MOBILE.to_owned(),
        code: code.to_owned(),
        agreement_accepted: true,
    }
}

/// A code of six digits that is not this one.
fn another_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn somebody_registers_and_signs_in(server: TestServer) {
    let caller = server.anonymous();
    let request = request_for(&caller, MOBILE).await;
    let sent: VerificationCodeSent = caller.post(CODES, &request).await.having(202).json();
    assert_eq!(sent.resend_after, 60);
    assert_eq!(sent.expires_at, server.clock.now().plus_seconds(limits::CODE_LIFETIME_SECONDS));

    let code = newest_code(&caller).await;
    let registered: Registered = caller.post(REGISTRATIONS, &registration("Zhang.San", &code)).await.having(201).json();
    assert_eq!(registered.account, "zhang.san");

    let agent = server.anonymous().sign_in_with("ZHANG.SAN", "lamp violet 1").await;
    assert_eq!((agent.me.org_name.as_str(), agent.me.name.as_str()), ("客厅科技", "张三"));
    assert_eq!(agent.me.role, types::agents::Role::Admin);
    assert_eq!(agent.me.org_id, registered.org_id);
}

async fn every_field_is_checked_and_named(server: TestServer) {
    let caller = server.anonymous();
    let mut wrong = registration("a b", "12345");
    wrong.org_name = "  ".to_owned();
    wrong.contact_name = "x".repeat(41);
    wrong.email = "nobody".to_owned();
    wrong.password = "short".to_owned();
    wrong.mobile = "1380013800".to_owned();
    wrong.agreement_accepted = false;
    let answer = caller.post(REGISTRATIONS, &wrong).await.having(422);
    let faults: Vec<String> = answer.faults().into_iter().map(|(field, _)| field).collect();
    let all = ["org_name", "contact_name", "email", "account", "password", "mobile", "code", "agreement_accepted"];
    assert_eq!(faults, all);
    let limit = answer.problem().errors.iter().find(|error| error.field == "contact_name").unwrap().limit;
    assert_eq!(limit, Some(40));
}

async fn a_code_is_good_once(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    caller.post(REGISTRATIONS, &registration("first", &code)).await.expect(201);
    let again = caller.post(REGISTRATIONS, &registration("second", &code)).await.having(422);
    assert_eq!(again.faults(), [("code".to_owned(), FieldCode::Expired)]);
    server.anonymous().login("second", "lamp violet 1").await.expect(401);
}

async fn a_code_expires_after_five_minutes(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    server.clock.advance(limits::CODE_LIFETIME_SECONDS * 1000);
    let late = caller.post(REGISTRATIONS, &registration("first", &code)).await.having(422);
    assert_eq!(late.faults(), [("code".to_owned(), FieldCode::Expired)]);
}

async fn a_code_bears_five_wrong_tries(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    for _ in 0..limits::CODE_TRIES {
        let wrong = caller.post(REGISTRATIONS, &registration("first", &another_than(&code))).await.having(422);
        assert_eq!(wrong.faults(), [("code".to_owned(), FieldCode::Wrong)]);
    }
    let exhausted = caller.post(REGISTRATIONS, &registration("first", &code)).await.having(422);
    assert_eq!(exhausted.faults(), [("code".to_owned(), FieldCode::Exhausted)]);
}

async fn simultaneous_guesses_share_the_five_tries(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    let guesses = (0..12).map(|_| {
        let (caller, guess) = (caller.clone(), registration("first", &another_than(&code)));
        async move { caller.post(REGISTRATIONS, &guess).await.faults()[0].1 }
    });
    let outcomes = futures_util::future::join_all(guesses).await;
    let wrong = outcomes.iter().filter(|outcome| **outcome == FieldCode::Wrong).count();
    assert_eq!(wrong, usize::try_from(limits::CODE_TRIES).unwrap(), "{outcomes:?}");
}

async fn a_code_belongs_to_its_number(server: TestServer) {
    let caller = server.anonymous();
    code_for(&caller, MOBILE).await;
    let others = code_for(&caller, "13900139000").await;
    let wrong = caller.post(REGISTRATIONS, &registration("first", &others)).await.having(422);
    assert_eq!(wrong.faults(), [("code".to_owned(), FieldCode::Wrong)]);
}

async fn a_taken_account_leaves_the_code_good(server: TestServer) {
    let taken = server.organisation().await.admin.me.account;
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    let refused = caller.post(REGISTRATIONS, &registration(&taken.to_uppercase(), &code)).await.having(422);
    assert_eq!(refused.faults(), [("account".to_owned(), FieldCode::Taken)]);
    caller.post(REGISTRATIONS, &registration("free-one", &code)).await.expect(201);
}

async fn asking_for_account_after_account_uses_the_code_up(server: TestServer) {
    let taken = server.organisation().await.admin.me.account;
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    for _ in 0..limits::CODE_TRIES {
        let refused = caller.post(REGISTRATIONS, &registration(&taken, &code)).await.having(422);
        assert_eq!(refused.faults(), [("account".to_owned(), FieldCode::Taken)]);
    }
    let exhausted = caller.post(REGISTRATIONS, &registration("free-one", &code)).await.having(422);
    assert_eq!(exhausted.faults(), [("code".to_owned(), FieldCode::Exhausted)]);
}

async fn one_address_solves_so_many_challenges_a_minute(server: TestServer) {
    let caller = server.anonymous();
    let mut statuses = Vec::new();
    for number in 0..61 {
        let request = request_for(&caller, &format!("138{number:08}")).await;
        statuses.push(caller.post(CODES, &request).await.status);
    }
    // The cap of the day has struck long before; what matters is that the last was not even looked at.
    assert_eq!(statuses[..30], [202; 30]);
    let fresh = request_for(&caller, "13900139000").await;
    assert_eq!(caller.post(CODES, &fresh).await.having(429).header("retry-after"), "1");
}

async fn of_two_who_want_one_account_one_gets_it(server: TestServer) {
    let caller = server.anonymous();
    let code = code_for(&caller, MOBILE).await;
    let others = code_for(&caller, "13900139000").await;
    let mut second = registration("wanted", &others);
    second.mobile = "13900139000".to_owned();
    let first = registration("wanted", &code);
    let (one, two) = tokio::join!(caller.post(REGISTRATIONS, &first), caller.post(REGISTRATIONS, &second));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

async fn a_number_gets_one_code_a_minute(server: TestServer) {
    let caller = server.anonymous();
    code_for(&caller, MOBILE).await;
    server.clock.advance(MINUTE - 1_500);
    let soon = caller.post(CODES, &request_for(&caller, MOBILE).await).await.having(429);
    assert_eq!((soon.code(), soon.header("retry-after")), (ErrorCode::RateLimited, "2"));
    server.clock.advance(1_500);
    code_for(&caller, MOBILE).await;
}

async fn simultaneous_requests_send_one_code(server: TestServer) {
    let caller = server.anonymous();
    let mut requests = Vec::new();
    for _ in 0..6 {
        requests.push(request_for(&caller, MOBILE).await);
    }
    let answers = futures_util::future::join_all(requests.iter().map(|request| caller.post(CODES, request))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 429, 429, 429, 429, 429]);
}

async fn a_number_gets_so_many_codes_a_day_whatever_restarts(server: TestServer) {
    server.reconfigure(|config| config.registration.codes_per_mobile_per_day = 3).await;
    let caller = server.anonymous();
    for _ in 0..3 {
        code_for(&caller, MOBILE).await;
        server.clock.advance(MINUTE);
    }
    server.restart().await;
    let capped = caller.post(CODES, &request_for(&caller, MOBILE).await).await.having(429);
    let wait: i64 = capped.header("retry-after").parse().unwrap();
    assert_eq!(wait, 24 * 3600 - 3 * 60);
    server.clock.advance(wait * 1000);
    code_for(&caller, MOBILE).await;
}

async fn an_address_gets_so_many_codes_a_day(server: TestServer) {
    server.reconfigure(|config| config.registration.codes_per_ip_per_day = 2).await;
    let caller = server.anonymous();
    code_for(&caller, "13800138001").await;
    code_for(&caller, "13800138002").await;
    caller.post(CODES, &request_for(&caller, "13800138003").await).await.expect(429);
}

async fn proof_of_work_guards_the_sending(server: TestServer) {
    let caller = server.anonymous();
    let request = request_for(&caller, MOBILE).await;
    let fault = |code| [("proof".to_owned(), code)];

    let mut unsolved = request.clone();
    while rules::proof_of_work::verify(&unsolved.proof.challenge, unsolved.proof.nonce, 4) {
        unsolved.proof.nonce += 1;
    }
    assert_eq!(caller.post(CODES, &unsolved).await.having(422).faults(), fault(FieldCode::Wrong));

    let mut forged = request.clone();
    forged.proof.challenge = forged.proof.challenge.replace('.', "A.");
    assert_eq!(caller.post(CODES, &forged).await.having(422).faults(), fault(FieldCode::Wrong));

    caller.post(CODES, &request).await.expect(202);
    server.clock.advance(MINUTE);
    assert_eq!(caller.post(CODES, &request).await.having(422).faults(), fault(FieldCode::Expired), "replayed");

    let late = request_for(&caller, MOBILE).await;
    server.clock.advance(5 * MINUTE);
    assert_eq!(caller.post(CODES, &late).await.having(422).faults(), fault(FieldCode::Expired), "too late");
}

async fn codes_are_shown_in_development_only(server: TestServer) {
    let caller = server.anonymous();
    caller.get("/api/v1/dev/verification-codes").await.expect(200);
    server.reconfigure(|config| config.development = false).await;
    caller.get("/api/v1/dev/verification-codes").await.expect(404);
}

testkit::db_tests!(
    somebody_registers_and_signs_in,
    every_field_is_checked_and_named,
    a_code_is_good_once,
    a_code_expires_after_five_minutes,
    a_code_bears_five_wrong_tries,
    simultaneous_guesses_share_the_five_tries,
    a_code_belongs_to_its_number,
    a_taken_account_leaves_the_code_good,
    asking_for_account_after_account_uses_the_code_up,
    one_address_solves_so_many_challenges_a_minute,
    of_two_who_want_one_account_one_gets_it,
    a_number_gets_one_code_a_minute,
    simultaneous_requests_send_one_code,
    a_number_gets_so_many_codes_a_day_whatever_restarts,
    an_address_gets_so_many_codes_a_day,
    proof_of_work_guards_the_sending,
    codes_are_shown_in_development_only,
);
