//! That somebody writes, and what a visitor has not sent: heard by whoever listens at this moment, and by nobody else ever.

use crate::scene::{Scene, scene};
use testkit::{AgentCaller, TestServer, WsClient, db_tests};
use types::agents::{LoginState, MePatch, Role};
use types::channels::{Channel, ChannelPatch};
use types::events::{Event, EventsAfter};
use types::id::ConversationId;
use types::limits::UNSENT_TEXT_MAX;
use types::messages::Author;
use types::ws::{ClientFrame, ServerFrame};

db_tests!(
    whoever_may_see_a_conversation_hears_who_writes_in_it,
    an_agent_who_writes_is_heard_by_the_visitor_and_by_colleagues,
    nobody_is_heard_where_they_are_not,
    an_unsent_text_is_shown_where_the_channel_says_so_and_the_visitor_is_told,
    whoever_says_it_too_often_is_not_heard_and_may_go_on_talking,
    writing_leaves_no_trace,
);

/// A frame that says so.
fn typing(conversation_id: Option<ConversationId>, active: bool, text: Option<&str>) -> ClientFrame {
    ClientFrame::Typing { conversation_id, active, text: text.map(ToOwned::to_owned) }
}

/// What is heard of it.
fn heard(conversation_id: ConversationId, author: Author, active: bool, text: Option<&str>) -> ServerFrame {
    ServerFrame::Typing { conversation_id, author, active, text: text.map(ToOwned::to_owned) }
}

fn author(agent: &AgentCaller) -> Author {
    Author::Agent { id: agent.me.id, name: agent.me.name.clone() }
}

/// Says a frame and waits until it has been worked on.
async fn say(socket: &mut WsClient, frame: &ClientFrame) {
    socket.send(frame).await;
    assert_eq!(socket.heard_so_far().await, [], "it is not answered");
}

async fn shows_unsent(admin: &AgentCaller, channel: &Channel, shown: bool) {
    let patch = ChannelPatch { unsent_preview: Some(shown), ..ChannelPatch::default() };
    admin.patch(&format!("/api/v1/channels/{}", channel.id), &patch).await.expect(200);
}

async fn whoever_may_see_a_conversation_hears_who_writes_in_it(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let (assignee, colleague) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await);
    let (suspended, member) = (organisation.agent(Role::Supervisor).await, organisation.agent(Role::Agent).await);
    assignee.is_given(id).await;
    let joins = format!("/api/v1/conversations/{id}/members/{}", member.me.id);
    organisation.admin.send(organisation.admin.request(reqwest::Method::PUT, &joins)).await.expect(200);
    let away = MePatch { login_state: Some(LoginState::Suspended), ..MePatch::default() };
    suspended.patch("/api/v1/me", &away).await.expect(200);
    let stranger = server.visit(&channel.key, None).await;
    stranger.say("我也在").await;
    let elsewhere = server.organisation().await;

    let (mut writes, mut tab) = (visitor.socket().await, visitor.again(&channel.key).await.socket().await);
    let (mut admin, _) = organisation.admin.socket().await;
    let (mut assignee, _) = assignee.socket().await;
    let (mut member, _) = member.socket().await;
    let (mut colleague, _) = colleague.socket().await;
    let (mut suspended, _) = suspended.socket().await;
    let (mut elsewhere, _) = elsewhere.admin.socket().await;
    let mut stranger = stranger.socket().await;
    // A visitor cannot name a conversation: it is always their own. What they write is nobody's business here.
    say(&mut writes, &typing(None, true, Some("其实我想"))).await;
    say(&mut writes, &typing(None, false, None)).await;
    let expected = [heard(id, Author::Visitor, true, None), heard(id, Author::Visitor, false, None)];
    assert_eq!(admin.heard_so_far().await, expected);
    assert_eq!(assignee.heard_so_far().await, expected);
    assert_eq!(member.heard_so_far().await, expected, "who was added to it, too");
    for nobody in [&mut colleague, &mut suspended, &mut elsewhere, &mut stranger, &mut tab] {
        assert_eq!(nobody.heard_so_far().await, []);
    }
}

async fn an_agent_who_writes_is_heard_by_the_visitor_and_by_colleagues(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let supervisor = organisation.agent(Role::Supervisor).await;
    let (mut admin, _) = organisation.admin.socket().await;
    let (mut other_device, _) = organisation.admin.on_another_device().await.socket().await;
    let (mut colleague, _) = supervisor.socket().await;
    let mut widget = visitor.socket().await;
    // Agents have no text that others see.
    say(&mut admin, &typing(Some(id), true, Some("您好"))).await;
    let expected = [heard(id, author(&organisation.admin), true, None)];
    assert_eq!(widget.heard_so_far().await, expected);
    assert_eq!(colleague.heard_so_far().await, expected);
    assert_eq!(other_device.heard_so_far().await, [], "who writes knows");
    // Whoever is suspended receives nothing and is not heard.
    let away = MePatch { login_state: Some(LoginState::Suspended), ..MePatch::default() };
    supervisor.patch("/api/v1/me", &away).await.expect(200);
    colleague.heard_so_far().await;
    say(&mut colleague, &typing(Some(id), true, None)).await;
    assert_eq!(widget.heard_so_far().await, []);
}

async fn nobody_is_heard_where_they_are_not(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let (mut admin, _) = organisation.admin.socket().await;
    let mut widget = visitor.socket().await;
    let (mut outsider, _) = organisation.agent(Role::Agent).await.socket().await;
    say(&mut outsider, &typing(Some(id), true, None)).await;
    let (mut stranger, _) = server.organisation().await.admin.socket().await;
    say(&mut stranger, &typing(Some(id), true, None)).await;
    say(&mut stranger, &typing(None, true, None)).await;
    // Before the first message there is no conversation to write in.
    let mut silent = server.visit(&channel.key, None).await.socket().await;
    say(&mut silent, &typing(None, true, None)).await;
    assert_eq!((admin.heard_so_far().await, widget.heard_so_far().await), (vec![], vec![]));
}

async fn an_unsent_text_is_shown_where_the_channel_says_so_and_the_visitor_is_told(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    assert!(!channel.unsent_preview, "off by default");
    let visitor = server.visit(&channel.key, None).await;
    assert!(!visitor.session.channel.unsent_preview);
    let id = visitor.say("在吗").await.conversation_id;
    let mut widget = visitor.socket().await;
    shows_unsent(&organisation.admin, &channel, true).await;
    let told = widget.heard_so_far().await;
    let again = visitor.again(&channel.key).await.session.channel;
    assert!(again.unsent_preview);
    assert_eq!(told, [ServerFrame::Event { seq: None, event: Event::VisitorChannelUpdated { channel: again } }]);

    let (mut admin, _) = organisation.admin.socket().await;
    let (longest, too_long) = ("字".repeat(UNSENT_TEXT_MAX), "字".repeat(UNSENT_TEXT_MAX + 1));
    for (text, expected) in [("其实我想", Some("其实我想")), (&longest, Some(longest.as_str())), (&too_long, None)]
    {
        say(&mut widget, &typing(None, true, Some(text))).await;
        assert_eq!(admin.heard_so_far().await, [heard(id, Author::Visitor, true, expected)]);
    }
    // What is gone is not shown.
    say(&mut widget, &typing(None, false, Some("其实"))).await;
    assert_eq!(admin.heard_so_far().await, [heard(id, Author::Visitor, false, None)]);
    shows_unsent(&organisation.admin, &channel, false).await;
    admin.heard_so_far().await;
    widget.heard_so_far().await;
    say(&mut widget, &typing(None, true, Some("其实我想"))).await;
    assert_eq!(admin.heard_so_far().await, [heard(id, Author::Visitor, true, None)]);
}

async fn whoever_says_it_too_often_is_not_heard_and_may_go_on_talking(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let (mut admin, _) = organisation.admin.socket().await;
    let mut widget = visitor.socket().await;
    for _ in 0..40 {
        widget.send(&typing(None, true, None)).await;
    }
    assert_eq!(widget.heard_so_far().await, []);
    // They went by at once, so some may have been left out on the way as well.
    let said = admin.heard_so_far().await;
    assert!((1..=15).contains(&said.len()), "{} of 40", said.len());
    assert!(said.iter().all(|frame| *frame == heard(id, Author::Visitor, true, None)), "and no resync");
    assert_eq!(visitor.say("还在吗").await.seq, 2);
    widget.heard_so_far().await;
    server.clock.advance(10_000);
    say(&mut widget, &typing(None, true, None)).await;
    assert!(admin.heard_so_far().await.contains(&heard(id, Author::Visitor, true, None)));
}

async fn writing_leaves_no_trace(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    shows_unsent(&organisation.admin, &channel, true).await;
    let visitor = server.visit(&channel.key, None).await;
    visitor.say("在吗").await;
    let (_, cursor) = organisation.admin.socket().await;
    let mut widget = visitor.socket().await;
    say(&mut widget, &typing(None, true, Some("没有发出去的话"))).await;
    let after: EventsAfter = organisation.admin.get(&format!("/api/v1/events?after={cursor}")).await.json();
    assert_eq!((after.items, after.cursor), (vec![], cursor));
    let stored = testkit::everything_stored(server.state().db.reader()).await;
    assert!(!stored.contains("没有发出去"));
}
