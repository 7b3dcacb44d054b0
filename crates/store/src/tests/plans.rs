//! Every hot query walks an index: nothing scans a table, nothing sorts.

use super::world::{World, at, by_agent, on_both};
use crate::conversations::{Active, Assigned, ConversationCursor, Listed, page, page_of_few, places};
use crate::messages::{Window, seen, stretch};
use crate::search::matches;
use crate::write::HotJob;
use crate::{ReadJob, Reader, Viewer, conversations, events, notes, push, search, sql, visitors, write};
use rules::search::Question;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QuerySelect, QueryTrait, Statement, TransactionTrait,
};
use types::agents::Role;
use types::id::ConversationId;
use types::time::Timestamp;

on_both!(
    lists_of_conversations,
    what_is_pinned_and_blocked,
    one_conversation,
    stretches_of_messages,
    notes_beside_a_conversation,
    catching_up,
    the_writers_statements,
    searching,
    whom_a_push_reaches,
    what_has_a_tag,
);

async fn whom_a_push_reaches(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let (scope, agents) = (world.admin.scope(), [world.agent.agent_id, world.admin.agent_id]);
    check(&plan(&world, on(&world, push::newest_of(scope, &[conversation]))).await, &[]);
    check(&plan(&world, on(&world, push::marks_of(scope, &[conversation], &agents))).await, &[]);
    let reachable = push::reachable_of(scope, &agents, &[Role::Admin, Role::Supervisor], at(0));
    check(&plan(&world, on(&world, reachable)).await, &["push_subscription_agent_idx"]);
}

/// Fills the tables (many conversations, in two channels, one of them long) and lets PostgreSQL count them. SQLite plans
/// without statistics.
pub(super) async fn grow(world: &World, long: ConversationId) {
    if world.backend() != DbBackend::Postgres {
        return;
    }
    let (org, channel, agent, admin) = (world.org, world.channel, world.agent.agent_id, world.admin.agent_id);
    let busy = world.new_channel(org).await;
    for statement in [
        format!(
            "INSERT INTO contact (id, org_id, channel_id, number, first_seen_at, last_seen_at)
             SELECT gen_random_uuid(), '{org}', CASE WHEN n % 20 = 0 THEN '{channel}'::uuid ELSE '{busy}'::uuid END,
                    100 + n, n, n FROM generate_series(1, 4000) AS n"
        ),
        format!(
            "INSERT INTO conversation (id, org_id, channel_id, contact_id, assignee_id, last_activity_at, created_at)
             SELECT gen_random_uuid(), org_id, channel_id, id,
                    CASE WHEN number % 21 = 0 THEN '{agent}'::uuid END, number, number
             FROM contact WHERE number > 100"
        ),
        format!(
            "INSERT INTO message (id, org_id, conversation_id, seq, author_kind, sender, nonce, content, created_at)
             SELECT gen_random_uuid(), org_id, id, n, 'visitor', contact_id, gen_random_uuid(), '{{}}', n
             FROM conversation, generate_series(100, 3000) AS n WHERE id = '{long}' OR n < 102"
        ),
        format!(
            "INSERT INTO read_mark (org_id, conversation_id, agent_id, seq, inbound_count, updated_at)
             SELECT org_id, id, '{agent}', 0, 0, 0 FROM conversation"
        ),
        format!(
            "INSERT INTO conversation_member (org_id, conversation_id, agent_id, last_activity_at, joined_at)
             SELECT c.org_id, c.id, CASE WHEN n.number % 3 = 0 THEN '{agent}'::uuid ELSE '{admin}'::uuid END,
                    c.last_activity_at, 0
             FROM conversation AS c JOIN contact AS n ON n.id = c.contact_id"
        ),
        "INSERT INTO note (id, org_id, conversation_id, number, after_seq, author_id, author_name, nonce, text, mentions, created_at)
         SELECT gen_random_uuid(), c.org_id, c.id, n, 1, c.id, '', gen_random_uuid(), '', '[]', 0
         FROM conversation AS c, generate_series(1, 300) AS n WHERE c.last_activity_at % 50 = 0 OR n < 2"
            .to_owned(),
        "INSERT INTO event (org_id, seq, conversation_id, kind, actor, audience, payload, created_at)
         SELECT org_id, row_number() OVER () + 1000, conversation_id, 'x', 'system', 'c', '{}', 0 FROM message"
            .to_owned(),
        "ANALYZE".to_owned(),
    ] {
        world.db.writer().execute_unprepared(&statement).await.unwrap();
    }
}

/// The plan, one step a line.
pub(super) async fn plan(world: &World, statement: Statement) -> String {
    let explain = if world.backend() == DbBackend::Postgres { "EXPLAIN " } else { "EXPLAIN QUERY PLAN " };
    let statement = Statement { sql: format!("{explain}{}", statement.sql), ..statement };
    let conn = world.db.writer().begin().await.unwrap();
    if world.backend() == DbBackend::Postgres {
        // A table of one page is cheapest to scan, whatever indexes there are.
        let (near, cost) = crate::connect::PAGES_ARE_NEAR;
        let settings = format!("SET LOCAL enable_seqscan = off; SET LOCAL {near} = {cost}");
        conn.execute_unprepared(&settings).await.unwrap();
    }
    let column = if world.backend() == DbBackend::Postgres { "QUERY PLAN" } else { "detail" };
    let rows = conn.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by::<String, _>(column).unwrap() + "\n").collect()
}

/// Checks that a plan uses these indexes and neither scans a table nor sorts rows.
pub(super) fn check(plan: &str, indexes: &[&str]) {
    // SQLite also says SCAN of a batch's own parameter, which is walked from end to end.
    for line in plan.lines() {
        let scans = line.contains("Seq Scan") || (line.trim_start().starts_with("SCAN") && !line.contains(" j"));
        assert!(!scans && !line.contains("Sort") && !line.contains("TEMP B-TREE"), "{line}\nin\n{plan}");
    }
    for index in indexes {
        assert!(plan.contains(index), "{index} is not used in\n{plan}");
    }
}

/// Whether the walk of this index begins or ends at a time, and does not look at each row's.
fn bounded(plan: &str, index: &str) -> bool {
    let lines: Vec<&str> = plan.lines().collect();
    let Some(walk) = lines.iter().position(|line| line.contains(index)) else { return false };
    // SQLite says it in the same line; PostgreSQL below it.
    let bounds = if plan.contains("Index Cond") { lines.get(walk + 1) } else { lines.get(walk) };
    bounds.is_some_and(|bounds| bounds.contains("last_activity_at>") || bounds.contains("last_activity_at >"))
}

pub(super) fn on(world: &World, query: impl QueryTrait) -> Statement {
    query.build(world.backend())
}

async fn lists_of_conversations(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let cursor = Some(ConversationCursor { last_activity_at: at(0), id: conversation });
    let of_days = Active { since: Some(Timestamp(2_000)), before: Some(Timestamp(3_000)) };
    for cursor in [None, cursor] {
        let all = Listed::default();
        let unassigned = match world.backend() {
            DbBackend::Postgres => "conversation_unassigned_idx",
            _ => "conversation_assignee_idx",
        };
        // What is an agent's own is two walks, each of its index and as long as the page; only what they bring is sorted.
        for (viewer, listed) in [
            (world.agent, all),
            (world.agent, Listed { unread: true, ..all }),
            (world.agent, Listed { active: of_days, ..all }),
            (world.admin, Listed { assigned: Some(Assigned::Me), ..all }),
            (world.admin, Listed { assigned: Some(Assigned::Me), active: of_days, ..all }),
        ] {
            for walks in [page(viewer, listed, cursor), places(viewer, listed, cursor)] {
                let merged = plan(&world, walks.limited(51, 0, world.backend())).await;
                let lines: Vec<&str> = merged.lines().collect();
                for (at, line) in lines.iter().enumerate() {
                    // What a walk has brought is sorted, a page's length, and never what it walks through.
                    let sorted = if line.contains("TEMP B-TREE") {
                        lines[at - 1]
                    } else if line.contains("Sort") && !line.contains("Sort Key") {
                        lines[at + 2]
                    } else {
                        continue;
                    };
                    let brought = ["SCAN assigned", "SCAN joined", "Subquery Scan", "Append"];
                    assert!(brought.iter().any(|what| sorted.contains(what)), "{line}\nin\n{merged}");
                }
                let is_walk = |line: &&str| !line.contains("Sort") && !line.contains("TEMP B-TREE");
                let walked = lines.into_iter().filter(is_walk).filter(|line| *line != "SCAN assigned");
                let walked = walked.collect::<Vec<_>>().join("\n");
                check(&walked, &["conversation_assignee_idx", "conversation_member_agent_idx"]);
            }
        }
        for (viewer, listed, index) in [
            (world.agent, Listed { assigned: Some(Assigned::Nobody), ..all }, "conversation_member_agent_idx"),
            (world.admin, all, "conversation_org_idx"),
            (world.admin, Listed { unread: true, ..all }, "conversation_org_idx"),
            (world.admin, Listed { channel_id: Some(world.channel), ..all }, "conversation_channel_idx"),
            (world.admin, Listed { assigned: Some(Assigned::Nobody), ..all }, unassigned),
            (world.admin, Listed { waiting: true, ..all }, "conversation_waiting_idx"),
        ] {
            for active in [Active::default(), of_days, Active { before: None, ..of_days }] {
                let listed = Listed { active, ..listed };
                for walks in [page(viewer, listed, cursor), places(viewer, listed, cursor)] {
                    let plan = plan(&world, walks.limited(51, 0, world.backend())).await;
                    check(&plan, &[index]);
                    // Nor is anything walked through that is not of these days.
                    assert!(active == Active::default() || bounded(&plan, index), "{plan}");
                }
            }
        }
    }
}

async fn what_has_a_tag(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let tag_id = types::id::TagId(world.uuid());
    if world.backend() == DbBackend::Postgres {
        tag_everybody(&world, tag_id).await;
    }
    let listed = Listed { tag_id: Some(tag_id), ..Listed::default() };
    let cursor = Some(ConversationCursor { last_activity_at: at(0), id: conversation });
    // Few are found by the tag and sorted; every other step is an index.
    for viewer in [world.admin, world.agent] {
        for cursor in [None, cursor] {
            let few = page_of_few(viewer, listed, cursor).limited(51, 0, world.backend());
            let few = plan(&world, few).await;
            let unsorted: String = few
                .lines()
                .filter(|line| !line.contains("Sort") && !line.contains("TEMP B-TREE"))
                .map(|line| format!("{line}\n"))
                .collect();
            check(&unsorted, &[tags_key(&world), "conversation_person_idx"]);
            assert!(!few.contains("conversation_org_idx"), "{few}");
        }
    }
    // Many are met on the way down the list.
    let many = page(world.admin, listed, cursor).limited(51, 0, world.backend());
    let many = plan(&world, many).await;
    if world.backend() == DbBackend::Postgres {
        // It knows better where the tag's contacts are few, as here.
        assert!(many.contains("contact_tag"), "{many}");
    } else {
        check(&many, &["conversation_org_idx", tags_key(&world)]);
    }
    check(&plan(&world, on(&world, crate::tags::discarded())).await, &["tag_name_key"]);
}

/// Gives every contact one of forty tags.
async fn tag_everybody(world: &World, first: types::id::TagId) {
    let org = world.org;
    for statement in [
        format!(
            "INSERT INTO tag (id, org_id, name, name_key, color, place, created_at)
             SELECT CASE WHEN n = 0 THEN '{first}'::uuid ELSE gen_random_uuid() END, '{org}', n::text, n::text, 'red', n, 0
             FROM generate_series(0, 39) AS n"
        ),
        "INSERT INTO contact_tag (org_id, tag_id, contact_id)
         SELECT c.org_id, t.id, c.id FROM contact AS c JOIN tag AS t ON t.place = c.number % 40"
            .to_owned(),
        "ANALYZE".to_owned(),
    ] {
        world.db.writer().execute_unprepared(&statement).await.unwrap();
    }
}

/// What finds a tag's contacts.
fn tags_key(world: &World) -> &'static str {
    if world.backend() == DbBackend::Postgres { "contact_tag_pkey" } else { "sqlite_autoindex_contact_tag_1" }
}

async fn what_is_pinned_and_blocked(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let place = Some(crate::place::Place { at: at(0), id: conversation.0 });
    // The few that are pinned are sorted; every other step is an index.
    let pinned = page(world.admin, Listed { pinned: true, ..Listed::default() }, None);
    let pinned = plan(&world, pinned.limited(51, 0, world.backend())).await;
    let unsorted: String = pinned
        .lines()
        .filter(|line| !line.contains("Sort") && !line.contains("TEMP B-TREE"))
        .map(|line| format!("{line}\n"))
        .collect();
    check(&unsorted, &["read_mark_pinned_idx"]);
    let listed = [Listed { queued: true, ..Listed::default() }, Listed { snoozed: Some(true), ..Listed::default() }];
    let [queued, snoozed] = listed.map(|listed| page(world.admin, listed, None).limited(51, 0, world.backend()));
    let loads = crate::assignment::loads_statement(world.reader(), world.admin.scope(), &[world.agent.agent_id]);
    for (statement, any) in [(queued, ["queue"; 2]), (snoozed, ["snoozed", "due"]), (loads.unwrap(), ["load"; 2])] {
        let walked = plan(&world, statement).await;
        assert!(any.iter().any(|index| walked.contains(&format!("conversation_{index}_idx"))), "{walked}");
    }
    assert!(!pinned.contains("conversation_org_idx"), "{pinned}");
    for cursor in [None, place] {
        let blocked = crate::queries::blacklist::page(world.admin, cursor);
        check(&plan(&world, sql::limited(&blocked, 51, world.backend())).await, &["contact_blocked_idx"]);
    }
}

async fn one_conversation(world: World) {
    let (visitor, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    for viewer in [world.admin, world.agent] {
        let query = conversations::visible(viewer).filter(crate::tables::conversation::Column::Id.eq(conversation));
        check(&plan(&world, on(&world, query)).await, &[]);
    }
    check(&plan(&world, on(&world, visitors::own_conversation(visitor))).await, &["conversation_contact_key"]);
}

async fn stretches_of_messages(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    for window in [Window::Newest, Window::Before(9), Window::After(3)] {
        let query = stretch(world.admin.scope(), conversation, window).limit(50);
        check(&plan(&world, on(&world, query)).await, &["message_seq_key"]);
        for viewer in [world.admin, world.agent] {
            let query = seen(viewer, conversation, window);
            check(&plan(&world, sql::limited(&query, 50, world.backend())).await, &["message_seq_key"]);
        }
    }
}

async fn notes_beside_a_conversation(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    for before in [9, i64::MAX] {
        let query = notes::page(world.admin, conversation, before).limit(101);
        check(&plan(&world, on(&world, query)).await, &["note_number_key"]);
    }
}

async fn catching_up(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    for viewer in [world.admin, world.agent] {
        let query = events::visible(viewer, 5, 505);
        check(&plan(&world, on(&world, query)).await, &["event_pkey"].map(|index| pkey(&world, index)));
    }
}

/// SQLite calls the index of a primary key by a name of its own.
fn pkey(world: &World, name: &'static str) -> &'static str {
    if world.backend() == DbBackend::Postgres { name } else { "sqlite_autoindex_event_1" }
}

fn batch(world: &World, viewer: Viewer, conversation: ConversationId) -> Vec<serde_json::Value> {
    let read = ReadJob { conversation_id: conversation, reader: Reader::Agent(viewer), seq: 1, at: at(0) };
    let jobs = [HotJob::Message(world.says(by_agent(viewer), conversation, "嗯", 0)), HotJob::Read(read)];
    jobs.iter().enumerate().map(|(index, job)| write::probe_parameter(index, job)).collect()
}

/// SQLite asked directly plans a statement once, whatever is asked.
#[test]
fn other_values_are_no_reason_to_plan_anew() {
    super::world::on_sqlite(async |world: World| {
        let (_, one) = world.conversation().await;
        let (_, two) = world.conversation().await;
        let file = world.url.strip_prefix("sqlite://").unwrap();
        world.db.writer().execute_unprepared("ANALYZE").await.unwrap();
        let direct = crate::direct::Direct::to(file.as_ref(), std::time::Duration::from_secs(5));
        let connection = direct.take().unwrap();
        let mut sql = String::new();
        for (conversation, limit) in [(one, 50), (two, 50), (one, 50)] {
            let asked = sql::limited(&seen(world.admin, conversation, Window::Before(9)), limit, world.backend());
            let values = crate::direct::bound(asked.values.as_ref()).unwrap();
            let mut prepared = connection.prepare_cached(&asked.sql).unwrap();
            let mut rows = prepared.query(rusqlite::params_from_iter(&values)).unwrap();
            assert!(rows.next().unwrap().is_some());
            sql = asked.sql;
        }
        let prepared = connection.prepare_cached(&sql).unwrap();
        assert_eq!(prepared.get_status(rusqlite::StatementStatus::RePrepare), 0);
    });
}

/// PostgreSQL makes one plan for all values of the questions that are asked all day long.
#[test]
fn what_is_asked_all_day_is_not_planned_every_time() {
    super::world::on_postgres(async |world: World| {
        let (_, conversation) = world.conversation().await;
        grow(&world, conversation).await;
        let options = crate::DatabaseOptions { readers: 1, ..crate::DatabaseOptions::default() };
        let db = crate::Database::connect(&world.url, &options).await.unwrap();
        for _ in 0..10 {
            let listed = Listed::default();
            conversations::list(db.reader(), world.admin, listed, None, 50).await.unwrap();
            let window = seen(world.admin, conversation, Window::Newest);
            let rows = db.reader().query_all_raw(sql::limited(&window, 50, world.backend())).await.unwrap();
            assert_eq!(rows.len(), 50);
        }
        let plans =
            "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE '%LIMIT 5_' AND generic_plans >= 5";
        let found =
            db.reader().query_one_raw(Statement::from_string(DbBackend::Postgres, plans)).await.unwrap().unwrap();
        assert_eq!(found.try_get_by::<i64, _>("n").unwrap(), 2);
    });
}

async fn the_writers_statements(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let conn = world.db.writer();
    // Of one row, of a few, of many.
    for rows in [1, 10, 100] {
        let probe = sql::sized(write::probe_statement(world.backend()), rows);
        let probe = sql::with_json(conn, &probe, &batch(&world, world.admin, conversation)).unwrap();
        check(&plan(&world, probe).await, &["message_nonce_key", "message_seq_key"]);
        if world.backend() == DbBackend::Postgres {
            // The order in which a batch's conversations are locked is a sort of the batch, not of a table.
            let lock = sql::sized(write::POSTGRES_LOCK, rows).replace("ORDER BY c.id", "");
            let lock = sql::with_json(conn, &lock, &batch(&world, world.admin, conversation)).unwrap();
            check(&plan(&world, lock).await, &["conversation_pkey"]);
            // The order of the organisations, likewise.
            let whole = sql::sized(write::POSTGRES_WHOLE, rows).replace("ORDER BY organisation.id", "");
            let empty = ["[]"; 5].map(Into::into);
            let whole = Statement::from_sql_and_values(world.backend(), whole, empty);
            check(&plan(&world, whole).await, &["conversation_pkey", "organisation_pkey"]);
        }
        let follow = sql::sized(write::follow_statement(world.backend()), rows);
        let follow = sql::with_json(conn, &follow, &[serde_json::json!({})]).unwrap();
        let key = match world.backend() {
            DbBackend::Postgres => "conversation_member_pkey",
            _ => "sqlite_autoindex_conversation_member_1",
        };
        check(&plan(&world, follow).await, &[key]);
        let bump = sql::sized(write::bump_statement(world.backend()), rows);
        let bump = sql::with_json(conn, &bump, &[serde_json::json!({})]).unwrap();
        check(&plan(&world, bump).await, &[]);
    }
}

/// The index proposes in order, or is asked apart from any order; hits are read by their keys.
async fn searching(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let asked = matches::Asked::of(&Question::read("退款 sf1234567890").unwrap(), 1, search::Kind::Message, 1 << 39);
    if world.backend() == DbBackend::Postgres {
        let documents = "INSERT INTO search_document (docid, org_id, message_id, terms)
             SELECT (2::bigint << 40) + row_number() OVER (), org_id, id, ('''#2'' ''w' || seq || '''')::tsvector FROM message";
        world.db.writer().execute_unprepared(documents).await.unwrap();
        let documents = "INSERT INTO search_document (docid, org_id, contact_id, terms)
             SELECT (3::bigint << 40) + number, org_id, id, ('''#3'' ''w' || number || '''')::tsvector FROM contact";
        world.db.writer().execute_unprepared(documents).await.unwrap();
        world.db.writer().execute_unprepared("ANALYZE").await.unwrap();
        let walked = plan(&world, matches::walked(&asked, 0, 1 << 50, 32)).await;
        assert!(
            walked.contains("Index Scan Backward using search_document_pkey") && !walked.contains("Sort"),
            "{walked}"
        );
        let counted = plan(&world, matches::counted(&asked, 1 << 50)).await;
        assert!(counted.contains("Bitmap Index Scan on search_document_terms_idx"), "{counted}");
        assert!(!counted.contains("search_document_pkey") && !counted.contains("Seq Scan"), "{counted}");
    } else {
        let listed = plan(&world, matches::listed(&asked, 1 << 50, 32)).await;
        assert!(listed.contains("VIRTUAL TABLE INDEX") && !listed.contains("TEMP B-TREE"), "{listed}");
    }
    for viewer in [world.admin, world.agent] {
        let ids = |kind: i64| -> Vec<i64> { (0..32).map(|n| (kind << 40) + n).collect() };
        for select in [search::of_messages(viewer, ids(2)), search::contacts::of_contacts(viewer, ids(3))] {
            read_by_keys(&plan(&world, search::by_documents(&select, world.backend())).await);
        }
    }
}

/// Sorting a page of hits is nothing; walking a table for them would be. They are found by their numbers.
fn read_by_keys(plan: &str) {
    assert!(
        plan.contains("search_document_pkey") || plan.contains("SEARCH search_document USING INTEGER PRIMARY KEY"),
        "{plan}"
    );
    for line in plan.lines() {
        let scans = line.contains("Seq Scan") || line.trim_start().starts_with("SCAN");
        assert!(!scans, "{line}\nin\n{plan}");
    }
}
