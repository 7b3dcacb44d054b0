//! Files: uploaded, looked into, sent once, served for a while to whoever may see them, and collected.

use crate::scene::{Scene, scene};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;
use std::io::Cursor;
use std::path::PathBuf;
use std::time::Duration;
use testkit::{AgentCaller, Answer, Caller, TestServer, VisitorCaller};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use types::agents::Role;
use types::attachments::FileAccess;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::ConversationId;
use types::messages::{Content, Message, MessageWindow, SendMessage};
use types::visitors::VisitorSession;

testkit::db_tests!(
    a_picture_goes_from_the_agent_to_the_visitor_and_back,
    a_visitors_first_message_can_be_a_file,
    a_file_is_sent_once_by_whoever_uploaded_it_where_it_was_uploaded,
    what_a_file_is_its_bytes_say_and_nothing_that_runs_is_shown,
    addresses_are_signed_end_and_open_one_conversation,
    parts_of_a_video_are_served_and_its_poster_comes_later,
    a_file_that_breaks_off_or_dribbles_leaves_nothing,
    what_is_never_sent_is_collected_after_a_day_and_what_is_purged_with_its_channel,
    what_was_sent_goes_with_a_cleared_history_and_with_a_deleted_conversation,
    a_file_that_cannot_be_removed_keeps_no_other_from_being_collected,
);

pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([x * 3, y * 5, x ^ y].map(|value| u8::try_from(value % 256).unwrap()))
    });
    let mut out = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// An MP4 that says it plays for 2.5 seconds, at 320 by 240.
pub(crate) fn video() -> Vec<u8> {
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], kind, content].concat()
    };
    let number = |number: u32| number.to_be_bytes();
    let mvhd = [&[0; 12][..], &number(1000), &number(2500), &[0; 80]].concat();
    let one = number(0x1_0000);
    let matrix = [one, [0; 4], [0; 4], [0; 4], one, [0; 4], [0; 4], [0; 4], number(0x4000_0000)].concat();
    let tkhd = [&[0; 40][..], &matrix, &number(320 << 16), &number(240 << 16)].concat();
    let moov = [boxed(b"mvhd", &mvhd), boxed(b"trak", &boxed(b"tkhd", &tkhd))].concat();
    [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"moov", &moov), boxed(b"mdat", &[7; 5000])].concat()
}

/// A `WebM` that says the same, as a browser records it: of a segment without a length.
fn webm() -> Vec<u8> {
    let head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
    let info = [&b"\x15\x49\xa9\x66\x87\x44\x89\x84"[..], &2500.0_f32.to_be_bytes()].concat();
    let tracks = b"\x16\x54\xae\x6b\x8b\xae\x89\xe0\x87\xb0\x82\x01\x40\xba\x81\xf0";
    [&head[..], &info, tracks, b"\x1f\x43\xb6\x75\xff", &[7; 5000]].concat()
}

pub(crate) async fn upload_to(caller: &Caller, path: &str, bytes: impl Into<reqwest::Body>) -> Answer {
    let request = caller.request(Method::POST, path).header("content-type", "application/octet-stream").body(bytes);
    caller.send(request).await
}

pub(crate) async fn upload(agent: &AgentCaller, to: ConversationId, name: &str, bytes: Vec<u8>) -> Content {
    upload_to(agent, &format!("/api/v1/conversations/{to}/attachments?name={name}"), bytes).await.having(201).json()
}

pub(crate) async fn upload_as_visitor(visitor: &VisitorCaller, name: &str, bytes: Vec<u8>) -> Content {
    upload_to(visitor, &format!("/widget/v1/attachments?name={name}"), bytes).await.having(201).json()
}

pub(crate) fn message(server: &TestServer, content: &Content) -> SendMessage {
    SendMessage { nonce: server.nonce(), content: content.to_new() }
}

pub(crate) async fn send(agent: &AgentCaller, to: ConversationId, message: &SendMessage) -> Answer {
    agent.post(&format!("/api/v1/conversations/{to}/messages"), message).await
}

pub(crate) async fn access(agent: &AgentCaller, to: ConversationId) -> FileAccess {
    agent.get(&format!("/api/v1/conversations/{to}/file-access")).await.json()
}

/// The files that lie in the store.
pub(crate) fn stored(server: &TestServer) -> Vec<PathBuf> {
    let folder = server.data_dir().join("uploads");
    let organisations = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    organisations.flat_map(|path| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())).collect()
}

async fn a_picture_goes_from_the_agent_to_the_visitor_and_back(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let mut socket = visitor.socket().await;
    let bytes = picture(1280, 960, ImageFormat::Jpeg);
    let content = upload(admin, id, "%E5%9B%BE%E7%89%87.jpg", bytes).await;
    let Content::Image { attachment } = &content else { panic!("{content:?}") };
    assert_eq!((attachment.name.as_str(), attachment.media_type.as_str()), ("图片.jpg", "image/jpeg"));
    assert_eq!((attachment.width, attachment.height, attachment.has_preview), (Some(1280), Some(960), true));

    let sent: Message = send(admin, id, &message(&server, &content)).await.having(201).json();
    assert_eq!(sent.content, content, "the facts are the server's own");
    let (_, Event::MessageCreated { message: heard }) = socket.event().await else { panic!("no message") };
    assert_eq!(heard.content, content);
    // Where the last message is named in short, it is named.
    let conversation: types::conversations::Conversation =
        admin.get(&format!("/api/v1/conversations/{id}")).await.json();
    assert_eq!(conversation.last_message.unwrap().content, content);

    let files = visitor.again(&channel.key).await.session.files;
    assert_eq!(
        files.path,
        visitor.again(&channel.key).await.session.files.path,
        "browsers find what they have fetched"
    );
    assert_eq!(access(admin, id).await.path, access(admin, id).await.path, "an agent's, too");
    let whole = server.anonymous().get(&attachment.path(&files)).await.having(200);
    assert_eq!(i64::try_from(whole.body.len()).unwrap(), attachment.bytes);
    let small = server.anonymous().get(&attachment.preview_path(&files).unwrap()).await.having(200);
    assert_eq!(image::load_from_memory(&small.body).unwrap().width(), 640);
    assert_eq!(small.header("content-type"), "image/jpeg");

    let answer = upload_as_visitor(&visitor, "", picture(40, 30, ImageFormat::Png)).await;
    let answered: Message = visitor.post("/widget/v1/messages", &message(&server, &answer)).await.having(201).json();
    let window: MessageWindow = admin.get(&format!("/api/v1/conversations/{id}/messages")).await.json();
    assert_eq!(window.items.last(), Some(&answered));
    assert_eq!(answer.attachment().unwrap().name, "file", "nameless");
}

async fn a_visitors_first_message_can_be_a_file(server: TestServer) {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    let visitor = server.visit(&channel.key, None).await;
    let content = upload_as_visitor(&visitor, "a.pdf", b"%PDF-1.7 and so on".to_vec()).await;
    assert!(matches!(&content, Content::File { attachment } if attachment.media_type == "application/pdf"));
    let before = server.anonymous().get(&content.attachment().unwrap().path(&visitor.session.files)).await;
    before.expect(200);
    let first = message(&server, &content);
    visitor.post("/widget/v1/messages", &first).await.expect(201);
    visitor.post("/widget/v1/messages", &first).await.expect(200);
    let window: MessageWindow = visitor.get("/widget/v1/messages").await.json();
    assert_eq!(window.items.iter().map(|message| message.content.clone()).collect::<Vec<_>>(), [content]);
}

async fn a_file_is_sent_once_by_whoever_uploaded_it_where_it_was_uploaded(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let content = upload(admin, id, "a.txt", b"words".to_vec()).await;
    let fault = |code| vec![("content.attachment_id".to_owned(), code)];

    let supervisor = organisation.agent(Role::Supervisor).await;
    let answer = send(&supervisor, id, &message(&server, &content)).await.having(422);
    assert_eq!(answer.faults(), fault(FieldCode::Wrong), "somebody else's");
    let answer = visitor.post("/widget/v1/messages", &message(&server, &content)).await.having(422);
    assert_eq!(answer.faults(), fault(FieldCode::Wrong));
    let other = server.visit(&channel.key, None).await.say("我也在").await.conversation_id;
    let answer = send(admin, other, &message(&server, &content)).await.having(422);
    assert_eq!(answer.faults(), fault(FieldCode::Wrong), "another conversation's");
    let away = server.organisation().await;
    let answer = send(&away.admin, id, &message(&server, &content)).await.having(422);
    assert_eq!(answer.faults(), fault(FieldCode::Wrong), "another organisation's");

    let first = message(&server, &content);
    send(admin, id, &first).await.expect(201);
    send(admin, id, &first).await.expect(200);
    let answer = send(admin, id, &message(&server, &content)).await.having(422);
    assert_eq!(answer.faults(), fault(FieldCode::Expired), "sent already");

    let late = upload(admin, id, "b.txt", b"more words".to_vec()).await;
    server.clock.advance(24 * 60 * 60 * 1000);
    let admin = admin.refreshed().await;
    let answer = send(&admin, id, &message(&server, &late)).await.having(422);
    assert_eq!(answer.faults()[0].0, "content.attachment_id", "after a day");
    let facts = serde_json::json!({"nonce": server.nonce(), "content": {"type": "image", "attachment": {"id": server.nonce()}}});
    admin.post(&format!("/api/v1/conversations/{id}/messages"), &facts).await.expect(400);
}

async fn what_a_file_is_its_bytes_say_and_nothing_that_runs_is_shown(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let files = access(admin, id).await;
    let script = "<script>alert(document.domain)</script>";
    for (name, bytes, shown) in [
        ("a.jpg", format!("<!doctype html>{script}").into_bytes(), None),
        ("a.png", format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{script}</svg>").into_bytes(), None),
        ("a.html", script.as_bytes().to_vec(), None),
        // Begins like a picture, and is none.
        ("a.gif", format!("GIF89a{script}").into_bytes(), None),
        ("a.exe", picture(20, 20, ImageFormat::Png), Some("image/png")),
        ("a.mp4", video(), Some("video/mp4")),
        ("a.webm", webm(), Some("video/webm")),
    ] {
        let content = upload(admin, id, name, bytes).await;
        let attachment = content.attachment().unwrap();
        assert_eq!(matches!(content, Content::File { .. }), shown.is_none(), "{name}: {content:?}");
        if name == "a.webm" {
            assert_eq!((attachment.duration_millis, attachment.width), (Some(2500), Some(320)), "read from the file");
        }
        for path in [attachment.path(&files), attachment.download_path(&files)] {
            let answer = server.anonymous().get(&path).await.having(200);
            let saved = path.ends_with("/download") || shown.is_none();
            let expected = if saved { "application/octet-stream" } else { shown.unwrap() };
            assert_eq!(answer.header("content-type"), expected, "{name}");
            let disposition = if saved { "attachment; " } else { "inline; " };
            assert!(answer.header("content-disposition").starts_with(disposition), "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
            assert!(answer.header("cache-control").starts_with("private, max-age="));
        }
    }
}

async fn addresses_are_signed_end_and_open_one_conversation(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let content = upload(admin, id, "a.txt", b"words".to_vec()).await;
    send(admin, id, &message(&server, &content)).await.expect(201);
    let attachment = content.attachment().unwrap();
    let files = access(admin, id).await;
    let get = async |path: String| server.anonymous().get(&path).await.status;
    assert_eq!(get(attachment.path(&files)).await, 200);
    assert_eq!(server.anonymous().request(Method::HEAD, &attachment.path(&files)).send().await.unwrap().status(), 200);

    let stranger = server.visit(&channel.key, None).await;
    let other_id = stranger.say("你好").await.conversation_id;
    for other in [access(admin, other_id).await, stranger.session.files.clone()] {
        assert_eq!(get(attachment.path(&other)).await, 404, "another conversation's");
    }
    let forged = FileAccess { path: files.path.replacen("/files/", "/files/A", 1), ..files.clone() };
    assert_eq!(get(attachment.path(&forged)).await, 404);
    let pass = files.path.trim_start_matches("/files/").trim_end_matches('/');
    let token = visitor.token();
    for path in [
        format!("/files/{pass}/{}", server.nonce()),
        format!("/files/{pass}/x"),
        format!("/files/{token}/{}", attachment.id),
        format!("{}/preview", attachment.path(&files)),
        format!("/files/{pass}"),
        "/files/".to_owned(),
    ] {
        assert_eq!(get(path.clone()).await, 404, "{path}");
    }
    admin.post(&attachment.path(&files), &()).await.expect(405);
    organisation.agent(Role::Agent).await.get(&format!("/api/v1/conversations/{id}/file-access")).await.expect(404);

    server.clock.advance(60 * 60 * 1000);
    assert_eq!(get(attachment.path(&files)).await, 200, "an hour at least");
    server.clock.advance(60 * 60 * 1000);
    assert_eq!(get(attachment.path(&files)).await, 404, "its time is over");
    let again: VisitorSession = visitor.again(&channel.key).await.session;
    assert_eq!(get(attachment.path(&again.files)).await, 200);
}

async fn parts_of_a_video_are_served_and_its_poster_comes_later(server: TestServer) {
    let Scene { organisation, id, visitor, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let bytes = video();
    let content = upload(admin, id, "v.mp4", bytes.clone()).await;
    let Content::Video { attachment } = &content else { panic!("{content:?}") };
    assert_eq!((attachment.duration_millis, attachment.width, attachment.height), (Some(2500), Some(320), Some(240)));
    assert!(!attachment.has_preview);
    let files = access(admin, id).await;
    let part = async |range: &str| {
        let caller = server.anonymous();
        caller.send(caller.request(Method::GET, &attachment.path(&files)).header("range", range)).await
    };
    let answer = part("bytes=10-19").await.having(206);
    assert_eq!((answer.body.as_slice(), answer.header("content-length")), (&bytes[10..20], "10"));
    assert_eq!(answer.header("content-range"), format!("bytes 10-19/{}", bytes.len()));
    assert_eq!(part("bytes=-4").await.having(206).body, bytes[bytes.len() - 4..]);
    assert_eq!(
        part(&format!("bytes={}-", bytes.len())).await.having(416).header("content-range"),
        format!("bytes */{}", bytes.len())
    );
    assert_eq!(part("bytes=0-1,3-4").await.having(200).body, bytes);

    let poster = format!("/api/v1/conversations/{id}/attachments/{}/poster", attachment.id);
    let refused = upload_to(admin, &poster, "<svg/>").await.having(422);
    assert_eq!(refused.faults(), [("body".to_owned(), FieldCode::InvalidFormat)]);
    let answer = upload_to(admin, &poster, picture(900, 600, ImageFormat::Jpeg)).await;
    let content: Content = answer.having(201).json();
    let attachment = content.attachment().unwrap();
    let small = server.anonymous().get(&attachment.preview_path(&files).unwrap()).await.having(200);
    assert_eq!(image::load_from_memory(&small.body).unwrap().width(), 640);
    let again: Content = upload_to(admin, &poster, picture(9, 9, ImageFormat::Png)).await.having(201).json();
    assert_eq!(again, content, "the first one stays");
    let theirs = format!("/widget/v1/attachments/{}/poster", attachment.id);
    upload_to(&visitor, &theirs, picture(9, 9, ImageFormat::Png)).await.expect(404);

    let sent: Message = send(admin, id, &message(&server, &content)).await.having(201).json();
    assert_eq!(sent.content, content, "with its poster");
    upload_to(admin, &poster, picture(9, 9, ImageFormat::Png)).await.expect(404);
    let shown = server.anonymous().get(&attachment.preview_path(&files).unwrap()).await.having(200);
    assert_eq!(shown.body, small.body, "what has been sent stays");
    let file = upload(admin, id, "a.txt", b"words".to_vec()).await.attachment().unwrap().id;
    let poster = format!("/api/v1/conversations/{id}/attachments/{file}/poster");
    assert_eq!(upload_to(admin, &poster, picture(9, 9, ImageFormat::Png)).await.code(), ErrorCode::Conflict);
}

async fn a_file_that_breaks_off_or_dribbles_leaves_nothing(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let path = format!("/api/v1/conversations/{id}/attachments");
    let broken = [Ok(vec![1_u8; 1000]), Err(std::io::Error::other("the line is cut"))];
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(broken));
    let request = admin.request(Method::POST, &path).header("content-type", "application/octet-stream").body(body);
    assert!(request.send().await.is_err());

    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\nbegun",
        admin.token()
    );
    let patient = server.clock.waiting();
    let mut wire = TcpStream::connect(server.address()).await.unwrap();
    wire.write_all(head.as_bytes()).await.unwrap();
    let mut heard = String::new();
    let time_passes = async {
        // Not before the server waits for the rest: whoever is let in is.
        while server.clock.waiting() <= patient {
            tokio::task::yield_now().await;
        }
        loop {
            server.clock.advance(1000);
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        read = wire.read_to_string(&mut heard) => drop(read.unwrap()),
        () = time_passes => {}
    }
    assert_eq!(heard.split_whitespace().nth(1), Some("400"), "{heard}");
    assert_eq!(stored(&server), Vec::<PathBuf>::new());
}

async fn what_is_never_sent_is_collected_after_a_day_and_what_is_purged_with_its_channel(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let sent = upload_as_visitor(&visitor, "a.jpg", picture(900, 600, ImageFormat::Jpeg)).await;
    visitor.post("/widget/v1/messages", &message(&server, &sent)).await.expect(201);
    upload(admin, id, "b.txt", b"never sent".to_vec()).await;
    assert_eq!(stored(&server).len(), 3, "a picture, its small copy, and a text");

    let sweep = server::actions::attachments::SWEEP_SECONDS * 1000;
    server.clock.advance((24 * 60 * 60 + server::actions::attachments::GRACE_SECONDS) * 1000);
    server.clock.advance(sweep);
    collected(&server, 2).await;
    let delete = serde_json::json!({"name": channel.name});
    let admin = admin.refreshed().await;
    admin.delete_with(&format!("/api/v1/channels/{}", channel.id), &delete).await.expect(204);
    let state = server.state();
    while !store::purge::unfinished(state.db.reader()).await.unwrap().is_empty() {
        state.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
    }
    server.clock.advance(sweep);
    collected(&server, 0).await;
}

async fn what_was_sent_goes_with_a_cleared_history_and_with_a_deleted_conversation(server: TestServer) {
    let Scene { organisation, channel, visitor, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let history = format!("/api/v1/conversations/{id}/messages");
    for (address, status) in [(history.clone(), 204), (format!("/api/v1/conversations/{id}"), 204)] {
        let sent = upload_as_visitor(&visitor, "a.txt", b"kept for a while".to_vec()).await;
        visitor.post("/widget/v1/messages", &message(&server, &sent)).await.expect(201);
        let files = visitor.again(&channel.key).await.session.files;
        let path = sent.attachment().unwrap().path(&files);
        server.anonymous().get(&path).await.expect(200);
        admin.delete(&address).await.expect(status);
        server.anonymous().get(&path).await.expect(404);
        server.clock.advance(server::actions::attachments::SWEEP_SECONDS * 1000);
        collected(&server, 0).await;
    }
}

async fn a_file_that_cannot_be_removed_keeps_no_other_from_being_collected(server: TestServer) {
    let Scene { organisation, id, .. } = scene(&server).await;
    let admin = &organisation.admin;
    let stuck = upload(admin, id, "a.txt", b"first".to_vec()).await;
    // A folder in its place, with something in it, is nothing that can be removed as a file.
    let name = stuck.attachment().unwrap().id.to_string();
    let path = stored(&server).into_iter().find(|path| path.ends_with(&name)).unwrap();
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("in-the-way"), "x").unwrap();
    upload(admin, id, "b.txt", b"second".to_vec()).await;
    assert_eq!(stored(&server).len(), 2);
    server.clock.advance((24 * 60 * 60 + server::actions::attachments::GRACE_SECONDS) * 1000);
    server.clock.advance(server::actions::attachments::SWEEP_SECONDS * 1000);
    collected(&server, 1).await;
    assert!(path.join("in-the-way").is_file());
}

/// Waits until so many files are left.
pub(crate) async fn collected(server: &TestServer, left: usize) {
    let state = server.state();
    let done = async {
        while stored(server).len() != left {
            // Collecting ends with a write; a write behind it is the thing to wait for.
            state.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done).await.expect("files are collected");
}
