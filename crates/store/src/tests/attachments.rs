//! Files: claimed by one message in its own write, by whoever uploaded them, before their time is over.

use super::world::{World, at, by_agent, on_both};
use crate::attachments::{self, NewAttachment, Owner};
use crate::integrity;
use crate::purge::{Purge, step};
use crate::scope::{OrgScope, Viewer, Visitor};
use crate::{Constraint, MessageJob, Sender, StoreError, channels};
use types::attachments::Attachment;
use types::id::{AttachmentId, ConversationId};
use types::messages::Content;
use types::time::Timestamp;

on_both!(
    a_file_is_claimed_once_and_a_repeated_nonce_gets_the_first_message,
    a_first_message_can_carry_a_file,
    a_file_whose_time_is_over_is_not_sent_and_its_message_is_not_stored,
    a_file_is_there_for_its_own_conversation_and_uploader_only,
    what_is_purged_or_never_sent_is_found_to_be_collected,
);

async fn upload(world: &World, owner: Owner, expires_at: Timestamp) -> Content {
    let attachment = Box::new(Attachment {
        id: AttachmentId(world.uuid()),
        name: "图.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: 1 << 40,
        width: Some(640),
        height: Some(480),
        duration_millis: None,
        has_preview: true,
    });
    let content = Content::Image { attachment };
    let new = NewAttachment { owner, content: content.clone(), expires_at, at: at(0) };
    let made = world.writer.run(move |tx| Box::pin(async move { attachments::create(tx.conn(), new).await }));
    made.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    content
}

async fn by(world: &World, viewer: Viewer, conversation: ConversationId) -> Owner {
    attachments::owner(world.reader(), viewer, conversation).await.unwrap().unwrap()
}

fn with(job: MessageJob, content: &Content) -> MessageJob {
    MessageJob { content: content.clone(), ..job }
}

fn id(content: &Content) -> AttachmentId {
    content.attachment().unwrap().id
}

async fn whole(world: &World) {
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

async fn a_file_is_claimed_once_and_a_repeated_nonce_gets_the_first_message(world: World) {
    let (_, conversation) = world.conversation().await;
    let content = upload(&world, by(&world, world.admin, conversation).await, at(9_000)).await;
    let job = with(world.says(by_agent(world.admin), conversation, "", 2_000), &content);
    let stored = world.writer.message(job.clone()).await.unwrap();
    assert_eq!((&stored.message.content, stored.duplicate), (&content, false));
    let again = world.writer.message(job).await.unwrap();
    assert_eq!((again.message, again.duplicate), (stored.message, true));

    let other = with(world.says(by_agent(world.admin), conversation, "", 3_000), &content);
    let refused = world.writer.message(other).await;
    assert!(matches!(refused, Err(StoreError::Conflict { constraint: Constraint::AttachmentUse })), "{refused:?}");
    let window =
        crate::messages::for_viewer(world.reader(), world.admin, conversation, crate::messages::Window::Newest, 10);
    assert_eq!(
        window.await.unwrap().unwrap().items.len(),
        2,
        "the greeting and the file, and nothing of the refused one"
    );
    whole(&world).await;
}

async fn a_first_message_can_carry_a_file(world: World) {
    let visitor = world.visitor();
    let content = upload(&world, Owner::from(visitor), at(9_000)).await;
    let first = crate::FirstMessage { content: content.clone(), ..world.first(visitor, "", 1_000) };
    let stored = world.writer.first_message(first.clone()).await.unwrap();
    assert_eq!(stored.message.content, content);
    assert!(world.writer.first_message(first).await.unwrap().duplicate, "sent again");
    whole(&world).await;
}

async fn a_file_whose_time_is_over_is_not_sent_and_its_message_is_not_stored(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let content = upload(&world, Owner::from(visitor), at(2_000)).await;
    let late = with(world.says(Sender::Visitor(visitor), conversation, "", 2_000), &content);
    assert!(matches!(world.writer.message(late).await, Err(StoreError::Conflict { .. })));
    let row = crate::conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!(row.last_seq, 1);
    let (owner, file) = (Owner::from(visitor), id(&content));
    let poster = |millis| world.write(async move |conn| attachments::set_preview(conn, owner, file, at(millis)).await);
    assert_eq!(poster(2_000).await.unwrap(), None, "its time is over");
    assert!(poster(1_999).await.unwrap().is_some(), "and a moment before it was not");
    let unsent = |millis| attachments::unsent(world.reader(), owner, file, at(millis));
    assert_eq!(unsent(2_000).await.unwrap(), None);
    assert!(unsent(1_999).await.unwrap().is_some());
    whole(&world).await;
}

async fn a_file_is_there_for_its_own_conversation_and_uploader_only(world: World) {
    let ((visitor, mine), (stranger, other)) = (world.conversation().await, world.conversation().await);
    let content = upload(&world, by(&world, world.admin, mine).await, at(9_000)).await;
    let (file, scope) = (id(&content), OrgScope::new(world.org));
    let to = |viewer, conversation| attachments::uploaded_to(world.reader(), viewer, conversation, file);
    assert_eq!(to(world.admin, mine).await.unwrap(), Some(content.clone()));
    assert_eq!(to(world.admin, other).await.unwrap(), None, "another conversation");
    assert_eq!(to(world.agent, mine).await.unwrap(), None, "another agent");
    assert_eq!(attachments::owner(world.reader(), world.agent, mine).await.unwrap(), None, "not theirs to see");
    let visitors = |visitor: Visitor| attachments::uploaded(world.reader(), Owner::from(visitor), file);
    assert_eq!(visitors(visitor).await.unwrap(), None, "the visitor did not upload it");

    let served = |scope, contact, millis| attachments::served(world.reader(), scope, contact, file, at(millis));
    assert_eq!(served(scope, visitor.contact_id, 1_000).await.unwrap(), Some(content));
    assert_eq!(served(scope, visitor.contact_id, 9_000).await.unwrap(), None, "never sent");
    assert_eq!(served(scope, stranger.contact_id, 1_000).await.unwrap(), None);
    let elsewhere = OrgScope::new(world.new_org().await);
    assert_eq!(served(elsewhere, visitor.contact_id, 1_000).await.unwrap(), None);
}

async fn what_is_purged_or_never_sent_is_found_to_be_collected(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let owner = Owner::from(visitor);
    let sent = upload(&world, owner, at(9_000)).await;
    let unsent = upload(&world, owner, at(9_000)).await;
    world.writer.message(with(world.says(Sender::Visitor(visitor), conversation, "", 2_000), &sent)).await.unwrap();
    let expired = |millis| attachments::expired(world.reader(), at(millis), 0, 10);
    assert_eq!(expired(8_999).await.unwrap(), []);
    assert_eq!(expired(9_000).await.unwrap(), [(world.org, id(&unsent))]);

    let (scope, channel, actor) = (OrgScope::new(world.org), world.channel, crate::Actor::Agent(world.admin.agent_id));
    let writer = world.writer.clone();
    let deleted =
        writer.run(move |tx| Box::pin(async move { channels::delete(tx, scope, channel, actor, at(5_000)).await }));
    assert!(deleted.await.unwrap_or_else(|error: StoreError| panic!("{error}")));
    let gone = attachments::served(world.reader(), scope, visitor.contact_id, id(&sent), at(5_000)).await.unwrap();
    assert_eq!(gone, None, "with its channel, at once");
    let purge = || writer.run(move |tx| Box::pin(async move { step(tx, scope, channel, 10, at(9)).await }));
    while purge().await.unwrap_or_else(|error: StoreError| panic!("{error}")) == Purge::More {}
    let found = attachments::expired(world.db.reader(), at(5_000), 0, 10).await.unwrap();
    assert_eq!(found, [(world.org, id(&sent))]);
    assert_eq!(integrity::check(world.db.reader()).await.unwrap(), []);
    let ids = vec![id(&sent)];
    let forgotten =
        world.writer.run(move |tx| Box::pin(async move { attachments::forget(tx.conn(), scope, ids).await }));
    forgotten.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    assert_eq!(attachments::expired(world.db.reader(), at(5_000), 0, 10).await.unwrap(), []);
}
