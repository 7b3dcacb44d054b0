//! Accounts, sessions and verification codes.

use super::world::{World, at, on_both};
use crate::verification_codes::{self, NewCode, Sent};
use crate::{Constraint, StoreError, Viewer, agents, sessions};
use types::agents::{LoginState, Role};
use types::id::SessionId;

on_both!(
    an_account_is_taken_in_any_case_and_any_organisation,
    an_agents_own_account,
    a_refresh_token_is_exchanged_once,
    sessions_end,
    a_disabled_agent_has_no_identity,
    long_ended_sessions_are_forgotten,
    codes_are_counted_per_number_and_address,
    a_code_bears_only_so_many_tries_and_one_use,
    an_address_asks_for_many_numbers,
);

pub(super) fn session_row(id: SessionId, viewer: Viewer) -> sessions::NewSession {
    sessions::NewSession {
        id,
        org_id: viewer.org_id,
        agent_id: viewer.agent_id,
        refresh_hash: "refresh".to_owned(),
        user_agent: "Firefox".to_owned(),
        ip: "203.0.113.7".to_owned(),
        at: at(1_000),
        expires_at: at(100_000),
    }
}

async fn sign_in(world: &World, hash: &str, millis: i64) -> SessionId {
    let id = SessionId(world.uuid());
    let row = sessions::NewSession {
        refresh_hash: hash.to_owned(),
        at: at(millis),
        expires_at: at(millis + 100_000),
        ..session_row(id, world.admin)
    };
    world.write(async move |conn| sessions::create(conn, row).await).await.unwrap();
    id
}

async fn an_account_is_taken_in_any_case_and_any_organisation(world: World) {
    let other_org = world.new_org().await;
    let mut new = world.agent_row(other_org, Role::Admin);
    new.account = agents::get(world.reader(), world.admin.scope(), world.admin.agent_id)
        .await
        .unwrap()
        .unwrap()
        .account
        .to_uppercase();
    let account = new.account.clone();
    let outcome = world.write(async move |conn| agents::create(conn, new).await).await;
    assert!(matches!(outcome, Err(StoreError::Conflict { constraint: Constraint::AgentAccount })), "{outcome:?}");
    let found = agents::by_account(world.reader(), &account).await.unwrap().unwrap();
    assert_eq!((found.id, found.org_id, found.role), (world.admin.agent_id, world.org, Role::Admin));
    assert_eq!(agents::by_account(world.reader(), "nobody").await.unwrap(), None);
}

async fn an_agents_own_account(world: World) {
    let (scope, agent, session) = (world.admin.scope(), world.admin.agent_id, SessionId(world.uuid()));
    let mut changed = agents::me(world.reader(), scope, agent, session).await.unwrap().unwrap();
    changed.login_state = LoginState::Suspended;
    changed.name = "新名字".to_owned();
    changed.email = "new@example.com".to_owned();
    changed.mobile = "13900000001".to_owned();
    let expected = changed.clone();
    world
        .write(async move |conn| {
            assert!(agents::set_account(conn, scope, &changed, at(2_000)).await?);
            assert!(agents::set_password_hash(conn, scope, agent, "new", at(2_000)).await?);
            Ok(())
        })
        .await
        .unwrap();
    let me = agents::me(world.reader(), scope, agent, session).await.unwrap().unwrap();
    assert_eq!((me.org_name.as_str(), me.session_id), ("甲公司", session));
    assert_eq!(me, expected);
    assert_eq!(agents::get(world.reader(), scope, agent).await.unwrap().unwrap().password_hash, "new");
}

async fn a_refresh_token_is_exchanged_once(world: World) {
    let id = sign_in(&world, "one", 1_000).await;
    let scope = world.admin.scope();
    let rotation = |old: &str, new: &str| sessions::Rotation {
        old_hash: old.to_owned(),
        new_hash: new.to_owned(),
        user_agent: "Edge".to_owned(),
        ip: "198.51.100.9".to_owned(),
        at: at(2_000),
        expires_at: at(200_000),
    };
    let (first, again) = (rotation("one", "two"), rotation("one", "three"));
    assert!(world.write(async move |conn| sessions::rotate(conn, scope, id, first).await).await.unwrap());
    assert!(!world.write(async move |conn| sessions::rotate(conn, scope, id, again).await).await.unwrap());

    let present = sessions::by_refresh_hash(world.reader(), "two").await.unwrap().unwrap();
    assert!(!present.previous);
    assert_eq!((present.session.rotated_at, present.session.expires_at), (Some(at(2_000)), at(200_000)));
    assert_eq!((present.session.user_agent.as_str(), present.session.ip.as_str()), ("Edge", "198.51.100.9"));
    let stale = sessions::by_refresh_hash(world.reader(), "one").await.unwrap().unwrap();
    assert!(stale.previous);
    assert_eq!(stale.session, present.session);
    assert_eq!(sessions::by_refresh_hash(world.reader(), "three").await.unwrap(), None);
}

async fn sessions_end(world: World) {
    let (old, middle, new) =
        (sign_in(&world, "a", 1_000).await, sign_in(&world, "b", 2_000).await, sign_in(&world, "c", 3_000).await);
    let (scope, agent, other) = (world.admin.scope(), world.admin.agent_id, world.agent.agent_id);
    let world = &world;
    let listed = async |now| {
        let rows = sessions::list(world.reader(), scope, agent, at(now)).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(4_000).await, [new, middle, old]);
    assert_eq!(listed(101_000).await, [new, middle], "the oldest has expired");
    let revoke = async |agent, id| {
        world.write(async move |conn| sessions::revoke(conn, scope, agent, id, at(4_000)).await).await.unwrap()
    };
    assert_eq!(revoke(other, middle).await, [], "not theirs");
    assert_eq!(revoke(agent, middle).await, [middle]);
    assert_eq!(revoke(agent, middle).await, [], "ended already");
    assert_eq!(sessions::identity(world.reader(), scope, middle, at(4_000)).await.unwrap(), None);
    assert!(sessions::identity(world.reader(), scope, new, at(4_000)).await.unwrap().is_some());
    assert_eq!(sessions::identity(world.reader(), scope, new, at(103_000)).await.unwrap(), None, "expired");
    let ended =
        world.write(async move |conn| sessions::revoke_all(conn, scope, agent, Some(new), at(5_000)).await).await;
    assert_eq!(ended.unwrap(), [old]);
    let ended = world.write(async move |conn| sessions::revoke_all(conn, scope, agent, None, at(5_000)).await).await;
    assert_eq!(ended.unwrap(), [new]);
    assert_eq!(listed(6_000).await, []);
}

async fn a_disabled_agent_has_no_identity(world: World) {
    use crate::tables::agent;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let id = sign_in(&world, "a", 1_000).await;
    let identity = sessions::identity(world.reader(), world.admin.scope(), id, at(2_000)).await.unwrap().unwrap();
    assert_eq!((identity.agent_id, identity.role, identity.name.as_str()), (world.admin.agent_id, Role::Admin, "小王"));
    agent::Entity::update_many()
        .col_expr(agent::Column::DisabledAt, at(1_500).into())
        .filter(agent::Column::Id.eq(world.admin.agent_id))
        .exec(world.db.writer())
        .await
        .unwrap();
    assert_eq!(sessions::identity(world.reader(), world.admin.scope(), id, at(2_000)).await.unwrap(), None);
}

async fn long_ended_sessions_are_forgotten(world: World) {
    sign_in(&world, "old", 1_000).await;
    let month = 30 * 24 * 3600 * 1000;
    sign_in(&world, "next", month).await;
    assert!(sessions::by_refresh_hash(world.reader(), "old").await.unwrap().is_some(), "ended, but not for long");
    sign_in(&world, "last", 200_000 + month).await;
    assert_eq!(sessions::by_refresh_hash(world.reader(), "old").await.unwrap(), None);
    assert!(sessions::by_refresh_hash(world.reader(), "next").await.unwrap().is_some());
}

fn code(world: &World, mobile: &str, ip: &str, millis: i64) -> NewCode {
    NewCode {
        id: world.uuid(),
        mobile: mobile.to_owned(),
        ip: ip.to_owned(),
        code_hash: format!("hash of {millis}"),
        at: at(millis),
        expires_at: at(millis + 300_000),
    }
}

async fn insert(world: &World, new: NewCode) {
    world.write(async move |conn| verification_codes::insert(conn, new).await).await.unwrap();
}

const MOBILE: &str = "13800138000";

async fn codes_are_counted_per_number_and_address(world: World) {
    let reader = world.reader();
    assert_eq!(verification_codes::sent_since(reader, MOBILE, at(0)).await.unwrap(), Sent::default());
    assert_eq!(verification_codes::newest(reader, MOBILE).await.unwrap(), None);
    for millis in [1_000, 2_000, 3_000] {
        insert(&world, code(&world, MOBILE, "203.0.113.7", millis)).await;
    }
    let sent = verification_codes::sent_since(reader, MOBILE, at(1_000)).await.unwrap();
    assert_eq!(sent, Sent { count: 2, oldest: Some(at(2_000)), newest: Some(at(3_000)) });
    let newest = verification_codes::newest(reader, MOBILE).await.unwrap().unwrap();
    assert_eq!((newest.code_hash.as_str(), newest.expires_at), ("hash of 3000", at(303_000)));
    // Three days later the old ones are gone.
    insert(&world, code(&world, "13900139000", "203.0.113.7", 3 * 24 * 3_600_000)).await;
    assert_eq!(verification_codes::newest(reader, MOBILE).await.unwrap(), None);
}

async fn a_code_bears_only_so_many_tries_and_one_use(world: World) {
    let new = code(&world, MOBILE, "203.0.113.7", 1_000);
    let id = new.id;
    insert(&world, new).await;
    let world = &world;
    let try_it =
        async || world.write(async move |conn| verification_codes::count_try(conn, id, 2).await).await.unwrap();
    let consume =
        async || world.write(async move |conn| verification_codes::consume(conn, id, at(2_000)).await).await.unwrap();
    assert!(try_it().await);
    assert!(try_it().await);
    assert!(!try_it().await, "no try is left");
    assert!(consume().await);
    assert!(!consume().await, "used");
    let row = verification_codes::newest(world.reader(), MOBILE).await.unwrap().unwrap();
    assert_eq!((row.tries, row.consumed_at), (2, Some(at(2_000))));

    let next = code(world, MOBILE, "203.0.113.7", 3_000);
    let next_id = next.id;
    insert(world, next).await;
    let used = world.write(async move |conn| verification_codes::consume(conn, next_id, at(4_000)).await).await;
    assert!(used.unwrap());
    let late = world.write(async move |conn| verification_codes::count_try(conn, next_id, 5).await).await;
    assert!(!late.unwrap(), "a used code cannot be tried");
}

async fn an_address_asks_for_many_numbers(world: World) {
    for (index, mobile) in ["13800138000", "13800138001", "13800138002"].into_iter().enumerate() {
        let ip = if index == 2 { "198.51.100.9" } else { "203.0.113.7" };
        insert(&world, code(&world, mobile, ip, 1_000)).await;
    }
    let sent = verification_codes::sent_since_by_ip(world.reader(), "203.0.113.7", at(0)).await.unwrap();
    assert_eq!(sent.count, 2);
}
