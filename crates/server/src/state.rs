//! What every request can reach.

use crate::actions::assigning::Queues;
use crate::actions::contact_imports::ImportNews;
use crate::actions::indexing::News;
use crate::actions::purges::Deletions;
use crate::actions::taggings::TaggingNews;
use crate::actions::telling_webhooks::WebhookNews;
use crate::actions::visitors::Visits;
use crate::assets::Assets;
use crate::auth::api_tokens::ApiTokens;
use crate::auth::challenge::Challenges;
use crate::auth::once::OnceGuard;
use crate::auth::password::Passwords;
use crate::auth::second_step::SecondSteps;
use crate::auth::sessions::SessionCache;
use crate::auth::signing::Keys;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::ApiResult;
use crate::files::Files;
use crate::geo::Geo;
use crate::ids::Ids;
use crate::legal::LegalTexts;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::pulse::Pulse;
use crate::push::{Arrivals, WebPush};
use crate::realtime::bus::Bus;
use crate::realtime::hub::Hub;
use crate::realtime::tickets::Tickets;
use crate::senders::{CodeSender, EmailSender};
use crate::shared::Shared;
use crate::translation::Translator;
use crate::webhooks::Webhooks;
use crate::widget_page::Loaders;
use futures_util::future::BoxFuture;
use std::ops::Deref;
use std::sync::Arc;
use store::{Database, Tx, Writer};
use types::password_reset::ResetBy;

/// The server's parts; a clone shares them.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// What [`AppState`] holds.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids and randomness.
    pub ids: Ids,
    /// Signing keys.
    pub keys: Keys,
    /// The database, for reading.
    pub db: Database,
    /// The one way to write.
    pub writer: Writer,
    /// Identities of signed-in agents.
    pub sessions: SessionCache,
    /// API tokens that programs show.
    pub api_tokens: ApiTokens,
    /// The open sockets.
    pub hub: Arc<Hub>,
    /// What is passing goes by it, as committed events do.
    pub bus: Arc<Bus>,
    /// One-time tickets for opening sockets.
    pub tickets: Tickets,
    /// Regions of addresses.
    pub geo: Box<dyn Geo>,
    /// What is known of visitors who have not written yet.
    pub visits: Visits,
    /// Tells that a channel is to be purged.
    pub deletions: Deletions,
    /// Tells that many contacts are to be given tags.
    pub taggings: TaggingNews,
    /// Tells that an import of contacts was begun.
    pub imports: ImportNews,
    /// Addresses of tables that were fetched: each is good once.
    pub exports: OnceGuard,
    /// Tells that somebody may have become available.
    pub queues: Queues,
    /// Tells that there is something to index.
    pub news: News,
    /// Where something was said lately, to be pushed.
    pub arrivals: Arrivals,
    /// Sends to push services.
    pub push: WebPush,
    /// Tells that webhooks may have something to be told.
    pub webhook_news: WebhookNews,
    /// Posts to webhooks.
    pub webhooks: Webhooks,
    /// Asks the translation service.
    pub translation: Translator,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Whether the database lives.
    pub pulse: Pulse,
    /// Proof-of-work challenges.
    pub challenges: Challenges,
    /// Delivers verification codes.
    pub codes: CodeSender,
    /// Delivers notices and what goes to email addresses, where there is a mail server.
    pub mail: Option<EmailSender>,
    /// By which of their addresses people who have forgotten their password get a code.
    pub reset_ways: Vec<ResetBy>,
    /// Between the two steps of a sign-in.
    pub second_steps: SecondSteps,
    /// What is remembered together with other servers.
    pub shared: Shared,
    /// Rate limits.
    pub limits: Limits,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The legal pages.
    pub legal: LegalTexts,
    /// The built console and widget.
    pub assets: Assets,
    /// Uploaded files.
    pub files: Files,
    /// Compressed loaders.
    pub loaders: Loaders,
}

impl AppState {
    /// The state made of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Does one unit of work in a transaction of its own; an error rolls it back, events included.
    ///
    /// # Errors
    /// That of the work, or that it could not be stored.
    pub async fn write<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, ApiResult<T>> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// The same in a transaction of its own; see [`Writer::run_alone`].
    pub async fn write_alone<T, F>(&self, work: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Tx) -> BoxFuture<'c, ApiResult<T>> + Send + 'static,
    {
        self.writer.run_alone(work).await
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
