//! Colleagues: who is listed, what of them is shown to whom, whether they are there, and how they are added.

use serde_json::json;
use server::clock::Clock;
use store::agents::NewAgent;
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::{Agent, AgentField, CreateAgent, LoginState, Presence, Role};
use types::audit::{AuditAction, AuditEntry};
use types::error::{ErrorCode, FieldCode};
use types::events::{Event, EventsAfter};
use types::id::AgentId;
use types::limits;
use types::page::Page;
use types::people::AgentSettings;
use uuid::Uuid;

db_tests!(
    colleagues_are_listed_page_by_page_and_others_organisations_are_not,
    details_are_masked_for_agents_and_whole_for_those_who_lead_and_for_oneself,
    who_is_connected_and_receives_is_online,
    who_was_added_signs_in_and_every_colleague_hears_of_it,
    what_is_wrong_with_somebody_new_names_the_field,
    an_account_is_taken_once_over_all_organisations,
    an_organisation_has_so_many_agents_and_adds_so_many_an_hour,
);

/// Somebody new, without what need not be said.
pub(crate) fn colleague(account: &str) -> CreateAgent {
    CreateAgent {
        name: "王晓".to_owned(),
        account: account.to_owned(),
        password: "lamp violet 47 harbour".to_owned(),
        role: Role::Agent,
        email: None,
        mobile: None,
        settings: AgentSettings::default(),
    }
}

async fn listed(caller: &AgentCaller) -> Vec<Agent> {
    let (mut agents, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page: Page<Agent> = caller.get(&format!("/api/v1/agents?{query}")).await.having(200).json();
        assert!(page.items.len() <= 2);
        agents.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => return agents,
        }
    }
}

async fn one(caller: &AgentCaller, agent: &AgentCaller) -> Agent {
    caller.get(&format!("/api/v1/agents/{}", agent.me.id)).await.having(200).json()
}

async fn colleagues_are_listed_page_by_page_and_others_organisations_are_not(server: TestServer) {
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    let mut all = vec![organisation.admin.clone()];
    for role in [Role::Agent, Role::Supervisor, Role::Agent, Role::Agent] {
        all.push(organisation.agent(role).await);
    }
    let mut expected: Vec<_> = all.iter().map(|agent| (agent.me.id, agent.me.role, agent.me.name.clone())).collect();
    // The clock stands still: accounts of one moment come in the order of their ids.
    expected.sort_unstable_by_key(|(id, ..)| *id);
    for caller in &all {
        let found = listed(caller).await;
        assert_eq!(found.iter().map(|one| (one.id, one.role, one.name.clone())).collect::<Vec<_>>(), expected);
    }
    assert_eq!(listed(&other.admin).await.len(), 1);
    let path = format!("/api/v1/agents/{}", organisation.admin.me.id);
    other.admin.get(&path).await.expect(404);
    let page: Page<Agent> = organisation.admin.get("/api/v1/agents?limit=1").await.json();
    let cursor = page.next_cursor.unwrap();
    organisation.admin.get(&format!("/api/v1/audit?cursor={cursor}")).await.expect(400);
}

async fn details_are_masked_for_agents_and_whole_for_those_who_lead_and_for_oneself(server: TestServer) {
    let organisation = server.organisation().await;
    let (agent, supervisor) = (organisation.agent(Role::Agent).await, organisation.agent(Role::Supervisor).await);
    for caller in [&organisation.admin, &supervisor, &agent] {
        let seen = one(caller, &agent).await;
        assert_eq!(seen.account.as_ref(), Some(&agent.me.account));
        assert_eq!((seen.email.as_str(), seen.mobile.as_str()), ("someone@example.com", "13800138000"));
        assert_eq!(seen.masked, []);
    }
    let masked = one(&agent, &supervisor).await;
    assert_eq!(masked, listed(&agent).await.into_iter().find(|one| one.id == supervisor.me.id).unwrap());
    assert_eq!((masked.email.as_str(), masked.mobile.as_str()), ("s***@example.com", "138******00"));
    assert_eq!((masked.account, masked.name), (None, supervisor.me.name.clone()));
    assert_eq!(masked.masked, [AgentField::Account, AgentField::Email, AgentField::Mobile]);
}

async fn who_is_connected_and_receives_is_online(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, agent) = (&organisation.admin, organisation.agent(Role::Agent).await);
    assert_eq!(one(admin, &agent).await.presence, Presence::Offline);
    let (socket, _) = agent.socket().await;
    let (mut second, _) = agent.on_another_device().await.socket().await;
    assert_eq!(one(admin, &agent).await.presence, Presence::Online);
    assert_eq!(one(admin, admin).await.presence, Presence::Offline, "who asks over HTTP has no console open");
    agent.patch("/api/v1/me", &json!({"login_state": "suspended"})).await.expect(200);
    assert_eq!(one(admin, &agent).await.presence, Presence::Suspended);
    agent.patch("/api/v1/me", &json!({"login_state": "normal"})).await.expect(200);
    drop(socket);
    agent.delete("/api/v1/auth/sessions").await.expect(204);
    assert_eq!(second.closed().await, 4401);
    let gone = async {
        while one(admin, &agent).await.presence != Presence::Offline {
            tokio::task::yield_now().await;
        }
    };
    testkit::in_time("the sockets are gone", gone).await;
}

async fn who_was_added_signs_in_and_every_colleague_hears_of_it(server: TestServer) {
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    let agent = organisation.agent(Role::Agent).await;
    let start: EventsAfter = agent.get("/api/v1/events").await.json();
    let elsewhere: EventsAfter = other.admin.get("/api/v1/events").await.json();
    let email = Some("wang@example.com".to_owned());
    let request = CreateAgent { name: " 王晓 ".to_owned(), role: Role::Supervisor, email, ..colleague("Wang.Xiao") };
    let added: Agent = organisation.admin.post("/api/v1/agents", &request).await.having(201).json();
    assert_eq!((added.name.as_str(), added.role, added.presence), ("王晓", Role::Supervisor, Presence::Offline));
    assert_eq!(added.account.as_deref(), Some("wang.xiao"), "accounts are kept in lower case");
    assert_eq!((added.email.as_str(), added.mobile.as_str(), added.disabled), ("wang@example.com", "", false));
    assert!(listed(&organisation.admin).await.contains(&added));
    assert!(!listed(&other.admin).await.iter().any(|one| one.id == added.id));

    let path = format!("/api/v1/events?after={}", start.cursor);
    let heard: EventsAfter = agent.get(&path).await.json();
    let [event] = heard.items.as_slice() else { panic!("{heard:?}") };
    let expected = Event::AgentCreated { agent_id: added.id, name: "王晓".to_owned(), role: Role::Supervisor };
    assert_eq!(event.event, expected, "and nothing of what is not for every colleague");
    let path = format!("/api/v1/events?after={}", elsewhere.cursor);
    assert_eq!(other.admin.get(&path).await.json::<EventsAfter>().items, []);
    let log: Page<AuditEntry> = organisation.admin.deeds().await;
    let [entry] = log.items.as_slice() else { panic!("{log:?}") };
    assert_eq!(entry.agent_id, organisation.admin.me.id);
    let AuditAction::AgentCreated { created_id, created_name, role } = &entry.action else { panic!("{entry:?}") };
    assert_eq!((*created_id, created_name.as_str(), *role), (added.id, "王晓", Role::Supervisor));

    let signed_in = server.anonymous().sign_in_with("wang.xiao", &request.password).await;
    assert_eq!((signed_in.me.id, signed_in.me.org_id), (added.id, organisation.org_id));
    assert_eq!((signed_in.me.mobile.as_str(), signed_in.me.setup_dismissed), ("", false));
    // Who has no mobile number yet edits the rest all the same.
    signed_in.patch("/api/v1/me", &json!({"name": "王小晓"})).await.expect(200);
    let masked = one(&agent, &signed_in).await;
    assert_eq!((masked.email.as_str(), masked.mobile.as_str()), ("w***@example.com", ""));
}

async fn what_is_wrong_with_somebody_new_names_the_field(server: TestServer) {
    let admin = server.organisation().await.admin;
    let cases = [
        ("name", json!("  "), FieldCode::Required),
        ("name", json!("长".repeat(limits::PERSON_NAME_MAX + 1)), FieldCode::TooLong),
        ("account", json!("abc"), FieldCode::TooShort),
        ("account", json!("王晓晓晓"), FieldCode::InvalidFormat),
        ("password", json!("1234567"), FieldCode::TooShort),
        ("password", json!("12345678"), FieldCode::Guessable),
        ("password", json!("new-colleague"), FieldCode::Guessable),
        ("settings", json!({"level": 0}), FieldCode::OutOfRange),
        ("settings", json!({"capacity": 501}), FieldCode::OutOfRange),
        ("settings", json!({"group_ids": [Uuid::nil()]}), FieldCode::Wrong),
        ("email", json!("nowhere"), FieldCode::InvalidFormat),
        ("email", json!(""), FieldCode::Required),
        ("mobile", json!("12345678901"), FieldCode::InvalidFormat),
    ];
    for (field, value, code) in cases {
        let mut body = serde_json::to_value(colleague("new-colleague")).unwrap();
        body[field] = value;
        let refused = admin.post("/api/v1/agents", &body).await.having(422);
        let named: Vec<(String, FieldCode)> = refused
            .faults()
            .into_iter()
            .map(|(name, code)| (name.split('.').next().unwrap_or_default().to_owned(), code))
            .collect();
        assert_eq!(named, [(field.to_owned(), code)], "{body}");
    }
    let unknown =
        json!({"name": "王晓", "account": "new-colleague", "password": "lamp violet 47", "role": "agent", "level": 3});
    admin.post("/api/v1/agents", &unknown).await.expect(400);
    assert_eq!(listed(&admin).await.len(), 1, "nobody was added");
}

async fn an_account_is_taken_once_over_all_organisations(server: TestServer) {
    let (organisation, other) = (server.organisation().await, server.organisation().await);
    let upper = colleague("Shared-Name");
    let lower = colleague("shared-name");
    let answers = futures_util::future::join(
        organisation.admin.post("/api/v1/agents", &upper),
        other.admin.post("/api/v1/agents", &lower),
    );
    let (first, second) = answers.await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "whoever was second is told");
    let refused = if first.status == 422 { first } else { second };
    assert_eq!(refused.faults(), [("account".to_owned(), FieldCode::Taken)]);
    assert_eq!(listed(&organisation.admin).await.len() + listed(&other.admin).await.len(), 3);
    let logged = async |admin: &AgentCaller| admin.deeds().await.items.len();
    assert_eq!(logged(&organisation.admin).await + logged(&other.admin).await, 1, "what failed has left nothing");
}

async fn an_organisation_has_so_many_agents_and_adds_so_many_an_hour(server: TestServer) {
    let organisation = server.organisation().await;
    let (state, org_id) = (server.state(), organisation.org_id);
    let at = server.clock.now();
    let many: Vec<NewAgent> = (2..limits::AGENTS_MAX)
        .map(|number| NewAgent {
            id: state.ids.make(AgentId),
            org_id,
            account: format!("agent-{number}"),
            name: "多".to_owned(),
            email: String::new(),
            mobile: String::new(),
            password_hash: String::new(),
            role: Role::Agent,
            login_state: LoginState::Normal,
            at,
        })
        .collect();
    let filled = state.write(move |tx| {
        Box::pin(async move {
            for new in many {
                store::agents::create(tx.conn(), new).await?;
            }
            Ok(())
        })
    });
    filled.await.unwrap();
    organisation.admin.post("/api/v1/agents", &colleague("the-last")).await.expect(201);
    let refused = organisation.admin.post("/api/v1/agents", &colleague("one-too-many")).await.having(409);
    assert!(refused.problem().detail.contains("1000"));
    while state.limits.new_agents.take(org_id, at).refused_for.is_none() {}
    let refused = organisation.admin.post("/api/v1/agents", &colleague("too-often")).await.having(429);
    assert_eq!(refused.code(), ErrorCode::RateLimited);
}
