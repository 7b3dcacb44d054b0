//! Colleagues: who is listed, what of them is shown to whom, and whether they are there.

use serde_json::json;
use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::{Agent, AgentField, Presence, Role};
use types::page::Page;

db_tests!(
    colleagues_are_listed_page_by_page_and_others_organisations_are_not,
    details_are_masked_for_agents_and_whole_for_those_who_lead_and_for_oneself,
    who_is_connected_and_receives_is_online,
);

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
