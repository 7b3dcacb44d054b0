//! What two servers do together.

use super::{Follower, Two, on_two};
use crate::contact_merges::{contact, fits, known, merge, undo_path};
use crate::live::drive_everything;
use crate::registration::proof;
use crate::scene::{Scene, scene};
use serde_json::json;
use std::time::Duration;
use testkit::redis::{everything_is_heard, listening};
use testkit::{WsClient, until};
use types::agents::{Agent, Presence, Role};
use types::channels::ChannelPatch;
use types::contacts::Contact;
use types::conversations::MarkRead;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::messages::Author;
use types::ws::{ClientFrame, ServerFrame};

on_two!(
    what_is_said_at_one_is_heard_at_the_other,
    who_writes_at_one_is_seen_at_the_other,
    consoles_at_both_hear_everything_in_the_ledgers_order,
    what_overtakes_another_event_waits_for_it,
    a_session_that_ends_at_one_has_ended_at_the_other,
    a_change_of_ones_own_account_is_felt_at_the_other,
    who_may_not_listen_any_more_is_sent_away_from_both,
    a_ticket_and_a_solved_challenge_are_good_at_one_server,
    what_is_used_stays_used_where_a_clock_is_behind,
    wrong_passwords_are_counted_together,
    a_proof_is_wanted_at_one_after_failures_at_the_other,
    what_one_server_refuses_the_other_does_not_count,
    whoever_is_at_the_other_is_online,
    where_a_visitor_came_from_is_known_to_both,
    two_merges_that_are_undone_at_once_leave_nothing_of_either,
    a_server_that_leaves_takes_its_agents_along_when_it_ends_and_not_before,
    after_every_action_at_one_consoles_at_the_other_have_the_state_fetched_afresh,
);

async fn what_is_said_at_one_is_heard_at_the_other(Two { one, two, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let agent = organisation.admin.by(&two);
    let (mut console, _) = agent.socket().await;
    let mut widget = visitor.socket().await;

    let said = visitor.say("还有货吗？").await;
    let (seq, event) = console.event().await;
    assert_eq!(event, Event::MessageCreated { message: said.clone() });
    assert!(seq.is_some());
    widget.event().await;

    agent.put(&format!("/api/v1/conversations/{id}/read"), &MarkRead { seq: said.seq }).await.expect(200);
    let Event::AgentsRead { conversation_id, seq } = widget.event().await.1 else { panic!("a read mark") };
    assert_eq!((conversation_id, seq), (id, said.seq));
    let answer = agent.say(id, "有的").await;
    assert_eq!(widget.event().await.1, Event::MessageCreated { message: answer.clone() });
    widget.send(&ClientFrame::MarkRead { conversation_id: None, seq: answer.seq }).await;
    loop {
        if let Event::VisitorRead { conversation_id, seq } = console.event().await.1 {
            assert_eq!((conversation_id, seq), (id, answer.seq));
            break;
        }
    }
    agent.post_empty(&format!("/api/v1/conversations/{id}/messages/{}/recall", answer.id)).await.expect(200);
    // The visitor's own mark comes back to them as well.
    loop {
        if let Event::MessageRecalled { message_id, .. } = widget.event().await.1 {
            assert_eq!(message_id, answer.id);
            break;
        }
    }
    assert_eq!(asked.conversation_id, id);
}

async fn who_writes_at_one_is_seen_at_the_other(Two { one, two, .. }: Two) {
    let Scene { organisation, visitor, id, .. } = scene(&one).await;
    let (mut console, _) = organisation.admin.by(&two).socket().await;
    let mut widget = visitor.socket().await;
    widget.send(&ClientFrame::Typing { conversation_id: None, active: true, text: None }).await;
    let typing = ServerFrame::Typing { conversation_id: id, author: Author::Visitor, active: true, text: None };
    assert_eq!(console.frame().await, typing);
    console.send(&ClientFrame::Typing { conversation_id: Some(id), active: true, text: None }).await;
    let me = &organisation.admin.me;
    let author = Author::Agent { id: me.id, name: me.name.clone() };
    assert_eq!(widget.frame().await, ServerFrame::Typing { conversation_id: id, author, active: true, text: None });
    assert_eq!(console.heard_so_far().await, [], "whoever writes is not told that they write");
}

async fn consoles_at_both_hear_everything_in_the_ledgers_order(Two { one, two, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let colleague = organisation.agent(Role::Supervisor).await.by(&two);
    let mut here = Follower::open(&organisation.admin, id).await;
    let mut there = Follower::open(&colleague, id).await;
    let sayings = async |say: &str, by_visitor: bool| {
        for number in 0..60 {
            let text = format!("{say} {number}");
            match by_visitor {
                true => visitor.say(&text).await,
                false => colleague.say(id, &text).await,
            };
        }
    };
    let heard = async {
        tokio::join!(here.hear_messages(120), there.hear_messages(120));
    };
    tokio::join!(sayings("visitor", true), sayings("agent", false), heard);
    for follower in [&here, &there] {
        follower.check(asked.seq);
        assert_eq!(follower.resyncs, 0, "nothing was missed");
    }
    assert_eq!(here.messages, there.messages);
}

async fn what_overtakes_another_event_waits_for_it(Two { one, two, way, .. }: Two) {
    let Scene { organisation, visitor, id, asked, .. } = scene(&one).await;
    let agent = organisation.admin.by(&two);
    let mut console = Follower::open(&agent, id).await;
    // The visitor's is stored first, and the way to where the console is takes longer.
    way.deafen();
    visitor.say("还在吗？").await;
    agent.say(id, "在的").await;
    assert_eq!(console.socket.heard_so_far().await, [], "what stands before it has not come");
    way.mend();
    console.hear_messages(2).await;
    console.check(asked.seq);
    let heard: Vec<&str> = console.messages.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(heard, ["还在吗？", "在的"]);
}

async fn a_session_that_ends_at_one_has_ended_at_the_other(Two { one, two, .. }: Two) {
    let organisation = one.organisation().await;
    let laptop = organisation.admin.clone();
    let phone = laptop.on_another_device().await.by(&two);
    let (mut console, _) = phone.socket().await;
    phone.get("/api/v1/me").await.expect(200);
    laptop.delete(&format!("/api/v1/me/sessions/{}", phone.me.session_id)).await.expect(204);
    assert_eq!(console.closed().await, 4401);
    phone.get("/api/v1/me").await.expect(401);
    laptop.by(&two).get("/api/v1/me").await.expect(200);
}

async fn a_change_of_ones_own_account_is_felt_at_the_other(Two { one, two, .. }: Two) {
    let Scene { organisation, visitor, id, .. } = scene(&one).await;
    let there = organisation.admin.by(&two);
    let (mut console, _) = there.socket().await;
    let mut widget = visitor.by(&two).socket().await;
    there.say(id, "您好").await;
    widget.event().await;
    console.event().await;
    organisation.admin.patch("/api/v1/me", &json!({"name": "小新"})).await.expect(200);
    while !matches!(console.event().await.1, Event::MeUpdated { .. }) {}
    // It is told beside the event. Without that the old name would be believed for as long as identities are kept.
    everything_is_heard([&one, &two]).await;
    let said = there.say(id, "又是我").await;
    assert!(matches!(&said.author, Author::Agent { name, .. } if name == "小新"), "{:?}", said.author);
}

async fn who_may_not_listen_any_more_is_sent_away_from_both(Two { one, two, .. }: Two) {
    let Scene { organisation, channel, visitor, .. } = scene(&one).await;
    let other = two.visit(&channel.key, None).await;
    other.say("我也在").await;
    let (mut blocked, mut stays) = (visitor.by(&two).socket().await, other.socket().await);
    let contact = visitor.session.contact_id;
    organisation.admin.put(&format!("/api/v1/contacts/{contact}/blocked"), &json!({"blocked": true})).await.expect(200);
    assert_eq!(blocked.closed().await, 4410);
    assert_eq!(stays.heard_so_far().await, []);
    let off = ChannelPatch { enabled: Some(false), ..ChannelPatch::default() };
    organisation.admin.patch(&format!("/api/v1/channels/{}", channel.id), &off).await.expect(200);
    assert_eq!(stays.closed().await, 4410);
}

async fn a_ticket_and_a_solved_challenge_are_good_at_one_server(Two { one, two, .. }: Two) {
    let organisation = one.organisation().await;
    let url = organisation.admin.socket_url().await;
    let mut socket = WsClient::connect(&url).await.unwrap();
    socket.ready().await;
    let again = url.replace(&one.address().to_string(), &two.address().to_string());
    assert_eq!(WsClient::connect(&again).await.err().map(|status| status.as_u16()), Some(401));
    let fresh = organisation.admin.by(&two).socket_url().await;
    assert!(WsClient::connect(&fresh).await.is_ok());

    let proof = proof(&one.anonymous()).await;
    let ask = |mobile: &str| json!({"mobile": mobile, "proof": proof});
    one.anonymous().post("/api/v1/auth/verification-codes", &ask("13800138001")).await.expect(202);
    let used = two.anonymous().post("/api/v1/auth/verification-codes", &ask("13800138002")).await.having(422);
    assert_eq!(used.faults(), [("proof".to_owned(), FieldCode::Expired)]);
}

async fn what_is_used_stays_used_where_a_clock_is_behind(Two { one, two, .. }: Two) {
    let organisation = one.organisation().await;
    let url = organisation.admin.socket_url().await;
    let proof = proof(&one.anonymous()).await;
    let ask = |mobile: &str| json!({"mobile": mobile, "proof": proof});
    // By the clock of the one either has a millisecond left when it is used, and by that of the other half a second more.
    one.clock.advance(29_999);
    WsClient::connect(&url).await.unwrap().ready().await;
    one.clock.advance(-500);
    let again = url.replace(&one.address().to_string(), &two.address().to_string());
    assert_eq!(WsClient::connect(&again).await.err().map(|status| status.as_u16()), Some(401));
    one.clock.advance(500 + 270_000);
    one.anonymous().post("/api/v1/auth/verification-codes", &ask("13800138001")).await.expect(202);
    one.clock.advance(-500);
    two.anonymous().post("/api/v1/auth/verification-codes", &ask("13800138002")).await.expect(422);
}

async fn a_proof_is_wanted_at_one_after_failures_at_the_other(Two { one, two, .. }: Two) {
    two.reconfigure(|config| config.limits.login_failures_before_proof = 2).await;
    listening([&one, &two]).await;
    let account = one.organisation().await.admin.me.account;
    for _ in 0..2 {
        one.anonymous().login(&account, "a wrong password").await.expect(401);
    }
    assert_eq!(two.anonymous().login(&account, "a wrong password").await.having(403).code(), ErrorCode::ProofRequired);
    // What was forgiven is not counted.
    one.anonymous().sign_in(&account).await;
    two.anonymous().sign_in(&account).await;
}

async fn wrong_passwords_are_counted_together(Two { one, two, redis, .. }: Two) {
    let organisation = one.organisation().await;
    let account = &organisation.admin.me.account;
    let limit = one.state().config.limits.login_failures_per_account;
    for attempt in 0..limit {
        let server = if attempt % 2 == 0 { &one } else { &two };
        server.anonymous().login(account, "a wrong password").await.expect(401);
    }
    for server in [&one, &two] {
        assert_eq!(
            server.anonymous().login(account, "a wrong password").await.having(429).code(),
            ErrorCode::RateLimited
        );
        let standing = server.state().limits.standing();
        let refused = standing.iter().find(|limit| limit.name == "login_by_guesser").map(|limit| limit.refused);
        assert_eq!(refused, Some(1), "which is counted where it was refused");
    }
    // The names under which it is counted tell nobody who.
    let keys = redis.names().await;
    assert!(!keys.is_empty());
    for name in keys {
        assert!(!name.contains(account.as_str()) && !name.contains("127.0.0.1"), "{name}");
    }
}

async fn what_one_server_refuses_the_other_does_not_count(Two { one, two, .. }: Two) {
    let channel = one.organisation().await.channel().await;
    for server in [&one, &two] {
        server.reconfigure(|config| config.limits.new_visitors_per_ip_per_minute = 2).await;
    }
    listening([&one, &two]).await;
    let visit = async |server: &testkit::TestServer| server.try_visit(&channel.key, None).await.status;
    assert_eq!([visit(&one).await, visit(&one).await], [200, 200]);
    // One more is granted every half a minute. Whoever asks in between does not use it up at the server that would grant it.
    one.clock.advance(10_000);
    assert_eq!([visit(&two).await, visit(&two).await, visit(&one).await], [429, 429, 429]);
    one.clock.advance(20_000);
    assert_eq!([visit(&two).await, visit(&two).await], [200, 429]);
    one.clock.advance(30_000);
    assert_eq!([visit(&one).await, visit(&two).await], [200, 429]);
}

async fn whoever_is_at_the_other_is_online(Two { one, two, .. }: Two) {
    let organisation = one.organisation().await;
    let colleague = organisation.agent(Role::Agent).await;
    let path = format!("/api/v1/agents/{}", colleague.me.id);
    let presence = async || organisation.admin.get(&path).await.having(200).json::<Agent>().presence;
    assert_eq!(presence().await, Presence::Offline);
    let (console, _) = colleague.by(&two).socket().await;
    while presence().await != Presence::Online {
        tokio::task::yield_now().await;
    }
    console.close().await;
    while presence().await != Presence::Offline {
        tokio::task::yield_now().await;
    }
}

async fn where_a_visitor_came_from_is_known_to_both(Two { one, two, .. }: Two) {
    let organisation = one.organisation().await;
    let channel = organisation.channel().await;
    let visitor = one.visit(&channel.key, None).await;
    let state = two.state();
    until("the other knows of the visit", || state.visits.of(visitor.session.contact_id).ip.is_some()).await;
    visitor.by(&two).say("您好").await;
    let path = format!("/api/v1/contacts/{}", visitor.session.contact_id);
    let contact: Contact = organisation.admin.get(&path).await.having(200).json();
    assert_eq!(contact.landing_page.as_deref(), Some("https://shop.example/products/1"));
}

async fn two_merges_that_are_undone_at_once_leave_nothing_of_either(Two { one, two, .. }: Two) {
    let Scene { organisation, .. } = scene(&one).await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let (_, survivor) = known(&one, &admin, &channel, json!({"remark": "爱喝茶"})).await;
    for _ in 0..4 {
        let (_, first) = known(&one, &admin, &channel, json!({"name": "小王"})).await;
        let (_, second) = known(&one, &admin, &channel, json!({"name": "老王"})).await;
        let earlier = merge(&admin, survivor.id, first.id, json!({})).await;
        let later = merge(&admin, survivor.id, second.id, json!({"name": true})).await;
        // What the later one keeps is set right by the earlier one's undoing, which it may have waited for.
        let there = admin.by(&two);
        let (earlier, later) = (undo_path(&earlier), undo_path(&later));
        let (here, there) = futures_util::future::join(admin.post_empty(&earlier), there.post_empty(&later)).await;
        here.expect(200);
        there.expect(200);
        let now = contact(&admin, survivor.id).await;
        assert_eq!((now.name, now.remark.as_deref()), (None, Some("爱喝茶")));
    }
    fits(&one).await;
}

async fn a_server_that_leaves_takes_its_agents_along_when_it_ends_and_not_before(Two { one, two, redis, .. }: Two) {
    two.reconfigure(|config| config.drain_seconds = 5).await;
    listening([&one, &two]).await;
    let organisation = one.organisation().await;
    let me = organisation.admin.me.id;
    let (_console, _) = organisation.admin.by(&two).socket().await;
    let state = one.state();
    until("it is heard of", || !state.hub.connected([me]).is_empty()).await;
    let leaving = two.state().hub.clone();
    let stopping = tokio::spawn(async move { two.stop().await });
    until("it drains", || leaving.is_leaving()).await;
    // Who was connected to it before is connected still.
    let mut ear = redis.ear().await;
    let roll_call = format!("\"agents\":[[\"{me}\"");
    while !ear.hear().await.contains(&roll_call) {}
    assert!(!state.hub.connected([me]).is_empty());
    stopping.await.unwrap();
    // The server itself would count as there for fifteen seconds after it was heard last, unless it says farewell: its last roll
    // call, when its sockets were closed, may have been without agents already.
    let gone = until("it is gone", || state.hub.connected([me]).is_empty() && state.metrics.bus.heard_of() == 0);
    tokio::time::timeout(Duration::from_secs(9), gone).await.expect("it has said farewell");
}

async fn after_every_action_at_one_consoles_at_the_other_have_the_state_fetched_afresh(Two { one, two, .. }: Two) {
    Box::pin(drive_everything(one, Some(two))).await;
}
