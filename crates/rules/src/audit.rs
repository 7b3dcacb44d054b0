//! The audit log in words: what the console shows of an entry and what stands in the table that is carried out are the same.

mod words;

pub use words::{action, field, group, subject, value};

use serde_json::Value;
use types::audit::{AuditAction, AuditToken};
use types::contact_list::TableLanguage;

/// Something that an entry says beside what was done: a name for it, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// What it is about.
    pub label: String,
    /// What it is.
    pub value: String,
}

/// By which API token something was done, and who made that.
#[must_use]
pub fn token(token: &AuditToken, language: TableLanguage) -> String {
    let AuditToken { name, maker_name, .. } = token;
    match language {
        TableLanguage::Chinese => format!("{name}（{maker_name} 创建）"),
        TableLanguage::English => format!("{name} (made by {maker_name})"),
    }
}

/// What an entry says beside what was done and to whom. Ids are for machines.
#[must_use]
pub fn details(action: &AuditAction, language: TableLanguage) -> Vec<Detail> {
    let mut details = Vec::new();
    if let Ok(Value::Object(fields)) = serde_json::to_value(action) {
        for (name, value) in fields.iter().filter(|(name, _)| *name != "type") {
            // Whose name it is says what was done.
            let is_heir = name == "name" && matches!(action, AuditAction::ConversationAssigned { .. });
            tell(&mut details, if is_heir { "assignee_name" } else { name }, value, language);
        }
    }
    details
}

fn tell(details: &mut Vec<Detail>, name: &str, value: &Value, language: TableLanguage) {
    let label = || field(name, language).map_or_else(|| name.to_owned(), str::to_owned);
    match (name, value) {
        ("contact" | "merged", contact) => details.push(Detail { label: label(), value: visitor(contact) }),
        ("changes", Value::Array(changes)) => details.extend(changes.iter().filter_map(|change| {
            let [of, from, to] = ["field", "from", "to"].map(|part| change.get(part).and_then(Value::as_str));
            let (of, from, to) = (of?, in_words(from?, language), in_words(to?, language));
            let label = words::value(of, language).unwrap_or(of).to_owned();
            Some(Detail { label, value: format!("{from} → {to}") })
        })),
        (_, Value::Object(fields)) => {
            for (name, value) in fields {
                tell(details, name, value, language);
            }
        }
        (_, Value::Array(items)) if items.iter().any(is_id) => {
            details.push(Detail { label: label(), value: items.len().to_string() });
        }
        (_, Value::Array(items)) => {
            let items: Vec<String> = items.iter().filter_map(|item| plain(item, language)).collect();
            let between = match language {
                TableLanguage::Chinese => "、",
                TableLanguage::English => ", ",
            };
            if !items.is_empty() {
                details.push(Detail { label: label(), value: items.join(between) });
            }
        }
        (_, value) => {
            let value = plain(value, language).filter(|text| !text.is_empty());
            details.extend(value.map(|value| Detail { label: label(), value }));
        }
    }
}

/// A plain value; `None` of nothing and of ids.
fn plain(value: &Value, language: TableLanguage) -> Option<String> {
    match value {
        Value::String(_) if is_id(value) => None,
        Value::String(text) => Some(in_words(text, language)),
        Value::Bool(yes) => Some(in_words(if *yes { "true" } else { "false" }, language)),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn in_words(text: &str, language: TableLanguage) -> String {
    words::value(text, language).unwrap_or(text).to_owned()
}

/// A visitor's name, and their number, which each has.
fn visitor(contact: &Value) -> String {
    let number = contact.get("number").map(|number| format!("#{number}")).unwrap_or_default();
    match contact.get("name").and_then(Value::as_str) {
        Some(name) => format!("{name} {number}"),
        None => number,
    }
}

/// Whether a text is an id.
fn is_id(value: &Value) -> bool {
    let hyphens = [8, 13, 18, 23];
    value.as_str().is_some_and(|text| {
        text.len() == 36
            && text.char_indices().all(
                |(place, sign)| {
                    if hyphens.contains(&place) { sign == '-' } else { sign.is_ascii_hexdigit() }
                },
            )
    })
}

/// Every name and text of an action, for the search in the log.
#[must_use]
pub fn names(action: &AuditAction) -> Vec<String> {
    fn collect(names: &mut Vec<String>, name: &str, value: &Value) {
        match value {
            Value::String(text) if name != "type" && !is_id(value) => names.push(text.clone()),
            Value::Number(number) if name == "number" => names.push(number.to_string()),
            Value::Array(items) => items.iter().for_each(|item| collect(names, name, item)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| collect(names, name, value)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Ok(action) = serde_json::to_value(action) {
        collect(&mut names, "", &action);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::audit::{AgentChange, FieldChange};
    use types::contacts::ContactSummary;
    use types::id::{AgentGroupId, AgentId, ChannelId, ContactId, ConversationId, TagId};
    use uuid::Uuid;

    fn told(action: &AuditAction, language: TableLanguage) -> Vec<(String, String)> {
        details(action, language).into_iter().map(|detail| (detail.label, detail.value)).collect()
    }

    fn summary(number: i64, name: Option<&str>) -> ContactSummary {
        let id = Uuid::from_u128(7);
        ContactSummary {
            id: ContactId(id),
            number,
            name: name.map(str::to_owned),
            blocked: false,
            version: 3,
            tag_ids: vec![TagId(id)],
        }
    }

    #[test]
    fn an_entry_says_what_was_and_is_and_no_ids() {
        let id = Uuid::from_u128(7);
        let change =
            FieldChange { field: AgentChange::EditsQuickReplies, from: "false".to_owned(), to: "true".to_owned() };
        let edited = AuditAction::AgentEdited {
            edited_id: AgentId(id),
            edited_name: "小王".to_owned(),
            fields: vec![AgentChange::EditsQuickReplies, AgentChange::Email],
            changes: vec![change],
        };
        let text = format!("{:?}", told(&edited, TableLanguage::English));
        assert!(text.contains("no → yes") && text.contains("email") && !text.contains("0000"), "{text}");
        assert_eq!(names(&edited).iter().filter(|name| *name == "小王").count(), 1);
        let members = AuditAction::AgentGroupMembersChanged {
            group_id: AgentGroupId(id),
            name: "售前".to_owned(),
            added: vec![AgentId(id), AgentId(id)],
            removed: Vec::new(),
        };
        assert!(told(&members, TableLanguage::Chinese).contains(&("加入".to_owned(), "2".to_owned())));
    }

    #[test]
    fn a_nameless_visitor_is_found_by_the_number() {
        let id = Uuid::from_u128(7);
        let contact = summary(42, None);
        let (conversation_id, channel_id) = (ConversationId(id), ChannelId(id));
        let cleared = AuditAction::ConversationCleared { conversation_id, contact, channel_id, messages: 3 };
        assert_eq!(names(&cleared), ["42"]);
        assert_eq!(told(&cleared, TableLanguage::English)[0], ("visitor".to_owned(), "#42".to_owned()));
    }

    #[test]
    fn whoever_a_conversation_was_handed_on_to_is_told_as_that() {
        let id = Uuid::from_u128(7);
        let contact = summary(42, None);
        let assigned = AuditAction::ConversationAssigned {
            conversation_id: ConversationId(id),
            contact,
            channel_id: ChannelId(id),
            assignee_id: Some(AgentId(id)),
            group_id: None,
            name: "李娜".to_owned(),
        };
        assert!(told(&assigned, TableLanguage::Chinese).contains(&("转给".to_owned(), "李娜".to_owned())));
    }

    #[test]
    fn of_two_who_were_merged_each_is_told_by_name_and_number() {
        let id = Uuid::from_u128(7);
        let (contact, merged, channel_id) = (summary(1, Some("王芳")), summary(2, Some("王小姐")), ChannelId(id));
        let told_of = [("访客", "王芳 #1"), ("被合并的访客", "王小姐 #2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        for action in [
            AuditAction::ContactsMerged { contact: contact.clone(), merged: merged.clone(), channel_id },
            AuditAction::ContactMergeUndone { contact, merged, channel_id },
        ] {
            assert_eq!(told(&action, TableLanguage::Chinese), told_of);
        }
    }

    #[test]
    fn ids_are_told_from_names() {
        for (text, id) in
            [("0190163d-8694-739b-aea5-966c26f8ad91", true), ("0190163d", false), ("王小明王小明王小明王小明", false)]
        {
            assert_eq!(is_id(&Value::from(text)), id, "{text}");
        }
    }
}
