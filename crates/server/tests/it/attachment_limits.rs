//! Files that are not taken: too large, too many, from strangers, or more than there is room for.

use crate::attachments::{access, stored, upload, upload_as_visitor, upload_to};
use crate::scene::{Scene, scene};
use std::time::Duration;
use testkit::TestServer;
use types::attachments::FileLimit;
use types::audit::{AuditAction, AuditEntry};
use types::channels::Channel;
use types::error::{ErrorCode, FieldCode};
use types::messages::{NewContent, SendMessage};
use types::page::Page;

testkit::db_tests!(
    what_is_too_large_empty_or_no_file_is_refused_by_name,
    a_channel_can_allow_less_and_never_more,
    of_installation_organisation_and_channel_the_smallest_holds,
    strangers_bytes_are_not_read,
    visitors_upload_so_many_files_a_minute,
    visitors_upload_so_many_megabytes_an_hour,
    files_leave_room_for_messages,
    a_folder_that_is_gone_is_said_so_and_stops_no_message,
);

async fn what_is_too_large_empty_or_no_file_is_refused_by_name(server: TestServer) {
    server.reconfigure(|config| config.uploads.max_megabytes = 1).await;
    let Scene { organisation, id, visitor, .. } = scene(&server).await;
    let admin = &organisation.admin;
    assert_eq!(access(admin, id).await.max_bytes, 1 << 20);
    assert_eq!(visitor.session.files.max_bytes, 1 << 20);
    let path = format!("/api/v1/conversations/{id}/attachments");
    upload_to(admin, &path, vec![0; 1 << 20]).await.expect(201);
    let problem = upload_to(admin, &path, vec![0; (1 << 20) + 1]).await.having(413).problem();
    assert_eq!((problem.code, problem.detail.as_str()), (ErrorCode::TooLarge, "A file has at most 1048576 bytes"));
    // Without a length in its head, too.
    let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 64 * 1024]));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    assert_eq!(upload_to(admin, &path, body).await.code(), ErrorCode::TooLarge);

    assert_eq!(upload_to(admin, &path, "").await.having(422).faults(), [("body".to_owned(), FieldCode::Required)]);
    admin.post(&path, &serde_json::json!({"name": "a"})).await.expect(415);
    upload_to(admin, &format!("{path}?nome=a"), "x").await.expect(400);
    upload_to(admin, "/api/v1/conversations/x/attachments", "x").await.expect(400);
}

async fn a_channel_can_allow_less_and_never_more(server: TestServer) {
    server.reconfigure(|config| config.uploads.max_megabytes = 2).await;
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let path = format!("/api/v1/conversations/{id}/attachments");
    for (megabytes, most) in [(1, 1), (3, 2), (0, 2)] {
        let change = serde_json::json!({ "max_file_megabytes": megabytes });
        let changed: Channel = admin.patch(&format!("/api/v1/channels/{}", channel.id), &change).await.json();
        assert_eq!(changed.max_file_megabytes, megabytes);
        let most = most << 20;
        assert_eq!(access(admin, id).await.max_bytes, most);
        assert_eq!(visitor.again(&channel.key).await.session.files.max_bytes, most);
        let most = usize::try_from(most).unwrap();
        for (caller, path) in [(&**admin, path.as_str()), (&*visitor, "/widget/v1/attachments")] {
            upload_to(caller, path, vec![0; most]).await.expect(201);
            assert_eq!(upload_to(caller, path, vec![0; most + 1]).await.having(413).code(), ErrorCode::TooLarge);
        }
    }
    let much = serde_json::json!({ "max_file_megabytes": 4097 });
    let refused = admin.patch(&format!("/api/v1/channels/{}", channel.id), &much).await.having(422);
    assert_eq!(refused.faults(), [("max_file_megabytes".to_owned(), FieldCode::OutOfRange)]);
}

async fn of_installation_organisation_and_channel_the_smallest_holds(server: TestServer) {
    const LIMIT: &str = "/api/v1/organisation/file-limit";
    server.reconfigure(|config| config.uploads.max_megabytes = 4).await;
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let path = format!("/api/v1/conversations/{id}/attachments");
    for (of_organisation, of_channel, most) in [(2, 0, 2), (2, 1, 1), (1, 2, 1), (8, 0, 4), (0, 0, 4)] {
        let limit = FileLimit { max_megabytes: of_organisation };
        assert_eq!(admin.put(LIMIT, &limit).await.having(200).json::<FileLimit>(), limit);
        assert_eq!(admin.get(LIMIT).await.json::<FileLimit>(), limit);
        let change = serde_json::json!({ "max_file_megabytes": of_channel });
        admin.patch(&format!("/api/v1/channels/{}", channel.id), &change).await.expect(200);
        let most = most << 20;
        assert_eq!(access(admin, id).await.max_bytes, most);
        assert_eq!(visitor.again(&channel.key).await.session.files.max_bytes, most);
        let over = vec![0; usize::try_from(most).unwrap() + 1];
        for (caller, path) in [(&**admin, path.as_str()), (&*visitor, "/widget/v1/attachments")] {
            assert_eq!(upload_to(caller, path, over.clone()).await.having(413).code(), ErrorCode::TooLarge);
        }
    }
    let refused = admin.put(LIMIT, &FileLimit { max_megabytes: 4097 }).await.having(422);
    assert_eq!(refused.faults(), [("max_megabytes".to_owned(), FieldCode::OutOfRange)]);
    // Another organisation has a limit of its own; what was set and not only repeated is in the audit log.
    let away = server.organisation().await;
    assert_eq!(away.admin.get(LIMIT).await.json::<FileLimit>().max_megabytes, 0);
    let log: Page<AuditEntry> = admin.deeds().await;
    let set = log.items.iter().filter(|entry| matches!(entry.action, AuditAction::FileLimitSet { .. }));
    assert_eq!(set.count(), 4);
}

async fn strangers_bytes_are_not_read(server: TestServer) {
    let Scene { id, .. } = scene(&server).await;
    let away = server.organisation().await;
    for (caller, status) in [((*server.anonymous()).clone(), 401), ((*away.admin).clone(), 404)] {
        // It never ends: whoever reads it to its end never answers.
        let body = reqwest::Body::wrap_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let path = format!("/api/v1/conversations/{id}/attachments");
        let answer = tokio::time::timeout(Duration::from_secs(20), upload_to(&caller, &path, body)).await;
        answer.expect("answered at once").expect(status);
    }
}

async fn visitors_upload_so_many_files_a_minute(server: TestServer) {
    server.reconfigure(|config| config.limits.visitor_uploads_per_ip_per_minute = 2).await;
    let Scene { visitor, .. } = scene(&server).await;
    for _ in 0..2 {
        upload_as_visitor(&visitor, "a.txt", b"words".to_vec()).await;
    }
    assert_eq!(upload_to(&visitor, "/widget/v1/attachments", "x").await.code(), ErrorCode::RateLimited);
    let content = NewContent::Text { text: "还能说话".to_owned() };
    visitor.post("/widget/v1/messages", &SendMessage { nonce: server.nonce(), content }).await.expect(201);
}

async fn visitors_upload_so_many_megabytes_an_hour(server: TestServer) {
    server.reconfigure(|config| config.limits.visitor_upload_megabytes_per_ip_per_hour = 2).await;
    let Scene { organisation, id, visitor, .. } = scene(&server).await;
    let file = || vec![b'x'; (1 << 20) + 1];
    upload_as_visitor(&visitor, "a.txt", file()).await;
    let answer = upload_to(&visitor, "/widget/v1/attachments", file()).await;
    assert_eq!(answer.code(), ErrorCode::RateLimited);
    // One that has come and was refused is nowhere.
    assert_eq!(stored(&server).len(), 1);
    upload(&organisation.admin, id, "b.txt", file()).await;
    server.clock.advance(60 * 60 * 1000);
    upload_as_visitor(&visitor, "a.txt", file()).await;
}

async fn files_leave_room_for_messages(server: TestServer) {
    // More than any disk has.
    server.reconfigure(|config| config.uploads.keep_free_megabytes = u32::MAX).await;
    let Scene { visitor, .. } = scene(&server).await;
    let answer = upload_to(&visitor, "/widget/v1/attachments", "x").await;
    assert_eq!(answer.having(503).problem().detail, "There is no room for files at the moment");
    assert_eq!(stored(&server).len(), 0);
    let content = NewContent::Text { text: "还能说话".to_owned() };
    visitor.post("/widget/v1/messages", &SendMessage { nonce: server.nonce(), content }).await.expect(201);
}

async fn a_folder_that_is_gone_is_said_so_and_stops_no_message(server: TestServer) {
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let kept = upload(admin, id, "kept.txt", b"words".to_vec()).await;
    let path = kept.attachment().unwrap().path(&access(admin, id).await);
    let (here, away) = (server.data_dir().join("uploads"), server.data_dir().join("away"));
    std::fs::rename(&here, &away).unwrap();
    let problem = upload_to(&visitor, "/widget/v1/attachments", "x").await.having(503).problem();
    assert_eq!((problem.code, problem.retry_after), (ErrorCode::Unavailable, Some(10)));
    visitor.say("还能说话").await;
    // A folder that somebody has put a file in the place of.
    std::fs::write(&here, "no folder").unwrap();
    assert_eq!(upload_to(&visitor, "/widget/v1/attachments", "x").await.having(503).code(), ErrorCode::Unavailable);
    let report = crate::commands::on(&server, &["doctor", "--json", "--offline"], "").await;
    assert_eq!(crate::commands::finding(&report, "uploads").0, "failed");
    std::fs::remove_file(&here).unwrap();
    std::fs::rename(&away, &here).unwrap();
    upload_as_visitor(&visitor, "x.txt", b"x".to_vec()).await;
    assert_eq!(admin.get(&path).await.having(200).body, b"words".as_slice());
}
