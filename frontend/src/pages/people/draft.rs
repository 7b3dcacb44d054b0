//! What stands in the form about somebody. It stays when the window is closed by mistake, until it is saved or somebody else is edited.

use super::picture::Picture;
use leptos::prelude::*;
use types::agents::{Agent, CreateAgent, Role};
use types::id::{AgentGroupId, AgentId};
use types::limits::AGENT_CAPACITY_MAX;
use types::people::{AgentPatch, AgentSettings};

/// Whom the form is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Nobody yet.
    Nobody,
    /// Somebody to add.
    New,
    /// Somebody who is there.
    Agent(AgentId),
}

/// The form's fields. `Copy`.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Whom it is about.
    pub about: RwSignal<About>,
    /// The name.
    pub name: RwSignal<String>,
    /// The login account.
    pub account: RwSignal<String>,
    /// The first password, or another one.
    pub password: RwSignal<String>,
    /// The mobile number.
    pub mobile: RwSignal<String>,
    /// The email address.
    pub email: RwSignal<String>,
    /// Whether they see every conversation.
    pub supervises: RwSignal<bool>,
    /// Whether they may do everything.
    pub is_admin: RwSignal<bool>,
    /// Their share of new conversations.
    pub level: RwSignal<u8>,
    /// How many conversations they are given at most, as typed.
    pub capacity: RwSignal<String>,
    /// Whether they see contacts' details.
    pub sees_details: RwSignal<bool>,
    /// Whether they may edit the team's quick replies.
    pub edits_quick: RwSignal<bool>,
    /// Whether they may edit automatic replies.
    pub edits_automatic: RwSignal<bool>,
    /// The groups that they are in.
    pub group_ids: RwSignal<Vec<AgentGroupId>>,
    /// What becomes of the picture.
    pub picture: RwSignal<Picture, LocalStorage>,
    /// What to send to whoever was added last; empty when nobody was. The password is nowhere else, and here not for long.
    pub details: RwSignal<String>,
}

impl Draft {
    /// An empty form.
    pub fn blank() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            about: RwSignal::new(About::Nobody),
            name: text(),
            account: text(),
            password: text(),
            mobile: text(),
            email: text(),
            supervises: RwSignal::new(false),
            is_admin: RwSignal::new(false),
            level: RwSignal::new(1),
            capacity: text(),
            sees_details: RwSignal::new(true),
            edits_quick: RwSignal::new(false),
            edits_automatic: RwSignal::new(false),
            group_ids: RwSignal::new(Vec::new()),
            picture: RwSignal::new_local(Picture::Kept),
            details: text(),
        }
    }

    /// The form is about somebody to add; what was begun of them stays.
    pub fn of_somebody_new(self) {
        if self.about.get_untracked() != About::New {
            self.fill("", "", ["", ""], Role::Agent, &AgentSettings::default());
            self.about.set(About::New);
        }
    }

    /// The form is about somebody who is there; what was begun of them stays.
    pub fn of_agent(self, agent: &Agent) {
        if self.about.get_untracked() != About::Agent(agent.id) {
            let settings = agent.settings.clone().unwrap_or_default();
            let account = agent.account.as_deref().unwrap_or_default();
            self.fill(&agent.name, account, [&agent.mobile, &agent.email], agent.role, &settings);
            self.about.set(About::Agent(agent.id));
        }
    }

    /// What stands in it is saved, or not wanted.
    pub fn done(self) {
        self.about.set(About::Nobody);
        self.password.set(String::new());
        self.picture.set(Picture::Kept);
    }

    fn fill(self, name: &str, account: &str, [mobile, email]: [&str; 2], role: Role, settings: &AgentSettings) {
        self.name.set(name.to_owned());
        self.account.set(account.to_owned());
        self.password.set(String::new());
        self.mobile.set(mobile.to_owned());
        self.email.set(email.to_owned());
        self.supervises.set(role == Role::Supervisor);
        self.is_admin.set(role == Role::Admin);
        self.level.set(settings.level);
        self.capacity.set(settings.capacity.to_string());
        self.sees_details.set(settings.sees_contact_details);
        self.edits_quick.set(settings.edits_quick_replies);
        self.edits_automatic.set(settings.edits_automatic_replies);
        self.group_ids.set(settings.group_ids.clone());
        self.picture.set(Picture::Kept);
        self.details.set(String::new());
    }

    fn role(self) -> Role {
        match (self.is_admin.get_untracked(), self.supervises.get_untracked()) {
            (true, _) => Role::Admin,
            (false, true) => Role::Supervisor,
            (false, false) => Role::Agent,
        }
    }

    fn settings(self) -> AgentSettings {
        // What is no number is out of range, which the field then says.
        let typed = self.capacity.with_untracked(|typed| typed.trim().to_owned());
        let beyond = AGENT_CAPACITY_MAX.saturating_add(1);
        let capacity = if typed.is_empty() { 0 } else { typed.parse().unwrap_or(beyond) };
        AgentSettings {
            level: self.level.get_untracked(),
            capacity,
            sees_contact_details: self.sees_details.get_untracked(),
            edits_quick_replies: self.edits_quick.get_untracked(),
            edits_automatic_replies: self.edits_automatic.get_untracked(),
            group_ids: self.group_ids.get_untracked(),
        }
    }

    /// Somebody to add.
    pub fn request(self) -> CreateAgent {
        let text = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let given = |field| Some(text(field)).filter(|text| !text.is_empty());
        CreateAgent {
            name: text(self.name),
            account: text(self.account),
            password: self.password.get_untracked(),
            role: self.role(),
            email: given(self.email),
            mobile: given(self.mobile),
            settings: self.settings(),
        }
    }

    /// Changes to somebody as they are now: what is the same is left out.
    pub fn patch(self, now: &Agent) -> AgentPatch {
        let text = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let other = |field, is: &str| Some(text(field)).filter(|text| text != is);
        let settings = self.settings();
        AgentPatch {
            name: other(self.name, &now.name),
            account: other(self.account, now.account.as_deref().unwrap_or_default()),
            email: other(self.email, &now.email),
            mobile: other(self.mobile, &now.mobile),
            role: Some(self.role()).filter(|role| *role != now.role),
            settings: Some(settings).filter(|settings| Some(settings) != now.settings.as_ref()),
        }
    }
}
