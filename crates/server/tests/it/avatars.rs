//! The picture that an agent chooses of themselves: made anew, seen by colleagues and by the visitors they write to, and freed when
//! another one takes its place.

use crate::attachments::{access, collected, picture, stored};
use crate::scene::{Scene, scene};
use image::{GenericImageView, ImageFormat};
use reqwest::Method;
use server::actions::attachments::SWEEP_SECONDS;
use testkit::{AgentCaller, Answer, PASSWORD, TestServer, db_tests};
use types::agents::{Agent, Me, Role, avatar_path};
use types::audit::{AgentChange, AuditAction};
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::AgentId;
use types::limits;

db_tests!(
    a_picture_is_made_square_and_told_to_ones_devices_and_colleagues,
    what_is_no_picture_or_too_large_is_refused_by_name_and_changes_nothing,
    a_picture_that_was_replaced_or_removed_is_gone_at_once_and_its_bytes_are_collected,
    a_visitor_sees_the_agents_who_write_to_them_and_can_list_nobody,
    an_admin_sets_a_colleagues_picture_which_is_told_and_remembered,
    a_name_that_changes_is_told_to_colleagues,
);

const AVATAR: &str = "/api/v1/me/avatar";

async fn send(agent: &AgentCaller, bytes: Vec<u8>) -> Answer {
    send_to(agent, AVATAR, bytes).await
}

pub(crate) async fn send_to(agent: &AgentCaller, path: &str, bytes: Vec<u8>) -> Answer {
    let request = agent.request(Method::PUT, path).header("content-type", "application/octet-stream").body(bytes);
    agent.send(request).await
}

pub(crate) async fn set(agent: &AgentCaller, bytes: Vec<u8>) -> Me {
    send(agent, bytes).await.having(200).json()
}

async fn seen(caller: &AgentCaller, agent: &AgentCaller) -> Agent {
    caller.get(&format!("/api/v1/agents/{}", agent.me.id)).await.having(200).json()
}

async fn a_picture_is_made_square_and_told_to_ones_devices_and_colleagues(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let stranger = server.organisation().await.admin;
    let (mut device, _) = agent.on_another_device().await.socket().await;
    let (mut colleague, cursor) = admin.socket().await;
    let (mut elsewhere, _) = stranger.socket().await;
    let me = set(&agent, picture(900, 600, ImageFormat::Png)).await;
    let id = me.avatar_id.unwrap();
    let told = Event::AgentUpdated { agent_id: agent.me.id, name: agent.me.name.clone(), avatar_id: Some(id) };
    let (_, Event::MeUpdated { me: heard }) = device.event().await else { panic!("not told") };
    assert_eq!((heard.avatar_id, heard.id), (Some(id), agent.me.id));
    assert_eq!(device.event().await.1, told);
    assert_eq!(colleague.event().await.1, told);
    assert_eq!(elsewhere.heard_so_far().await, []);
    let missed: EventsAfter = admin.get(&format!("/api/v1/events?after={cursor}")).await.having(200).json();
    assert_eq!(missed.items.iter().map(|item| &item.event).collect::<Vec<_>>(), [&told]);
    assert_eq!(agent.get("/api/v1/me").await.json::<Me>().avatar_id, Some(id));
    assert_eq!(seen(&admin, &agent).await.avatar_id, Some(id));

    let answer = server.anonymous().get(&avatar_path(id)).await.having(200);
    let header = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("cache-control").contains("immutable"));
    let shown = image::load_from_memory_with_format(&answer.body, ImageFormat::Jpeg).unwrap();
    assert_eq!(shown.dimensions(), (512, 512));
    // A small one is not blown up.
    let small = set(&agent, picture(120, 300, ImageFormat::WebP)).await.avatar_id.unwrap();
    let answer = server.anonymous().get(&avatar_path(small)).await.having(200);
    assert_eq!(image::load_from_memory(&answer.body).unwrap().dimensions(), (120, 120));
}

async fn what_is_no_picture_or_too_large_is_refused_by_name_and_changes_nothing(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let kept = set(&admin, picture(64, 64, ImageFormat::Jpeg)).await.avatar_id;
    for (bytes, code) in [
        (Vec::new(), FieldCode::Required),
        (b"<svg onload=alert(1)></svg>".to_vec(), FieldCode::InvalidFormat),
        (picture(8, 8, ImageFormat::Gif), FieldCode::InvalidFormat),
        (picture(64, 64, ImageFormat::Png)[..40].to_vec(), FieldCode::InvalidFormat),
    ] {
        let refused = send(&admin, bytes).await.having(422);
        assert_eq!(refused.faults(), [("body".to_owned(), code)]);
    }
    let most = usize::try_from(limits::AVATAR_BYTES_MAX).unwrap();
    let refused = send(&admin, vec![0; most + 1]).await.having(413);
    assert_eq!(refused.code(), ErrorCode::TooLarge);
    assert!(refused.problem().detail.contains(&most.to_string()));
    let request =
        admin.request(Method::PUT, AVATAR).header("content-type", "image/png").body(picture(8, 8, ImageFormat::Png));
    admin.send(request).await.expect(415);
    assert_eq!(admin.get("/api/v1/me").await.json::<Me>().avatar_id, kept);
    assert_eq!(stored(&server).len(), 1);
}

async fn a_picture_that_was_replaced_or_removed_is_gone_at_once_and_its_bytes_are_collected(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = organisation.admin.clone();
    let first = set(&admin, picture(64, 64, ImageFormat::Jpeg)).await.avatar_id.unwrap();
    let second = set(&admin, picture(80, 80, ImageFormat::Jpeg)).await.avatar_id.unwrap();
    assert_ne!(first, second);
    let anybody = server.anonymous();
    anybody.get(&avatar_path(first)).await.expect(404);
    anybody.get(&avatar_path(second)).await.expect(200);
    assert_eq!(stored(&server).len(), 2);
    are_left(&server, 1).await;
    anybody.get(&avatar_path(second)).await.expect(200);

    let (mut device, _) = admin.socket().await;
    admin.delete(AVATAR).await.expect(204);
    let (_, Event::MeUpdated { me }) = device.event().await else { panic!("not told") };
    assert_eq!(me.avatar_id, None);
    let (_, Event::AgentUpdated { avatar_id: None, .. }) = device.event().await else { panic!("not told") };
    // Where there is none nothing happens.
    admin.delete(AVATAR).await.expect(204);
    assert_eq!(device.heard_so_far().await, []);
    anybody.get(&avatar_path(second)).await.expect(404);
    are_left(&server, 0).await;
}

/// Lets the time come at which what nobody uses is collected, and waits until so many files are left.
pub(crate) async fn are_left(server: &TestServer, left: usize) {
    server.clock.advance(SWEEP_SECONDS * 1_000);
    collected(server, left).await;
}

async fn a_visitor_sees_the_agents_who_write_to_them_and_can_list_nobody(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = organisation.admin.clone();
    admin.say(id, "您好").await;
    let face = |agent: AgentId| format!("{}agents/{agent}", visitor.session.files.path);
    let anybody = server.anonymous();
    // Nobody's browser draws a broken picture for somebody without one.
    let unseen = async |agent| {
        let answer = anybody.get(&face(agent)).await.having(200);
        assert_eq!(answer.headers.get("content-type").unwrap(), "image/gif");
        let pixel = image::load_from_memory(&answer.body).unwrap().to_rgba8();
        assert_eq!((pixel.dimensions(), pixel.get_pixel(0, 0).0[3]), ((1, 1), 0), "one pixel that is not seen");
    };
    unseen(admin.me.id).await;
    let chosen = set(&admin, picture(64, 64, ImageFormat::Jpeg)).await.avatar_id.unwrap();
    let answer = anybody.get(&face(admin.me.id)).await.having(200);
    assert_eq!(answer.headers.get("content-type").unwrap(), "image/jpeg");
    assert!(!answer.headers.get("cache-control").unwrap().to_str().unwrap().contains("immutable"));
    assert_eq!(answer.headers.get("cross-origin-resource-policy").unwrap(), "cross-origin");
    // What visitors are told names the agent, and the picture nowhere.
    let told = visitor.get("/widget/v1/messages").await.having(200).json::<serde_json::Value>().to_string();
    assert!(told.contains(&admin.me.id.to_string()) && !told.contains(&chosen.to_string()));
    visitor.get("/api/v1/agents").await.expect(401);

    let away = server.organisation().await;
    set(&away.admin, picture(64, 64, ImageFormat::Jpeg)).await;
    unseen(away.admin.me.id).await;
    unseen(server.state().ids.make(AgentId)).await;
    for wrong in ["/files/nonsense/agents/".to_owned() + &admin.me.id.to_string(), face(admin.me.id) + "x"] {
        anybody.get(&wrong).await.expect(404);
    }
    for wrong in ["/avatars/nonsense".to_owned(), avatar_path(server.state().ids.make(types::id::AvatarId))] {
        anybody.get(&wrong).await.expect(404);
    }
    // An agent's own pass opens the same; once it has ended it opens nothing.
    anybody.get(&format!("{}agents/{}", access(&admin, id).await.path, admin.me.id)).await.expect(200);
    server.clock.advance(2 * 60 * 60 * 1_000);
    anybody.get(&face(admin.me.id)).await.expect(404);
}

async fn a_name_that_changes_is_told_to_colleagues(server: TestServer) {
    let organisation = server.organisation().await;
    let (mut colleague, _) = organisation.agent(Role::Agent).await.socket().await;
    let admin = &organisation.admin;
    admin.patch("/api/v1/me", &serde_json::json!({"mobile": "13912345678", "password": PASSWORD})).await.expect(200);
    assert_eq!(colleague.heard_so_far().await, [], "their number is their own");
    admin.patch("/api/v1/me", &serde_json::json!({"name": "林小满"})).await.expect(200);
    let told = Event::AgentUpdated { agent_id: admin.me.id, name: "林小满".to_owned(), avatar_id: None };
    assert_eq!(colleague.event().await.1, told);
}

async fn an_admin_sets_a_colleagues_picture_which_is_told_and_remembered(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (organisation.admin.clone(), organisation.agent(Role::Agent).await);
    let path = format!("/api/v1/agents/{}/avatar", agent.me.id);
    let (mut device, _) = agent.socket().await;
    let own = set(&agent, picture(64, 64, ImageFormat::Png)).await.avatar_id.unwrap();
    let (_, Event::MeUpdated { .. }) = device.event().await else { panic!("not told") };
    let (_, Event::AgentUpdated { .. }) = device.event().await else { panic!("not told") };
    let edited: Agent = send_to(&admin, &path, picture(900, 600, ImageFormat::Jpeg)).await.having(200).json();
    let id = edited.avatar_id.unwrap();
    let (_, Event::AgentEdited { agent_id }) = device.event().await else { panic!("not told") };
    assert_eq!(agent_id, agent.me.id);
    let told = Event::AgentUpdated { agent_id: agent.me.id, name: agent.me.name.clone(), avatar_id: Some(id) };
    assert_eq!(device.event().await.1, told);
    let (_, Event::MeUpdated { me }) = device.event().await else { panic!("not told") };
    assert_eq!((me.id, me.avatar_id), (agent.me.id, Some(id)));
    let anybody = server.anonymous();
    anybody.get(&avatar_path(own)).await.expect(404);
    anybody.get(&avatar_path(id)).await.expect(200);
    assert_eq!(send_to(&admin, &path, b"no picture".to_vec()).await.having(422).faults()[0].0, "body");
    // Taking it away twice is one deed.
    for _ in 0..2 {
        admin.delete(&path).await.expect(204);
    }
    anybody.get(&avatar_path(id)).await.expect(404);
    assert_eq!(seen(&admin, &agent).await.avatar_id, None);
    let changed = AuditAction::AgentEdited {
        edited_id: agent.me.id,
        edited_name: agent.me.name.clone(),
        fields: vec![AgentChange::Avatar],
        changes: Vec::new(),
    };
    let actions: Vec<_> = admin.deeds().await.items.into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions.iter().filter(|action| **action == changed).count(), 2, "{actions:?}");
}
