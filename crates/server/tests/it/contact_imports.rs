//! Importing contacts over the real server: a table is looked at, tried, imported, and mended.

use crate::identity;
use reqwest::Method;
use serde_json::json;
use testkit::{AgentCaller, Answer, TestServer, db_tests};
use types::agents::Role;
use types::contact_imports::{ContactImport, ContactImports, ImportProblem, ImportState};
use types::contact_list::{ContactExport, ListedContact};
use types::contacts::Contact;
use types::page::Page;

db_tests!(
    a_table_is_tried_and_imported_and_its_failed_rows_are_told,
    whoever_is_there_is_left_or_changed_as_the_admin_chooses,
    an_account_is_its_owners_whoever_has_given_their_number,
    a_long_table_is_imported_part_by_part_over_a_restart,
    nobody_but_admins_imports_and_what_is_no_table_is_refused,
);

const IMPORTS: &str = "/api/v1/contact-imports";

async fn send(agent: &AgentCaller, table: impl Into<Vec<u8>>) -> Answer {
    let request = agent.request(Method::POST, IMPORTS).header("content-type", "application/octet-stream");
    // Of one moment there is no newest.
    agent.server.clock.advance(1);
    agent.send(request.body(table.into())).await
}

/// Begins an import with what its columns seem to be, and waits for its end.
async fn begun(
    agent: &AgentCaller,
    import: &ContactImport,
    channel: &impl serde::Serialize,
    more: [(&str, &str); 1],
    trial: bool,
) -> ContactImport {
    let [(name, value)] = more;
    begin(agent, import, &json!({"channel_id": channel, "columns": import.suggested, name: value, "trial": trial}))
        .await;
    ended(agent, import).await
}

async fn begin(agent: &AgentCaller, import: &ContactImport, request: &serde_json::Value) {
    agent.post(&format!("{IMPORTS}/{}/begin", import.id), request).await.expect(200);
}

async fn ended(agent: &AgentCaller, import: &ContactImport) -> ContactImport {
    for _ in 0..2_000 {
        let all: ContactImports = agent.get(IMPORTS).await.having(200).json();
        let now = all.items.into_iter().find(|one| one.id == import.id).unwrap();
        if now.state != ImportState::Running {
            return now;
        }
    }
    panic!("it has no end");
}

async fn all(agent: &AgentCaller) -> Vec<ListedContact> {
    agent.get("/api/v1/contacts").await.having(200).json::<Page<ListedContact>>().items
}

async fn a_table_is_tried_and_imported_and_its_failed_rows_are_told(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let table =
        "\u{feff}姓名,电话,备注,账号\r\n王小明,'+86 138-0013-8000,老客户,u-1\r\n李雷,电话,,u-2\r\n,,只有备注,\r\n";
    let import: ContactImport = send(&admin, table).await.having(201).json();
    assert_eq!((import.state, import.rows, import.suggested.len()), (ImportState::Ready, 3, 4));
    let counts = |one: &ContactImport| (one.created, one.updated, one.skipped, one.failed);
    let tried = begun(&admin, &import, &channel.id, [("duplicates", "skip")], true).await;
    assert_eq!((tried.state, counts(&tried)), (ImportState::Ready, (1, 0, 0, 2)));
    assert_eq!(all(&admin).await.len(), 0, "a trial writes nobody");
    let done = begun(&admin, &import, &channel.id, [("duplicates", "skip")], false).await;
    assert_eq!((done.state, done.percent, counts(&done)), (ImportState::Finished, 100, (1, 0, 0, 2)));
    let told: Vec<_> = done.faults.iter().map(|fault| (fault.row, fault.column.as_deref(), fault.problem)).collect();
    assert_eq!(told, [(3, Some("电话"), ImportProblem::InvalidFormat), (4, None, ImportProblem::Empty)]);
    let path = format!("{IMPORTS}/{}/failure-exports", import.id);
    let export: ContactExport = admin.post(&path, &json!({})).await.having(201).json();
    let failed = String::from_utf8(server.anonymous().get(&export.path).await.having(200).body).unwrap();
    assert!(failed.contains("\r\n李雷,电话,,u-2,3,电话,"), "{failed}");
    server.anonymous().get(&export.path).await.expect(404);
    // What is carried out can be brought in again: everybody is known by their account.
    let export: ContactExport = admin.post("/api/v1/contact-exports", &json!({})).await.having(201).json();
    let again = server.anonymous().get(&export.path).await.having(200).body;
    let again: ContactImport = send(&admin, again).await.having(201).json();
    assert_eq!((again.rows, again.suggested.len()), (1, 5));
    let again = begun(&admin, &again, &channel.id, [("duplicates", "update")], false).await;
    assert_eq!(counts(&again), (0, 0, 1, 0));

    // Who has not written yet is read, edited and tagged by whoever sees all, and by nobody else.
    let [listed] = all(&admin).await.try_into().unwrap();
    assert_eq!((listed.conversation_id, listed.phone.as_deref()), (None, Some("+86 138-0013-8000")));
    let contact = format!("/api/v1/contacts/{}", listed.contact.id);
    let known: Contact = admin.get(&contact).await.having(200).json();
    assert_eq!((known.external_id.as_deref(), known.channel_id), (Some("u-1"), channel.id));
    admin.patch(&contact, &json!({"version": 0, "name": "王先生"})).await.expect(200);
    let agent = organisation.agent(Role::Agent).await;
    agent.get(&contact).await.expect(404);
    agent.patch(&contact, &json!({"version": 1, "name": "别人"})).await.expect(404);
    assert_eq!(all(&agent).await.len(), 0);
}

async fn whoever_is_there_is_left_or_changed_as_the_admin_chooses(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let first: ContactImport = send(&admin, "name,phone\n甲,13800138000\n").await.having(201).json();
    assert_eq!(begun(&admin, &first, &channel.id, [("duplicates", "skip")], false).await.created, 1);
    let again = "name;phone;account id\n乙;+86 138-0013-8000;u-1\n丙;13900139000;\n丁;139 0013 9000;\n";
    let left: ContactImport = send(&admin, again).await.having(201).json();
    let left = begun(&admin, &left, &channel.id, [("duplicates", "skip")], false).await;
    assert_eq!((left.created, left.updated, left.skipped), (1, 0, 2));
    let changed: ContactImport = send(&admin, again).await.having(201).json();
    let changed = begun(&admin, &changed, &channel.id, [("duplicates", "update")], false).await;
    assert_eq!((changed.created, changed.updated, changed.failed), (0, 2, 0));
    let mut names: Vec<_> = all(&admin).await.into_iter().filter_map(|listed| listed.contact.name).collect();
    names.sort();
    assert_eq!(names, ["丁", "乙"]);
    // Who proves the account takes over what was imported of it.
    let [owner] = all(&admin)
        .await
        .into_iter()
        .filter(|listed| listed.contact.name.as_deref() == Some("乙"))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let secret = identity::secret_of(&admin, channel.id).await.secret;
    let visitor = identity::visit(&server, &channel, None, &identity::identity(&secret, "u-1")).await;
    let said = visitor.say("我是老客户").await;
    assert_eq!(visitor.session.contact_id, owner.contact.id);
    let known: Contact = admin.get(&format!("/api/v1/contacts/{}", owner.contact.id)).await.having(200).json();
    assert_eq!((known.name.as_deref(), known.phone.as_deref()), (Some("乙"), Some("+86 138-0013-8000")));
    assert_eq!(admin.conversation(said.conversation_id).await.contact.id, owner.contact.id);
    // One that has ended is not begun again.
    let request = json!({"channel_id": channel.id, "columns": changed.suggested});
    admin.post(&format!("{IMPORTS}/{}/begin", changed.id), &request).await.expect(409);
}

async fn an_account_is_its_owners_whoever_has_given_their_number(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    // Somebody says that a number is theirs, and keeps the chat open. A server that was started meanwhile knows nothing of their visit.
    let stranger = server.visit(&channel.key, None).await;
    server.restart().await;
    stranger.say("你好").await;
    let theirs = format!("/api/v1/contacts/{}", stranger.session.contact_id);
    admin.patch(&theirs, &json!({"version": 0, "phone": "13800138000"})).await.expect(200);
    // A customer has signed in, and has written nothing yet.
    let secret = identity::secret_of(&admin, channel.id).await.secret;
    let silent = identity::visit(&server, &channel, None, &identity::identity(&secret, "u-2")).await;
    let table = "name,phone,account\n王芳,138 0013 8000,u-1\n李雷,13900139000,u-2\n";
    let import: ContactImport = send(&admin, table).await.having(201).json();
    let done = begun(&admin, &import, &channel.id, [("duplicates", "update")], false).await;
    assert_eq!((done.created, done.updated, done.failed), (2, 0, 0));
    let known: Contact = admin.get(&theirs).await.having(200).json();
    assert_eq!((known.name, known.external_id), (None, None), "a number proves nothing");
    let owner = identity::visit(&server, &channel, None, &identity::identity(&secret, "u-1")).await;
    assert_ne!(owner.session.contact_id, stranger.session.contact_id);
    // Whoever had signed in before is whom the import has made.
    silent.say("在吗").await;
    let known: Contact = admin.get(&format!("/api/v1/contacts/{}", silent.session.contact_id)).await.having(200).json();
    assert_eq!((known.name.as_deref(), known.external_id.as_deref()), (Some("李雷"), Some("u-2")));
    assert_eq!(all(&admin).await.len(), 3);
    // A number that goes to somebody else in the same table leads to nobody who had it before.
    let table = "name,phone,account\n李雷,13700137000,u-2\n赵敏,13900139000,\n无号,-,\n空号,--,\n";
    let import: ContactImport = send(&admin, table).await.having(201).json();
    let done = begun(&admin, &import, &channel.id, [("duplicates", "update")], false).await;
    assert_eq!((done.created, done.updated, done.failed), (3, 1, 0));
}

async fn a_long_table_is_imported_part_by_part_over_a_restart(server: TestServer) {
    let organisation = server.organisation().await;
    let (admin, channel) = (organisation.admin.clone(), organisation.channel().await);
    let mut table = "name,phone\n".to_owned();
    for row in 0..250 {
        // One is wrong, and one of the third part has the number of one of the first.
        let phone = match row {
            150 => "电话".to_owned(),
            201 => "13800000005".to_owned(),
            _ => format!("138{row:08}"),
        };
        table.push_str(&format!("客户 {row},{phone}\n"));
    }
    let import: ContactImport = send(&admin, table.clone()).await.having(201).json();
    let counts = |one: &ContactImport| (one.created, one.updated, one.skipped, one.failed);
    let tried = begun(&admin, &import, &channel.id, [("duplicates", "skip")], true).await;
    // A trial writes nobody, so that a part knows nothing of the one before.
    assert_eq!(counts(&tried), (249, 0, 0, 1));
    let request = json!({"channel_id": channel.id, "columns": import.suggested, "duplicates": "skip"});
    begin(&admin, &import, &request).await;
    // Whatever of it was done: it goes on where it was.
    server.restart().await;
    let done = ended(&admin, &import).await;
    assert_eq!((counts(&done), done.faults.iter().map(|fault| fault.row).collect()), ((248, 0, 1, 1), vec![152]));
    let again: ContactImport = send(&admin, table).await.having(201).json();
    let again = begun(&admin, &again, &channel.id, [("duplicates", "skip")], false).await;
    assert_eq!(counts(&again), (0, 0, 249, 1), "nobody was left out, and nobody is there twice");
}

async fn nobody_but_admins_imports_and_what_is_no_table_is_refused(server: TestServer) {
    let organisation = server.organisation().await;
    let supervisor = organisation.agent(Role::Supervisor).await;
    send(&supervisor, "name\n甲\n").await.expect(403);
    for table in ["", "name\n", "\0\0"] {
        send(&organisation.admin, table).await.expect(422);
    }
    let import: ContactImport = send(&organisation.admin, "name\n甲\n").await.having(201).json();
    let other = server.organisation().await;
    let path = format!("{IMPORTS}/{}", import.id);
    let request = json!({"channel_id": other.channel().await.id, "columns": import.suggested});
    other.admin.post(&format!("{path}/begin"), &request).await.expect(404);
    // Another organisation's channel.
    organisation.admin.post(&format!("{path}/begin"), &request).await.expect(422);
    let cancelled: ContactImport = organisation.admin.post_empty(&format!("{path}/cancel")).await.having(200).json();
    assert_eq!(cancelled.state, ImportState::Cancelled);
}
