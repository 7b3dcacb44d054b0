//! Search over the real server: found within moments, by whom, page by page, and the surroundings of what was found.

use testkit::{AgentCaller, TestServer, db_tests};
use types::agents::Role;
use types::contacts::ContactPatch;
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::ContactId;
use types::limits::SEARCH_TEXT_MAX;
use types::messages::{Message, MessageWindow};
use types::page::Page;
use types::search::SearchResults;

db_tests!(
    what_is_said_is_found_within_moments,
    a_hit_leads_to_its_message_with_its_surroundings,
    whoever_has_a_name_that_many_have_is_reached_page_by_page,
    agents_find_only_what_they_see,
    what_cannot_be_searched_is_refused_by_name,
    filters_list_what_they_say,
);

async fn search(agent: &AgentCaller, query: &[(&str, &str)]) -> SearchResults {
    let mut url = reqwest::Url::parse("http://host/api/v1/search").unwrap();
    url.query_pairs_mut().extend_pairs(query);
    agent.get(&format!("{}?{}", url.path(), url.query().unwrap())).await.having(200).json()
}

/// Asks until so many messages are found: the index follows by itself.
async fn search_until(agent: &AgentCaller, text: &str, messages: usize) -> SearchResults {
    for _ in 0..2_000 {
        let found = search(agent, &[("q", text), ("limit", "50")]).await;
        assert!(found.messages.len() <= messages, "{found:?}");
        if found.messages.len() == messages {
            return found;
        }
    }
    panic!("{text} is not found {messages} times");
}

/// Asks until somebody is found.
pub(crate) async fn until_found(agent: &AgentCaller, text: &str) {
    for _ in 0..2_000 {
        if !search(agent, &[("q", text)]).await.contacts.is_empty() {
            return;
        }
    }
    panic!("{text} is not found");
}

async fn what_is_said_is_found_within_moments(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let said = visitor.say("我想退款，订单号 SF1234567890").await;
    let path = format!("/api/v1/conversations/{}/messages", said.conversation_id);
    organisation.admin.post(&path, &server.text("退款三天内到账")).await.expect(201);
    let found = search_until(&organisation.admin, "退款", 2).await;
    assert_eq!(found.messages[1].message_id, said.id, "newest first");
    assert_eq!(found.messages[1].snippet, "我想退款，订单号 SF1234567890");
    assert_eq!((found.messages[1].highlights[0].start, found.messages[1].highlights[0].end), (2, 4));
    assert!(!found.catching_up);
    for text in ["款", "sf123", "7890", "退款 订单"] {
        assert!(!search_until(&organisation.admin, text, if text == "款" { 2 } else { 1 }).await.messages.is_empty());
    }
    // A nameless visitor is known by their number.
    let number = found.messages[0].contact.number.to_string();
    assert_eq!(search(&organisation.admin, &[("q", &number)]).await.contacts.len(), 1);
    // Page by page, each message once.
    let first = search(&organisation.admin, &[("q", "退款"), ("limit", "1")]).await;
    let next = first.next_cursor.unwrap();
    let second = search(&organisation.admin, &[("q", "退款"), ("limit", "1"), ("cursor", &next)]).await;
    assert_eq!([first.messages, second.messages].concat(), found.messages);
    assert_eq!((second.next_cursor, second.contacts.len()), (None, 0));
    let url = format!("/api/v1/search?q=other&cursor={next}");
    assert_eq!(
        organisation.admin.get(&url).await.problem().code,
        ErrorCode::MalformedRequest,
        "another question's cursor"
    );
    // Gone with its channel.
    let body = types::channels::DeleteChannel { name: channel.name };
    organisation.admin.delete_with(&format!("/api/v1/channels/{}", channel.id), &body).await.expect(204);
    assert!(search(&organisation.admin, &[("q", "退款")]).await.messages.is_empty());
}

async fn a_hit_leads_to_its_message_with_its_surroundings(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let mut id = None;
    for number in 1..=30 {
        id = Some(visitor.say(&format!("第{number}句")).await.conversation_id);
    }
    let path = format!("/api/v1/conversations/{}/messages", id.unwrap());
    let around = async |seq: i64, limit: u16| -> Vec<i64> {
        let url = format!("{path}?around_seq={seq}&limit={limit}");
        let window: MessageWindow = organisation.admin.get(&url).await.having(200).json();
        let seqs: Vec<i64> = window.items.iter().map(|message: &Message| message.seq).collect();
        assert_eq!((window.has_earlier, window.has_later), (seqs[0] > 1, *seqs.last().unwrap() < 30));
        seqs
    };
    assert_eq!(around(15, 10).await, (10..=19).collect::<Vec<i64>>());
    assert_eq!(around(1, 10).await, (1..=10).collect::<Vec<i64>>());
    assert_eq!(around(30, 10).await, (25..=30).collect::<Vec<i64>>());
    for wrong in ["around_seq=-1", "around_seq=1&before_seq=2", "around_seq=1&after_seq=2"] {
        let problem = organisation.admin.get(&format!("{path}?{wrong}")).await.having(422).problem();
        assert_eq!(problem.errors[0].field, "around_seq", "{wrong}");
    }
}

async fn whoever_has_a_name_that_many_have_is_reached_page_by_page(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (&organisation.admin, organisation.channel().await);
    let named = ContactPatch { name: Some("欧阳".to_owned()), ..ContactPatch::default() };
    let mut ids = Vec::new();
    for _ in 0..21 {
        let visitor = server.visit(&channel.key, None).await;
        visitor.say("我是欧阳").await;
        ids.push(visitor.session.contact_id);
        admin.patch(&format!("/api/v1/contacts/{}", visitor.session.contact_id), &named).await.expect(200);
    }
    // The index follows in order: with the last of them it has all.
    until_found(admin, "欧阳 21").await;
    let people =
        |results: &SearchResults| results.contacts.iter().map(|hit| hit.contact.id).collect::<Vec<ContactId>>();
    let first = search(admin, &[("q", "欧阳")]).await;
    assert_eq!((first.contacts.len(), first.messages.len(), people(&first).contains(&ids[0])), (20, 20, false));
    let (contacts, messages) = (first.next_contacts_cursor.unwrap(), first.next_cursor.unwrap());
    let rest = [("q", "欧阳"), ("contacts_cursor", contacts.as_str())];
    let second = search(admin, &rest).await;
    assert_eq!((people(&second), second.messages.len()), (vec![ids[0]], 0));
    assert_eq!((second.next_contacts_cursor, second.next_cursor), (None, None));
    // It shows nobody more than they see, and belongs to its own question and list.
    for nobody in [organisation.agent(Role::Agent).await, server.organisation().await.admin] {
        assert_eq!(people(&search(&nobody, &rest).await), []);
    }
    for wrong in [
        format!("q=欧&contacts_cursor={contacts}"),
        format!("q=欧阳&cursor={contacts}"),
        format!("q=欧阳&contacts_cursor={messages}"),
    ] {
        let problem = admin.get(&format!("/api/v1/search?{wrong}")).await.having(400).problem();
        assert_eq!(problem.code, ErrorCode::MalformedRequest, "{wrong}");
    }
    let both = format!("/api/v1/search?q=欧阳&cursor={messages}&contacts_cursor={contacts}");
    assert_eq!(admin.get(&both).await.having(422).problem().errors[0].field, "contacts_cursor");
}

async fn agents_find_only_what_they_see(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    server.visit(&channel.key, None).await.say("机密的退款").await;
    search_until(&organisation.admin, "退款", 1).await;
    let supervisor = organisation.agent(Role::Supervisor).await;
    assert_eq!(search(&supervisor, &[("q", "退款")]).await.messages.len(), 1);
    let agent = organisation.agent(Role::Agent).await;
    let stranger = server.organisation().await.admin;
    for nobody in [agent, stranger] {
        let found = search(&nobody, &[("q", "退款")]).await;
        assert!(found.messages.is_empty() && found.contacts.is_empty(), "{found:?}");
    }
}

async fn what_cannot_be_searched_is_refused_by_name(server: TestServer) {
    let organisation = server.organisation().await;
    let long = "字".repeat(SEARCH_TEXT_MAX + 1);
    for wrong in ["", "%20%20", "a%00b", long.as_str()] {
        let problem = organisation.admin.get(&format!("/api/v1/search?q={wrong}")).await.having(422).problem();
        assert_eq!(problem.errors[0].field, "q", "{wrong}");
    }
    organisation.admin.get("/api/v1/search").await.expect(400);
    let signs = search(&organisation.admin, &[("q", "?!%_*\"'")]).await;
    assert!(signs.messages.is_empty() && signs.next_cursor.is_none());
    let problem = organisation.admin.get("/api/v1/search?q=a&limit=51").await.having(422).problem();
    assert_eq!(problem.errors[0].field, "limit");
}

async fn filters_list_what_they_say(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let mut ids = Vec::new();
    for text in ["等着", "答过", "读过"] {
        server.clock.advance(1_000);
        ids.push(server.visit(&channel.key, None).await.say(text).await.conversation_id);
    }
    let admin = &organisation.admin;
    admin.post(&format!("/api/v1/conversations/{}/messages", ids[1]), &server.text("好的")).await.expect(201);
    admin
        .put(&format!("/api/v1/conversations/{}/read", ids[2]), &types::conversations::MarkRead { seq: 1 })
        .await
        .expect(200);
    let listed = async |query: &str| -> Vec<usize> {
        let page: Page<Conversation> = admin.get(&format!("/api/v1/conversations?{query}")).await.having(200).json();
        let mut places: Vec<usize> =
            page.items.iter().map(|one| ids.iter().position(|id| *id == one.id).unwrap()).collect();
        places.sort_unstable();
        places
    };
    assert_eq!(listed("waiting=true").await, [0, 2]);
    assert_eq!(listed("unread=true").await, [0]);
    assert_eq!(listed("assigned=nobody").await, [0, 1, 2]);
    assert_eq!(listed("assigned=me").await, [0_usize; 0]);
    assert_eq!(listed("waiting=true&assigned=nobody&unread=true").await, [0]);
    admin.get("/api/v1/conversations?assigned=everybody").await.expect(400);
}
