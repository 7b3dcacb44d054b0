//! A migrated database with one organisation in it, a writer, and a sink that remembers.

use crate::queries::{agents, channels, organisations};
use crate::scope::{Viewer, Visitor};
use crate::{
    CommitSink, CommittedEvent, Database, DatabaseOptions, FirstMessage, MessageJob, ReadJob, Reader, Sender,
    StoreError, StoredMessage, Writer, WriterOptions,
};
use sea_orm::{ConnectionTrait, DbBackend};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use types::agents::{LoginState, Role};
use types::channels::{ChannelKind, ChannelStyle};
use types::conversations::ReadState;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, MessageId, Nonce, OrgId};
use types::messages::Content;
use types::time::Timestamp;
use uuid::Uuid;

/// Makes `sqlite::name` and `postgres::name` of each async function over a [`World`].
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { crate::tests::world::on_sqlite(super::$test) })+
        }
        mod postgres {
            $(#[test] fn $test() { crate::tests::world::on_postgres(super::$test) })+
        }
    };
}
pub(super) use on_both;

/// What the writer handed over.
#[derive(Default)]
pub(super) struct Memory {
    events: Mutex<Vec<CommittedEvent>>,
    uncertain: AtomicUsize,
}

impl CommitSink for Memory {
    fn committed(&self, events: Vec<CommittedEvent>) {
        self.events.lock().unwrap().extend(events);
    }

    fn uncertain(&self) {
        self.uncertain.fetch_add(1, Ordering::SeqCst);
    }
}

impl Memory {
    pub(super) fn events(&self) -> Vec<CommittedEvent> {
        self.events.lock().unwrap().clone()
    }

    pub(super) fn kinds(&self) -> Vec<&'static str> {
        self.events().iter().map(|event| event.kind).collect()
    }

    pub(super) fn uncertain_times(&self) -> usize {
        self.uncertain.load(Ordering::SeqCst)
    }
}

pub(super) struct World {
    pub(super) url: String,
    pub(super) db: Database,
    pub(super) writer: Writer,
    pub(super) sink: Arc<Memory>,
    pub(super) org: OrgId,
    pub(super) channel: ChannelId,
    pub(super) admin: Viewer,
    /// A plain agent: sees only what is assigned to them.
    pub(super) agent: Viewer,
    ids: AtomicU64,
}

impl World {
    async fn open(url: String) -> Self {
        let db = Database::connect(&url, &DatabaseOptions { readers: 2, ..DatabaseOptions::default() }).await.unwrap();
        db.migrate().await.unwrap();
        let sink = Arc::new(Memory::default());
        let writer = Writer::spawn(&db, WriterOptions::default(), sink.clone());
        let nobody =
            Viewer { org_id: OrgId(Uuid::nil()), agent_id: AgentId(Uuid::nil()), sees_all: true, sees_details: true };
        let mut world = Self {
            url,
            db,
            writer,
            sink,
            org: OrgId(Uuid::nil()),
            channel: ChannelId(Uuid::nil()),
            admin: nobody,
            agent: nobody,
            ids: AtomicU64::new(1),
        };
        world.org = world.new_org().await;
        world.admin = world.new_agent(world.org, Role::Admin).await;
        world.agent = world.new_agent(world.org, Role::Agent).await;
        world.channel = world.new_channel(world.org).await;
        world
    }

    /// The same database with a new writer and a new sink, as after a restart.
    pub(super) async fn restarted(&self, options: WriterOptions) -> (Database, Writer, Arc<Memory>) {
        let db = Database::connect(&self.url, &DatabaseOptions { readers: 2, ..DatabaseOptions::default() }).await;
        let db = db.unwrap();
        let sink = Arc::new(Memory::default());
        let writer = Writer::spawn(&db, options, sink.clone());
        (db, writer, sink)
    }

    pub(super) fn uuid(&self) -> Uuid {
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(self.ids.fetch_add(1, Ordering::SeqCst)))
    }

    pub(super) async fn new_org(&self) -> OrgId {
        let new = organisations::NewOrganisation { id: OrgId(self.uuid()), name: "甲公司".to_owned(), at: at(0) };
        let id = new.id;
        self.write(async move |conn| organisations::create(conn, new).await).await.unwrap();
        id
    }

    pub(super) async fn new_agent(&self, org_id: OrgId, role: Role) -> Viewer {
        let new = self.agent_row(org_id, role);
        let viewer = Viewer { org_id, agent_id: new.id, sees_all: role != Role::Agent, sees_details: true };
        self.write(async move |conn| agents::create(conn, new).await).await.unwrap();
        viewer
    }

    pub(super) fn agent_row(&self, org_id: OrgId, role: Role) -> agents::NewAgent {
        let id = AgentId(self.uuid());
        agents::NewAgent {
            id,
            org_id,
            account: format!("Account-{}", id.0.simple()),
            name: "小王".to_owned(),
            email: "wang@example.com".to_owned(),
            mobile: "13800138000".to_owned(),
            password_hash: "hash".to_owned(),
            role,
            login_state: LoginState::Normal,
            at: at(0),
        }
    }

    pub(super) fn channel_row(&self, org_id: OrgId) -> channels::NewChannel {
        let id = ChannelId(self.uuid());
        channels::NewChannel {
            id,
            org_id,
            kind: ChannelKind::Website,
            key: format!("key-{id}"),
            name: "官网".to_owned(),
            introduction: String::new(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
            style: ChannelStyle::default(),
            at: at(1),
        }
    }

    pub(super) async fn new_channel(&self, org_id: OrgId) -> ChannelId {
        let new = self.channel_row(org_id);
        self.write(async move |conn| channels::create(conn, new).await).await.unwrap().id
    }

    /// Does a write that needs only the connection.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> AsyncFnOnce(&'c sea_orm::DatabaseTransaction) -> Result<T, StoreError> + Send + 'static,
    {
        // The future of an async closure cannot be asked to be `Send`, so the work happens here, outside the queue.
        use sea_orm::TransactionTrait;
        self.writer_lets_go().await;
        let txn = self.db.writer().begin().await?;
        let outcome = work(&txn).await?;
        txn.commit().await?;
        Ok(outcome)
    }

    pub(super) fn visitor(&self) -> Visitor {
        Visitor { org_id: self.org, channel_id: self.channel, contact_id: ContactId(self.uuid()) }
    }

    pub(super) fn first(&self, visitor: Visitor, text: &str, millis: i64) -> FirstMessage {
        FirstMessage {
            visitor,
            conversation_id: ConversationId(self.uuid()),
            id: MessageId(self.uuid()),
            welcome_id: MessageId(self.uuid()),
            nonce: Nonce(self.uuid()),
            content: content(text),
            facts: crate::contacts::VisitFacts::default(),
            at: at(millis),
        }
    }

    /// A visitor who has said one thing, and their conversation.
    pub(super) async fn conversation(&self) -> (Visitor, ConversationId) {
        self.conversation_of(self.visitor(), 1_000).await
    }

    pub(super) async fn conversation_of(&self, visitor: Visitor, millis: i64) -> (Visitor, ConversationId) {
        let first = self.writer.first_message(self.first(visitor, "你好", millis)).await.unwrap();
        (visitor, first.message.conversation_id)
    }

    /// Makes the conversation the plain agent's.
    pub(super) async fn assign(&self, conversation_id: ConversationId, to: Option<AgentId>) {
        use crate::tables::conversation;
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        self.writer_lets_go().await;
        conversation::Entity::update_many()
            .col_expr(conversation::Column::AssigneeId, to.into())
            .col_expr(conversation::Column::QueuedAt, None::<Timestamp>.into())
            .filter(conversation::Column::Id.eq(conversation_id))
            .exec(self.db.writer())
            .await
            .unwrap();
    }

    /// The writer holds its one connection between hot jobs; any other write makes it give it back.
    pub(super) async fn writer_lets_go(&self) {
        self.writer.run(|_| Box::pin(async { Ok::<_, StoreError>(()) })).await.unwrap();
    }

    pub(super) fn says(&self, sender: Sender, conversation_id: ConversationId, text: &str, millis: i64) -> MessageJob {
        MessageJob {
            id: MessageId(self.uuid()),
            conversation_id,
            sender,
            nonce: Nonce(self.uuid()),
            content: content(text),
            at: at(millis),
        }
    }

    pub(super) async fn send(
        &self,
        sender: Sender,
        conversation_id: ConversationId,
        millis: i64,
    ) -> Result<StoredMessage, StoreError> {
        self.writer.message(self.says(sender, conversation_id, "嗯", millis)).await
    }

    pub(super) async fn read(
        &self,
        reader: Reader,
        conversation_id: ConversationId,
        seq: i64,
    ) -> Result<ReadState, StoreError> {
        self.writer.read(ReadJob { conversation_id, reader, seq, at: at(9_000) }).await
    }

    pub(super) fn reader(&self) -> &crate::Readers {
        self.db.reader()
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.db.reader().get_database_backend()
    }
}

pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp(1_790_000_000_000 + millis)
}

pub(super) fn content(text: &str) -> Content {
    Content::Text { text: text.to_owned() }
}

pub(super) fn by_agent(viewer: Viewer) -> Sender {
    Sender::Agent { viewer, name: "小王".to_owned() }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(super) fn on_sqlite<F: AsyncFnOnce(World)>(test: F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("parlor.db").display());
    runtime().block_on(async { test(World::open(url).await).await });
}

pub(super) fn on_postgres<F: AsyncFnOnce(World)>(test: F) {
    let Ok(server) = std::env::var("PARLOR_TEST_POSTGRES_URL") else {
        assert!(
            std::env::var("PARLOR_TEST_REQUIRE_POSTGRES").as_deref() != Ok("1"),
            "PARLOR_TEST_POSTGRES_URL is not set, and PARLOR_TEST_REQUIRE_POSTGRES=1 asks for it"
        );
        println!("skipped: PARLOR_TEST_POSTGRES_URL names no PostgreSQL");
        return;
    };
    runtime().block_on(async {
        let admin = sea_orm::Database::connect(&server).await.unwrap();
        let name = make_database(&admin).await;
        let (base, _) = server.rsplit_once('/').unwrap();
        let outcome = AssertUnwindSafe(async { test(World::open(format!("{base}/{name}")).await).await });
        let outcome = futures_util::FutureExt::catch_unwind(outcome).await;
        admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
}

/// A database of its own for each test.
async fn make_database(admin: &sea_orm::DatabaseConnection) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = format!("parlor_store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    // With the schema in it already, where whoever runs the tests has prepared one to copy.
    let template = std::env::var("PARLOR_TEST_POSTGRES_TEMPLATE").map(|template| format!(" TEMPLATE {template}"));
    let template = template.unwrap_or_default();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}{template} STRATEGY wal_log")).await.unwrap();
    name
}
