//! Search: what is found, by whom, how soon, and what leaves the index.

mod contacts;

use super::world::{World, at, by_agent, on_both};
use crate::search::{Indexed, Page, behind, find, step};
use crate::tables::search_document;
use crate::write::Sender;
use crate::{OrgScope, Viewer, Visitor, purge};
use rules::search::Question;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, Statement};
use types::agents::Role;
use types::id::{ConversationId, OrgId};
use types::search::{MessageHit, SearchResults};

on_both!(
    words_of_any_length_and_script_are_found,
    the_newest_come_first_page_by_page,
    an_agent_finds_only_what_they_see,
    an_agent_of_few_conversations_turns_over_bounded_pages,
    what_is_deleted_leaves_the_index,
    the_index_follows_the_ledger_and_nothing_is_done_twice,
    organisations_find_nothing_of_each_other,
    a_frequent_word_that_has_become_rare_is_still_found,
    a_word_of_one_message_in_fifty_is_found_page_by_page,
    a_page_looks_at_a_bounded_stretch_of_a_long_history,
    what_is_said_automatically_is_not_found,
);

impl World {
    /// Indexes everything that has happened.
    pub(super) async fn index(&self, org: OrgId) {
        while step(&self.db, &self.writer, OrgScope::new(org), 3).await.unwrap() == Indexed::More {}
    }

    async fn search(&self, viewer: Viewer, typed: &str) -> SearchResults {
        find(self.reader(), viewer, &Question::read(typed).unwrap(), Page::First, 20).await.unwrap().0
    }

    /// A page of messages, and before which place the next one begins.
    async fn page(
        &self,
        viewer: Viewer,
        typed: &str,
        before: Option<i64>,
        limit: u16,
    ) -> (Vec<MessageHit>, Option<i64>) {
        let page = before.map_or(Page::First, Page::Messages);
        let found = find(self.reader(), viewer, &Question::read(typed).unwrap(), page, limit).await.unwrap();
        (found.0.messages, found.1.messages)
    }

    /// The snippets found, newest first.
    async fn found(&self, viewer: Viewer, typed: &str) -> Vec<String> {
        self.search(viewer, typed).await.messages.into_iter().map(|hit| hit.snippet).collect()
    }

    async fn say(&self, sender: Sender, conversation: ConversationId, text: &str, millis: i64) {
        self.writer.message(self.says(sender, conversation, text, millis)).await.unwrap();
    }

    async fn documents(&self) -> u64 {
        search_document::Entity::find().count(self.reader()).await.unwrap()
    }

    /// What the text index holds; on PostgreSQL it is a part of the documents.
    async fn entries(&self) -> i64 {
        let sql = match self.backend() {
            sea_orm::DbBackend::Postgres => "SELECT count(*) AS n FROM search_document",
            _ => "SELECT count(*) AS n FROM search_index",
        };
        let row = self.reader().query_one_raw(Statement::from_string(self.backend(), sql)).await.unwrap().unwrap();
        row.try_get_by("n").unwrap()
    }
}

async fn words_of_any_length_and_script_are_found(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let (visitor, agent) = (Sender::Visitor(visitor), by_agent(world.admin));
    world.say(visitor.clone(), conversation, "我想申请退款，订单号 SF1234567890", 2_000).await;
    world.say(agent, conversation, "好的，iPhone15手机壳的款项三天内退回", 3_000).await;
    world.say(visitor, conversation, "it's \"great\"; DROP TABLE message -- ' OR 1=1 \\ & | ! :*", 4_000).await;
    world.index(world.org).await;
    for (typed, hits) in [
        ("退", 2),
        ("退款", 1),
        ("申请退", 1),
        ("款", 2),
        ("退回", 1),
        ("你好", 1),
        ("sf", 1),
        ("SF12345", 1),
        ("7890", 1),
        ("1234567890", 1),
        ("iphone手机", 0),
        ("iphone15手机", 1),
        ("订单 退款", 1),
        ("款退", 0),
        ("great drop", 1),
        ("message", 1),
        ("or", 1),
        ("不在", 0),
    ] {
        assert_eq!(world.found(world.admin, typed).await.len(), hits, "{typed}");
    }
    let hit = world.search(world.admin, "退款").await.messages.remove(0);
    assert_eq!((hit.conversation_id, hit.seq, hit.created_at), (conversation, 2, at(2_000)));
    let highlight = hit.highlights[0];
    let [start, end] = [highlight.start, highlight.end].map(|at| usize::try_from(at).unwrap());
    let marked: String = hit.snippet.chars().skip(start).take(end - start).collect();
    assert_eq!(marked, "退款");
}

async fn the_newest_come_first_page_by_page(world: World) {
    let (_, conversation) = world.conversation().await;
    let (_, other) = world.conversation().await;
    for number in 0..60_i64 {
        let at = if number % 2 == 0 { conversation } else { other };
        world.say(by_agent(world.admin), at, &format!("发货 第{number}批"), 2_000 + number).await;
        world.say(by_agent(world.admin), at, "别的", 2_000 + number).await;
    }
    world.index(world.org).await;
    let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
    loop {
        let (page, next) = world.page(world.admin, "发货", before, 25).await;
        seen.extend(page.iter().map(|hit| hit.created_at));
        pages += 1;
        before = next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), pages), (60, 3));
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first: {seen:?}");
}

async fn an_agent_finds_only_what_they_see(world: World) {
    let (_, mine) = world.conversation().await;
    let (_, others) = world.conversation().await;
    world.assign(mine, Some(world.agent.agent_id)).await;
    for (conversation, text) in [(mine, "我的退款"), (others, "别人的退款")] {
        world.say(by_agent(world.admin), conversation, text, 2_000).await;
    }
    world.index(world.org).await;
    assert_eq!(world.found(world.agent, "退款").await, ["我的退款"]);
    assert_eq!(world.found(world.admin, "退款").await, ["别人的退款", "我的退款"]);
    // The moment they lose it they find it no more.
    world.assign(mine, None).await;
    assert_eq!(world.found(world.agent, "退款").await, Vec::<String>::new());
}

async fn an_agent_of_few_conversations_turns_over_bounded_pages(world: World) {
    let (_, mine) = world.conversation().await;
    world.assign(mine, Some(world.agent.agent_id)).await;
    world.say(by_agent(world.admin), mine, "最早的发货", 2_000).await;
    let (_, others) = world.conversation().await;
    // Straight into the tables: thousands of others' messages lie above.
    let many = match world.backend() {
        sea_orm::DbBackend::Postgres => "generate_series(2, 6001) AS n(i)",
        _ => "(WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 6001) SELECT i FROM n) AS n",
    };
    let id = match world.backend() {
        sea_orm::DbBackend::Postgres => "('33333333' || lpad(to_hex(i), 24, '0'))::uuid",
        _ => "unhex(printf('33333333%024x', i))",
    };
    let payload = match world.backend() {
        sea_orm::DbBackend::Postgres => {
            "'{\"type\":\"message_created\",\"message\":{\"id\":\"33333333-0000-0000-0000-' || lpad(to_hex(i), 12, '0') || '\"}}'"
        }
        _ => {
            "'{\"type\":\"message_created\",\"message\":{\"id\":\"' || printf('33333333-0000-0000-0000-%012x', i) || '\"}}'"
        }
    };
    let conn = world.db.writer();
    let uuid = |id: uuid::Uuid| match world.backend() {
        sea_orm::DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("x'{}'", id.simple()),
    };
    let (org, conversation) = (uuid(world.org.0), uuid(others.0));
    world.writer_lets_go().await;
    let base = crate::events::cursor(world.reader(), world.admin.scope()).await.unwrap();
    for statement in [
        format!(
            "INSERT INTO message (id, org_id, conversation_id, seq, author_kind, sender, nonce, content, inbound_count, created_at)
             SELECT {id}, {org}, {conversation}, i, 'visitor', {id}, {id}, '{{\"type\":\"text\",\"text\":\"也要发货\"}}', i, 9 FROM {many}"
        ),
        format!(
            "INSERT INTO event (org_id, seq, conversation_id, kind, actor, audience, payload, created_at)
             SELECT {org}, {base} + i - 1, {conversation}, 'message_created', 'system', 'c', {payload}, 9 FROM {many}"
        ),
        format!("UPDATE organisation SET last_event_seq = {base} + 6000 WHERE id = {org}"),
    ] {
        conn.execute_unprepared(&statement).await.unwrap();
    }
    while step(&world.db, &world.writer, world.admin.scope(), 2_000).await.unwrap() == Indexed::More {}
    let (first, next) = world.page(world.agent, "发货", None, 20).await;
    assert_eq!(first.len(), 0, "the page has looked at its share");
    let (second, end) = world.page(world.agent, "发货", next, 20).await;
    assert!(next.is_some() && second[0].snippet == "最早的发货" && end.is_none(), "{next:?} {second:?} {end:?}");
    let (all, _) = world.page(world.admin, "发货", None, 20).await;
    assert_eq!(all.len(), 20);
}

async fn what_is_deleted_leaves_the_index(world: World) {
    let (_, conversation) = world.conversation().await;
    world.say(by_agent(world.admin), conversation, "要退款", 2_000).await;
    world.index(world.org).await;
    assert_eq!((world.documents().await, world.entries().await), (3, 3), "two messages and a contact");
    let (org, channel) = (world.org, world.channel);
    world
        .writer
        .run(move |tx| {
            Box::pin(async move {
                crate::channels::delete(tx, OrgScope::new(org), channel, crate::Actor::System, at(9_000))
                    .await
                    .map(drop)
            })
        })
        .await
        .unwrap();
    assert!(world.found(world.admin, "退款").await.is_empty(), "at once");
    let step = || {
        let scope = OrgScope::new(org);
        world.writer.run(move |tx| Box::pin(async move { purge::step(tx, scope, channel, 2, at(9)).await }))
    };
    while step().await.unwrap() == purge::Purge::More {}
    assert_eq!((world.documents().await, world.entries().await), (0, 0));
    // The ledger's rest is followed all the same.
    world.index(world.org).await;
    assert_eq!(behind(world.reader(), 10).await.unwrap(), []);
}

async fn the_index_follows_the_ledger_and_nothing_is_done_twice(world: World) {
    let (visitor, conversation) = world.conversation().await;
    let lag = behind(world.reader(), 10).await.unwrap();
    assert!(matches!(lag.as_slice(), [(org, 1..)] if *org == world.org), "{lag:?}");
    assert!(world.found(world.admin, "你好").await.is_empty(), "not indexed yet");
    world.index(world.org).await;
    assert_eq!(behind(world.reader(), 10).await.unwrap(), []);
    world.index(world.org).await;
    assert_eq!(world.found(world.admin, "你好").await.len(), 1);
    world.say(Sender::Visitor(visitor), conversation, "还在吗", 3_000).await;
    assert_eq!(behind(world.reader(), 10).await.unwrap(), [(world.org, 1)]);
    // A server that dies in the middle has done nothing: two more follow together, and neither does it twice.
    let (second_db, second_writer, _) = world.restarted(crate::WriterOptions::default()).await;
    let scope = world.admin.scope();
    let (one, two) =
        tokio::join!(step(&world.db, &world.writer, scope, 100), step(&second_db, &second_writer, scope, 100));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    world.index(world.org).await;
    assert_eq!(world.found(world.admin, "还在").await.len(), 1);
    assert_eq!(world.documents().await, 3);
}

async fn organisations_find_nothing_of_each_other(world: World) {
    let other = world.new_org().await;
    let spy = world.new_agent(other, Role::Admin).await;
    let channel = world.new_channel(other).await;
    let theirs = Visitor { org_id: other, channel_id: channel, contact_id: world.visitor().contact_id };
    world.writer.first_message(world.first(theirs, "他们的退款", 1_000)).await.unwrap();
    let (_, ours) = world.conversation().await;
    world.say(by_agent(world.admin), ours, "我们的退款", 2_000).await;
    for org in [other, world.org] {
        world.index(org).await;
    }
    assert_eq!(world.found(spy, "退款").await, ["他们的退款"]);
    assert_eq!(world.found(world.admin, "退款").await, ["我们的退款"]);
    assert_eq!(world.search(spy, "1").await.contacts.len(), 1);
    assert_eq!(world.search(spy, "1").await.contacts[0].contact.id, theirs.contact_id);
}

/// PostgreSQL walks the newest stretch first and asks its index for what is rare there.
async fn a_frequent_word_that_has_become_rare_is_still_found(world: World) {
    let (_, conversation) = world.conversation().await;
    world.say(by_agent(world.admin), conversation, "停产的型号", 2_000).await;
    for batch in 0..20 {
        let jobs = (0..100).map(|n| {
            world.writer.message(world.says(by_agent(world.admin), conversation, "别的", 3_000 + batch * 100 + n))
        });
        for outcome in futures_util::future::join_all(jobs).await {
            outcome.unwrap();
        }
    }
    while step(&world.db, &world.writer, world.admin.scope(), 1_000).await.unwrap() == Indexed::More {}
    assert_eq!(world.found(world.admin, "停产").await, ["停产的型号"]);
    assert_eq!(world.found(world.admin, "别的").await.len(), 20);
    assert_eq!(world.found(world.admin, "没有").await.len(), 0);
}

/// A word that is neither: the first stretch has too few for a page and promises the rest a little further down.
async fn a_word_of_one_message_in_fifty_is_found_page_by_page(world: World) {
    let (_, conversation) = world.conversation().await;
    for batch in 0..40 {
        let jobs = (0..100).map(|n| {
            let text = if n % 50 == 7 { "退款了" } else { "别的" };
            let millis = 3_000 + batch * 100 + n;
            world.writer.message(world.says(by_agent(world.admin), conversation, text, millis))
        });
        for outcome in futures_util::future::join_all(jobs).await {
            outcome.unwrap();
        }
    }
    while step(&world.db, &world.writer, world.admin.scope(), 1_000).await.unwrap() == Indexed::More {}
    let (mut before, mut seqs, mut pages) = (None, Vec::new(), 0);
    loop {
        let (page, next) = world.page(world.admin, "退款", before, 25).await;
        seqs.extend(page.iter().map(|hit| hit.seq));
        pages += 1;
        before = next;
        if before.is_none() || pages > 9 {
            break;
        }
    }
    assert_eq!(seqs.len(), 80, "{seqs:?}");
    assert!(seqs.is_sorted_by(|newer, older| newer > older), "newest first, each once: {seqs:?}");
}

/// What stands far back is looked for page by page: no page walks the whole history again and again.
async fn a_page_looks_at_a_bounded_stretch_of_a_long_history(world: World) {
    if world.backend() != sea_orm::DbBackend::Postgres {
        // SQLite's index yields its documents in order.
        return;
    }
    let (_, conversation) = world.conversation().await;
    world.say(by_agent(world.admin), conversation, "停产的型号", 2_000).await;
    world.index(world.org).await;
    world.writer_lets_go().await;
    // More of them than are sorted, all of long ago: what nobody may see takes its place in the index all the same.
    for statement in [
        "INSERT INTO search_document (docid, org_id, terms)
         SELECT docid + n, org_id, terms
         FROM (SELECT * FROM search_document WHERE message_id IS NOT NULL ORDER BY docid DESC LIMIT 1) AS last,
              generate_series(1, 4100) AS n",
        "UPDATE organisation SET last_event_seq = 600000",
        "UPDATE search_progress SET event_seq = 600000",
    ] {
        world.db.writer().execute_unprepared(statement).await.unwrap();
    }
    let (mut pages, mut before, mut found) = (0, None, Vec::new());
    while found.is_empty() && pages < 20 {
        let (page, next) = world.page(world.admin, "停产", before, 20).await;
        if pages == 0 {
            assert_eq!((page.len(), next), (0, Some(600_001 - 240_000)), "and it says where to go on");
        }
        found.extend(page);
        before = next;
        pages += 1;
    }
    assert_eq!((found.len(), pages), (1, 3));
}

async fn what_is_said_automatically_is_not_found(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.say(Sender::Automatic(world.org), conversation, "欢迎咨询退款", 2_000).await;
    world.say(Sender::Visitor(visitor), conversation, "我要退款", 3_000).await;
    world.index(world.org).await;
    assert_eq!(world.found(world.admin, "退款").await, ["我要退款"]);
    assert_eq!(world.found(world.admin, "欢迎").await, [""; 0], "what every conversation begins with");
}
