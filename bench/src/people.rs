//! Organisations, agents and visitors, made the way people make them: over the REST API.

use crate::process::Server;
use anyhow::{Context, Result};
use client::rest::{Api, LoginStep, Native};
use rules::proof_of_work;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use types::agents::{LoginState, Me};
use types::auth::{Login, Proof, RegisterOrganisation, SendVerificationCode};
use types::channels::{Channel, ChannelKind, ChannelStyle, CreateChannel};
use types::visitors::{OpenVisitorSession, PageVisit, VisitorSession};

/// The password of everybody.
pub const PASSWORD: &str = "correct horse 1";

/// A server's address, and a client that keeps connections to it.
#[derive(Debug, Clone)]
pub struct Site {
    address: SocketAddr,
    http: reqwest::Client,
}

impl Site {
    /// The site that a server serves. It stays the same over the server's restarts.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn of(server: &Server) -> Result<Self> {
        Self::at(server.address())
    }

    /// The site at this address.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn at(address: SocketAddr) -> Result<Self> {
        // The client wants a TLS provider even where nothing is encrypted; one installed before is as good.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { address, http })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The API for somebody without an identity.
    #[must_use]
    pub fn api(&self) -> Api<Native> {
        Api::new(self.transport())
    }

    fn transport(&self) -> Native {
        Native::new(self.http.clone(), format!("http://{}", self.address))
    }

    /// Registers an organisation with one website channel and signs its admin in. Needs the `console` sender and
    /// development mode.
    ///
    /// # Errors
    /// Those of the calls, each with what was being done.
    pub async fn organisation(&self) -> Result<Organisation> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let (mobile, account) = (format!("138{number:08}"), format!("bench-{number}"));
        let api = self.api();
        let puzzle = api.create_challenge().await.context("asking for a puzzle")?;
        let nonce =
            proof_of_work::search(&puzzle.challenge, puzzle.bits, 0, u64::MAX).context("the puzzle has no solution")?;
        let proof = Proof { challenge: puzzle.challenge, nonce };
        let send = SendVerificationCode { mobile: mobile.clone(), email: None, proof };
        api.send_verification_code(&send).await.context("asking for a code")?;
        let codes = api.list_development_codes().await.context("reading the code")?;
        let code = codes.items.into_iter().find(|code| code.mobile == mobile).context("no code was sent")?.code;
        let registration = RegisterOrganisation {
            org_name: format!("客厅科技 {number}"),
            contact_name: "小客".to_owned(),
            email: format!("{account}@example.com"),
            account: account.clone(),
            password: PASSWORD.to_owned(),
            mobile,
            code,
            agreement_accepted: true,
        };
        api.register_organisation(&registration).await.context("registering")?;
        let admin = self.sign_in(&account).await?;
        let channel = CreateChannel {
            kind: ChannelKind::Website,
            name: "官网".to_owned(),
            introduction: "欢迎咨询".to_owned(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
            style: ChannelStyle::default(),
            group_id: None,
        };
        let channel = admin.api.create_channel(&channel).await.context("adding a channel")?;
        Ok(Organisation { site: self.clone(), admin, channel })
    }

    /// Signs an agent in whom [`organisation`](Self::organisation) made: another device each time.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn sign_in(&self, account: &str) -> Result<Agent> {
        let login = Login {
            account: account.to_owned(),
            password: PASSWORD.to_owned(),
            login_state: LoginState::Normal,
            agreements_accepted: true,
            proof: None,
        };
        let LoginStep::SignedIn(signed_in) = self.api().login(&login).await.context("signing in")? else {
            anyhow::bail!("an account of ours has no second factor");
        };
        let api = Api::new(self.transport().with_bearer(&signed_in.access_token));
        Ok(Agent { site: self.clone(), api, token: signed_in.access_token, me: signed_in.me })
    }
}

/// An organisation with one admin, who sees every conversation, and one website channel.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// Where.
    pub site: Site,
    /// Its admin, signed in.
    pub admin: Agent,
    /// Its channel.
    pub channel: Channel,
}

impl Organisation {
    /// Somebody new opens the chat.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn visitor(&self) -> Result<Visitor> {
        let request = OpenVisitorSession {
            channel_key: self.channel.key.clone(),
            visitor_token: None,
            after_seq: None,
            page: PageVisit { url: "https://shop.example/".to_owned(), ..PageVisit::default() },
            locale: "zh-CN".to_owned(),
            identity: None,
            details: None,
        };
        let api = self.site.api();
        let session = api.open_visitor_session(&request).await.context("opening the chat")?;
        Ok(Visitor { site: self.site.clone(), api, session })
    }
}

/// A signed-in agent on one device.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Where.
    pub site: Site,
    /// The API in their name, for as long as the access token is good.
    pub api: Api<Native>,
    /// The access token.
    pub token: String,
    /// Who they are.
    pub me: Me,
}

/// A visitor who has the chat open.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Where.
    pub site: Site,
    /// The API; calls name the visitor's token.
    pub api: Api<Native>,
    /// What the server said when the chat was opened.
    pub session: VisitorSession,
}
