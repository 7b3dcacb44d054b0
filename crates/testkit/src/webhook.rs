//! A program that is told what happens: it keeps what it is sent, and answers as a test tells it to.

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, mpsc};

/// Such a program on a port of its own. Unless it was told to answer something else, it answers 204.
pub struct WebhookReceiver {
    /// Its address.
    pub url: String,
    shared: Arc<Shared>,
    told: mpsc::UnboundedReceiver<Told>,
}

/// Something that it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `Webhook-Id`.
    pub id: String,
    /// `Webhook-Timestamp`.
    pub timestamp: String,
    /// `Webhook-Signature`.
    pub signature: String,
    /// The body, byte for byte.
    pub body: String,
}

impl Told {
    /// The body, read.
    ///
    /// # Panics
    /// When it is no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a body is JSON")
    }

    /// The event's type.
    #[must_use]
    pub fn kind(&self) -> String {
        self.json().get("type").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
    }
}

struct Shared {
    told: mpsc::UnboundedSender<Told>,
    answers: Mutex<VecDeque<(u16, String)>>,
    always: Mutex<u16>,
    /// Every answer takes one of these.
    leave: Semaphore,
}

/// As good as endless: the most that a semaphore takes is more.
const UNBOUND: usize = 1 << 30;

impl WebhookReceiver {
    /// Opens one.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn open() -> Self {
        let (sender, told) = mpsc::unbounded_channel();
        let (answers, always, leave) = (Mutex::default(), Mutex::new(204), Semaphore::new(UNBOUND));
        let shared = Arc::new(Shared { told: sender, answers, always, leave });
        let data = web::Data::from(Arc::clone(&shared));
        let http = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(take)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a free port");
        let port = http.addrs().first().expect("an address").port();
        tokio::spawn(http.run());
        Self { url: format!("http://127.0.0.1:{port}/hook"), shared, told }
    }

    /// Answers something to come with this, after those that were said before.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn answer(&self, status: u16, body: &str) {
        self.shared.answers.lock().expect("no test panicked here").push_back((status, body.to_owned()));
    }

    /// Answers with this status whatever no answer was said for.
    ///
    /// # Panics
    /// When another test's thread has.
    pub fn always(&self, status: u16) {
        *self.shared.always.lock().expect("no test panicked here") = status;
    }

    /// Answers nothing from now on, until [`WebhookReceiver::go_on`].
    pub fn hold(&self) {
        self.shared.leave.forget_permits(UNBOUND);
    }

    /// Answers what waits, and what comes.
    pub fn go_on(&self) {
        self.shared.leave.add_permits(UNBOUND);
    }

    /// Waits for what it is sent next.
    ///
    /// # Panics
    /// When it is gone.
    pub async fn next(&mut self) -> Told {
        self.told.recv().await.expect("it is open")
    }

    /// What it has been sent and nobody has waited for yet, if anything.
    #[must_use]
    pub fn try_next(&mut self) -> Option<Told> {
        self.told.try_recv().ok()
    }
}

async fn take(shared: web::Data<Shared>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let told = Told {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let next = shared.answers.lock().expect("no test panicked here").pop_front();
    let always = *shared.always.lock().expect("no test panicked here");
    // Nobody listens any more once the test is over.
    let _over = shared.told.send(told);
    // Taken only for the moment: all that wait go on together.
    drop(shared.leave.acquire().await.expect("nobody closes it"));
    let (status, body) = next.unwrap_or((always, String::new()));
    HttpResponse::build(StatusCode::from_u16(status).expect("a status")).body(body)
}
