//! Saved views: what an agent wants to see of the list of conversations, kept under a name.

use crate::error::{FieldCode, FieldError};
use crate::id::{ChannelId, SavedViewId, TagId};
use crate::limits;
use crate::time::Day;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Which conversations of a channel, or of all, to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConversationFilter {
    /// All of them.
    #[default]
    All,
    /// The agent's own: assigned to them, or they were added.
    Mine,
    /// Those that nobody has.
    Unassigned,
    /// Those whose visitor waits for an answer.
    Waiting,
    /// Those in which the agent has not read everything.
    Unread,
    /// Those that are closed.
    Closed,
    /// Those that their agents have put off, which `all`, `mine` and `waiting` leave out.
    Snoozed,
}

/// When the last message was written, in days of the agent's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// On one of the last so many days, today included.
    LastDays(u16),
    /// From one day to another, both included; without one of them, it is open to that side.
    Between {
        /// The first day.
        from: Option<Day>,
        /// The last day.
        to: Option<Day>,
    },
}

/// A view of the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    /// The view; whoever adds one makes the id, a UUID.
    pub id: SavedViewId,
    /// What the agent calls it: one line of at most 30 characters. No other of their views has the same, in capitals or not.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 30,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// Which conversations; all of them when absent.
    #[serde(default)]
    pub filter: ConversationFilter,
    /// Only those of this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// Only those whose contact has this tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_id: Option<TagId>,
    /// Only those whose last message is of one of the last so many days, today included: from 1 to 365. Not beside `from` and `to`.
    #[serde(default, deserialize_with = "crate::number::whole_or_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 365))]
    pub last_days: Option<u16>,
    /// Only those whose last message is of this day or a later one. Days are those of the agent's own calendar, wherever they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Only those whose last message is of this day or an earlier one; not before `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

impl SavedView {
    /// When the last message was written, if that matters.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        match (self.last_days, self.from, self.to) {
            (Some(days), ..) => Some(Period::LastDays(days)),
            (None, None, None) => None,
            (None, from, to) => Some(Period::Between { from, to }),
        }
    }

    /// Sets when the last message was written.
    pub fn set_period(&mut self, period: Option<Period>) {
        (self.last_days, self.from, self.to) = match period {
            None => (None, None, None),
            Some(Period::LastDays(days)) => (Some(days), None, None),
            Some(Period::Between { from, to }) => (None, from, to),
        };
    }

    /// Whether the two have the same name, as people read it.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        comparable(&self.name) == comparable(name)
    }
}

fn comparable(name: &str) -> String {
    name.trim().to_lowercase()
}

/// An agent's saved views, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SavedViews {
    /// The views, at most 20.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub items: Vec<SavedView>,
    /// Counts their changes. Whoever sets them says which count they have seen: another one meanwhile is 409, and nothing is
    /// changed.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    #[serde(deserialize_with = "crate::number::whole")]
    pub revision: i64,
}

impl Validate for SavedViews {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("revision", validate::range(self.revision, 0, i64::MAX));
        faults.check("items", check_count(self.items.len()));
        let (mut ids, mut names) = (HashSet::new(), HashSet::new());
        for (place, view) in self.items.iter().enumerate() {
            let field = |name: &str| format!("items[{place}].{name}");
            faults.check(&field("name"), validate::line(&view.name, 1, limits::SAVED_VIEW_NAME_MAX));
            if !names.insert(comparable(&view.name)) {
                faults.check(&field("name"), taken("is the name of another view"));
            }
            if !ids.insert(view.id) {
                faults.check(&field("id"), taken("is the id of another view"));
            }
            if let Some(days) = view.last_days {
                faults.check(&field("last_days"), validate::range(days.into(), 1, limits::SAVED_VIEW_DAYS_MAX.into()));
                if view.from.is_some() || view.to.is_some() {
                    let detail = "must not stand beside `from` and `to`";
                    faults.check(&field("last_days"), Err(Fault::new(FieldCode::InvalidFormat, detail)));
                }
            }
            if view.from.zip(view.to).is_some_and(|(from, to)| to < from) {
                faults.check(&field("to"), Err(Fault::new(FieldCode::OutOfRange, "must not be before `from`")));
            }
        }
        faults.into_errors()
    }
}

fn check_count(count: usize) -> Result<(), Fault> {
    let most = limits::SAVED_VIEWS_MAX;
    if count <= usize::from(most) {
        return Ok(());
    }
    let detail = format!("must be at most {most} views");
    Err(Fault { code: FieldCode::TooLong, detail, limit: Some(most.into()) })
}

fn taken(detail: &str) -> Result<(), Fault> {
    Err(Fault::new(FieldCode::Taken, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn view(number: u128, name: &str) -> Value {
        json!({"id": uuid::Uuid::from_u128(number), "name": name})
    }

    fn faults(items: &[Value]) -> Vec<(String, FieldCode)> {
        let views: SavedViews = serde_json::from_value(json!({"items": items, "revision": 0})).unwrap();
        views.validate().into_iter().map(|error| (error.field, error.code)).collect()
    }

    fn with(mut view: Value, more: &Value) -> Value {
        view.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        view
    }

    #[test]
    fn every_fault_names_the_view_and_the_field() {
        let fault = |field: &str, code| vec![(field.to_owned(), code)];
        assert_eq!(faults(&[view(1, "a"), view(2, "b")]), []);
        assert_eq!(faults(&[view(1, "退款"), view(2, " 退款 ")]), fault("items[1].name", FieldCode::Taken));
        assert_eq!(faults(&[view(1, "VIP"), view(2, "vip")]), fault("items[1].name", FieldCode::Taken));
        assert_eq!(faults(&[view(1, "a"), view(1, "b")]), fault("items[1].id", FieldCode::Taken));
        assert_eq!(faults(&[view(1, "  ")]), fault("items[0].name", FieldCode::Required));
        assert_eq!(faults(&[view(1, &"长".repeat(31))]), fault("items[0].name", FieldCode::TooLong));
        for days in [0, 366] {
            let wrong = with(view(1, "a"), &json!({"last_days": days}));
            assert_eq!(faults(&[wrong]), fault("items[0].last_days", FieldCode::OutOfRange));
        }
        let both = with(view(1, "a"), &json!({"last_days": 7, "to": "2026-11-22"}));
        assert_eq!(faults(&[both]), fault("items[0].last_days", FieldCode::InvalidFormat));
        let backwards = with(view(1, "a"), &json!({"from": "2026-11-22", "to": "2026-11-21"}));
        assert_eq!(faults(&[backwards]), fault("items[0].to", FieldCode::OutOfRange));
        let many: Vec<Value> = (0..21).map(|number| view(number, &format!("view {number}"))).collect();
        assert_eq!(faults(&many), fault("items", FieldCode::TooLong));
        assert_eq!(faults(&many[..20]), []);
    }

    #[test]
    fn a_period_survives_the_wire() {
        let (from, to) = (Some(Day::parse("2026-11-01").unwrap()), Some(Day::parse("2026-11-22").unwrap()));
        for period in [
            None,
            Some(Period::LastDays(7)),
            Some(Period::Between { from, to }),
            Some(Period::Between { from, to: None }),
            Some(Period::Between { from: None, to }),
        ] {
            let mut view: SavedView = serde_json::from_value(view(1, "a")).unwrap();
            view.set_period(period);
            let text = serde_json::to_string(&view).unwrap();
            assert_eq!(serde_json::from_str::<SavedView>(&text).unwrap().period(), period, "{text}");
        }
    }
}
