//! Builders: organisations with people of every role, and channels.

use crate::caller::AgentCaller;
use crate::server::TestServer;
use server::clock::Clock;
use store::agents::{self, NewAgent};
use store::organisations::{self, NewOrganisation};
use store::{ConnectionTrait, StoreError};
use tokio::sync::OnceCell;
use types::agents::{LoginState, Role};
use types::channels::{Channel, ChannelKind, ChannelStyle, CreateChannel};
use types::id::{AgentId, OrgId};

/// The password of everybody whom a builder makes.
pub const PASSWORD: &str = "correct horse 1";

/// An organisation with one admin.
#[derive(Clone)]
pub struct Organisation {
    /// The organisation.
    pub org_id: OrgId,
    /// Its admin, signed in.
    pub admin: AgentCaller,
    server: TestServer,
}

impl Organisation {
    pub(crate) async fn create(server: &TestServer) -> Self {
        let state = server.state();
        let org_id = state.ids.make(OrgId);
        let organisation = NewOrganisation { id: org_id, name: "客厅科技".to_owned(), at: server.clock.now() };
        state
            .write(move |tx| Box::pin(async move { Ok(organisations::create(tx.conn(), organisation).await?) }))
            .await
            .expect("an organisation");
        let admin = create_agent(server, org_id, Role::Admin).await;
        Self { org_id, admin, server: server.clone() }
    }

    /// Another agent of this role, signed in.
    pub async fn agent(&self, role: Role) -> AgentCaller {
        create_agent(&self.server, self.org_id, role).await
    }

    /// A website channel whose conversations nobody is given by themselves: what most tests are about is whose they are made.
    pub async fn channel(&self) -> Channel {
        let channel = self.assigning_channel().await;
        let id = channel.id.0;
        let id = if self.server.is_sqlite() { format!("x'{}'", id.simple()) } else { format!("'{id}'::uuid") };
        let statement = format!("UPDATE channel SET assigns_by_hand = true WHERE id = {id}");
        let state = self.server.state();
        let set = state.write(move |tx| {
            Box::pin(async move {
                tx.conn().execute_unprepared(&statement).await.map_err(StoreError::from)?;
                Ok(())
            })
        });
        set.await.expect("the channel assigns nothing");
        channel
    }

    /// A website channel as anybody makes one: its conversations come to whoever is online.
    pub async fn assigning_channel(&self) -> Channel {
        let channel = CreateChannel {
            kind: ChannelKind::Website,
            name: "官网".to_owned(),
            introduction: "欢迎咨询".to_owned(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
            style: ChannelStyle::default(),
        };
        self.admin.post("/api/v1/channels", &channel).await.having(201).json()
    }
}

async fn create_agent(server: &TestServer, org_id: OrgId, role: Role) -> AgentCaller {
    let state = server.state();
    let id = state.ids.make(AgentId);
    // The end of an id is its random part: no two accounts are alike.
    let tail: String = id.0.simple().to_string().chars().skip(16).collect();
    let account = format!("{}-{tail}", role.as_str());
    let agent = NewAgent {
        id,
        org_id,
        account: account.clone(),
        name: format!("小{}", role.as_str()),
        email: "someone@example.com".to_owned(),
        mobile: "13800138000".to_owned(),
        password_hash: password_hash(server).await,
        role,
        login_state: LoginState::Normal,
        at: server.clock.now(),
    };
    state
        .write(move |tx| Box::pin(async move { Ok(agents::create(tx.conn(), agent).await?) }))
        .await
        .expect("an agent");
    server.anonymous().sign_in(&account).await
}

/// Hashing is made to be slow; once per process is enough.
async fn password_hash(server: &TestServer) -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let state = server.state();
        state.passwords.hash(&state.ids, PASSWORD.to_owned().into()).await.expect("a hash")
    };
    HASH.get_or_init(make).await.clone()
}
