//! Two contacts are merged while everybody looks on, and taken apart again.

use super::Onlookers;
use serde_json::json;
use testkit::TestServer;
use types::channels::Channel;
use types::contact_merges::MergedContact;
use types::id::ConversationId;

/// Two visitors who are one person, and are not after all.
pub(super) async fn merge_and_undo(all: &mut Onlookers, server: &TestServer, channel: &Channel, first: ConversationId) {
    let admin = all.consoles[0].agent.clone();
    let second = server.visit(&channel.key, None).await.say("我也是").await.conversation_id;
    all.check("send_visitor_message, by who is the same").await;
    let (survivor, other) = (admin.conversation(first).await.contact, admin.conversation(second).await.contact);
    let path = format!("/api/v1/contacts/{}", survivor.id);
    let merge = json!({"other_id": other.id, "version": survivor.version, "other_version": other.version});
    let merged: MergedContact = admin.post(&format!("{path}/merge"), &merge).await.having(201).json();
    all.check("merge_contacts").await;
    assert_eq!(all.consoles[0].machine.state().conversation(second).unwrap().contact.id, survivor.id);
    admin.post_empty(&format!("{path}/merges/{}/undo", merged.merge.id)).await.expect(200);
    all.check("undo_contact_merge").await;
    admin.delete(&format!("/api/v1/conversations/{second}")).await.expect(204);
    all.check("delete_conversation, of who was somebody else").await;
}
