//! Builds the server from its settings, serves, and stops gracefully.

use crate::actions::assigning::{Queues, assign_whoever_waits};
use crate::actions::attachments::collect_unused;
use crate::actions::contact_imports::{ImportNews, go_on_with_imports};
use crate::actions::indexing::{News, follow_the_ledger};
use crate::actions::purges::{Deletions, purge_deleted_channels};
use crate::actions::pushing::push_what_arrives;
use crate::actions::queue_places::tell_places;
use crate::actions::snoozing::bring_back_what_is_due;
use crate::actions::table_pass::TABLES_MAX;
use crate::actions::taggings::{TaggingNews, go_on_with_taggings};
use crate::actions::telling_webhooks::{WebhookNews, tell_webhooks};
use crate::actions::visitors::Visits;
use crate::api_docs::ApiDocuments;
use crate::assets::Assets;
use crate::auth::api_tokens::ApiTokens;
use crate::auth::challenge::Challenges;
use crate::auth::once::OnceGuard;
use crate::auth::password::Passwords;
use crate::auth::second_step::SecondSteps;
use crate::auth::sessions::SessionCache;
use crate::auth::signing::Keys;
use crate::auth::watch::notice_ended_sessions;
use crate::clock::Clock;
use crate::config::{Config, load_or_create_secret, make_data_dir};
use crate::files::Files;
use crate::idempotency::{self, forget_old_answers};
use crate::ids::Ids;
use crate::legal::LegalTexts;
use crate::limits::Limits;
use crate::metrics::{self, Metrics, Observed, Scrapes};
use crate::openapi::Routes;
use crate::pulse::Pulse;
use crate::push::{Arrivals, WebPush};
use crate::realtime::bus::{Bus, Hears};
use crate::realtime::hub::Hub;
use crate::realtime::relay::{Relay, fetch_what_was_missed, listen_to_others, tell_others};
use crate::realtime::tickets::Tickets;
use crate::senders::{self, CodeSender};
use crate::shared::{Link, Shared};
use crate::state::{AppState, Parts};
use crate::translation::Translator;
use crate::webhooks::Webhooks;
use crate::widget_page::Loaders;
use crate::{cors, geo, router, security, tcp, telemetry};
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use secrecy::ExposeSecret;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Database, DatabaseOptions, Writer, WriterOptions};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// Why the server could not be started: what was being done, and what went wrong.
#[derive(Debug, thiserror::Error)]
#[error("{step}")]
pub struct StartError {
    step: String,
    source: Box<dyn Error + Send + Sync>,
}

impl StartError {
    fn at<E: Into<Box<dyn Error + Send + Sync>>>(step: impl Into<String>) -> impl FnOnce(E) -> Self {
        let step = step.into();
        move |source| Self { step, source: source.into() }
    }
}

/// One TLS provider for every client of the process; installed by an earlier server of the same process is as good.
pub fn install_tls() {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("the TLS provider had been installed before");
    }
}

/// What does not come from the settings: real in the program, made up in tests.
pub struct Surroundings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Ids,
    /// The built console and widget.
    pub assets: Assets,
}

/// Opens the database, brings it up to date, and builds every part. Must run inside the runtime that serves.
///
/// # Errors
/// [`StartError`] names the step that failed.
pub async fn build(config: Config, surroundings: Surroundings) -> Result<AppState, StartError> {
    install_tls();
    let Surroundings { clock, ids, assets } = surroundings;
    let keys = Keys::derive(&secret(&config, &ids)?);
    let keys = keys.with_previous(config.previous_secret_key.expose_secret().as_bytes());
    make_data_dir(&config.data_dir).map_err(StartError::at("making the data folder"))?;
    let options = DatabaseOptions { readers: config.database.read_connections, ..DatabaseOptions::default() };
    let db = Database::connect(config.database_url().expose_secret(), &options)
        .await
        .map_err(StartError::at("opening the database"))?;
    db.migrate().await.map_err(StartError::at("bringing the database up to date"))?;

    let metrics = Arc::new(Metrics::default());
    metrics.started(clock.now());
    let hub = Arc::new(Hub::measured(Arc::clone(&metrics)));
    let options = WriterOptions { queue: config.database.write_queue, batch: config.database.write_batch };
    let (news, queues, webhook_news) = (News::default(), Queues::default(), WebhookNews::default());
    let arrivals = Arrivals::new(Arc::clone(&clock), Arc::clone(&metrics));
    let link =
        Link::open(&config.redis, keys.shared.clone(), ids.uuid()).map_err(StartError::at("reading redis.url"))?;
    let relay = link.clone().map(|link| Relay::new(link, Arc::clone(&metrics)));
    let hears = Hears {
        news: news.clone(),
        arrivals: arrivals.clone(),
        queues: queues.clone(),
        webhooks: webhook_news.clone(),
    };
    let bus = Arc::new(Bus::new(Arc::clone(&hub), Arc::clone(&metrics), hears, relay));
    let observer = Arc::new(Observed(Arc::clone(&metrics)));
    let writer = Writer::spawn_attended(&db, options, bus.clone(), observer, hub.clone());
    let given = |path: &'static str, file: &Path| (!file.as_os_str().is_empty()).then(|| (path, file.to_owned()));
    let maxmind = given("geo.maxmind_file", &config.geo.maxmind_file).map(|(_, file)| file);
    let ip2region = given("geo.ip2region_file", &config.geo.ip2region_file).map(|(_, file)| file);
    let preparing = || StartError::at("preparing the delivery of codes");
    let codes = CodeSender::new(&config.codes).map_err(preparing())?;
    let mail = senders::mail(&config.codes).map_err(preparing())?;
    Ok(AppState::new(Parts {
        sessions: SessionCache::default(),
        api_tokens: ApiTokens::default(),
        passwords: Passwords::default(),
        pulse: Pulse::default(),
        challenges: Challenges::new(keys.challenge.clone(), config.registration.challenge_bits),
        reset_ways: senders::reset_ways(&codes, mail.as_ref()),
        second_steps: SecondSteps::new(keys.second_step.clone()),
        codes,
        mail,
        limits: Limits::new(&config.limits, config.registration.codes_per_mobile_per_day),
        shared: Shared::by(link),
        legal: LegalTexts::load(&config.legal.folder).map_err(StartError::at("reading the legal pages"))?,
        tickets: Tickets::new(keys.ticket.clone(), Arc::clone(&clock), ids.clone()),
        geo: geo::open(maxmind.as_deref(), ip2region.as_deref()).map_err(StartError::at("opening the geo database"))?,
        visits: Visits::default(),
        deletions: Deletions::default(),
        taggings: TaggingNews::default(),
        imports: ImportNews::default(),
        exports: OnceGuard::new(TABLES_MAX),
        files: Files::open(&config).map_err(StartError::at("opening the store of uploads"))?,
        news,
        queues,
        arrivals,
        push: WebPush::new(&config, &keys.push, ids.clone()),
        webhook_news,
        webhooks: Webhooks::new(&config.webhooks).map_err(StartError::at("preparing webhooks"))?,
        translation: Translator::new(&config.translation).map_err(StartError::at("reading translation.url"))?,
        loaders: Loaders::default(),
        metrics,
        config,
        clock,
        ids,
        keys,
        db,
        writer,
        hub,
        bus,
        assets,
    }))
}

fn secret(config: &Config, ids: &Ids) -> Result<Vec<u8>, StartError> {
    let configured = config.secret_key.expose_secret();
    if !configured.is_empty() {
        return Ok(configured.as_bytes().to_vec());
    }
    load_or_create_secret(&config.data_dir, ids).map_err(StartError::at("reading the secret key"))
}

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    state: AppState,
    handle: ServerHandle,
    server: Server,
    scrapes: Option<Scrapes>,
    /// What goes on in the background until the server stops.
    background: JoinSet<()>,
    /// The way to other servers, which goes on until the last write is stored.
    others: JoinSet<()>,
}

/// How long the head of a request may take: whoever sends it byte by byte only holds a connection.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// How long a connection that we close may take to notice.
const FAREWELL_PATIENCE: Duration = Duration::from_secs(5);

/// Listens where the settings say and begins to serve.
///
/// # Errors
/// When the address cannot be listened on.
pub fn start(state: AppState) -> Result<Running, StartError> {
    let listen = state.config.listen;
    let listener = TcpListener::bind(listen).map_err(StartError::at(format!("listening on {listen}")))?;
    let address = listener.local_addr().map_err(StartError::at("asking for the address"))?;
    let documents = Data::new(ApiDocuments::new());
    let (data, routes) = (Data::new(state.clone()), Data::new(Routes::new()));
    let mut server = HttpServer::new(move || {
        // The last one wrapped is the outermost.
        App::new()
            .app_data(data.clone())
            .app_data(routes.clone())
            .app_data(documents.clone())
            .wrap(from_fn(router::head_as_get))
            .wrap(from_fn(idempotency::answer_once))
            .wrap(from_fn(security::limit))
            .wrap(from_fn(cors::widget))
            .wrap(from_fn(security::protect))
            .wrap(from_fn(telemetry::observe))
            .configure(router::configure)
    })
    // A chat's frames are small and must not wait for each other.
    .tcp_nodelay(true)
    .client_request_timeout(HEAD_PATIENCE)
    .client_disconnect_timeout(FAREWELL_PATIENCE)
    .on_connect(tcp::tune)
    .shutdown_timeout(state.config.shutdown_seconds)
    .disable_signals();
    if state.config.workers > 0 {
        server = server.workers(state.config.workers);
    }
    let server = server.listen(listener).map_err(StartError::at(format!("listening on {address}")))?.run();
    tracing::info!(%address, public.url = state.config.public_url, "listening");
    let scrapes = metrics::start(&state).map_err(StartError::at("listening on metrics.listen"))?;
    let mut background = JoinSet::new();
    background.spawn(notice_ended_sessions(state.clone()));
    background.spawn(purge_deleted_channels(state.clone()));
    background.spawn(go_on_with_taggings(state.clone()));
    background.spawn(go_on_with_imports(state.clone()));
    background.spawn(collect_unused(state.clone()));
    background.spawn(follow_the_ledger(state.clone()));
    background.spawn(push_what_arrives(state.clone()));
    background.spawn(assign_whoever_waits(state.clone()));
    background.spawn(tell_places(state.clone()));
    background.spawn(bring_back_what_is_due(state.clone()));
    background.spawn(tell_webhooks(state.clone()));
    background.spawn(forget_old_answers(state.clone()));
    let mut others = JoinSet::new();
    others.spawn(tell_others(state.clone()));
    others.spawn(listen_to_others(state.clone()));
    others.spawn(fetch_what_was_missed(state.clone()));
    Ok(Running { address, state, handle: server.handle(), server, scrapes, background, others })
}

/// How long the last writes may take to be told to other servers.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often a wave of sockets is sent away.
const WAVE: Duration = Duration::from_millis(50);

/// Sockets of one wave at least: so many reconnecting at once are nothing to a balancer or to the next server.
const WAVE_SOCKETS: usize = 100;

impl Running {
    /// Where the metrics are served, if on an address of their own.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.scrapes.as_ref().map(|scrapes| scrapes.address)
    }

    /// Serves until `stop` completes, then stops in this order: readiness turns false and everything goes on for
    /// `drain_seconds`; nobody is let in any more and sockets are told to go, in waves; open requests finish; queued writes
    /// are stored. From the first farewell to the end it takes at most `shutdown_seconds`, and a moment to close the database.
    ///
    /// # Errors
    /// Those of the network while serving.
    pub async fn until(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let Self { state, handle, server, scrapes, mut background, mut others, .. } = self;
        let mut server = Box::pin(server);
        let mut ended = tokio::select! {
            ended = &mut server => Some(ended),
            () = stop => None,
        };
        let config = &state.config;
        tracing::info!(drain.seconds = config.drain_seconds, sockets.open = state.hub.open_sockets(), "stopping");
        state.hub.leave();
        if ended.is_none() && config.drain_seconds > 0 {
            ended = tokio::select! {
                ended = &mut server => Some(ended),
                () = tokio::time::sleep(Duration::from_secs(config.drain_seconds)) => None,
            };
        }
        background.shutdown().await;

        let limit = Duration::from_secs(config.shutdown_seconds);
        let deadline = Instant::now() + limit;
        send_sockets_away(&state, limit.checked_div(2).unwrap_or_default()).await;
        let served = match ended {
            Some(ended) => ended,
            None => {
                let requests = async { tokio::join!(&mut server, handle.stop(true)).0 };
                timeout_at(deadline, requests).await.unwrap_or_else(|_elapsed| {
                    tracing::warn!("requests that did not finish in time are cut off");
                    Ok(())
                })
            }
        };
        // What has been acknowledged is on disk already; this is for what still waits to be.
        let patience = deadline.max(Instant::now() + Duration::from_secs(1));
        if timeout_at(patience, state.writer.stop()).await.is_err() {
            tracing::warn!(
                "writes that were not stored in time are dropped: nobody has been told that they were stored"
            );
        }
        // Other servers notice what they were not told, but later.
        if let Some(relay) = state.bus.relay() {
            let told = timeout_at(Instant::now() + LAST_WORDS, relay.said()).await;
            tracing::debug!(bus.told = told.is_ok(), "leaving the other servers");
        }
        others.shutdown().await;
        // Once nothing else is said: a roll call after it would bring its agents back.
        if let Some(relay) = state.bus.relay() {
            let _told_or_silent = timeout_at(Instant::now() + LAST_WORDS, relay.leave()).await;
        }
        if let Err(error) = state.db.close().await {
            tracing::warn!(error.cause = %error, "closing the database failed");
        }
        // Last, so that the end can be watched.
        if let Some(scrapes) = scrapes {
            scrapes.stop().await;
        }
        tracing::info!("stopped");
        served
    }
}

/// Lets nobody in any more and sends the sockets away, a wave at a time over `within`: clients wait a short random time before
/// they come back, and those of different waves come back at different times.
async fn send_sockets_away(state: &AppState, within: Duration) {
    let mut farewells = state.hub.stop_gradually();
    let waves = usize::try_from(within.as_millis().div_euclid(WAVE.as_millis())).unwrap_or(usize::MAX).max(1);
    let wave = farewells.len().div_ceil(waves).max(WAVE_SOCKETS);
    loop {
        farewells.send_away(wave);
        if farewells.is_empty() {
            return;
        }
        tokio::time::sleep(WAVE).await;
    }
}
