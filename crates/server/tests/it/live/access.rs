//! What guards an account: nothing of it changes what a console shows.

use super::Onlookers;
use crate::forgotten_password::{NEW_PASSWORD, ask, newest_to, reset, try_reset};
use crate::second_factor::{App, REMOVALS, RENEWED, both, first_step, second_step};
use testkit::{AgentCaller, PASSWORD, TestServer};
use types::password_reset::ResetBy;

/// A second factor is set up, used, renewed and taken off, and a forgotten password replaced: of somebody who does not look on, since
/// some of it would hang up on those who do.
pub(super) async fn guard(all: &mut Onlookers, server: &TestServer, admin: &AgentCaller, agent: &AgentCaller) {
    server.clock.advance(60_000);
    let (account, caller) = (agent.me.account.as_str(), server.anonymous());
    let (app, _) = App::set_up(agent).await;
    all.check("begin_second_factor").await;
    all.check("confirm_second_factor").await;
    let token = first_step(&caller, account).await;
    second_step(&caller, &token, &app.next_code(server)).await.expect(201);
    all.check("finish_login").await;
    agent.post(RENEWED, &both(PASSWORD, &app.next_code(server))).await.expect(201);
    all.check("renew_recovery_codes").await;
    agent.delete("/api/v1/me/sessions").await.expect(204);
    all.check("revoke_other_sessions").await;
    agent.post(REMOVALS, &both(PASSWORD, &app.next_code(server))).await.expect(204);
    all.check("remove_second_factor").await;
    App::set_up(agent).await;
    admin.delete(&format!("/api/v1/agents/{}/second-factor", agent.me.id)).await.expect(204);
    all.check("remove_agent_second_factor").await;
    ask(&caller, account, ResetBy::Mobile).await.expect(202);
    all.check("send_password_reset_code").await;
    let code = newest_to(&caller, &agent.me.mobile).await;
    try_reset(&caller, &reset(account, &code, None)).await.expect(204);
    all.check("reset_password").await;
    caller.login(account, NEW_PASSWORD).await.expect(201);
}
