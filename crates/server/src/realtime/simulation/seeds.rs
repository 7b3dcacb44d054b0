//! From a seed to a world, and from a world to its outcome.

use super::chronicle::Chronicle;
use super::clock::SimulatedClock;
use super::dice::Dice;
use super::people::{Browser, Client, Console, Place, Side, Tab};
use super::process::keys;
use super::sabotage::Saboteur;
use super::tally::Tally;
use super::trace::Trace;
use super::world::World;
use crate::auth::visitor;
use crate::config;
use client::sync;
use futures_util::FutureExt;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::agents::NewAgent;
use store::audit::Auditor;
use store::channels::NewChannel;
use store::contacts::VisitFacts;
use store::conversations::Listed;
use store::messages::Window;
use store::organisations::NewOrganisation;
use store::sessions::NewSession;
use store::{
    CommitSink, CommittedEvent, ConnectionTrait, Database, DatabaseOptions, FirstMessage, OrgScope, StoreError, Tx,
    Viewer, Visitor, Writer, WriterOptions,
};
use store::{agents, channels, conversations, events, messages, organisations, sessions, welcome};
use tempfile::TempDir;
use types::agents::{LoginState, Role};
use types::channels::{ChannelKind, ChannelStyle};
use types::id::{AgentId, AuditId, ChannelId, ContactId, ConversationId, MessageId, Nonce, OrgId, SessionId};
use types::messages::Content;
use types::time::Timestamp;
use uuid::Uuid;
use widget::live;

/// When every world begins.
const BEGIN: Timestamp = Timestamp(1_795_334_400_000);
/// Where most of it happens.
pub(super) const HERE: Place =
    Place { org_id: OrgId(Uuid::from_u128(1)), channel_id: ChannelId(Uuid::from_u128(2)), channel_key: "simulated" };
/// Another organisation, of which nobody here may hear anything, nor the other way round.
const ELSEWHERE: Place =
    Place { org_id: OrgId(Uuid::from_u128(3)), channel_id: ChannelId(Uuid::from_u128(4)), channel_key: "elsewhere" };
/// The organisation that greets its visitors; the other one does not.
pub(super) const WELCOMES: OrgId = ELSEWHERE.org_id;
/// The agents and how many devices each has.
pub(super) const AGENTS: [(Place, u128, Role, u128); 5] = [
    (HERE, 10, Role::Admin, 2),
    (HERE, 11, Role::Supervisor, 1),
    (HERE, ASSIGNEE, Role::Agent, 1),
    (HERE, 13, Role::Agent, 1),
    (ELSEWHERE, 20, Role::Admin, 1),
];
/// The agent to whom the first visitor's conversation is assigned, and who sees no other; agent 13 sees none.
const ASSIGNEE: u128 = 12;
/// The visitor whose conversation that is. Nobody can ask for an assignment yet, so it is there from the beginning.
const ASSIGNED: Visitor =
    Visitor { org_id: HERE.org_id, channel_id: HERE.channel_id, contact_id: ContactId(Uuid::from_u128(5)) };
/// That conversation.
pub(super) const BEFORE: ConversationId = ConversationId(Uuid::from_u128(7));
/// What they had said before the world began.
const SAID_BEFORE: Nonce = Nonce(Uuid::from_u128(6));
/// Nothing here waits for time; whatever takes this long has stopped for good.
const STUCK: Duration = Duration::from_secs(20);

/// Whether the conversation is this agent's own.
pub(super) fn is_assignee(conversation: ConversationId, agent: AgentId) -> bool {
    (conversation, agent) == (BEFORE, AgentId(Uuid::from_u128(ASSIGNEE)))
}

/// Whether this agent sees the conversation whoever takes part in it.
pub(super) fn sees_anyway(conversation: ConversationId, agent: AgentId) -> bool {
    let role =
        AGENTS.iter().find(|(_, number, ..)| AgentId(Uuid::from_u128(*number)) == agent).map(|(_, _, role, _)| *role);
    role != Some(Role::Agent) || is_assignee(conversation, agent)
}

/// How a world ended.
pub(super) struct Outcome {
    seed: u64,
    hash: u64,
    pub(super) has_struck: bool,
    pub(super) failure: Option<String>,
    pub(super) tally: Tally,
    story: String,
}

impl Outcome {
    /// The story's hash, where it ended well.
    pub(super) fn expect_good(self) -> u64 {
        if let Some(failure) = self.failure {
            panic!(
                "{failure}\n\nseed {seed}; its last lines were:\n{story}\n\nPARLOR_TEST_SIM_SEED={seed} cargo test -p server \
                 --lib realtime::simulation::replay -- --nocapture",
                seed = self.seed,
                story = self.story
            );
        }
        self.hash
    }
}

pub(super) fn play_all(first: u64, count: u64) {
    let mut tally = Tally::default();
    for seed in first..first + count {
        let outcome = play(seed, Saboteur::default(), false);
        tally.add(&outcome.tally);
        outcome.expect_good();
    }
    tally.expect_trouble(count);
}

/// Plays one seed.
pub(super) fn play(seed: u64, saboteur: Saboteur, aloud: bool) -> Outcome {
    let template = template();
    let folder = folder();
    let file = folder.path().join("parlor.db");
    std::fs::write(&file, template).unwrap();
    runtime().block_on(async {
        let db = open(&file).await;
        let mut world = people(seed, db, saboteur, aloud).await;
        let story = AssertUnwindSafe(tokio::time::timeout(STUCK, Box::pin(live_through(&mut world)))).catch_unwind();
        let failure = match story.await {
            Ok(Ok(())) => None,
            Ok(Err(_elapsed)) => Some("it has stopped for good".to_owned()),
            Err(panic) => Some(words_of(&panic)),
        };
        Outcome {
            seed,
            hash: world.trace.hash(),
            has_struck: world.saboteur.has_struck(),
            failure,
            tally: world.tally.clone(),
            story: world.trace.tell(),
        }
    })
}

async fn live_through(world: &mut World) {
    trouble(world).await;
    world.come_to_rest().await;
    // And again, now that there is something to recall, to clear and to take part in.
    world.settled = true;
    world.everybody_begins();
    world.come_to_rest().await;
    world.lossy = true;
    trouble(world).await;
    world.come_to_rest().await;
    world.check().await;
    // Once more with words of everybody, now that all are there to hear them.
    world.saboteur.wake();
    for index in 0..world.clients.len() {
        world.say(index);
    }
    world.come_to_rest().await;
    world.spoil().await;
    world.check().await;
}

async fn trouble(world: &mut World) {
    let steps = 60 + world.dice.below(80);
    for _ in 0..steps {
        world.step().await;
    }
}

fn words_of(panic: &Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A folder in memory where the system has one: a simulated crash leaves what was written, and `fsync` costs most of the time.
fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}

async fn open(file: &std::path::Path) -> Database {
    let options = DatabaseOptions { readers: 2, acquire_timeout: STUCK, direct: false, ..DatabaseOptions::default() };
    Database::connect(&format!("sqlite://{}", file.display()), &options).await.unwrap()
}

/// A database with two organisations, their agents and channels, and one assigned conversation: made once, copied for every
/// seed.
fn template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = folder();
        let file = folder.path().join("template.db");
        runtime().block_on(async {
            let db = open(&file).await;
            db.migrate().await.unwrap();
            let writer = Writer::spawn(&db, WriterOptions::default(), Arc::new(Nobody));
            writer.run(|tx| Box::pin(furnish(tx))).await.unwrap();
            let first = FirstMessage {
                visitor: ASSIGNED,
                conversation_id: BEFORE,
                id: MessageId(Uuid::from_u128(8)),
                welcome_id: MessageId(Uuid::from_u128(9)),
                nonce: SAID_BEFORE,
                content: Content::Text { text: "words of before".to_owned() },
                facts: VisitFacts::default(),
                at: BEGIN,
            };
            writer.first_message(first).await.unwrap();
            let assign = format!(
                "UPDATE conversation SET queued_at = NULL, assignee_id = x'{}'",
                Uuid::from_u128(ASSIGNEE).simple()
            );
            let work = writer.run(move |tx| {
                Box::pin(async move { Ok::<_, StoreError>(tx.conn().execute_unprepared(&assign).await.map(drop)?) })
            });
            work.await.unwrap();
            writer.stop().await;
            db.close().await.unwrap();
        });
        std::fs::read(file).unwrap()
    })
}

struct Nobody;

impl CommitSink for Nobody {
    fn committed(&self, _: Vec<CommittedEvent>) {}
    fn uncertain(&self) {}
}

async fn furnish(tx: &mut Tx) -> Result<(), StoreError> {
    let conn = tx.conn();
    for place in [HERE, ELSEWHERE] {
        let name = format!("org {}", place.channel_key);
        organisations::create(conn, NewOrganisation { id: place.org_id, name, at: BEGIN }).await?;
        let channel = NewChannel {
            id: place.channel_id,
            org_id: place.org_id,
            kind: ChannelKind::Website,
            key: place.channel_key.to_owned(),
            name: "channel".to_owned(),
            introduction: String::new(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
            style: ChannelStyle::default(),
            at: BEGIN,
        };
        channels::create(conn, channel).await?;
    }
    for (place, number, role, devices) in AGENTS {
        let id = AgentId(Uuid::from_u128(number));
        let agent = NewAgent {
            id,
            org_id: place.org_id,
            account: format!("agent-{number}"),
            name: format!("agent {number}"),
            email: "a@b.cn".to_owned(),
            mobile: "13800138000".to_owned(),
            password_hash: String::new(),
            role,
            login_state: LoginState::Normal,
            at: BEGIN,
        };
        agents::create(conn, agent).await?;
        for device in 0..devices {
            let session = NewSession {
                id: session_id(number, device),
                org_id: place.org_id,
                agent_id: id,
                refresh_hash: format!("{number} {device}"),
                user_agent: String::new(),
                ip: String::new(),
                at: BEGIN,
                expires_at: BEGIN.plus_seconds(365 * 24 * 3600),
            };
            sessions::create(conn, session).await?;
        }
    }
    let auditor = Auditor {
        id: AuditId(Uuid::from_u128(30)),
        agent_id: AgentId(Uuid::from_u128(20)),
        agent_name: "agent 20".to_owned(),
        origin: store::audit::Origin::default(),
        at: BEGIN,
    };
    welcome::set(tx, OrgScope::new(WELCOMES), "words of welcome".to_owned(), auditor).await?;
    Ok(())
}

fn session_id(agent: u128, device: u128) -> SessionId {
    SessionId(Uuid::from_u128(1_000 + agent * 10 + device))
}

/// Who there is: agents with their devices, and a few visitors with a tab or two, the last of them elsewhere.
async fn people(seed: u64, db: Database, saboteur: Saboteur, aloud: bool) -> World {
    let mut dice = Dice::new(seed);
    let mut clients = Vec::new();
    for (place, number, role, devices) in AGENTS {
        let (org_id, sees_all) = (place.org_id, role != Role::Agent);
        let viewer = Viewer { org_id, agent_id: AgentId(Uuid::from_u128(number)), sees_all, sees_details: true };
        for device in 0..devices {
            let session_id = session_id(number, device);
            let me = agents::me(db.reader(), viewer.scope(), viewer.agent_id, session_id).await.unwrap().unwrap();
            let machine = sync::Machine::new(me.clone());
            let console = Console { machine, me, viewer, session_id, kept: BTreeMap::new(), chosen: None };
            clients.push(Client::new(place, Side::Console(Box::new(console))));
        }
    }
    let mut browsers = Vec::new();
    let last = 2 + dice.below(3);
    for visitor in 0..=last {
        let place = if visitor == last { ELSEWHERE } else { HERE };
        for _ in 0..1 + dice.below(2) {
            let machine = live::Machine::new(dice.roll());
            clients.push(Client::new(place, Side::Tab(Box::new(Tab { machine, visitor, call: 0 }))));
        }
        browsers.push(Browser::default());
    }
    let mut config = config::load(None).unwrap().config;
    // One address is all the world there is.
    config.limits.new_visitors_per_ip_per_minute = 1_000;
    let chronicle = Chronicle::default();
    for console in clients.iter().filter_map(Client::console).filter(|console| console.viewer.sees_all) {
        begin(&db, console.viewer, &chronicle).await;
    }
    let options = WriterOptions { queue: [4, 16, 200][dice.below(3)], batch: [1, 3, 8, 64][dice.below(4)] };
    let mut world = World {
        seed,
        dice,
        clock: SimulatedClock::starting_at(BEGIN),
        db,
        config,
        options,
        process: None,
        starts: 0,
        clients,
        browsers,
        requests: BTreeMap::new(),
        last_request: 0,
        chronicle,
        acknowledged: BTreeSet::new(),
        posted: BTreeSet::from([SAID_BEFORE]),
        stretches: Vec::new(),
        given_up: BTreeSet::new(),
        refused: BTreeSet::new(),
        noted: None,
        keys: keys(),
        tally: Tally::default(),
        lossy: true,
        settled: false,
        saboteur,
        trace: Trace::new(aloud),
    };
    world.start();
    world.browsers[0].token =
        Some(visitor::seal(&world.keys.visitor, visitor::Held { visitor: ASSIGNED, proven: false }));
    for index in 0..world.clients.len() {
        world.tell_console(index, sync::Input::Connect);
        world.tell_tab(index, live::Input::Start(Vec::new()));
    }
    world
}

/// What is there when the world begins, of an organisation that this agent sees all of.
async fn begin(db: &Database, viewer: Viewer, chronicle: &Chronicle) {
    let mut there = Vec::new();
    for one in conversations::list(db.reader(), viewer, Listed::default(), None, 100).await.unwrap().items {
        let said = messages::for_viewer(db.reader(), viewer, one.id, Window::Newest, 100).await.unwrap().unwrap();
        there.push((one, said.items));
    }
    let cursor = events::cursor(db.reader(), viewer.scope()).await.unwrap();
    chronicle.book().begin(viewer.org_id, cursor, there);
}
