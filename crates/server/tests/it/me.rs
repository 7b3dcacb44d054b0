//! One's own account and devices.

use serde_json::json;
use testkit::{PASSWORD, TestServer};
use types::agents::{ChangePassword, LoginState, Me, Role, Sessions};
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::messages::{Author, Message};

const ME: &str = "/api/v1/me";
const DEVICES: &str = "/api/v1/me/sessions";

fn change(old: &str, new: &str) -> ChangePassword {
    ChangePassword { old_password: old.to_owned(), new_password: new.to_owned() }
}

async fn the_login_state_changes_and_is_told_to_ones_own_devices_only(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.agent(Role::Agent).await;
    let start: EventsAfter = agent.get("/api/v1/events").await.json();
    let changed: Me = agent.patch(ME, &json!({"login_state": "suspended"})).await.json();
    assert_eq!(changed.login_state, LoginState::Suspended);
    assert_eq!(agent.get(ME).await.json::<Me>(), changed);

    let path = format!("/api/v1/events?after={}", start.cursor);
    let events: EventsAfter = agent.get(&path).await.json();
    let [event] = events.items.as_slice() else { panic!("{events:?}") };
    assert_eq!(event.event, Event::MeUpdated { me: changed });
    let others: EventsAfter = organisation.admin.get(&path).await.json();
    assert_eq!((others.items.len(), others.cursor), (0, events.cursor));
}

async fn a_patch_that_changes_nothing_is_no_event(server: TestServer) {
    let admin = server.organisation().await.admin;
    let start: EventsAfter = admin.get("/api/v1/events").await.json();
    for body in [json!({}), json!({"login_state": "normal"})] {
        assert_eq!(admin.patch(ME, &body).await.json::<Me>(), admin.me);
    }
    assert_eq!(admin.get("/api/v1/events").await.json::<EventsAfter>().cursor, start.cursor);
    for wrong in [json!({"role": "admin"}), json!({"login_state": "asleep"}), json!([])] {
        assert_eq!(admin.patch(ME, &wrong).await.having(400).code(), ErrorCode::MalformedRequest);
    }
}

async fn name_email_and_mobile_change_and_the_next_message_bears_the_name(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let visitor = server.visit(&organisation.channel().await.key, None).await;
    let id = visitor.say("你好").await.conversation_id;
    let mut wanted = json!({"name": "林小满", "email": "lin@example.com", "mobile": "13912345678"});
    // A forgotten password is reset by them: whoever finds a console open must not move them to their own.
    let refused = admin.patch(ME, &wanted).await.having(422);
    assert_eq!(refused.faults(), [("password".to_owned(), FieldCode::Required)]);
    wanted["password"] = json!("not the password");
    assert_eq!(admin.patch(ME, &wanted).await.having(422).faults(), [("password".to_owned(), FieldCode::Wrong)]);
    assert_eq!(admin.get(ME).await.json::<Me>(), admin.me);
    wanted["password"] = json!(PASSWORD);
    let changed: Me = admin.patch(ME, &wanted).await.json();
    assert_eq!((changed.name.as_str(), changed.mobile.as_str()), ("林小满", "13912345678"));
    assert_eq!(admin.get(ME).await.json::<Me>(), changed);
    let said: Message = admin.post(&format!("/api/v1/conversations/{id}/messages"), &server.text("您好")).await.json();
    assert_eq!(said.author, Author::Agent { id: admin.me.id, name: "林小满".to_owned() });
    let events: EventsAfter = admin.get("/api/v1/events?after=0").await.json();
    assert!(events.items.iter().any(|event| event.event == Event::MeUpdated { me: changed.clone() }));

    for (field, wrong) in [("name", ""), ("name", "两\n行"), ("email", "nowhere"), ("mobile", "12345678901")] {
        let refused = admin.patch(ME, &json!({field: wrong})).await.having(422);
        assert_eq!(refused.faults().into_iter().map(|(name, _)| name).collect::<Vec<_>>(), [field], "{wrong}");
    }
    admin.patch(ME, &json!({"email": null})).await.expect(400);
    assert_eq!(admin.get(ME).await.json::<Me>(), changed);
}

async fn changing_the_password_ends_every_other_session(server: TestServer) {
    let admin = server.organisation().await.admin;
    let other = admin.on_another_device().await;
    other.get(ME).await.expect(200);
    admin.put("/api/v1/me/password", &change(PASSWORD, "another horse 2")).await.expect(204);
    admin.get(ME).await.expect(200);
    other.get(ME).await.expect(401);
    other.try_refresh().await.expect(401);
    server.anonymous().login(&admin.me.account, PASSWORD).await.expect(401);
    server.anonymous().login(&admin.me.account, "another horse 2").await.expect(201);
}

async fn the_old_password_must_be_right_and_the_new_one_good(server: TestServer) {
    let admin = server.organisation().await.admin;
    let path = "/api/v1/me/password";
    let weak = admin.put(path, &change(PASSWORD, "short")).await.having(422);
    assert_eq!(weak.faults(), [("new_password".to_owned(), FieldCode::TooShort)]);
    for _ in 0..10 {
        let wrong = admin.put(path, &change("wrong password 1", "another horse 2")).await.having(422);
        assert_eq!(wrong.faults(), [("old_password".to_owned(), FieldCode::Wrong)]);
    }
    // A stolen access token is no way to guess the password.
    admin.put(path, &change(PASSWORD, "another horse 2")).await.expect(429);
}

async fn of_changes_at_the_same_moment_one_is_made(server: TestServer) {
    let admin = server.organisation().await.admin;
    let mut devices = Vec::new();
    for _ in 0..4 {
        devices.push(admin.with_own_session().await);
    }
    let passwords: Vec<String> = (0..devices.len()).map(|number| format!("another horse {number}2")).collect();
    let changes = devices
        .iter()
        .zip(&passwords)
        .map(async |(device, password)| device.put("/api/v1/me/password", &change(PASSWORD, password)).await.status);
    let statuses = futures_util::future::join_all(changes).await;
    let made: Vec<&String> =
        passwords.iter().zip(&statuses).filter(|(_, status)| **status == 204).map(|(password, _)| password).collect();
    let [password] = made.as_slice() else { panic!("{statuses:?}") };
    assert!(statuses.iter().all(|status| [204, 401, 422].contains(status)), "{statuses:?}");
    server.anonymous().login(&admin.me.account, password).await.expect(201);
}

async fn one_sees_ones_devices_and_signs_them_out(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    organisation.agent(Role::Agent).await;
    server.clock.advance(1000);
    let other = admin.on_another_device().await;
    let devices: Sessions = admin.get(DEVICES).await.json();
    let [newest, oldest] = devices.items.as_slice() else { panic!("{devices:?}") };
    assert_eq!((newest.id, newest.current), (other.me.session_id, false));
    assert_eq!((oldest.id, oldest.current), (admin.me.session_id, true));
    assert_eq!((newest.ip.as_str(), newest.device.contains("Chrome")), ("127.0.0.1", true), "{}", newest.device);

    admin.delete(&format!("{DEVICES}/{}", other.me.session_id)).await.expect(204);
    other.get(ME).await.expect(401);
    other.try_refresh().await.expect(401);
    assert_eq!(admin.get(DEVICES).await.json::<Sessions>().items.len(), 1);
    admin.delete(&format!("{DEVICES}/{}", other.me.session_id)).await.expect(404);

    let others = [admin.on_another_device().await, admin.on_another_device().await];
    admin.delete(DEVICES).await.expect(204);
    for other in others {
        other.get(ME).await.expect(401);
    }
    assert_eq!(admin.get(DEVICES).await.json::<Sessions>().items.len(), 1);
}

async fn nobody_signs_out_anybody_else(server: TestServer) {
    let organisation = server.organisation().await;
    let agent = organisation.agent(Role::Agent).await;
    let stranger = server.organisation().await.admin;
    for other in [&organisation.admin, &stranger] {
        let path = format!("{DEVICES}/{}", agent.me.session_id);
        assert_eq!(other.delete(&path).await.having(404).code(), ErrorCode::NotFound);
    }
    assert_eq!(stranger.delete(&format!("{DEVICES}/not-a-uuid")).await.having(400).code(), ErrorCode::MalformedRequest);
    agent.get(ME).await.expect(200);
}

testkit::db_tests!(
    the_login_state_changes_and_is_told_to_ones_own_devices_only,
    a_patch_that_changes_nothing_is_no_event,
    name_email_and_mobile_change_and_the_next_message_bears_the_name,
    changing_the_password_ends_every_other_session,
    the_old_password_must_be_right_and_the_new_one_good,
    of_changes_at_the_same_moment_one_is_made,
    one_sees_ones_devices_and_signs_them_out,
    nobody_signs_out_anybody_else,
);
