//! Setting the organisation up: what of it is there, and when the wizard opens by itself. What is there is asked of what it is made of,
//! and nowhere noted down.

use super::agents::{Agents, use_agents};
use super::live::{Channels, use_channels};
use super::session::{Session, use_session};
use crate::api::{ConsoleApi, use_api};
use leptos::prelude::*;
use leptos::task::spawn_local;
use types::agents::{Me, Role};

/// A step of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Who one is.
    Profile,
    /// A channel, and its code.
    Channel,
    /// Somebody else who answers.
    Colleague,
    /// What new visitors are greeted with.
    Welcome,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [Self::Profile, Self::Channel, Self::Colleague, Self::Welcome];

    /// Its place.
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default()
    }

    /// The step at this place; behind the last one, that.
    pub fn at(place: usize) -> Self {
        Self::ALL.get(place).copied().unwrap_or(Self::Welcome)
    }
}

/// Which steps are done, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress([Option<bool>; 4]);

impl Progress {
    /// Whether a step is done; no while nobody knows.
    pub fn is_done(self, step: Step) -> bool {
        self.of(step) == Some(true)
    }

    fn of(self, step: Step) -> Option<bool> {
        self.0.get(step.place()).copied().flatten()
    }

    /// The first step that is left, else the first.
    pub fn first_left(self) -> Step {
        Step::ALL.into_iter().find(|step| !self.is_done(*step)).unwrap_or(Step::Profile)
    }

    /// Whether something is left to do; `None` until all is known.
    fn is_left(self) -> Option<bool> {
        Step::ALL.into_iter().try_fold(false, |left, step| Some(left | !self.of(step)?))
    }

    /// Whether the wizard opens by itself for this agent; `None` until all is known.
    pub fn calls(self, me: &Me) -> Option<bool> {
        if may_be_called(me) { self.is_left() } else { Some(false) }
    }
}

/// Whether the wizard may open by itself for this agent, if something is left. Who cannot do what it is about is not bothered.
pub fn may_be_called(me: &Me) -> bool {
    me.role == Role::Admin && !me.setup_dismissed
}

/// Setting up. `Copy`; get it by [`use_setup`].
#[derive(Clone, Copy)]
pub struct Setup {
    /// Whether the wizard is open.
    pub open: RwSignal<bool>,
    /// What new visitors are greeted with, once that is known.
    pub welcome: RwSignal<Option<String>>,
    /// Whether it could not be asked for.
    pub failed: RwSignal<bool>,
    session: Session,
    channels: Channels,
    agents: Agents,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// Setting up.
pub fn use_setup() -> Setup {
    expect_context()
}

impl Setup {
    /// Makes it available to everything below.
    pub fn provide() {
        provide_context(Self {
            open: RwSignal::new(false),
            welcome: RwSignal::new(None),
            failed: RwSignal::new(false),
            session: use_session(),
            channels: use_channels(),
            agents: use_agents(),
            api: StoredValue::new_local(use_api()),
        });
    }

    /// Fetches what is asked for nowhere else.
    pub fn fetch(self) {
        let api = self.api.get_value();
        self.agents.refresh();
        self.failed.set(false);
        spawn_local(async move {
            match api.get_welcome().await {
                Ok(welcome) => drop(self.welcome.try_set(Some(welcome.text))),
                Err(_) => drop(self.failed.try_set(true)),
            }
        });
    }

    /// What is done; followed by whoever reads it.
    pub fn progress(self) -> Progress {
        let (channels, agents) = (self.channels, self.agents);
        let has_email = self.session.me().map(|me| !me.email.is_empty());
        let has_channel = channels.are_loaded().then(|| !channels.list().is_empty());
        let has_colleague = agents.count().map(|count| count > 1);
        let welcomes = self.welcome.with(|text| text.as_ref().map(|text| !text.is_empty()));
        Progress([has_email, has_channel, has_colleague, welcomes])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::agents::LoginState;
    use types::id::{AgentId, OrgId, SessionId};
    use types::saved_views::SavedViews;
    use types::time::Timestamp;
    use uuid::Uuid;

    fn me(role: Role, setup_dismissed: bool) -> Me {
        Me {
            id: AgentId(Uuid::nil()),
            org_id: OrgId(Uuid::nil()),
            org_name: String::new(),
            session_id: SessionId(Uuid::nil()),
            account: String::new(),
            name: String::new(),
            email: String::new(),
            mobile: String::new(),
            role,
            sees_contact_details: true,
            edits_quick_replies: false,
            edits_automatic_replies: false,
            login_state: LoginState::Normal,
            saved_views: SavedViews::default(),
            avatar_id: None,
            setup_dismissed,
            created_at: Timestamp(0),
        }
    }

    #[test]
    fn the_wizard_calls_admins_while_something_is_left() {
        let (left, done) = (Progress([Some(true), Some(false), Some(true), Some(true)]), Progress([Some(true); 4]));
        for role in Role::ALL {
            assert_eq!(left.calls(&me(role, false)), Some(role == Role::Admin));
            assert_eq!([left.calls(&me(role, true)), done.calls(&me(role, false))], [Some(false); 2]);
        }
    }

    #[test]
    fn nothing_opens_before_all_is_known() {
        for unknown in 0..4 {
            let mut known = [Some(false); 4];
            known[unknown] = None;
            assert_eq!(Progress(known).calls(&me(Role::Admin, false)), None);
            assert_eq!(Progress(known).calls(&me(Role::Admin, true)), Some(false));
        }
        assert_eq!(Progress::default().calls(&me(Role::Admin, false)), None);
    }

    #[test]
    fn one_begins_with_what_is_left() {
        assert_eq!(Progress([Some(true), Some(true), Some(false), None]).first_left(), Step::Colleague);
        assert_eq!(Progress([Some(true); 4]).first_left(), Step::Profile);
        for (place, step) in Step::ALL.into_iter().enumerate() {
            assert_eq!((step.place(), Step::at(place)), (place, step));
        }
        assert_eq!(Step::at(9), Step::Welcome);
    }
}
