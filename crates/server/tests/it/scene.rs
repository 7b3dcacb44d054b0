//! What most tests of a conversation begin with: an organisation, its channel, and a visitor who has said something.

use testkit::{Organisation, TestServer, VisitorCaller};
use types::channels::Channel;
use types::id::ConversationId;
use types::messages::Message;

/// A conversation with a visitor.
pub(crate) struct Scene {
    pub(crate) organisation: Organisation,
    pub(crate) channel: Channel,
    pub(crate) visitor: VisitorCaller,
    pub(crate) id: ConversationId,
    /// What the visitor has said.
    pub(crate) asked: Message,
}

pub(crate) async fn scene(server: &TestServer) -> Scene {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let asked = visitor.say("蓝色的多少钱？").await;
    Scene { organisation, channel, visitor, id: asked.conversation_id, asked }
}
