//! A translation service that speaks the interfaces of `LibreTranslate` and `DeepL`, and says what a test tells it to.

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// A translation service on a port of its own. Unless it was told to answer something else, it translates every text into
/// `[<language>] <text>` and calls what it was written in French.
pub struct TranslationService {
    /// Its address.
    pub url: String,
    shared: Arc<Shared>,
}

/// What was asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// At which address.
    pub path: String,
    /// The header with a key, empty where there is none.
    pub authorization: String,
    /// The body.
    pub body: Value,
}

struct Shared {
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<VecDeque<(u16, String)>>,
    /// Every answer takes one of these.
    leave: Semaphore,
}

/// As good as endless: the most that a semaphore takes is more.
const UNBOUND: usize = 1 << 30;

impl TranslationService {
    /// Opens one.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn open() -> Self {
        let shared =
            Arc::new(Shared { asked: Mutex::default(), answers: Mutex::default(), leave: Semaphore::new(UNBOUND) });
        let data = web::Data::from(Arc::clone(&shared));
        let http = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(translate)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a free port");
        let port = http.addrs().first().expect("an address").port();
        tokio::spawn(http.run());
        Self { url: format!("http://127.0.0.1:{port}"), shared }
    }

    /// Answers a question to come with this, after those that were said before.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn answer(&self, status: u16, body: impl Into<String>) {
        self.shared.answers.lock().expect("no test panicked here").push_back((status, body.into()));
    }

    /// Answers nothing from now on, until [`TranslationService::go_on`].
    pub fn hold(&self) {
        self.shared.leave.forget_permits(UNBOUND);
    }

    /// Answers what waits, and what comes.
    pub fn go_on(&self) {
        self.shared.leave.add_permits(UNBOUND);
    }

    /// Everything that was asked.
    ///
    /// # Panics
    /// When another test's thread has.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().expect("no test panicked here").clone()
    }
}

async fn translate(shared: web::Data<Shared>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let asked = Asked {
        path: request.path().to_owned(),
        authorization: authorization.unwrap_or_default().to_owned(),
        body: body.clone(),
    };
    shared.asked.lock().expect("no test panicked here").push(asked);
    // Taken only for the moment: all that wait go on together.
    drop(shared.leave.acquire().await.expect("nobody closes it"));
    let next = shared.answers.lock().expect("no test panicked here").pop_front();
    if let Some((status, body)) = next {
        return HttpResponse::build(StatusCode::from_u16(status).expect("a status")).body(body);
    }
    let text = |place: &str| body.pointer(place).and_then(Value::as_str).unwrap_or_default();
    let said = if request.path().ends_with("/v2/translate") {
        let words = format!("[{}] {}", text("/target_lang"), text("/text/0"));
        json!({"translations": [{"detected_source_language": "FR", "text": words}]})
    } else {
        let words = format!("[{}] {}", text("/target"), text("/q"));
        json!({"translatedText": words, "detectedLanguage": {"language": "fr", "confidence": 90.0}})
    };
    HttpResponse::Ok().json(said)
}
