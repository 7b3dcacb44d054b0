//! A push service with its browsers: it checks who pushes and decrypts what it gets with keys of its own, as RFC 8030, 8188, 8291
//! and 8292 say, and not with the server's code.

use crate::clock::ManualClock;
use crate::in_time;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey, ecdh};
use ring::{aead, hmac};
use serde_json::Value;
use server::clock::Clock;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use types::push::{PushLanguage, Pushed, SetPushSubscription};

/// A push service on a port of its own.
pub struct PushService {
    address: String,
    shared: Arc<Shared>,
    received: UnboundedReceiver<Result<Received, String>>,
}

struct Shared {
    clock: ManualClock,
    origin: Mutex<String>,
    browsers: Mutex<HashMap<String, Browser>>,
    answers: Mutex<VecDeque<(u16, Option<&'static str>)>>,
    tell: UnboundedSender<Result<Received, String>>,
}

#[derive(Clone)]
struct Browser {
    key: SecretKey,
    auth: [u8; 16],
    /// The only server whose pushes it takes.
    server_key: String,
}

/// What was pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// To which endpoint.
    pub endpoint: String,
    /// Decrypted.
    pub pushed: Pushed,
    /// For how many seconds it is kept.
    pub ttl: i64,
    /// The header.
    pub urgency: String,
    /// The header.
    pub topic: String,
    /// Bytes of the body.
    pub length: usize,
}

impl PushService {
    /// Opens one; `clock` is the server's.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn open(clock: ManualClock) -> Self {
        let (tell, received) = unbounded_channel();
        let shared = Arc::new(Shared {
            clock,
            origin: Mutex::default(),
            browsers: Mutex::default(),
            answers: Mutex::default(),
            tell,
        });
        let data = web::Data::from(Arc::clone(&shared));
        let http = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(take)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a free port");
        let port = http.addrs().first().expect("an address").port();
        let address = format!("http://127.0.0.1:{port}");
        address.clone_into(&mut shared.origin.lock().expect("no test panicked here"));
        tokio::spawn(http.run());
        Self { address, shared, received }
    }

    /// A browser that has subscribed under the server's key: what it tells the server.
    ///
    /// # Panics
    /// Never but for a broken curve.
    #[must_use]
    pub fn browser(&self, server_key: &str) -> SetPushSubscription {
        let mut browsers = self.shared.browsers.lock().expect("no test panicked here");
        let number = u8::try_from(browsers.len()).expect("few browsers");
        let (mut secret, auth) = ([7; 32], [number; 16]);
        secret[31] = number;
        let key = SecretKey::from_slice(&secret).expect("a key");
        let p256dh = URL_SAFE_NO_PAD.encode(key.public_key().to_encoded_point(false).as_bytes());
        let path = format!("/push/{number}");
        browsers.insert(path.clone(), Browser { key, auth, server_key: server_key.to_owned() });
        SetPushSubscription {
            endpoint: format!("{}{path}", self.address),
            p256dh,
            auth: URL_SAFE_NO_PAD.encode(auth),
            language: PushLanguage::Chinese,
            quiet: None,
            mine_only: false,
            utc_offset_minutes: 480,
        }
    }

    /// Answers a push to come with this status and `Retry-After`, after those that were said before; all others with 201.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn answer(&self, status: u16, retry_after: Option<&'static str>) {
        self.shared.answers.lock().expect("no test panicked here").push_back((status, retry_after));
    }

    /// The next push.
    ///
    /// # Panics
    /// When it is not one that a browser takes, or when there is none.
    pub async fn next(&mut self) -> Received {
        match in_time("a push", self.received.recv()).await {
            Some(Ok(received)) => received,
            Some(Err(fault)) => panic!("{fault}"),
            None => panic!("the push service is gone"),
        }
    }

    /// Whether nothing has come that was not looked at.
    pub fn is_empty(&self) -> bool {
        self.received.is_empty()
    }
}

async fn take(shared: web::Data<Shared>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let outcome = read(&shared, &request, &body);
    let good = outcome.is_ok();
    let next = shared.answers.lock().expect("no test panicked here").pop_front();
    // Whoever has let go of the service looks at nothing any more.
    drop(shared.tell.send(outcome));
    let (status, retry_after) = next.unwrap_or((if good { 201 } else { 400 }, None));
    let mut response = HttpResponse::build(StatusCode::from_u16(status).expect("a status"));
    if let Some(retry_after) = retry_after {
        response.insert_header(("retry-after", retry_after));
    }
    response.finish()
}

fn read(shared: &Shared, request: &HttpRequest, body: &[u8]) -> Result<Received, String> {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.map(str::to_owned).ok_or_else(|| format!("no {name}"))
    };
    let browsers = shared.browsers.lock().map_err(|_panicked| "a panic")?;
    let browser = browsers.get(request.path()).ok_or_else(|| format!("no browser at {}", request.path()))?;
    let origin = shared.origin.lock().map_err(|_panicked| "a panic")?.clone();
    vouch(&header("authorization")?, &origin, &browser.server_key, shared.clock.now().0.div_euclid(1000))?;
    if header("content-encoding")? != "aes128gcm" {
        return Err("another coding".to_owned());
    }
    let plain = decrypt(browser, body)?;
    let topic = header("topic")?;
    let is_topic = (1..=32).contains(&topic.len())
        && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_topic {
        return Err(format!("no topic: {topic}"));
    }
    Ok(Received {
        endpoint: format!("{origin}{}", request.path()),
        pushed: serde_json::from_slice(&plain).map_err(|error| error.to_string())?,
        ttl: header("ttl")?.parse().map_err(|_no_number| "TTL is no number")?,
        urgency: header("urgency")?,
        topic,
        length: body.len(),
    })
}

/// RFC 8292: the token is signed by the key that the browser subscribed with, for this service, and for at most a day.
fn vouch(authorization: &str, origin: &str, server_key: &str, now: i64) -> Result<(), String> {
    let (token, key) = authorization
        .strip_prefix("vapid t=")
        .and_then(|rest| rest.split_once(", k="))
        .ok_or("not the vapid scheme")?;
    if key != server_key {
        return Err("another key than the browser subscribed with".to_owned());
    }
    let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
    let (head, claims) = signed.split_once('.').ok_or("no token")?;
    let key = VerifyingKey::from_sec1_bytes(&decode(key)?).map_err(|error| error.to_string())?;
    let signature = Signature::from_slice(&decode(signature)?).map_err(|error| error.to_string())?;
    key.verify(signed.as_bytes(), &signature).map_err(|_wrong| "a wrong signature")?;
    let json = |text| serde_json::from_slice::<Value>(&decode(text)?).map_err(|error| error.to_string());
    let (head, claims) = (json(head)?, json(claims)?);
    let expires = claims.get("exp").and_then(Value::as_i64).ok_or("no exp")?;
    let contact = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let fine = head.get("alg").and_then(Value::as_str) == Some("ES256")
        && claims.get("aud").and_then(Value::as_str) == Some(origin)
        && (now..=now.saturating_add(24 * 3600)).contains(&expires)
        && (contact.starts_with("mailto:") || contact.starts_with("https:"));
    if fine { Ok(()) } else { Err(format!("wrong claims: {claims}")) }
}

/// RFC 8291, from the browser's side.
fn decrypt(browser: &Browser, body: &[u8]) -> Result<Vec<u8>, String> {
    let (salt, rest) = body.split_at_checked(16).ok_or("no salt")?;
    let (record_size, rest) = rest.split_first_chunk::<4>().ok_or("no record size")?;
    let (length, rest) = rest.split_first().ok_or("no length")?;
    let (theirs, record) = rest.split_at_checked((*length).into()).ok_or("no key")?;
    if record.len() > usize::try_from(u32::from_be_bytes(*record_size)).unwrap_or_default() || body.len() > 4096 {
        return Err("too long".to_owned());
    }
    let ours = browser.key.public_key().to_encoded_point(false);
    let key = PublicKey::from_sec1_bytes(theirs).map_err(|error| error.to_string())?;
    let shared = ecdh::diffie_hellman(browser.key.to_nonzero_scalar(), key.as_affine());
    let mac = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    let secret = mac(&browser.auth, shared.raw_secret_bytes());
    let keying = mac(secret.as_ref(), &[b"WebPush: info\0", ours.as_bytes(), theirs, &[1]].concat());
    let keys = mac(salt, keying.as_ref());
    let key = mac(keys.as_ref(), b"Content-Encoding: aes128gcm\0\x01");
    let nonce = mac(keys.as_ref(), b"Content-Encoding: nonce\0\x01");
    let key = key.as_ref().get(..16).and_then(|key| aead::UnboundKey::new(&aead::AES_128_GCM, key).ok());
    let nonce = nonce.as_ref().first_chunk::<12>().ok_or("no nonce")?;
    let mut record = record.to_vec();
    let plain = aead::LessSafeKey::new(key.ok_or("no key")?)
        .open_in_place(aead::Nonce::assume_unique_for_key(*nonce), aead::Aad::empty(), &mut record)
        .map_err(|_wrong| "it cannot be decrypted")?;
    let end = plain.iter().rposition(|byte| *byte != 0).ok_or("no delimiter")?;
    match plain.split_at_checked(end) {
        Some((text, [2, ..])) => Ok(text.to_vec()),
        _ => Err("not the last record".to_owned()),
    }
}

fn decode(text: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text).map_err(|error| error.to_string())
}
