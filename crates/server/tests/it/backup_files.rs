//! The uploaded files of a backup: taken while more come, compared, put back byte for byte, and missed when they are not there.

use crate::attachments::{access, collected, message, picture, send, stored, upload, upload_as_visitor, video};
use crate::avatars;
use crate::backups::{back_up, command, rows};
use crate::commands::{finding, on};
use crate::program::said;
use crate::scene::{Scene, scene};
use image::ImageFormat;
use server::actions::attachments::{GRACE_SECONDS, SWEEP_SECONDS};
use server::backup::{self, Options};
use server::files::Files;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{AgentCaller, Db, Fresh, TestServer, db_tests};
use types::agents::avatar_path;
use types::id::{AttachmentId, ConversationId};
use types::messages::{Content, Message};
use types::time::Timestamp;

db_tests!(
    files_that_are_sent_during_a_backup_are_whole_in_it_or_not_at_all,
    files_that_are_not_what_they_were_are_refused,
    a_copy_that_differs_from_its_original_is_left_as_it_is_and_told,
    files_that_are_missing_are_told_and_put_back,
    what_was_recalled_since_the_backup_is_not_put_back,
    files_that_go_while_they_are_copied_stop_nothing,
);

/// A file that a message carries.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) to: ConversationId,
    pub(crate) content: Content,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    fn id(&self) -> AttachmentId {
        self.content.attachment().unwrap().id
    }

    /// Fetches it, and its small picture, as a colleague.
    pub(crate) async fn is_served(&self, agent: &AgentCaller) {
        let files = access(agent, self.to).await;
        let attachment = self.content.attachment().unwrap();
        let served = agent.get(&attachment.path(&files)).await.having(200);
        assert!(served.body == self.bytes, "{} bytes of {}", served.body.len(), self.bytes.len());
        if let Some(path) = attachment.preview_path(&files) {
            image::load_from_memory(&agent.get(&path).await.having(200).body).unwrap();
        }
    }
}

/// Uploads a file and sends it. What is served of a picture is what was kept of it.
pub(crate) async fn send_file(server: &TestServer, agent: &AgentCaller, to: ConversationId, bytes: Vec<u8>) -> Sent {
    let content = upload(agent, to, "file.bin", bytes).await;
    send(agent, to, &message(server, &content)).await.expect(201);
    let path = content.attachment().unwrap().path(&access(agent, to).await);
    let bytes = agent.get(&path).await.having(200).body.to_vec();
    Sent { to, content, bytes }
}

fn folder_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".files");
    name.into()
}

/// Where an object lies below a folder.
fn object(folder: &Path, server: &Scene, id: AttachmentId) -> PathBuf {
    folder.join(server.organisation.org_id.to_string()).join(id.to_string())
}

async fn files_that_are_sent_during_a_backup_are_whole_in_it_or_not_at_all(server: TestServer) {
    server.reconfigure(|config| config.limits.visitor_uploads_per_ip_per_minute = 100_000).await;
    let scene = scene(&server).await;
    let (admin, to) = (&scene.organisation.admin, scene.id);
    let mut before = Vec::new();
    // Larger than one piece of what is copied in pieces, a picture with its small one, and a video.
    let large = (0..12_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    for bytes in [large, picture(1280, 960, ImageFormat::Jpeg), video(), b"%PDF-1.7 words".to_vec()] {
        before.push(send_file(&server, admin, to, bytes).await);
    }
    assert!(before[1].content.attachment().unwrap().has_preview);
    let avatar = avatar_path(avatars::set(admin, picture(64, 64, ImageFormat::Png)).await.avatar_id.unwrap());
    let avatar = (server.anonymous().get(&avatar).await.having(200).body, avatar);
    let unsent = upload(admin, to, "unsent.txt", b"never sent".to_vec()).await;

    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for writer in 0..3_u8 {
        let visitor = server.visit(&scene.channel.key, None).await;
        let (server, stop) = (server.clone(), Arc::clone(&stop));
        let mut sent = Vec::new();
        writers.push(tokio::spawn(async move {
            for round in 0_u8.. {
                let bytes: Vec<u8> = (0..20_000_u32).map(|n| n.to_le_bytes()[0] ^ writer ^ round).collect();
                let content = upload_as_visitor(&visitor, "during.bin", bytes.clone()).await;
                let answer = visitor.post("/widget/v1/messages", &message(&server, &content)).await;
                let message: types::messages::Message = answer.having(201).json();
                sent.push(Sent { to: message.conversation_id, content, bytes });
                if stop.load(Ordering::Relaxed) {
                    break;
                }
            }
            sent
        }));
    }
    let file = server.data_dir().join("under-load.backup");
    let arguments = ["backup", "--include-secret-key", file.to_str().unwrap()];
    let output = command(server.database_url(), server.data_dir(), &arguments).await;
    stop.store(true, Ordering::Relaxed);
    assert!(output.status.success(), "{}", said(&output));
    let mut during = Vec::new();
    for writer in writers {
        during.extend(writer.await.unwrap());
    }
    let whole = backup::verify(&file, &mut |_| {}).unwrap();
    let files = whole.manifest.files.unwrap();
    assert_eq!(files.count, u64::try_from(whole.files.len()).unwrap());

    let here = if server.is_sqlite() { Db::Sqlite } else { Db::Postgres };
    let fresh = Fresh::make(here).await.unwrap();
    let arguments = ["restore", file.to_str().unwrap()];
    let output = command(&fresh.url, fresh.folder.path(), &arguments).await;
    assert!(output.status.success(), "{}", said(&output));
    let named: HashSet<String> = rows(&file)["attachment"]
        .iter()
        .filter(|row| row["expires_at"].is_null())
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    let (url, folder) = (fresh.url.clone(), fresh.folder.path().to_owned());
    server
        .reconfigure(|config| {
            config.database.url = url.into();
            config.data_dir = folder;
        })
        .await;
    let mut served = 0;
    for sent in before.iter().chain(&during) {
        if named.contains(&sent.id().to_string()) {
            sent.is_served(admin).await;
            served += 1;
        }
    }
    assert_eq!(served, named.len(), "every message's file is one that was sent");
    assert!(before.iter().all(|sent| named.contains(&sent.id().to_string())));
    assert_eq!(server.anonymous().get(&avatar.1).await.having(200).body, avatar.0);
    // What waited to be sent waits still.
    send(admin, to, &message(&server, &unsent)).await.expect(201);
    let files = access(admin, to).await;
    let answer = admin.get(&unsent.attachment().unwrap().path(&files)).await.having(200);
    assert_eq!(answer.body, b"never sent".as_slice());
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    let report = command(&fresh.url, fresh.folder.path(), &["doctor", "--json", "--offline", "--thorough"]).await;
    let (grade, detail) = finding(&report, "files");
    assert_eq!((grade.as_str(), detail.split(' ').next()), ("ok", Some((named.len() + 3).to_string().as_str())));
    server.stop().await;
    fresh.remove().await;
}

async fn files_that_are_not_what_they_were_are_refused(server: TestServer) {
    let scene = scene(&server).await;
    let (admin, to) = (&scene.organisation.admin, scene.id);
    let damaged = send_file(&server, admin, to, b"some words".to_vec()).await;
    let missing = send_file(&server, admin, to, b"other words".to_vec()).await;
    let sound = send_file(&server, admin, to, b"sound words".to_vec()).await;
    let file = server.data_dir().join("whole.backup");
    back_up(&server, &file).await;
    let path = file.to_str().unwrap();
    let checked = command(server.database_url(), server.data_dir(), &["restore", "--check", path]).await;
    assert!(checked.status.success() && said(&checked).contains("3 objects"), "{}", said(&checked));

    // As long as before, and other bytes.
    std::fs::write(object(&folder_of(&file), &scene, damaged.id()), "some wordS").unwrap();
    std::fs::remove_file(object(&folder_of(&file), &scene, missing.id())).unwrap();
    let fresh = Fresh::make(if server.is_sqlite() { Db::Sqlite } else { Db::Postgres }).await.unwrap();
    for arguments in [["restore", "--check", path].as_slice(), ["restore", path].as_slice()] {
        let refused = command(&fresh.url, fresh.folder.path(), arguments).await;
        let text = said(&refused);
        assert!(!refused.status.success() && text.contains("2 files of the backup"), "{text}");
        assert!(text.contains(&format!("{} is not what it was", damaged.id())), "{text}");
        assert!(text.contains(&format!("{} is missing", missing.id())), "{text}");
    }
    let again = command(&fresh.url, fresh.folder.path(), &["restore", "--allow-damaged-files", path]).await;
    assert!(again.status.success(), "nothing was restored before: {}", said(&again));
    let uploads = fresh.folder.path().join("uploads");
    let lying = |sent: &Sent| std::fs::read(object(&uploads, &scene, sent.id())).ok();
    assert_eq!((lying(&damaged), lying(&missing)), (None, None), "nothing wrong is put");
    assert_eq!(lying(&sound), Some(sound.bytes));

    // Without their folder it is said what to do.
    std::fs::rename(folder_of(&file), folder_of(&file).with_extension("away")).unwrap();
    let refused = command(&fresh.url, fresh.folder.path(), &["restore", "--force", "--yes", path]).await;
    assert!(!refused.status.success() && said(&refused).contains("--without-files"), "{}", said(&refused));
    let alone =
        command(&fresh.url, fresh.folder.path(), &["restore", "--force", "--yes", "--without-files", path]).await;
    assert!(alone.status.success(), "{}", said(&alone));
    fresh.remove().await;

    // Backups without files say so when they are made and when they are restored.
    let file = server.data_dir().join("rows.backup");
    let arguments = ["backup", "--without-files", file.to_str().unwrap()];
    let rows = command(server.database_url(), server.data_dir(), &arguments).await;
    assert!(rows.status.success() && said(&rows).contains("The uploaded files are not in it"), "{}", said(&rows));
    assert!(!folder_of(&file).exists());
    let checked =
        command(server.database_url(), server.data_dir(), &["restore", "--check", file.to_str().unwrap()]).await;
    assert!(checked.status.success() && said(&checked).contains("no uploaded files"), "{}", said(&checked));
}

async fn a_copy_that_differs_from_its_original_is_left_as_it_is_and_told(server: TestServer) {
    let scene = scene(&server).await;
    let sent = send_file(&server, &scene.organisation.admin, scene.id, b"some words".to_vec()).await;
    let (file, next) = (server.data_dir().join("whole.backup"), server.data_dir().join("next.backup"));
    back_up(&server, &file).await;
    // The original has rotted.
    std::fs::write(object(&server.data_dir().join("uploads"), &scene, sent.id()), "some wordS").unwrap();
    let shared = folder_of(&file);
    let arguments = ["backup", "--files", shared.to_str().unwrap(), next.to_str().unwrap()];
    let output = command(server.database_url(), server.data_dir(), &arguments).await;
    let text = said(&output);
    assert!(text.contains("that messages carry") && text.contains(&sent.id().to_string()), "{text}");
    assert_eq!(
        std::fs::read(object(&shared, &scene, sent.id())).unwrap(),
        sent.bytes,
        "the earlier backup lives by it"
    );
    let path = file.to_str().unwrap();
    let checked = command(server.database_url(), server.data_dir(), &["restore", "--check", path]).await;
    assert!(checked.status.success(), "{}", said(&checked));
}

async fn files_that_are_missing_are_told_and_put_back(server: TestServer) {
    let scene = scene(&server).await;
    let (admin, to) = (&scene.organisation.admin, scene.id);
    let lost = send_file(&server, admin, to, picture(1280, 960, ImageFormat::Jpeg)).await;
    let short = send_file(&server, admin, to, b"as long as this".to_vec()).await;
    let file = server.data_dir().join("whole.backup");
    back_up(&server, &file).await;
    let uploads = server.data_dir().join("uploads");
    std::fs::remove_file(object(&uploads, &scene, lost.id())).unwrap();
    std::fs::remove_file(object(&uploads, &scene, lost.id()).with_extension("preview")).unwrap();
    std::fs::write(object(&uploads, &scene, short.id()), "as long").unwrap();

    let report = on(&server, &["doctor", "--json", "--thorough"], "").await;
    let (grade, detail) = finding(&report, "files");
    assert_eq!(grade, "failed");
    assert!(detail.starts_with("3 of 3 objects") && detail.contains(&lost.id().to_string()), "{detail}");
    assert!(!report.status.success());

    // A backup of what is left is made, and says what it has not got.
    let next = server.data_dir().join("next.backup");
    let output = command(server.database_url(), server.data_dir(), &["backup", next.to_str().unwrap()]).await;
    assert!(output.status.success() && said(&output).contains("3 files that messages carry"), "{}", said(&output));
    // Into a folder that has them from before, it has them.
    let (shared, third) = (folder_of(&file), server.data_dir().join("third.backup"));
    let arguments = ["backup", "--files", shared.to_str().unwrap(), third.to_str().unwrap()];
    let output = command(server.database_url(), server.data_dir(), &arguments).await;
    assert!(output.status.success() && !said(&output).contains("3 files that"), "{}", said(&output));
    let manifest = backup::verify(&third, &mut |_| {}).unwrap().manifest;
    assert_eq!(manifest.files, backup::verify(&file, &mut |_| {}).unwrap().manifest.files);

    // While the server runs.
    let output = on(&server, &["restore", "--only-files", file.to_str().unwrap()], "").await;
    assert!(output.status.success(), "{}", said(&output));
    lost.is_served(admin).await;
    short.is_served(admin).await;
    let report = on(&server, &["doctor", "--json", "--thorough"], "").await;
    assert_eq!(finding(&report, "files").0, "ok", "{}", said(&report));
}

async fn what_was_recalled_since_the_backup_is_not_put_back(server: TestServer) {
    let scene = scene(&server).await;
    let (admin, to) = (&scene.organisation.admin, scene.id);
    let kept = send_file(&server, admin, to, b"kept".to_vec()).await;
    let content = upload(admin, to, "file.bin", b"recalled".to_vec()).await;
    let recalled: Message = send(admin, to, &message(&server, &content)).await.having(201).json();
    let file = server.data_dir().join("whole.backup");
    back_up(&server, &file).await;
    let path = format!("/api/v1/conversations/{to}/messages/{}/recall", recalled.id);
    admin.post_empty(&path).await.expect(200);
    // It is collected, and then the folder is lost.
    server.clock.advance(GRACE_SECONDS * 1000);
    server.clock.advance(SWEEP_SECONDS * 1000);
    collected(&server, 1).await;
    let uploads = server.data_dir().join("uploads");
    std::fs::remove_dir_all(&uploads).unwrap();

    let output = on(&server, &["restore", "--only-files", file.to_str().unwrap()], "").await;
    assert!(output.status.success() && said(&output).contains("1 files are where they belong"), "{}", said(&output));
    assert_eq!(std::fs::read(object(&uploads, &scene, kept.id())).unwrap(), kept.bytes);
    let gone = content.attachment().unwrap().id;
    assert!(!object(&uploads, &scene, gone).exists(), "what was recalled has come back");
    assert_eq!(std::fs::read(object(&folder_of(&file), &scene, gone)).unwrap(), b"recalled", "the backup has it still");
}

async fn files_that_go_while_they_are_copied_stop_nothing(server: TestServer) {
    let scene = scene(&server).await;
    let (admin, to) = (&scene.organisation.admin, scene.id);
    let kept = send_file(&server, admin, to, b"kept".to_vec()).await;
    let unsent = upload(admin, to, "unsent.txt", b"never sent".to_vec()).await;
    let lost = send_file(&server, admin, to, b"lost".to_vec()).await;
    let state = server.state();
    let (from, file) = (server.data_dir().join("uploads"), server.data_dir().join("going.backup"));
    let (uploads, to) = (Files::in_folder(&from).unwrap(), Files::in_folder(&folder_of(&file)).unwrap());
    let what = Options { now: Timestamp(0), secret_key: None, overwrite: false, files: Some((&uploads, &to)) };
    // When the rows have been read, and no file has been copied.
    let mut seen = 0;
    let mut go = |progress: backup::Progress<'_>| match progress {
        backup::Progress::Rows { table: "audit_entry", .. } => {
            for id in [unsent.attachment().unwrap().id, lost.id()] {
                std::fs::remove_file(object(&from, &scene, id)).unwrap();
            }
        }
        backup::Progress::Rows { .. } => {}
        backup::Progress::Files { done, of, .. } => {
            seen += 1;
            assert_eq!((done, of), (seen, 3));
        }
    };
    let written = backup::write(&state.db, &file, what, &mut go).await.unwrap();
    assert_eq!((seen, written.gone, written.manifest.files.unwrap().count), (3, 1, 1));
    let faults: Vec<String> = written.lost.iter().map(ToString::to_string).collect();
    assert_eq!(faults, [format!("{}/{} is missing", scene.organisation.org_id, lost.id())]);
    assert_eq!(stored(&server).len(), 1);
    assert_eq!(std::fs::read(object(&folder_of(&file), &scene, kept.id())).unwrap(), kept.bytes);
}
