//! What an admin does with colleagues and with the tree of channels.

use super::Onlookers;
use crate::attachments::picture;
use crate::avatars;
use crate::webhooks;
use image::ImageFormat;
use serde_json::json;
use testkit::{AgentCaller, Organisation};
use types::agents::Role;
use types::api_tokens::CreatedApiToken;
use types::channel_tree::{ArrangeChannels, ChannelGroup};
use types::channels::{Channel, DeleteChannel};
use types::people::AgentGroup;
use types::webhooks::{CreatedWebhook, WebhookDelivery};

/// An admin makes groups, and edits, disables and removes colleagues: what they have is handed on, on every console.
pub(super) async fn manage_people(all: &mut Onlookers, organisation: &Organisation, channel: &Channel) {
    // Whoever looks on asks a lot in a minute.
    let server = all.consoles[0].server.clone();
    server.clock.advance(60_000);
    let (admin, agent) = (all.consoles[0].agent.clone(), all.consoles[3].agent.clone());
    let token = json!({"name": "CRM", "scopes": ["tags:read"]});
    let token: CreatedApiToken = admin.post("/api/v1/api-tokens", &token).await.having(201).json();
    all.check("create_api_token").await;
    admin.delete(&format!("/api/v1/api-tokens/{}", token.token.id)).await.expect(204);
    all.check("revoke_api_token").await;
    let group: AgentGroup = admin.post("/api/v1/agent-groups", &json!({"name": "售前"})).await.having(201).json();
    all.check("create_agent_group").await;
    let of_group = format!("/api/v1/agent-groups/{}", group.id);
    admin.patch(&of_group, &json!({"name": "售前组", "agent_ids": [agent.me.id]})).await.expect(200);
    all.check("update_agent_group").await;
    // Whoever may see more, or less again, begins afresh, on every device.
    let before = all.consoles[3].snapshots;
    for role in ["supervisor", "agent"] {
        admin.patch(&format!("/api/v1/agents/{}", agent.me.id), &json!({"role": role})).await.expect(200);
        all.check("update_agent, another role").await;
        assert_eq!(all.consoles[3].machine.state().me().role.as_str(), role);
    }
    assert_eq!(all.consoles[3].snapshots, before + 2);

    let [leaver, other] = [organisation.agent(Role::Agent).await, organisation.agent(Role::Agent).await];
    let id = server.visit(&channel.key, None).await.say("有人吗？").await.conversation_id;
    leaver.is_given(id).await;
    let of = |agent: &AgentCaller| format!("/api/v1/agents/{}", agent.me.id);
    let disable = json!({"disabled": true, "heir_id": agent.me.id});
    admin.put(&format!("{}/disabled", of(&leaver)), &disable).await.expect(200);
    all.check("set_agent_disabled").await;
    let whose = |at: usize| all.consoles[at].machine.state().conversation(id).and_then(|one| one.assignee_id);
    assert_eq!([0, 2, 3].map(whose), [Some(agent.me.id); 3]);
    admin.put(&format!("{}/disabled", of(&leaver)), &json!({"disabled": false})).await.expect(200);
    all.check("set_agent_disabled, back").await;
    admin.put(&format!("{}/password", of(&other)), &json!({"password": "another horse 2"})).await.expect(204);
    all.check("set_agent_password").await;
    let avatar = format!("{}/avatar", of(&agent));
    avatars::send_to(&admin, &avatar, picture(16, 16, ImageFormat::Png)).await.expect(200);
    all.check("set_agent_avatar").await;
    assert!(all.consoles[3].machine.state().me().avatar_id.is_some());
    admin.delete(&avatar).await.expect(204);
    all.check("remove_agent_avatar").await;
    admin.post_empty(&format!("{}/view", of(&agent))).await.expect(201);
    all.check("begin_agent_view").await;
    admin.delete(&format!("{}/view", of(&agent))).await.expect(204);
    all.check("end_agent_view").await;
    admin.delete(&of(&other)).await.expect(204);
    all.check("remove_agent").await;
    admin.delete(&of_group).await.expect(204);
    all.check("delete_agent_group").await;
    admin.delete(&format!("/api/v1/conversations/{id}")).await.expect(204);
    all.check("delete_conversation, that was handed on").await;
}

/// Channels are grouped, moved, arranged, pictured and given an earlier style, and the groups taken apart.
pub(super) async fn arrange(all: &mut Onlookers, channel: &Channel) {
    all.consoles[0].server.clock.advance(60_000);
    let admin = all.consoles[0].agent.clone();
    let mut groups = Vec::new();
    for name in ["公众号", "网站"] {
        groups.push(
            admin.post("/api/v1/channel-groups", &json!({"name": name})).await.having(201).json::<ChannelGroup>(),
        );
        all.check("create_channel_group").await;
    }
    let grouped = json!({"kind": "website", "name": "商城", "group_id": groups[1].id});
    let second: Channel = admin.post("/api/v1/channels", &grouped).await.having(201).json();
    all.check("create_channel, in a group").await;
    let address = format!("/api/v1/channels/{}", channel.id);
    admin.put(&format!("{address}/group"), &json!({"group_id": groups[1].id})).await.expect(200);
    all.check("set_channel_group").await;
    let tree = all.consoles[1].machine.state().channel_tree().clone();
    assert_eq!(tree.groups[1].channel_ids, [second.id, channel.id]);
    let mut order = ArrangeChannels::from(&tree);
    order.groups.swap(0, 1);
    order.groups[0].channel_ids.reverse();
    admin.put("/api/v1/channel-tree", &order).await.expect(200);
    all.check("arrange_channels").await;
    let group = format!("/api/v1/channel-groups/{}", groups[1].id);
    admin.patch(&group, &json!({"name": "自有网站"})).await.expect(200);
    all.check("update_channel_group").await;
    admin.put(&format!("{address}/domains"), &json!({"items": []})).await.expect(200);
    all.check("set_channel_domains").await;
    admin.post_empty(&format!("{address}/identity/secret")).await.expect(201);
    all.check("create_identity_secret").await;
    admin.delete(&format!("{address}/identity/secret")).await.expect(204);
    all.check("delete_identity_secret").await;
    avatars::send_to(&admin, &format!("{address}/avatar"), picture(16, 16, ImageFormat::Png)).await.expect(200);
    all.check("set_channel_avatar").await;
    admin.delete(&format!("{address}/avatar")).await.expect(204);
    all.check("remove_channel_avatar").await;
    admin.put(&format!("{address}/style-version"), &json!({"revision": 1})).await.expect(200);
    all.check("set_style_version").await;
    admin.delete(&group).await.expect(204);
    all.check("delete_channel_group").await;
    assert_eq!(all.consoles[2].machine.state().channel_tree().channel_ids, [channel.id, second.id]);
    let delete = DeleteChannel { name: second.name };
    admin.delete_with(&format!("/api/v1/channels/{}", second.id), &delete).await.expect(204);
    all.check("delete_channel, of two").await;
}

/// Programs are told what happens, and who manages them hears how they are.
pub(super) async fn integrate(all: &mut Onlookers) {
    all.consoles[0].server.clock.advance(60_000);
    let admin = all.consoles[0].agent.clone();
    let create = json!({"url": webhooks::NOWHERE, "events": ["channel_deleted"]});
    let created: CreatedWebhook = admin.post("/api/v1/webhooks", &create).await.having(201).json();
    all.check("create_webhook").await;
    let path = format!("/api/v1/webhooks/{}", created.webhook.id);
    let test: WebhookDelivery = admin.post_empty(&format!("{path}/test")).await.having(201).json();
    all.check("send_webhook_test").await;
    admin.post_empty(&format!("{path}/deliveries/{}/replay", test.id)).await.expect(200);
    all.check("replay_webhook_delivery").await;
    let since = json!({"since": "2026-01-01T00:00:00Z"});
    admin.post(&format!("{path}/replay"), &since).await.expect(200);
    all.check("replay_failed_webhook_deliveries").await;
    admin.patch(&path, &json!({"paused": true})).await.expect(200);
    all.check("update_webhook").await;
    admin.post_empty(&format!("{path}/secret")).await.expect(200);
    all.check("rotate_webhook_secret").await;
    admin.delete(&path).await.expect(204);
    all.check("delete_webhook").await;
}
