//! Every operation, asked by every kind of caller, compared with a table that people have read.
//!
//! The ids in the paths are those of one organisation. Whoever is not of it must not be able to tell them from ids that
//! nobody has.

use crate::openapi::{Operation, operations};
use crate::translating;
use crate::webhooks;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write;
use testkit::{AgentCaller, Caller, Organisation, PASSWORD, TestServer, VisitorCaller};
use types::agents::Role;
use types::api_tokens::{ApiTokens, CreatedApiToken};
use types::auth::SocketTicket;
use types::channel_tree::{ArrangeChannels, ChannelGroup, ChannelTree};
use types::channels::Channel;
use types::contact_imports::{ContactImport, ContactImports, ImportState};
use types::contact_list::{Tagging, Taggings};
use types::contacts::Contact;
use types::conversations::Conversation;
use types::custom_fields::CustomFields;
use types::id::{
    AgentId, ApiTokenId, AttachmentId, ContactImportId, MessageId, TagId, TaggingId, WebhookDeliveryId, WebhookId,
};
use types::messages::Content;
use types::page::Page;
use types::people::{AgentGroup, AgentGroups};
use types::tags::{TagGroup, TagGroups};

/// One line per operation; the first word is its id.
const TABLE: &str = include_str!("authorisation.txt");

const CALLERS: [&str; 7] = ["nobody", "agent", "supervisor", "admin", "other_admin", "visitor", "other_visitor"];

/// Who asks: the organisation's own people, another's admin, and visitors of both.
pub(crate) struct People {
    pub(crate) home: Organisation,
    away: Organisation,
    agent: AgentCaller,
    supervisor: AgentCaller,
    away_channel: Channel,
}

impl People {
    pub(crate) async fn gather(server: &TestServer) -> Self {
        let (home, away) = (server.organisation().await, server.organisation().await);
        let (agent, supervisor) = (home.agent(Role::Agent).await, home.agent(Role::Supervisor).await);
        let away_channel = away.channel().await;
        Self { home, away, agent, supervisor, away_channel }
    }

    /// The caller of this kind with a fresh identity: some operations end the identity that asks.
    async fn caller(&self, server: &TestServer, kind: &str, visitor: &VisitorCaller) -> Caller {
        match kind {
            "nobody" => (*server.anonymous()).clone(),
            "agent" => (*self.agent.with_own_session().await).clone(),
            "supervisor" => (*self.supervisor.with_own_session().await).clone(),
            "admin" => (*self.home.admin.with_own_session().await).clone(),
            "other_admin" => (*self.away.admin.with_own_session().await).clone(),
            "visitor" => (**visitor).clone(),
            "other_visitor" => {
                let other = server.visit(&self.away_channel.key, None).await;
                other.say("别家的访客").await;
                (*other).clone()
            }
            other => panic!("nobody is called {other}"),
        }
    }
}

/// What the ids in a path stand for: made afresh for every question that may delete them.
pub(crate) struct Targets {
    channel: Channel,
    visitor: VisitorCaller,
    conversation: Conversation,
    /// What the admin has said there.
    answer: MessageId,
    contact: Contact,
    session_id: String,
    /// The organisation's plain agent.
    agent_id: AgentId,
    /// A plain agent whom an admin edits, disables and removes.
    colleague_id: AgentId,
    /// A group of agents.
    agent_group: AgentGroup,
    /// A video of the admin's, and one of the visitor's, that wait to be sent.
    video: AttachmentId,
    visitors_video: AttachmentId,
    channel_tree: ChannelTree,
    /// A group of channels.
    channel_group: ChannelGroup,
    /// A group with one tag.
    tags: TagGroup,
    /// The custom fields, of which there is one.
    custom_fields: CustomFields,
    /// An import of contacts of the admin's.
    contact_import: ContactImportId,
    /// A tagging of the admin's.
    tagging: TaggingId,
    /// A webhook, and something that it was told.
    webhook: (WebhookId, WebhookDeliveryId),
    /// An API token.
    api_token: ApiTokenId,
}

impl Targets {
    pub(crate) async fn make(server: &TestServer, people: &People) -> Self {
        let mut home = people.home.clone();
        home.admin = people.home.admin.with_own_session().await;
        let channel = home.channel().await;
        let visitor = server.visit(&channel.key, None).await;
        visitor.say("你好").await;
        let admin = &home.admin;
        let list = format!("/api/v1/conversations?channel_id={}", channel.id);
        let conversation = admin.get(&list).await.json::<Page<Conversation>>().items.remove(0);
        let answer = admin.say(conversation.id, "您好").await.id;
        let contact = admin.get(&format!("/api/v1/contacts/{}", conversation.contact.id)).await.json();
        let session_id = admin.with_own_session().await.me.session_id.to_string();
        let path = format!("/api/v1/conversations/{}/attachments", conversation.id);
        // The admin of the walk is a person, whichever session they ask from.
        let video = upload(admin, &path).await;
        let visitors_video = upload(&visitor, "/widget/v1/attachments").await;
        let agent_id = people.agent.me.id;
        let colleague_id = home.agent(Role::Agent).await.me.id;
        let agent_group = agent_group(server, admin).await;
        let tags = tags(server, admin).await;
        let channel_group = channel_group(server, admin).await;
        let channel_tree = admin.get("/api/v1/channel-tree").await.json();
        let custom_fields = custom_fields(admin).await;
        let tagging = tagging(admin, tags.tags[0].id).await;
        let contact_import = contact_import(admin).await;
        let webhook = webhooks::one_that_was_tried(admin).await;
        let api_token = api_token(admin).await;
        Self {
            channel,
            visitor,
            conversation,
            answer,
            contact,
            session_id,
            agent_id,
            agent_group,
            channel_group,
            channel_tree,
            colleague_id,
            api_token,
            custom_fields,
            contact_import,
            tagging,
            tags,
            video,
            visitors_video,
            webhook,
        }
    }

    pub(crate) fn path(&self, operation: &Operation) -> String {
        let is_managed = operation.path.starts_with("/api/v1/agents/");
        let agent_id = if is_managed { self.colleague_id } else { self.agent_id };
        let video = if operation.path.starts_with("/widget/") { self.visitors_video } else { self.video };
        operation
            .path
            .replace("{attachment_id}", &video.to_string())
            .replace("{agent_id}", &agent_id.to_string())
            .replace("{agent_group_id}", &self.agent_group.id.to_string())
            .replace("{channel_id}", &self.channel.id.to_string())
            .replace("{conversation_id}", &self.conversation.id.to_string())
            .replace("{message_id}", &self.answer.to_string())
            .replace("{contact_id}", &self.contact.id.to_string())
            .replace("{merge_id}", &self.contact.id.to_string())
            .replace("{session_id}", &self.session_id)
            .replace("{channel_group_id}", &self.channel_group.id.to_string())
            .replace("{group_id}", &self.tags.id.to_string())
            .replace("{field_id}", &self.custom_fields.items[0].id.to_string())
            .replace("{import_id}", &self.contact_import.to_string())
            .replace("{tagging_id}", &self.tagging.to_string())
            .replace("{webhook_id}", &self.webhook.0.to_string())
            .replace("{delivery_id}", &self.webhook.1.to_string())
            .replace("{api_token_id}", &self.api_token.to_string())
            .replace("{tag_id}", &self.tags.tags[0].id.to_string())
            .replace("{page}", "privacy-policy")
            + if operation.id == "search_history" { "?q=hello" } else { "" }
    }
}

/// A body with which the operation succeeds, except where success needs a secret that the caller does not have.
pub(crate) fn body(operation: &Operation, server: &TestServer, people: &People, targets: &Targets) -> Option<Value> {
    operation.value.get("requestBody")?["content"].get("application/json")?;
    let message = || serde_json::to_value(server.text("在吗")).unwrap();
    Some(match operation.id.as_str() {
        "send_verification_code" => json!({"mobile": "13800138000", "proof": {"challenge": "x", "nonce": 0}}),
        "register_organisation" => json!({
            "org_name": "甲", "contact_name": "乙", "email": "a@example.com", "account": "somebody", "password": "lamp violet 1",
            "mobile": "13800138000", "code": "000000", "agreement_accepted": true
        }),
        "login" => json!({"account": people.home.admin.me.account, "password": PASSWORD, "agreements_accepted": true}),
        "send_password_reset_code" => {
            json!({"account": people.home.admin.me.account, "by": "email", "proof": {"challenge": "x", "nonce": 0}})
        }
        "reset_password" => {
            json!({"account": people.home.admin.me.account, "code": "000000", "new_password": "another horse 2"})
        }
        "finish_login" => json!({"second_factor_token": "x", "code": "000000"}),
        "begin_second_factor" => json!({"password": "wrong password 1"}),
        // Nobody of the walk has one: success needs what an app shows.
        "confirm_second_factor" => json!({"code": "000000"}),
        "renew_recovery_codes" | "remove_second_factor" => json!({"password": PASSWORD, "code": "000000"}),
        // What is so already is no conflict, whatever was set before.
        "set_saved_views" => json!({"items": [], "revision": 0}),
        "update_me" => json!({"login_state": "normal"}),
        // Wrong, so that the walk need not hash a new one each time.
        "change_password" => json!({"old_password": "wrong password 1", "new_password": "another horse 2"}),
        // A name for each who asks: an account is taken once.
        "create_agent" => json!({
            "name": "新同事", "account": format!("walk-{}", server.nonce().0.simple()).chars().take(32).collect::<String>(),
            "password": "lamp violet 1", "role": "agent"
        }),
        "update_agent" => json!({"name": "改名"}),
        "set_agent_disabled" => json!({"disabled": false}),
        "set_agent_password" => json!({"password": "another horse 2"}),
        "create_agent_group" => name(server),
        "update_agent_group" => json!({"position": 0}),
        "create_channel_group" | "update_channel_group" => name(server),
        "arrange_channels" => serde_json::to_value(ArrangeChannels::from(&targets.channel_tree)).unwrap(),
        "set_style_version" => json!({"revision": 1}),
        "set_channel_domains" => json!({"items": ["shop.example"]}),
        "set_channel_group" => json!({"group_id": null}),
        "create_channel" => json!({"kind": "website", "name": "新渠道"}),
        "update_channel" => json!({"name": "改名"}),
        "delete_channel" => json!({"name": targets.channel.name}),
        "send_message" | "send_visitor_message" => message(),
        "translate_message" => json!({"language": "en"}),
        "create_note" => json!({"nonce": server.nonce(), "text": "老客户"}),
        "mark_conversation_read" | "mark_visitor_read" => json!({"seq": 1}),
        "personalise_conversation" => json!({"muted": true}),
        "set_visitor_answers" => json!({"answers": []}),
        "set_file_limit" => json!({"max_megabytes": 0}),
        "set_welcome" => json!({"text": "您好"}),
        "set_channel_assignment" => json!({"automatic": true, "group_ids": []}),
        "transfer_conversation" => json!({"agent_id": targets.agent_id}),
        "snooze_conversation" => json!({"until": server.state().clock.now().plus_seconds(60)}),
        // The second who asks changes nothing more.
        "update_contact" => json!({"version": 0, "name": "张三"}),
        // A name for each who asks, as an account.
        "create_tag_group" | "create_tag" => name(server),
        // What is so already.
        "set_custom_fields" => serde_json::to_value(&targets.custom_fields).unwrap(),
        "update_tag_group" => json!({"single_choice": true}),
        "update_tag" => json!({"color": "red"}),
        "set_contact_tags" => json!({"version": 0, "tag_ids": []}),
        "create_contact_export" | "create_audit_export" | "create_import_failure_export" => json!({}),
        // Only tried, so that whoever asks next can begin it too.
        "begin_contact_import" => json!({
            "channel_id": targets.channel.id, "columns": [{"column": 0, "field": {"type": "name"}}], "trial": true
        }),
        // Nameless, so they are named by their number.
        "delete_contact" => json!({"name": targets.contact.number.to_string()}),
        "create_api_token" => json!({"name": "CRM", "scopes": ["tags:read"]}),
        // Whom nobody sees: it is over at once, and the next who asks begins another.
        "create_tagging" => {
            json!({"tag_ids": [targets.tags.tags[0].id], "contact_ids": [server.nonce().0]})
        }
        // On the blacklist the visitor could do nothing in what follows.
        "merge_contacts" => json!({"other_id": targets.contact.id, "version": 0, "other_version": 0}),
        "set_contact_blocked" => json!({"blocked": false}),
        "set_push_subscription" => json!({
            "endpoint": "https://push.example/one",
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg", "language": "zh-CN", "utc_offset_minutes": 480
        }),
        "create_webhook" => json!({"url": webhooks::NOWHERE, "events": ["note_created"]}),
        "update_webhook" => json!({"description": "客户系统"}),
        "replay_failed_webhook_deliveries" => json!({"since": "2026-11-22T08:00:00Z"}),
        "open_visitor_session" => json!({"channel_key": targets.channel.key}),
        other => panic!("say here what the body of {other} is"),
    })
}

async fn upload(caller: &Caller, path: &str) -> AttachmentId {
    let video = &b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"[..];
    let request = caller.request(Method::POST, path).header("content-type", "application/octet-stream").body(video);
    let content: Content = caller.send(request).await.having(201).json();
    content.attachment().expect("a file").id
}

/// A group with a tag: there are only so many, so what is there will do.
async fn tags(server: &TestServer, admin: &AgentCaller) -> TagGroup {
    let groups: TagGroups = admin.get("/api/v1/tag-groups").await.json();
    if let Some(group) = groups.items.into_iter().find(|group| !group.tags.is_empty()) {
        return group;
    }
    let name = name(server);
    let group: TagGroup = admin.post("/api/v1/tag-groups", &name).await.having(201).json();
    admin.post(&format!("/api/v1/tag-groups/{}/tags", group.id), &name).await.having(201).json()
}

/// A group of agents: what is there will do.
async fn agent_group(server: &TestServer, admin: &AgentCaller) -> AgentGroup {
    let groups: AgentGroups = admin.get("/api/v1/agent-groups").await.json();
    match groups.items.into_iter().next() {
        Some(group) => group,
        None => admin.post("/api/v1/agent-groups", &name(server)).await.having(201).json(),
    }
}

/// A group of channels; there are only so many, so what is there will do.
async fn channel_group(server: &TestServer, admin: &AgentCaller) -> ChannelGroup {
    let tree: ChannelTree = admin.get("/api/v1/channel-tree").await.json();
    if let Some(group) = tree.groups.into_iter().next() {
        return group;
    }
    admin.post("/api/v1/channel-groups", &name(server)).await.having(201).json()
}

/// The organisation's custom fields: one.
async fn custom_fields(admin: &AgentCaller) -> CustomFields {
    let before: CustomFields = admin.get("/api/v1/custom-fields").await.json();
    if !before.items.is_empty() {
        return before;
    }
    let set = json!({"version": before.version, "items": [{"name": "公司", "kind": "text"}]});
    admin.put("/api/v1/custom-fields", &set).await.having(200).json()
}

/// A tagging: one that has ended will do.
async fn tagging(admin: &AgentCaller, tag_id: TagId) -> TaggingId {
    let all: Taggings = admin.get("/api/v1/taggings").await.json();
    if let Some(tagging) = all.items.first() {
        return tagging.id;
    }
    let request = json!({"tag_ids": [tag_id], "contact_ids": [admin.me.id.0]});
    admin.post("/api/v1/taggings", &request).await.having(201).json::<Tagging>().id
}

/// A table of contacts that has come: what is there will do, and only so many are kept.
async fn contact_import(admin: &AgentCaller) -> ContactImportId {
    let all: ContactImports = admin.get("/api/v1/contact-imports").await.json();
    if let Some(import) = all.items.iter().find(|import| import.state == ImportState::Ready) {
        return import.id;
    }
    let request = admin.request(Method::POST, "/api/v1/contact-imports");
    let request = request.header("content-type", "application/octet-stream").body(CONTACTS);
    admin.send(request).await.having(201).json::<ContactImport>().id
}

/// A token: what is there will do.
async fn api_token(admin: &AgentCaller) -> ApiTokenId {
    let all: ApiTokens = admin.get("/api/v1/api-tokens").await.json();
    if let Some(token) = all.items.first() {
        return token.id;
    }
    let request = json!({"name": "CRM", "scopes": ["tags:read"]});
    admin.post("/api/v1/api-tokens", &request).await.having(201).json::<CreatedApiToken>().token.id
}

/// A name that no group and no tag has yet.
fn name(server: &TestServer) -> Value {
    json!({"name": server.nonce().0.simple().to_string()[12..]})
}

/// A table of one contact.
const CONTACTS: &[u8] = b"name\nAda\n";

/// A picture of one pixel.
fn pixel() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(1, 1).write_to(&mut out, image::ImageFormat::Png).expect("a picture");
    out.into_inner()
}

pub(crate) async fn ask(caller: &Caller, operation: &Operation, path: &str, body: Option<Value>) -> u16 {
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let is_socket = operation.value["responses"].get("101").is_some();
    let path = if is_socket { format!("{path}?ticket={}", ticket(caller).await) } else { path.to_owned() };
    let mut request = caller.request(method, &path);
    if operation.value["requestBody"]["content"].get("application/octet-stream").is_some() {
        let bytes = if operation.id == "create_contact_import" { CONTACTS.to_vec() } else { pixel() };
        request = request.header("content-type", "application/octet-stream").body(bytes);
    } else if let Some(body) = body {
        request = request.json(&body);
    }
    if is_socket {
        request = request
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    }
    request.send().await.expect("the server answers").status().as_u16()
}

/// A ticket of whichever side the caller belongs to.
async fn ticket(caller: &Caller) -> String {
    for path in ["/api/v1/me/socket-tickets", "/widget/v1/socket-tickets"] {
        let answer = caller.post_empty(path).await;
        if answer.status == 201 {
            return answer.json::<SocketTicket>().ticket;
        }
    }
    "none".to_owned()
}

async fn the_walk_of_every_operation_by_every_caller_is_as_the_table_says(server: TestServer) {
    let _service = translating::on(&server).await;
    server
        .reconfigure(|config| {
            config.limits.requests_per_minute = 1_000_000;
            config.limits.login_failures_per_account = 1000;
            config.limits.visitor_uploads_per_ip_per_minute = 1000;
        })
        .await;
    let people = People::gather(&server).await;
    let mut targets = Targets::make(&server, &people).await;
    let mut walked = String::new();
    for operation in operations() {
        write!(walked, "{:<30}", operation.id).unwrap();
        for kind in CALLERS {
            // What one caller deletes the next must find again; nothing else stands in anybody's way.
            let is_gone = operation.method == "DELETE" && operation.path.contains('{');
            // What was recalled before has no words any more, and what was arranged before has another revision.
            if is_gone || ["translate_message", "arrange_channels"].contains(&operation.id.as_str()) {
                targets = Targets::make(&server, &people).await;
            }
            let caller = people.caller(&server, kind, &targets.visitor).await;
            let body = body(&operation, &server, &people, &targets);
            let status = ask(&caller, &operation, &targets.path(&operation), body).await;
            write!(walked, " {status:>13}").unwrap();
        }
        walked.push('\n');
    }
    let table: String =
        TABLE.lines().filter(|line| !line.starts_with('#')).fold(String::new(), |text, line| text + line + "\n");
    assert!(walked == table, "authorisation.txt says otherwise. What the server does:\n{walked}");
}

testkit::db_tests!(the_walk_of_every_operation_by_every_caller_is_as_the_table_says);
