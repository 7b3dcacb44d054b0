//! What the page shows: it stands in the address, so that a reload, a link and the way back find the same.

use crate::routes;
use types::audit::{AuditFilter, AuditGroup, AuditKind};
use types::id::AgentId;
use types::saved_views::Period;
use types::time::Day;
use uuid::Uuid;

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// With all of these words in their names.
    pub q: Option<String>,
    /// Of this person.
    pub agent_id: Option<AgentId>,
    /// Of these deeds.
    pub deeds: Deeds,
    /// About this.
    pub subject_id: Option<Uuid>,
    /// From this day of the person's calendar on.
    pub from: Option<Day>,
    /// Up to this day.
    pub to: Option<Day>,
}

/// Which deeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deeds {
    /// All.
    #[default]
    All,
    /// Those that belong together.
    Group(AuditGroup),
    /// Of one kind.
    Kind(AuditKind),
}

impl Deeds {
    /// In an address and as the value of a choice; groups and kinds have no names in common, which a test asks.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Group(group) => group.as_str(),
            Self::Kind(kind) => kind.as_str(),
        }
    }

    /// The deeds of this name.
    pub fn named(name: &str) -> Self {
        let groups = AuditGroup::ALL.into_iter().map(Self::Group);
        let kinds = AuditKind::ALL.iter().copied().map(Self::Kind);
        groups.chain(kinds).find(|deeds| deeds.name() == name).unwrap_or_default()
    }
}

impl Wanted {
    /// Reads the address's parameters. What cannot be read is as if it was not there.
    pub fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            q: parameter("q").filter(|q| !q.trim().is_empty()),
            agent_id: parameter("agent").and_then(|id| id.parse().ok()),
            deeds: parameter("deeds").map(|name| Deeds::named(&name)).unwrap_or_default(),
            subject_id: parameter("subject").and_then(|id| id.parse().ok()),
            from: parameter("from").and_then(|day| Day::parse(&day)),
            to: parameter("to").and_then(|day| Day::parse(&day)),
        }
    }

    /// The address; `encoded` makes a search fit for one, which is the browser's.
    pub fn address(&self, encoded: impl Fn(&str) -> String) -> String {
        let parts = [
            self.q.as_deref().map(|q| format!("q={}", encoded(q))),
            self.agent_id.map(|id| format!("agent={id}")),
            Some(self.deeds.name()).filter(|name| !name.is_empty()).map(|name| format!("deeds={name}")),
            self.subject_id.map(|id| format!("subject={id}")),
            self.from.map(|day| format!("from={day}")),
            self.to.map(|day| format!("to={day}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { routes::AUDIT.to_owned() } else { format!("{}?{}", routes::AUDIT, parts.join("&")) }
    }

    /// The days, where any were chosen.
    pub fn period(&self) -> Option<Period> {
        let Self { from, to, .. } = *self;
        from.or(to).is_some().then_some(Period::Between { from, to })
    }

    /// As the server is asked, once it is known when the days begin and end.
    pub fn filter(&self) -> AuditFilter {
        let (group, action) = match self.deeds {
            Deeds::All => (None, None),
            Deeds::Group(group) => (Some(group), None),
            Deeds::Kind(kind) => (None, Some(kind)),
        };
        let Self { q, agent_id, subject_id, .. } = self.clone();
        AuditFilter { q, agent_id, group, action, subject_id, ..AuditFilter::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn read(address: &str) -> Wanted {
        let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
        Wanted::read(|name| {
            let mut parts = query.split('&').filter_map(|part| part.split_once('='));
            parts.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
        })
    }

    #[test]
    fn an_address_says_what_is_shown() {
        let (agent_id, subject_id) = (Some(AgentId(Uuid::from_u128(1))), Some(Uuid::from_u128(2)));
        let days = (Day::parse("2026-11-01"), Day::parse("2026-11-22"));
        let all = Wanted { q: Some("x".to_owned()), agent_id, deeds: Deeds::All, subject_id, from: days.0, to: days.1 };
        for deeds in [Deeds::All, Deeds::Group(AuditGroup::Exports), Deeds::Kind(AuditKind::LoggedIn)] {
            let wanted = Wanted { deeds, ..all.clone() };
            assert_eq!(read(&wanted.address(str::to_owned)), wanted);
        }
        assert_eq!(Wanted::default().address(str::to_owned), routes::AUDIT);
        assert_eq!(read("/audit?deeds=shoes&agent=x&from=never&q="), Wanted::default());
        assert!(all.period().is_some() && Wanted::default().period().is_none());
    }

    #[test]
    fn groups_and_kinds_have_no_names_in_common() {
        let groups = AuditGroup::ALL.map(AuditGroup::as_str);
        let names: HashSet<&str> = AuditKind::ALL.iter().map(|kind| kind.as_str()).chain(groups).collect();
        assert_eq!(names.len(), AuditKind::ALL.len() + groups.len());
    }
}
