//! Who visitors are to the company: proven or refused, on one device and several, before and after they have written.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use testkit::visitor::visit_request;
use testkit::{AgentCaller, TestServer, VisitorCaller, db_tests};
use types::agents::Role;
use types::audit::AuditAction;
use types::channels::Channel;
use types::contacts::{Contact, ContactField, ContactPatch};
use types::error::ErrorCode;
use types::events::Event;
use types::id::{ChannelId, ContactId};
use types::identity::{ChannelIdentity, IdentityOutcome, IdentitySecret, VisitorIdentity};
use types::visitors::{OpenVisitorSession, VisitorSession};

db_tests!(
    an_account_is_one_contact_on_every_device,
    whoever_uses_the_same_browser_before_or_after_reads_nothing_of_the_account,
    a_wrong_proof_opens_nothing,
    a_secret_is_shown_once_and_the_one_before_is_good_for_a_day,
    nobody_on_the_blacklist_comes_back_by_their_account,
);

pub(crate) fn identity(secret: &str, user_id: &str) -> VisitorIdentity {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(user_id.as_bytes());
    VisitorIdentity {
        user_id: user_id.to_owned(),
        user_hash: hex::encode(mac.finalize().into_bytes()),
        name: Some("林小满".to_owned()),
        phone: Some("13800138000".to_owned()),
    }
}

pub(crate) async fn secret_of(admin: &AgentCaller, channel: ChannelId) -> IdentitySecret {
    admin.post_empty(&format!("/api/v1/channels/{channel}/identity/secret")).await.having(201).json()
}

fn request(channel: &Channel, token: Option<&str>, who: &VisitorIdentity) -> OpenVisitorSession {
    OpenVisitorSession { identity: Some(who.clone()), ..visit_request(&channel.key, token) }
}

pub(crate) async fn visit(
    server: &TestServer,
    channel: &Channel,
    token: Option<&str>,
    who: &VisitorIdentity,
) -> VisitorCaller {
    let request = request(channel, token, who);
    let session: VisitorSession = server.anonymous().post("/widget/v1/sessions", &request).await.having(200).json();
    server.visitor(session)
}

async fn contact(agent: &AgentCaller, id: ContactId) -> Contact {
    agent.get(&format!("/api/v1/contacts/{id}")).await.having(200).json()
}

async fn an_account_is_one_contact_on_every_device(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let other = organisation.channel().await;
    let secret = secret_of(&admin, channel.id).await.secret;
    let who = identity(&secret, "u-17");
    // Two devices, before anything was written: no row ties them together yet.
    let (phone, computer) = (visit(&server, &channel, None, &who).await, visit(&server, &channel, None, &who).await);
    assert_eq!(phone.session.identity, Some(IdentityOutcome::Verified));
    assert_eq!(phone.session.contact_id, computer.session.contact_id);
    phone.say("从手机").await;
    computer.say("从电脑").await;
    let found = contact(&admin, phone.session.contact_id).await;
    assert_eq!((found.external_id.as_deref(), found.name.as_deref()), (Some("u-17"), Some("林小满")));
    assert_eq!(found.phone.as_deref(), Some("13800138000"));
    let third = visit(&server, &channel, None, &who).await;
    assert_eq!((third.session.contact_id, third.session.messages.items.len()), (phone.session.contact_id, 2));
    // Somebody else at the same device is somebody else, whatever token it has kept.
    let neighbour = visit(&server, &channel, Some(phone.token()), &identity(&secret, "u-18")).await;
    assert_ne!(neighbour.session.contact_id, phone.session.contact_id);
    assert_eq!(neighbour.session.messages.items, []);
    // Another channel has a secret of its own.
    let elsewhere = visit(&server, &other, None, &who).await;
    assert_eq!(elsewhere.session.identity, Some(IdentityOutcome::Refused));
    // Who may not see details has neither number nor account.
    let colleague = organisation.agent(Role::Supervisor).await;
    colleague.sees_no_details().await;
    let masked = contact(&colleague, phone.session.contact_id).await;
    assert!(masked.masked.contains(&ContactField::ExternalId));
    assert_eq!(masked.external_id.as_deref(), Some("****"));
}

async fn whoever_uses_the_same_browser_before_or_after_reads_nothing_of_the_account(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let secret = secret_of(&admin, channel.id).await.secret;
    let nameless = server.visit(&channel.key, None).await;
    nameless.say("还没登录").await;
    let who = identity(&secret, "u-17");
    let known = visit(&server, &channel, Some(nameless.token()), &who).await;
    assert_ne!(known.session.contact_id, nameless.session.contact_id, "the token of before leads elsewhere");
    // Signed out before a word was written, without the proof: the token opens nothing of the account's, a wrong proof neither.
    let silent = server.visit(&channel.key, Some(known.token())).await;
    assert_ne!(silent.session.contact_id, known.session.contact_id);
    let forged = VisitorIdentity { user_hash: "0".repeat(64), ..who.clone() };
    let refused = visit(&server, &channel, Some(known.token()), &forged).await;
    assert_ne!(refused.session.contact_id, known.session.contact_id);
    let again = visit(&server, &channel, Some(known.token()), &who).await;
    assert_eq!(again.session.contact_id, known.session.contact_id);
    let conversation_id = known.say("登录了").await.conversation_id;
    let before = server.visit(&channel.key, Some(nameless.token())).await;
    assert_eq!(before.session.messages.items.len(), 1, "only what they have said themselves");
    // And after: the browser's token opens a new chat.
    let after = server.visit(&channel.key, Some(known.token())).await;
    assert_ne!(after.session.contact_id, known.session.contact_id);
    assert_eq!((after.session.conversation_id, after.session.messages.items.len()), (None, 0));
    let refused = visit(&server, &channel, Some(known.token()), &forged).await;
    assert_ne!(refused.session.contact_id, known.session.contact_id);

    // What agents have noted stays: a visit fills only what is empty.
    let (mut console, _) = admin.socket().await;
    let told = contact(&admin, known.session.contact_id).await;
    let patch = ContactPatch { version: told.version, name: Some("林女士".to_owned()), ..ContactPatch::default() };
    let edited: Contact = admin.patch(&format!("/api/v1/contacts/{}", told.id), &patch).await.having(200).json();
    assert_eq!(
        console.event().await.1,
        Event::ContactUpdated { conversation_id: Some(conversation_id), contact: Box::new(edited.clone()) }
    );
    server.clock.advance(300_000);
    let same = visit(&server, &channel, None, &who).await;
    assert_eq!(same.session.conversation_id, Some(conversation_id));
    assert_eq!(contact(&admin, told.id).await.name, edited.name);
}

async fn a_wrong_proof_opens_nothing(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let secret = secret_of(&admin, channel.id).await.secret;
    let owner = visit(&server, &channel, None, &identity(&secret, "u-17")).await;
    owner.say("秘密").await;
    for forged in [
        identity("another secret", "u-17"),
        VisitorIdentity { user_id: "u-17".to_owned(), ..identity(&secret, "u-18") },
        VisitorIdentity { user_hash: "0".repeat(64), ..identity(&secret, "u-17") },
    ] {
        let stranger = visit(&server, &channel, None, &forged).await;
        assert_eq!(stranger.session.identity, Some(IdentityOutcome::Refused));
        assert_ne!(stranger.session.contact_id, owner.session.contact_id);
        assert_eq!((stranger.session.messages.items.len(), stranger.session.conversation_id), (0, None));
        stranger.say("是我").await;
        let nobody = contact(&admin, stranger.session.contact_id).await;
        assert_eq!((nobody.external_id, nobody.name, nobody.phone), (None, None, None));
    }
    let unreadable = VisitorIdentity { user_hash: "abc".to_owned(), ..identity(&secret, "u-17") };
    let answer = server.anonymous().post("/widget/v1/sessions", &request(&channel, None, &unreadable)).await;
    let problem = answer.having(422).problem();
    assert_eq!(problem.errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["identity.user_hash"]);
}

async fn a_secret_is_shown_once_and_the_one_before_is_good_for_a_day(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let address = format!("/api/v1/channels/{}/identity", channel.id);
    let state = async || admin.get(&address).await.having(200).json::<ChannelIdentity>();
    assert_eq!(state().await, ChannelIdentity::default());
    let first = secret_of(&admin, channel.id).await;
    assert_eq!(state().await, first.identity);
    assert!(!admin.get(&address).await.having(200).text().contains(&first.secret));
    server.clock.advance(1);
    let second = secret_of(&admin, channel.id).await;
    assert_ne!(first.secret, second.secret);
    let outcome = async |secret: &str| visit(&server, &channel, None, &identity(secret, "u-17")).await.session.identity;
    assert_eq!(outcome(&first.secret).await, Some(IdentityOutcome::Verified));
    assert_eq!(outcome(&second.secret).await, Some(IdentityOutcome::Verified));
    server.clock.advance(24 * 60 * 60 * 1_000);
    // The admin's own access token has expired meanwhile.
    let admin = server.anonymous().sign_in(&admin.me.account).await;
    assert_eq!(outcome(&first.secret).await, Some(IdentityOutcome::Refused));
    assert_eq!(outcome(&second.secret).await, Some(IdentityOutcome::Verified));
    let now: ChannelIdentity = admin.get(&address).await.having(200).json();
    assert_eq!(now.previous_until, None);
    server.clock.advance(1);
    for _ in 0..2 {
        admin.delete(&format!("{address}/secret")).await.expect(204);
    }
    assert_eq!(outcome(&second.secret).await, Some(IdentityOutcome::Refused));
    let deeds: Vec<_> = admin.deeds().await.items.into_iter().map(|entry| entry.action).take(3).collect();
    let (channel_id, name) = (channel.id, channel.name.clone());
    assert_eq!(
        deeds,
        [
            AuditAction::ChannelIdentitySecretRemoved { channel_id, name: name.clone() },
            AuditAction::ChannelIdentitySecretSet { channel_id, name: name.clone() },
            AuditAction::ChannelIdentitySecretSet { channel_id, name },
        ]
    );
}

async fn nobody_on_the_blacklist_comes_back_by_their_account(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let who = identity(&secret_of(&admin, channel.id).await.secret, "u-17");
    let visitor = visit(&server, &channel, None, &who).await;
    visitor.say("你好").await;
    let blocked = types::contacts::SetBlocked { blocked: true };
    admin.put(&format!("/api/v1/contacts/{}/blocked", visitor.session.contact_id), &blocked).await.expect(200);
    let answer = server.anonymous().post("/widget/v1/sessions", &request(&channel, None, &who)).await;
    assert_eq!(answer.problem().code, ErrorCode::ChannelDisabled);
}
