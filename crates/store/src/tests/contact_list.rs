//! The list of contacts: every order in pages, whatever is filtered, for whoever asks; and no page that walks or sorts more than it may.

use super::plans::{check, grow, plan};
use super::world::{World, on_both};
use crate::contact_list::{Behind, ContactPlace, Found, Listed, page, stretch};
use crate::scope::Viewer;
use crate::tables::contact;
use crate::{contact_imports, merging, sql, taggings};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use std::cmp::Ordering;
use types::contact_list::{ContactFilter, ContactSort, ListedContact};
use types::id::{ChannelId, TagId};
use types::time::Timestamp;

on_both!(
    every_order_has_everybody_once_whatever_the_length_of_its_pages,
    a_search_finds_names_phones_and_remarks_and_hides_a_phone_from_whoever_may_not_see_it,
    documents_of_an_earlier_version_are_made_anew,
    a_page_walks_an_index_or_sorts_a_few,
    imports_and_phone_numbers_are_found_by_their_indexes,
);

const SORTS: [ContactSort; 3] = [ContactSort::Number, ContactSort::LastSeen, ContactSort::Name];

/// All pages of this length, and what they have together.
async fn all(world: &World, viewer: Viewer, listed: &Listed, limit: usize) -> Vec<ListedContact> {
    let (mut all, mut place) = (Vec::new(), None::<ContactPlace>);
    loop {
        // As it comes back from a client.
        let after = place.map(|place| place.to_string().parse().unwrap());
        let (items, next) = page(world.reader(), viewer, listed, after, limit).await.unwrap();
        assert!(items.len() <= limit);
        all.extend(items);
        place = next;
        if place.is_none() {
            return all;
        }
    }
}

fn numbers(listed: &[ListedContact]) -> Vec<i64> {
    listed.iter().map(|listed| listed.contact.number).collect()
}

/// Writes straight into a contact's row.
async fn set(world: &World, number: i64, column: contact::Column, value: impl Into<sea_orm::sea_query::SimpleExpr>) {
    world.writer_lets_go().await;
    let update = contact::Entity::update_many().col_expr(column, value.into());
    update.filter(contact::Column::Number.eq(number)).exec(world.db.writer()).await.unwrap();
}

async fn every_order_has_everybody_once_whatever_the_length_of_its_pages(world: World) {
    let names = [Some("王芳"), None, Some("alice"), Some("Bob"), Some("王芳"), None, Some("陈静"), Some("ALICE"), None];
    let busy = world.new_channel(world.org).await;
    for (place, name) in names.into_iter().enumerate() {
        let mut visitor = world.visitor();
        if place % 3 == 0 {
            visitor.channel_id = busy;
        }
        let (_, conversation) = world.conversation_of(visitor, 1_000).await;
        if place % 2 == 0 {
            world.assign(conversation, Some(world.agent.agent_id)).await;
        }
        let number = i64::try_from(place).unwrap() + 1;
        set(&world, number, contact::Column::Name, name.map(str::to_owned)).await;
        set(&world, number, contact::Column::LastSeenAt, Timestamp(number * 7 % 5)).await;
    }
    set(&world, 4, contact::Column::BlockedAt, Some(Timestamp(1))).await;
    let key = |listed: &ListedContact| match &listed.contact.name {
        Some(name) => format!("a{}", name.to_ascii_lowercase()),
        None => "z".to_owned(),
    };
    let before = |sort: ContactSort, one: &ListedContact, other: &ListedContact| -> Ordering {
        let order = match sort {
            ContactSort::Number => Ordering::Equal,
            ContactSort::LastSeen => one.last_seen_at.cmp(&other.last_seen_at),
            ContactSort::Name => key(one).cmp(&key(other)),
        };
        order.then(one.contact.number.cmp(&other.contact.number))
    };
    let of_channel = ContactFilter { channel_id: Some(busy), ..ContactFilter::default() };
    let blocked = |blocked| ContactFilter { blocked: Some(blocked), ..ContactFilter::default() };
    for (viewer, filter, expected) in [
        (world.admin, ContactFilter::default(), vec![1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (world.admin, of_channel.clone(), vec![1, 4, 7]),
        (world.admin, blocked(true), vec![4]),
        (world.admin, blocked(false), vec![1, 2, 3, 5, 6, 7, 8, 9]),
        (world.agent, ContactFilter::default(), vec![1, 3, 5, 7, 9]),
        (world.agent, of_channel, vec![1, 7]),
        (world.agent, blocked(true), vec![]),
    ] {
        let whole = all(&world, viewer, &Listed { filter: filter.clone(), ..Listed::default() }, 100).await;
        assert_eq!(numbers(&whole), expected, "{filter:?}");
        for sort in SORTS {
            for descending in [false, true] {
                let mut sorted = whole.clone();
                sorted.sort_by(|one, other| before(sort, one, other));
                if descending {
                    sorted.reverse();
                }
                for limit in [1, 2, 100] {
                    let listed = Listed { filter: filter.clone(), sort, descending };
                    assert_eq!(all(&world, viewer, &listed, limit).await, sorted, "{listed:?} by {limit}");
                }
            }
        }
    }
    let foreign = ContactFilter { channel_id: Some(ChannelId(world.uuid())), ..ContactFilter::default() };
    assert_eq!(all(&world, world.admin, &Listed { filter: foreign, ..Listed::default() }, 9).await, []);
    let spy = world.new_agent(world.new_org().await, types::agents::Role::Admin).await;
    assert_eq!(all(&world, spy, &Listed::default(), 9).await, []);
}

/// Makes a few contacts and names the second.
async fn few(world: &World) {
    for _ in 0..3 {
        world.conversation().await;
    }
    set(world, 2, contact::Column::Name, Some("欧阳娜".to_owned())).await;
    set(world, 2, contact::Column::Phone, Some("138-0013-8000".to_owned())).await;
    set(world, 2, contact::Column::Remark, Some("喜欢 蓝色 pens".to_owned())).await;
}

async fn found(world: &World, viewer: Viewer, q: &str) -> Vec<i64> {
    let filter = ContactFilter { q: Some(q.to_owned()), ..ContactFilter::default() };
    numbers(&all(world, viewer, &Listed { filter, sort: ContactSort::Name, descending: true }, 2).await)
}

async fn a_search_finds_names_phones_and_remarks_and_hides_a_phone_from_whoever_may_not_see_it(world: World) {
    few(&world).await;
    world.index(world.org).await;
    let blind = Viewer { sees_details: false, ..world.admin };
    for (q, by_admin, by_blind) in [
        ("欧", vec![2], vec![2]),
        ("欧阳", vec![2], vec![2]),
        ("阳欧", vec![], vec![]),
        ("蓝色 pen", vec![2], vec![2]),
        ("13800138000", vec![2], vec![]),
        ("138", vec![2], vec![]),
        ("8000", vec![2], vec![]),
        ("欧阳 138", vec![2], vec![]),
        ("3", vec![3], vec![3]),
        ("！", vec![], vec![]),
    ] {
        assert_eq!((found(&world, world.admin, q).await, found(&world, blind, q).await), (by_admin, by_blind), "{q}");
    }
    assert_eq!(found(&world, world.agent, "欧阳").await, [0; 0], "not theirs to see");
}

async fn documents_of_an_earlier_version_are_made_anew(world: World) {
    world.conversation().await;
    world.index(world.org).await;
    few(&world).await;
    // As the index was left by a version that knew of names only, and nothing more is told of anybody.
    world.index(world.org).await;
    set(&world, 1, contact::Column::Remark, Some("早先的备注".to_owned())).await;
    world.index(world.org).await;
    assert_eq!(found(&world, world.admin, "早先").await, [0; 0]);
    world.writer_lets_go().await;
    world.db.writer().execute_unprepared("UPDATE search_progress SET contact_number = 0").await.unwrap();
    assert_eq!(crate::search::behind(world.reader(), 9).await.unwrap(), [(world.org, 0)]);
    world.index(world.org).await;
    assert_eq!(found(&world, world.admin, "早先").await, [1]);
    assert_eq!(crate::search::behind(world.reader(), 9).await.unwrap(), []);
}

async fn a_page_walks_an_index_or_sorts_a_few(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let backend = world.backend();
    let listed = |sort, descending| Listed { sort, descending, ..Listed::default() };
    let explained = async |viewer: Viewer, found: &Found, listed: &Listed, behind: Behind<'_>| {
        plan(&world, sql::limited(&stretch(viewer, found, listed, behind, backend), 51, backend)).await
    };
    // In a channel of a few contacts PostgreSQL rather sorts them.
    let busiest = "SELECT channel_id FROM contact GROUP BY channel_id ORDER BY count(*) DESC LIMIT 1";
    let busiest = world.db.writer().query_one_raw(Statement::from_string(backend, busiest)).await.unwrap().unwrap();
    let busiest = ChannelId(busiest.try_get_by("channel_id").unwrap());
    for (sort, of_all, of_channel, place) in [
        (ContactSort::Number, "contact_number_key", "contact_channel_number_idx", "7"),
        (ContactSort::LastSeen, "contact_seen_idx", "contact_channel_seen_idx", "7.s2000"),
        (ContactSort::Name, "contact_name_idx", "contact_channel_name_idx", "7.nz"),
    ] {
        for descending in [false, true] {
            let place = place.parse::<ContactPlace>().unwrap();
            for behind in [Behind::Nothing, Behind::Equal(&place), Behind::Beyond(&place)] {
                let listed = listed(sort, descending);
                for (found, index) in [(Found::Walking(None), of_all), (Found::Walking(Some(busiest)), of_channel)] {
                    // Which of two indexes with the same order PostgreSQL walks depends on how many are where.
                    let index: &[&str] = if backend == DbBackend::Postgres { &[] } else { &[index] };
                    check(&explained(world.admin, &found, &listed, behind).await, index);
                }
            }
        }
    }
    // What is found first is sorted; every other step is an index, and nothing else is walked.
    let tag_id = TagId(world.uuid());
    let documents: Vec<i64> = (1..4_000).collect();
    for (viewer, found) in [
        (world.admin, Found::Proposed(documents.clone())),
        (world.agent, Found::Proposed(documents)),
        (world.admin, Found::Tagged(tag_id)),
        (world.agent, Found::Tagged(tag_id)),
        (world.agent, Found::Own),
        (world.admin, Found::Blocked),
    ] {
        let shown = explained(viewer, &found, &listed(ContactSort::Name, false), Behind::Nothing).await;
        for walk in ["contact_name_idx", "contact_channel", "contact_number_key", "contact_seen_idx"] {
            assert!(!shown.contains(walk), "{found:?}: {shown}");
        }
        let is_sort = |line: &&str| line.contains("Sort") || line.contains("TEMP B-TREE");
        let unsorted: String = shown.lines().filter(|line| !is_sort(line)).map(|line| format!("{line}\n")).collect();
        check(&unsorted, &[]);
    }
    // Those that go on are all that stands in their index.
    let running = plan(&world, super::plans::on(&world, taggings::running())).await;
    assert!(running.contains("tagging_running_idx") && !running.contains("Seq Scan"), "{running}");
    let own = plan(&world, sql::limited(&taggings::of_agent(world.admin), 10, backend)).await;
    check(&own, &["tagging_agent_idx"]);
    assert!(backend == DbBackend::Postgres || !own.contains("tagging_pkey"), "{own}");
}

async fn imports_and_phone_numbers_are_found_by_their_indexes(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let scope = world.admin.scope();
    let spellings = rules::contact_imports::phone_spellings("13800138000");
    let of_phones = contact_imports::of_phones(scope, world.channel, spellings);
    check(&plan(&world, super::plans::on(&world, of_phones)).await, &["contact_phone_idx"]);
    let (name, account) = ("王芳", "u-17");
    let mut whose = contact::Entity::find().one(world.reader()).await.unwrap().unwrap();
    whose.external_id = Some(account.to_owned());
    for (duplicates, index) in [
        (merging::of_account(scope, vec![world.channel], account), "contact_external_id_key"),
        (merging::of_phone(scope, "13800138000"), "contact_phone_idx"),
        (merging::of_name(scope, name, world.backend()), "contact_name_idx"),
    ] {
        let others = merging::others(duplicates, &whose);
        check(&plan(&world, super::plans::on(&world, others)).await, &[index]);
    }
    // What was told of who has no conversation, and what webhooks were told by it, is found when they are deleted or taken apart.
    if world.backend() == DbBackend::Postgres {
        let imported = format!(
            "INSERT INTO event (org_id, seq, kind, actor, audience, payload, created_at)
             SELECT '{}', n + 10000000, 'contact_updated', 'system', 'c',
                    '{{\"contact\":{{\"id\":\"' || gen_random_uuid() || '\"}}}}', 0 FROM generate_series(1, 3000) AS n",
            world.org
        );
        for statement in [imported.as_str(), "ANALYZE event"] {
            world.db.writer().execute_unprepared(statement).await.unwrap();
        }
    }
    let alone = merging::lone_updates(scope, &[whose.id], world.backend());
    check(&plan(&world, super::plans::on(&world, alone)).await, &["event_contact_idx"]);
    let merged = plan(&world, super::plans::on(&world, merging::leading_to(scope, &[whose.id]))).await;
    check(&merged, &["contact_merged_idx"]);
    let running = plan(&world, super::plans::on(&world, contact_imports::running())).await;
    assert!(running.contains("contact_import_running_idx") && !running.contains("Seq Scan"), "{running}");
    let own = plan(&world, sql::limited(&contact_imports::of_agent(world.admin), 10, world.backend())).await;
    check(&own, &["contact_import_agent_idx"]);
    let old = plan(&world, super::plans::on(&world, contact_imports::before(Timestamp(7)))).await;
    check(&old, &["contact_import_age_idx"]);
}
