//! Two organisations in one database: whatever one asks for by the other's ids is not there.

use super::world::{World, at, by_agent, on_both};
use crate::conversations::Listed;
use crate::messages::Window;
use crate::{
    Actor, OrgScope, Reader, Sender, StoreError, Viewer, Visitor, agents, channels, contacts, conversations, events,
    messages, purge, sessions, visitors,
};
use types::agents::{LoginState, Role};
use types::channels::ChannelPatch;
use types::id::{ConversationId, SessionId};

on_both!(queries_find_nothing_of_another_organisation, writes_touch_nothing_of_another_organisation);

struct Theirs {
    viewer: Viewer,
    visitor: Visitor,
    conversation: ConversationId,
    session: SessionId,
    /// An admin of another organisation.
    spy: Viewer,
    /// Somebody who got hold of the contact's id, with a token for another organisation.
    false_visitor: Visitor,
}

async fn scene(world: &World) -> Theirs {
    let (visitor, conversation) = world.conversation().await;
    world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    let session = SessionId(world.uuid());
    let viewer = world.admin;
    world
        .write(async move |conn| sessions::create(conn, super::accounts::session_row(session, viewer)).await)
        .await
        .unwrap();
    let other = world.new_org().await;
    let spy = world.new_agent(other, Role::Admin).await;
    let false_visitor = Visitor { org_id: other, ..visitor };
    Theirs { viewer, visitor, conversation, session, spy, false_visitor }
}

async fn queries_find_nothing_of_another_organisation(world: World) {
    let theirs = scene(&world).await;
    let (reader, spy, scope) = (world.reader(), theirs.spy, theirs.spy.scope());
    let now = at(3_000);
    // Each query is first asked by its owner, so that the test cannot pass on an empty database.
    let own = theirs.viewer.scope();
    assert!(agents::get(reader, own, theirs.viewer.agent_id).await.unwrap().is_some());
    assert!(agents::get(reader, scope, theirs.viewer.agent_id).await.unwrap().is_none());
    assert_eq!(agents::list(reader, own, None, 50).await.unwrap().0.len(), 2);
    assert!(agents::list(reader, scope, None, 50).await.unwrap().0.iter().all(|agent| agent.id == spy.agent_id));
    assert!(agents::me(reader, own, theirs.viewer.agent_id, theirs.session).await.unwrap().is_some());
    assert!(agents::me(reader, scope, theirs.viewer.agent_id, theirs.session).await.unwrap().is_none());
    assert!(sessions::identity(reader, own, theirs.session, now).await.unwrap().is_some());
    assert!(sessions::identity(reader, scope, theirs.session, now).await.unwrap().is_none());
    assert_eq!(sessions::list(reader, own, theirs.viewer.agent_id, now).await.unwrap().len(), 1);
    assert_eq!(sessions::list(reader, scope, theirs.viewer.agent_id, now).await.unwrap(), []);
    assert!(channels::get(reader, own, world.channel).await.unwrap().is_some());
    assert!(channels::get(reader, scope, world.channel).await.unwrap().is_none());
    assert_eq!(channels::list(reader, own).await.unwrap().len(), 1);
    assert_eq!(channels::list(reader, scope).await.unwrap(), []);
    assert_eq!(channels::count(reader, own).await.unwrap(), 1);
    assert_eq!(channels::count(reader, scope).await.unwrap(), 0);
    assert!(channels::contents(reader, own, world.channel).await.unwrap().is_some());
    assert!(channels::contents(reader, scope, world.channel).await.unwrap().is_none());
    let contact = theirs.visitor.contact_id;
    assert!(contacts::get(reader, theirs.viewer, contact).await.unwrap().is_some());
    assert!(contacts::get(reader, spy, contact).await.unwrap().is_none());
    assert!(conversations::get(reader, theirs.viewer, theirs.conversation).await.unwrap().is_some());
    assert!(conversations::get(reader, spy, theirs.conversation).await.unwrap().is_none());
    for channel_id in [None, Some(world.channel)] {
        let listed = Listed { channel_id, ..Listed::default() };
        assert_eq!(conversations::list(reader, theirs.viewer, listed, None, 50).await.unwrap().items.len(), 1);
        for unread in [false, true] {
            let listed = Listed { channel_id, unread, ..Listed::default() };
            assert_eq!(conversations::list(reader, spy, listed, None, 50).await.unwrap().items, []);
        }
    }
    let newest = Window::Newest;
    assert!(messages::for_viewer(reader, theirs.viewer, theirs.conversation, newest, 9).await.unwrap().is_some());
    assert!(messages::for_viewer(reader, spy, theirs.conversation, newest, 9).await.unwrap().is_none());
    assert_eq!(messages::for_visitor(reader, theirs.visitor, newest, 9).await.unwrap().items.len(), 2);
    assert_eq!(messages::for_visitor(reader, theirs.false_visitor, newest, 9).await.unwrap().items, []);
    assert!(visitors::state(reader, theirs.visitor).await.unwrap().is_some());
    assert!(visitors::state(reader, theirs.false_visitor).await.unwrap().is_none());
    assert_eq!(events::after(reader, theirs.viewer, Some(0), 500).await.unwrap().items.len(), 3);
    let nothing = events::after(reader, spy, Some(0), 500).await.unwrap();
    assert_eq!((nothing.items.len(), nothing.cursor), (0, 0));
    // And a visitor of another channel of the same organisation.
    let elsewhere = Visitor { channel_id: world.new_channel(world.org).await, ..theirs.visitor };
    assert!(visitors::state(reader, elsewhere).await.unwrap().is_none());
    assert_eq!(messages::for_visitor(reader, elsewhere, newest, 9).await.unwrap().items, []);
}

async fn writes_touch_nothing_of_another_organisation(world: World) {
    let theirs = scene(&world).await;
    let (scope, agent, session) = (theirs.spy.scope(), theirs.viewer.agent_id, theirs.session);
    let channel = world.channel;
    let before = everything(&world, theirs.viewer.scope(), &theirs).await;
    let mut account = agents::me(world.reader(), theirs.viewer.scope(), agent, session).await.unwrap().unwrap();
    account.login_state = LoginState::Suspended;

    let touched = world
        .write(async move |conn| {
            let rotation = sessions::Rotation {
                old_hash: "refresh".to_owned(),
                new_hash: "stolen".to_owned(),
                user_agent: String::new(),
                ip: String::new(),
                at: at(3_000),
                expires_at: at(9_000_000),
            };
            Ok([
                agents::set_account(conn, scope, &account, at(3_000)).await?,
                agents::set_password_hash(conn, scope, agent, "stolen", at(3_000)).await?,
                sessions::rotate(conn, scope, session, rotation).await?,
                !sessions::revoke(conn, scope, agent, session, at(3_000)).await?.is_empty(),
                !sessions::revoke_all(conn, scope, agent, None, at(3_000)).await?.is_empty(),
                channels::update(conn, scope, channel, &ChannelPatch::default(), at(3_000)).await?.is_some(),
            ])
        })
        .await
        .unwrap();
    assert_eq!(touched, [false; 6]);
    let purged =
        world.writer.run(move |tx| Box::pin(async move { purge::step(tx, scope, channel, 500, at(3_000)).await }));
    assert_eq!(purged.await.unwrap(), purge::Purge::Done);
    let deleted = world
        .writer
        .run(move |tx| Box::pin(async move { channels::delete(tx, scope, channel, Actor::System, at(3_000)).await }));
    assert!(!deleted.await.unwrap());
    let (facts, false_visitor) = (contacts::VisitFacts::default(), theirs.false_visitor);
    let noted = world
        .writer
        .run(move |tx| Box::pin(async move { contacts::note_visit(tx, false_visitor, &facts, at(9_000_000)).await }));
    assert!(noted.await.unwrap().is_none());
    for sender in [by_agent(theirs.spy), Sender::Visitor(theirs.false_visitor)] {
        let outcome = world.send(sender, theirs.conversation, 3_000).await;
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    }
    for reader in [Reader::Agent(theirs.spy), Reader::Visitor(theirs.false_visitor)] {
        let outcome = world.read(reader, theirs.conversation, 1).await;
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    }
    let first = world.writer.first_message(world.first(theirs.false_visitor, "嗯", 3_000)).await;
    assert!(matches!(first, Err(StoreError::NotFound)), "{first:?}");

    assert_eq!(everything(&world, theirs.viewer.scope(), &theirs).await, before);
}

async fn everything(world: &World, scope: OrgScope, theirs: &Theirs) -> String {
    let reader = world.reader();
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        agents::get(reader, scope, theirs.viewer.agent_id).await.unwrap(),
        sessions::by_refresh_hash(reader, "refresh").await.unwrap(),
        channels::get(reader, scope, world.channel).await.unwrap(),
        conversations::get(reader, theirs.viewer, theirs.conversation).await.unwrap(),
        contacts::get(reader, theirs.viewer, theirs.visitor.contact_id).await.unwrap(),
    )
}
