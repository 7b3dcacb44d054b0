//! The organisation's own people: edited, disabled, removed and grouped by admins, and what they have handed on.

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{AgentCaller, Answer, Organisation, TestServer, db_tests};
use types::agents::{Agent, Me, Role};
use types::audit::{AgentChange, AuditAction, AuditEntry};
use types::contacts::Contact;
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::ConversationId;
use types::page::Page;
use types::people::{AgentContents, AgentGroup, AgentGroups};

db_tests!(
    what_an_admin_edits_is_told_remembered_and_in_force_at_once,
    a_switch_lets_an_account_do_more_than_its_role_and_only_that,
    another_role_is_felt_on_open_sockets,
    who_has_another_password_or_is_disabled_is_signed_out_everywhere,
    of_two_admins_who_disable_each_other_at_once_one_stays,
    nobody_ends_themselves_and_the_last_admin_stays,
    what_somebody_had_is_handed_on_to_a_colleague_or_waits,
    who_was_removed_is_no_choice_and_stays_the_author_of_what_they_wrote,
    groups_are_named_ordered_and_filled_from_both_sides,
);

fn of(agent: &AgentCaller) -> String {
    format!("/api/v1/agents/{}", agent.me.id)
}

async fn edit(admin: &AgentCaller, agent: &AgentCaller, patch: Value) -> Answer {
    admin.patch(&of(agent), &patch).await
}

async fn disable(admin: &AgentCaller, agent: &AgentCaller, heir: Option<&AgentCaller>) -> Answer {
    let heir_id = heir.map(|heir| heir.me.id);
    admin.put(&format!("{}/disabled", of(agent)), &json!({"disabled": true, "heir_id": heir_id})).await
}

async fn log(admin: &AgentCaller) -> Vec<AuditAction> {
    let page: Page<AuditEntry> = admin.deeds().await;
    let actions = page.items.into_iter().map(|entry| entry.action);
    // The channels of a test are made on its way.
    actions.filter(|action| !matches!(action, AuditAction::ChannelCreated { .. })).collect()
}

async fn cursor(agent: &AgentCaller) -> i64 {
    agent.get("/api/v1/events").await.json::<EventsAfter>().cursor
}

async fn heard(agent: &AgentCaller, after: i64) -> Vec<Event> {
    let heard: EventsAfter = agent.get(&format!("/api/v1/events?after={after}")).await.json();
    heard.items.into_iter().map(|one| one.event).collect()
}

/// A conversation that is the agent's.
async fn given(server: &TestServer, organisation: &Organisation, agent: &AgentCaller) -> ConversationId {
    let id = server.visit(&organisation.channel().await.key, None).await.say("你好").await.conversation_id;
    agent.is_given(id).await;
    id
}

async fn what_an_admin_edits_is_told_remembered_and_in_force_at_once(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let colleague = organisation.agent(Role::Agent).await;
    let (start, own) = (cursor(&colleague).await, cursor(&agent).await);
    let settings = json!({"level": 3, "capacity": 20, "sees_contact_details": true, "edits_quick_replies": true});
    let patch = json!({"name": " 林小满 ", "account": "Lin.Xiaoman", "email": "", "settings": settings});
    let edited: Agent = edit(admin, &agent, patch.clone()).await.having(200).json();
    let set = edited.settings.clone().expect("an admin is told");
    assert_eq!(
        (edited.name.as_str(), edited.account.as_deref(), edited.email.as_str()),
        ("林小满", Some("lin.xiaoman"), "")
    );
    assert_eq!((set.level, set.capacity, set.edits_quick_replies, set.edits_automatic_replies), (3, 20, true, false));

    let me: Me = agent.get("/api/v1/me").await.json();
    assert_eq!((me.name.as_str(), me.account.as_str(), me.edits_quick_replies), ("林小满", "lin.xiaoman", true));
    let told = heard(&agent, own).await;
    assert!(told.iter().any(|event| matches!(event, Event::MeUpdated { me } if me.name == "林小满")), "{told:?}");
    let renamed = Event::AgentUpdated { agent_id: agent.me.id, name: "林小满".to_owned(), avatar_id: None };
    assert_eq!(heard(&colleague, start).await, [Event::AgentEdited { agent_id: agent.me.id }, renamed]);
    let seen: Agent = colleague.get(&of(&agent)).await.json();
    assert_eq!((seen.name.as_str(), seen.settings), ("林小满", None), "what is set is for admins alone");

    use AgentChange::{Account, Capacity, EditsQuickReplies, Email, Level, Name};
    let fields = vec![Name, Account, Email, Level, Capacity, EditsQuickReplies];
    let edited_name = "林小满".to_owned();
    let logged = log(admin).await;
    let [AuditAction::AgentEdited { edited_id, edited_name: name, fields: changed, changes }] = logged.as_slice()
    else {
        panic!("{logged:?}")
    };
    assert_eq!((*edited_id, name, changed), (agent.me.id, &edited_name, &fields));
    let from_to: Vec<_> = changes.iter().map(|change| (change.field, change.to.as_str())).collect();
    assert!(from_to.contains(&(Name, "林小满")) && from_to.contains(&(EditsQuickReplies, "true")), "{changes:?}");
    assert!(changes.iter().all(|change| change.field != Email && change.from != change.to), "{changes:?}");
    let before = cursor(admin).await;
    edit(admin, &agent, patch).await.expect(200);
    assert_eq!((cursor(admin).await, log(admin).await.len()), (before, 1), "what is so already is no deed");

    let taken = edit(admin, &colleague, json!({"account": "lin.xiaoman"})).await.having(422);
    assert_eq!(taken.faults(), [("account".to_owned(), FieldCode::Taken)]);
    server.anonymous().sign_in("lin.xiaoman").await;
    for who in [&colleague, &server.organisation().await.admin] {
        let refused = edit(who, &agent, json!({"name": "谁"})).await;
        assert!([403, 404].contains(&refused.status), "{refused:?}");
    }
}

async fn a_switch_lets_an_account_do_more_than_its_role_and_only_that(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let welcome = json!({"text": "您好"});
    agent.put("/api/v1/welcome", &welcome).await.expect(403);
    edit(admin, &agent, json!({"settings": {"edits_automatic_replies": true}})).await.expect(200);
    agent.put("/api/v1/welcome", &welcome).await.expect(200);
    agent.put("/api/v1/organisation/file-limit", &json!({"max_megabytes": 5})).await.expect(403);
    edit(admin, &agent, json!({"settings": {}})).await.expect(200);
    agent.put("/api/v1/welcome", &welcome).await.expect(403);

    let id = given(&server, &organisation, &agent).await;
    let contact = format!("/api/v1/contacts/{}", admin.conversation(id).await.contact.id);
    admin.patch(&contact, &json!({"version": 0, "phone": "13912345678"})).await.expect(200);
    let phone = async || agent.get(&contact).await.json::<Contact>().phone;
    assert_eq!(phone().await.as_deref(), Some("13912345678"));
    edit(admin, &agent, json!({"settings": {"sees_contact_details": false}})).await.expect(200);
    assert_eq!(phone().await.as_deref(), Some("139******78"), "with the token from before");
}

async fn another_role_is_felt_on_open_sockets(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let (mut socket, _) = agent.socket().await;
    let others = given(&server, &organisation, admin).await;
    let path = format!("/api/v1/conversations/{others}");
    for (role, status) in [("supervisor", 200), ("agent", 404)] {
        server.clock.advance(1);
        edit(admin, &agent, json!({"role": role})).await.expect(200);
        agent.get(&path).await.expect(status);
        socket.heard_so_far().await;
        admin.say(others, "在").await;
        let said = socket.heard_so_far().await;
        let hears = said.iter().any(|frame| serde_json::to_value(frame).unwrap()["event"]["type"] == "message_created");
        assert_eq!(hears, status == 200, "{role}: {said:?}");
    }
    let [to_agent, to_supervisor]: [AuditAction; 2] = log(admin).await.try_into().expect("two entries");
    assert!(matches!(to_agent, AuditAction::AgentRoleChanged { from: Role::Supervisor, to: Role::Agent, .. }));
    assert!(matches!(to_supervisor, AuditAction::AgentRoleChanged { from: Role::Agent, to: Role::Supervisor, .. }));
}

async fn who_has_another_password_or_is_disabled_is_signed_out_everywhere(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let (mut one, _) = agent.socket().await;
    let (mut two, _) = agent.on_another_device().await.socket().await;
    let password = format!("{}/password", of(&agent));
    let weak = admin.put(&password, &json!({"password": agent.me.account})).await.having(422);
    assert_eq!(weak.faults()[0].1, FieldCode::Guessable);
    admin.put(&password, &json!({"password": "harbour lamp 77"})).await.expect(204);
    assert_eq!((one.closed().await, two.closed().await), (4401, 4401));
    agent.get("/api/v1/me").await.expect(401);
    let again = server.anonymous().sign_in_with(&agent.me.account, "harbour lamp 77").await;
    let (mut three, _) = again.socket().await;
    server.clock.advance(1);
    disable(admin, &agent, None).await.expect(200);
    assert_eq!(three.closed().await, 4401);
    again.get("/api/v1/me").await.expect(401);
    let login = json!({"account": agent.me.account, "password": "harbour lamp 77", "agreements_accepted": true});
    server.anonymous().post("/api/v1/auth/sessions", &login).await.expect(401);
    server.clock.advance(1);
    admin.put(&format!("{}/disabled", of(&agent)), &json!({"disabled": false})).await.expect(200);
    again.get("/api/v1/me").await.expect(401);
    server.anonymous().sign_in_with(&agent.me.account, "harbour lamp 77").await;
    let done = log(admin).await;
    assert!(
        matches!(
            done.as_slice(),
            [
                AuditAction::AgentEnabled { .. },
                AuditAction::AgentDisabled { .. },
                AuditAction::AgentPasswordReset { .. }
            ]
        ),
        "{done:?}"
    );
}

async fn of_two_admins_who_disable_each_other_at_once_one_stays(server: TestServer) {
    for demotes in [false, true] {
        let organisation = server.organisation().await;
        let (one, two) = (&organisation.admin, organisation.agent(Role::Admin).await);
        let strike = async |by: &AgentCaller, other: &AgentCaller| match demotes {
            true => edit(by, other, json!({"role": "agent"})).await.status,
            false => disable(by, other, None).await.status,
        };
        let (first, second) = join(strike(one, &two), strike(&two, one)).await;
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200);
        assert!([401, 403, 409].contains(&statuses[1]), "{statuses:?}");
        let survivor = if first == 200 { one } else { &two };
        let agents: Page<Agent> = survivor.get("/api/v1/agents").await.having(200).json();
        let admins = agents.items.iter().filter(|agent| agent.role == Role::Admin && !agent.disabled);
        assert_eq!(admins.count(), 1);
    }
}

async fn nobody_ends_themselves_and_the_last_admin_stays(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, other) = (&organisation.admin, organisation.agent(Role::Admin).await);
    let everything = async |by: &AgentCaller, agent: &AgentCaller| {
        let patch = edit(by, agent, json!({"role": "supervisor"})).await;
        let answers = [patch, disable(by, agent, None).await, by.delete(&of(agent)).await];
        answers.map(|answer| (answer.status, answer.code()))
    };
    assert_eq!(everything(admin, admin).await, [(409, ErrorCode::Conflict); 3]);
    let own = admin.put(&format!("{}/password", of(admin)), &json!({"password": "harbour lamp 77"})).await;
    own.expect(409);
    // The last one who can sign in, whoever asks: a disabled admin is none.
    disable(admin, &other, None).await.expect(200);
    edit(admin, &other, json!({"role": "agent"})).await.expect(200);
    edit(admin, &other, json!({"role": "admin"})).await.expect(200);
    admin.put(&format!("{}/disabled", of(&other)), &json!({"disabled": false})).await.expect(200);
    let other = server.anonymous().sign_in(&other.me.account).await;
    other.delete(&of(admin)).await.expect(204);
    admin.get("/api/v1/me").await.expect(401);
    assert_eq!(everything(&other, &other).await, [(409, ErrorCode::Conflict); 3]);
}

async fn what_somebody_had_is_handed_on_to_a_colleague_or_waits(server: TestServer) {
    let organisation = server.organisation().await;
    let admin = &organisation.admin;
    let [leaver, heir, third] = [
        organisation.agent(Role::Agent).await,
        organisation.agent(Role::Agent).await,
        organisation.agent(Role::Agent).await,
    ];
    let (first, second) = (given(&server, &organisation, &leaver).await, given(&server, &organisation, &leaver).await);
    let others = given(&server, &organisation, &third).await;
    let member = async |id: ConversationId, agent: &AgentCaller| {
        let path = format!("/api/v1/conversations/{id}/members/{}", agent.me.id);
        admin.request(Method::PUT, &path).send().await.unwrap();
    };
    member(first, &heir).await;
    member(others, &leaver).await;
    let contents: AgentContents = admin.get(&format!("{}/contents", of(&leaver))).await.having(200).json();
    assert_eq!((contents.conversations, contents.memberships), (2, 1));
    let wrong = disable(admin, &leaver, Some(&leaver)).await.having(422);
    assert_eq!(wrong.faults(), [("heir_id".to_owned(), FieldCode::Wrong)]);

    let start = cursor(&heir).await;
    server.clock.advance(1);
    disable(admin, &leaver, Some(&heir)).await.expect(200);
    for id in [first, second] {
        let now = heir.conversation(id).await;
        assert_eq!((now.assignee_id, now.members.as_slice()), (Some(heir.me.id), &[][..]));
    }
    assert_eq!(third.conversation(others).await.members, [], "and takes part in nothing any more");
    let told = heard(&heir, start).await;
    let handed = told.iter().filter(
        |event| matches!(event, Event::ConversationAssigned { standing, .. } if standing.assignee_id == Some(heir.me.id)),
    );
    assert_eq!(handed.count(), 2, "{told:?}");
    let AuditAction::AgentDisabled { conversations, heir_name, .. } = log(admin).await.remove(0) else { panic!() };
    assert_eq!((conversations, heir_name), (2, Some(heir.me.name.clone())));

    admin.delete(&of(&heir)).await.expect(204);
    let waiting: Page<types::conversations::Conversation> =
        admin.get("/api/v1/conversations?assigned=nobody").await.having(200).json();
    let mut ids: Vec<ConversationId> = waiting.items.iter().map(|one| one.id).collect();
    let mut expected = vec![first, second];
    ids.sort_unstable();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let left = store::handing_on::unfinished(server.state().db.reader()).await.unwrap();
    assert_eq!(left, [], "nothing is orphaned");
}

async fn who_was_removed_is_no_choice_and_stays_the_author_of_what_they_wrote(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let id = given(&server, &organisation, &agent).await;
    agent.say(id, "九十九元").await;
    let start = cursor(admin).await;
    admin.delete(&of(&agent)).await.expect(204);
    let told = heard(admin, start).await;
    assert!(told.contains(&Event::AgentRemoved { agent_id: agent.me.id }), "{told:?}");
    let agents: Page<Agent> = admin.get("/api/v1/agents").await.json();
    assert!(agents.items.iter().all(|one| one.id != agent.me.id));
    admin.get(&of(&agent)).await.expect(404);
    admin.delete(&of(&agent)).await.expect(404);
    let member = format!("/api/v1/conversations/{id}/members/{}", agent.me.id);
    assert_eq!(admin.request(Method::PUT, &member).send().await.unwrap().status(), 404);
    let said: Value = admin.get(&format!("/api/v1/conversations/{id}/messages")).await.json();
    assert!(said.to_string().contains(&agent.me.name), "{said}");
    let AuditAction::AgentRemoved { account, removed_name, .. } = log(admin).await.remove(0) else { panic!() };
    assert_eq!((account, removed_name), (agent.me.account.clone(), agent.me.name.clone()));
    // The account is free for somebody else.
    let next = json!({"name": "接班", "account": agent.me.account, "password": "harbour lamp 77", "role": "agent"});
    let next: Agent = admin.post("/api/v1/agents", &next).await.having(201).json();
    assert_ne!(next.id, agent.me.id);
}

async fn groups_are_named_ordered_and_filled_from_both_sides(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    let add = async |name: &str| admin.post("/api/v1/agent-groups", &json!({"name": name})).await;
    let [sales, service]: [AgentGroup; 2] =
        [add("售前").await.having(201).json(), add("售后").await.having(201).json()];
    assert_eq!(add(" 售前 ").await.having(422).faults(), [("name".to_owned(), FieldCode::Taken)]);
    let listed = async || admin.get("/api/v1/agent-groups").await.having(200).json::<AgentGroups>().items;
    let path = |group: &AgentGroup| format!("/api/v1/agent-groups/{}", group.id);
    admin.patch(&path(&service), &json!({"position": 0, "name": "售后组"})).await.expect(200);
    admin.patch(&path(&sales), &json!({"agent_ids": [agent.me.id]})).await.expect(200);
    edit(admin, &agent, json!({"settings": {"group_ids": [service.id, sales.id]}})).await.expect(200);
    let names: Vec<(String, u16, usize)> =
        listed().await.into_iter().map(|group| (group.name, group.position, group.agent_ids.len())).collect();
    assert_eq!(names, [("售后组".to_owned(), 0, 1), ("售前".to_owned(), 1, 1)]);
    let stranger = server.organisation().await.admin;
    let wrong = admin.patch(&path(&sales), &json!({"agent_ids": [stranger.me.id]})).await.having(422);
    assert_eq!(wrong.faults(), [("agent_ids".to_owned(), FieldCode::Wrong)]);
    stranger.delete(&path(&sales)).await.expect(404);
    agent.get("/api/v1/agent-groups").await.expect(403);
    admin.delete(&path(&service)).await.expect(204);
    let now: Agent = admin.get(&of(&agent)).await.json();
    assert_eq!(now.settings.unwrap().group_ids, [sales.id]);
    admin.delete(&of(&agent)).await.expect(204);
    assert_eq!(listed().await[0].agent_ids, [], "who was removed is in no group");
}
