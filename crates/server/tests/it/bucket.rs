//! Files in a bucket of an S3-compatible store, against one that somebody else has written: moto.

use crate::attachments::{access, message, picture, send, stored, upload, upload_as_visitor, upload_to};
use crate::backup_files::send_file;
use crate::backups::back_up;
use crate::commands::finding;
use crate::program::{parlor, run, said};
use crate::scene::{Scene, scene};
use image::ImageFormat;
use reqwest::Method;
use server::actions::attachments::SWEEP_SECONDS;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use testkit::TestServer;
use types::error::ErrorCode;
use types::messages::Content;

testkit::db_tests!(
    files_are_kept_in_a_bucket,
    a_bucket_that_is_not_there_is_said_so,
    a_backup_moves_from_a_folder_to_a_bucket_and_back,
);

const BUCKET: &str = "parlor-files";

/// A store in a process of its own.
struct ObjectStore {
    process: Child,
    address: String,
}

impl ObjectStore {
    /// Starts one; `None` when no Python that has it is named.
    fn start() -> Option<Self> {
        let python = std::env::var("PARLOR_TEST_MOTO").ok();
        if python.is_none() {
            assert!(
                std::env::var("PARLOR_TEST_REQUIRE_POSTGRES").as_deref() != Ok("1"),
                "PARLOR_TEST_MOTO names no Python with moto, and this run asks for every service"
            );
            println!("skipped: PARLOR_TEST_MOTO names no Python with moto");
        }
        let mut command = Command::new(python?);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/bucket.py"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the object store starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port: u16 = line.trim().parse().expect("the object store says its port");
        Some(Self { process, address: format!("http://127.0.0.1:{port}") })
    }

    async fn make_bucket(&self) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let made = client.put(format!("{}/{BUCKET}", self.address)).send().await.unwrap();
        assert!(made.status().is_success(), "{}", made.status());
    }

    /// The keys of what lies in the bucket.
    async fn keys(&self) -> Vec<String> {
        let url = format!("{}/{BUCKET}?list-type=2", self.address);
        let list = reqwest::get(url).await.unwrap().text().await.unwrap();
        list.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    /// Starts the server anew with its files here.
    async fn serve(&self, server: &TestServer) {
        server
            .reconfigure(|config| {
                let s3 = &mut config.uploads.s3;
                s3.bucket = BUCKET.to_owned();
                s3.endpoint.clone_from(&self.address);
                s3.region = "us-east-1".to_owned();
                s3.access_key_id = "key".to_owned();
                s3.secret_access_key = "secret".into();
            })
            .await;
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        self.process.kill().expect("the object store was running");
        self.process.wait().expect("the object store ends");
    }
}

async fn files_are_kept_in_a_bucket(server: TestServer) {
    let Some(store) = ObjectStore::start() else { return };
    store.make_bucket().await;
    store.serve(&server).await;
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;

    let content = upload(admin, id, "photo.jpg", picture(1280, 960, ImageFormat::Jpeg)).await;
    let Content::Image { attachment } = &content else { panic!("{content:?}") };
    let org = admin.me.org_id;
    let mut expected = vec![format!("{org}/{}", attachment.id), format!("{org}/{}.preview", attachment.id)];
    expected.sort();
    assert_eq!(store.keys().await, expected);
    assert_eq!(stored(&server), Vec::<PathBuf>::new(), "nothing lies in the folder of the start before");
    send(admin, id, &message(&server, &content)).await.expect(201);
    let files = visitor.again(&channel.key).await.session.files;
    let whole = server.anonymous().get(&attachment.path(&files)).await.having(200);
    assert_eq!(i64::try_from(whole.body.len()).unwrap(), attachment.bytes);
    let small = server.anonymous().get(&attachment.preview_path(&files).unwrap()).await.having(200);
    assert_eq!(image::load_from_memory(&small.body).unwrap().width(), 640);

    // Larger than one piece of what is sent in pieces, and read in part.
    let large: Vec<u8> = (0..12_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    let content = upload_as_visitor(&visitor, "report.bin", large.clone()).await;
    visitor.post("/widget/v1/messages", &message(&server, &content)).await.expect(201);
    let path = content.attachment().unwrap().path(&access(admin, id).await);
    let whole = server.anonymous().get(&path).await.having(200);
    assert!(whole.body == large, "{} bytes came of {}", whole.body.len(), large.len());
    let caller = server.anonymous();
    let part = caller.request(Method::GET, &path).header("range", "bytes=11999990-11999999");
    assert_eq!(caller.send(part).await.having(206).body, large[11_999_990..]);

    // What was cleared is collected here, too.
    admin.delete(&format!("/api/v1/conversations/{id}/messages")).await.expect(204);
    server.clock.advance(SWEEP_SECONDS * 1000);
    let state = server.state();
    let gone = async {
        while !store.keys().await.is_empty() {
            // Collecting ends with a write; a write behind it is the thing to wait for.
            state.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
        }
    };
    testkit::in_time("the bucket is empty", gone).await;
}

async fn a_bucket_that_is_not_there_is_said_so(server: TestServer) {
    let Some(store) = ObjectStore::start() else { return };
    store.serve(&server).await;
    let Scene { organisation, visitor, id, .. } = scene(&server).await;
    let path = format!("/api/v1/conversations/{id}/attachments?name=x.txt");
    let refused = upload_to(&organisation.admin, &path, b"hello".to_vec()).await.having(503);
    assert_eq!(refused.code(), ErrorCode::Unavailable);
    // Messages go on, and so do files as soon as the bucket is there.
    visitor.say("还在吗？").await;
    store.make_bucket().await;
    upload(&organisation.admin, id, "x.txt", b"hello".to_vec()).await;
    assert_eq!(store.keys().await.len(), 1);
}

async fn a_backup_moves_from_a_folder_to_a_bucket_and_back(server: TestServer) {
    let Some(store) = ObjectStore::start() else { return };
    store.make_bucket().await;
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let large = (0..12_000_000_u32).map(|n| n.to_le_bytes()[usize::from(n % 3 == 0)]).collect();
    let mut sent = Vec::new();
    for bytes in [large, picture(1280, 960, ImageFormat::Jpeg)] {
        sent.push(send_file(&server, admin, id, bytes).await);
    }
    let (folder, first) = (server.data_dir().to_owned(), server.data_dir().join("folder.backup"));
    back_up(&server, &first).await;

    // What was in the folder is in the bucket, and served from there.
    let settings = [
        ("PARLOR_DATABASE__URL", server.database_url()),
        ("PARLOR_DATA_DIR", folder.to_str().unwrap()),
        ("PARLOR_UPLOADS__S3__BUCKET", BUCKET),
        ("PARLOR_UPLOADS__S3__ENDPOINT", store.address.as_str()),
        ("PARLOR_UPLOADS__S3__REGION", "us-east-1"),
        ("PARLOR_UPLOADS__S3__ACCESS_KEY_ID", "key"),
        ("PARLOR_UPLOADS__S3__SECRET_ACCESS_KEY", "secret"),
    ];
    let done = run(parlor(&settings, &["restore", "--only-files", first.to_str().unwrap()]), "").await;
    assert!(done.status.success(), "{}", said(&done));
    std::fs::remove_dir_all(folder.join("uploads")).unwrap();
    store.serve(&server).await;
    for one in &sent {
        one.is_served(admin).await;
    }

    // A backup of the bucket has the same files, to the byte.
    let second = folder.join("bucket.backup");
    let done = run(parlor(&settings, &["backup", second.to_str().unwrap()]), "").await;
    assert!(done.status.success(), "{}", said(&done));
    let files = |file| server::backup::verify(file, &mut |_| {}).unwrap().manifest.files;
    assert_eq!(files(&second), files(&first));
    let found = run(parlor(&settings, &["doctor", "--json", "--thorough"]), "").await;
    assert_eq!(finding(&found, "files").0, "ok", "{}", said(&found));
    assert_eq!(finding(&found, "bucket").0, "ok", "{}", said(&found));
}
