//! Aliyun's short message service as far as `SendSms` goes. It works the signature out by itself, from its published description and
//! from what came, and refuses what is not signed right.

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer, http::StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The key that the service knows.
pub const ACCESS_KEY_ID: &str = "LTAI-testkit";
/// Its secret.
pub const ACCESS_KEY_SECRET: &str = "a secret that signs";

/// The service on a port of its own.
pub struct SmsService {
    /// Its address.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The parameters of each message that was signed right and taken.
    sent: Mutex<Vec<BTreeMap<String, String>>>,
    /// The code that it refuses everything with from now on.
    refusing: Mutex<Option<String>>,
}

impl SmsService {
    /// Opens one.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn open() -> Self {
        let shared = Arc::new(Shared::default());
        let data = web::Data::from(Arc::clone(&shared));
        let http = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(take)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a free port");
        let port = http.addrs().first().expect("an address").port();
        tokio::spawn(http.run());
        Self { url: format!("http://127.0.0.1:{port}/"), shared }
    }

    /// Refuses what comes from now on with this code, or takes it again.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn refuse(&self, code: Option<&str>) {
        *self.shared.refusing.lock().expect("no test panicked here") = code.map(str::to_owned);
    }

    /// Everything that was taken.
    ///
    /// # Panics
    /// When another test's thread has.
    #[must_use]
    pub fn sent(&self) -> Vec<BTreeMap<String, String>> {
        self.shared.sent.lock().expect("no test panicked here").clone()
    }
}

async fn take(shared: web::Data<Shared>, body: Bytes) -> HttpResponse {
    let text = String::from_utf8_lossy(&body).into_owned();
    let mut parameters: BTreeMap<String, String> = text.split('&').filter_map(read).collect();
    let signature = parameters.remove("Signature").unwrap_or_default();
    if signature != signed(&parameters) || parameters.get("AccessKeyId").map(String::as_str) != Some(ACCESS_KEY_ID) {
        // As the real one does: it says what it has signed.
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{text}");
        return answer(400, "SignatureDoesNotMatch", &message);
    }
    if let Some(code) = shared.refusing.lock().expect("no test panicked here").clone() {
        return answer(200, &code, "refused");
    }
    shared.sent.lock().expect("no test panicked here").push(parameters);
    answer(200, "OK", "OK")
}

fn answer(status: u16, code: &str, message: &str) -> HttpResponse {
    let body = json!({"RequestId": "F655A8D5-B967-440B-8683-DAD6FF8DE990", "Code": code, "Message": message});
    HttpResponse::build(StatusCode::from_u16(status).expect("a status")).json(body)
}

fn read(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=')?;
    Some((decoded(name)?, decoded(value)?))
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The signature of these parameters: their names in order, everything encoded twice.
fn signed(parameters: &BTreeMap<String, String>) -> String {
    let mut query = String::new();
    for (name, value) in parameters {
        let sign = if query.is_empty() { "" } else { "&" };
        query = format!("{query}{sign}{}={}", escaped(name), escaped(value));
    }
    let text = format!("POST&%2F&{}", escaped(&query));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, format!("{ACCESS_KEY_SECRET}&").as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()).as_ref())
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
