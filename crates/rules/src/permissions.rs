//! Who may do what: by the role, by what an admin has set of the account, and by whose a conversation is. The whole decision is written
//! out in `permissions.txt`, which a test compares.

use std::fmt;
use types::agents::{Me, Role};

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Add, edit and delete channels.
    ManageChannels,
    /// See every conversation of the organisation instead of only one's own.
    SeeAllConversations,
    /// Answer in a conversation that one can see.
    AnswerConversations,
    /// Add agents to conversations that are somebody else's, and remove them.
    ManageMembers,
    /// Clear and delete conversations that are somebody else's.
    EndConversations,
    /// See colleagues' accounts, addresses and mobile numbers.
    SeeColleagueDetails,
    /// Add, edit, disable and remove colleagues, and group them.
    ManageAgents,
    /// Set what visitors are told automatically.
    EditAutomaticReplies,
    /// Carry contacts out as a table.
    ExportContacts,
    /// Delete a contact with all that is kept of them.
    DeleteContacts,
    /// Import contacts from a table.
    ImportContacts,
    /// Make and revoke tokens for programs, and have programs told what happens.
    ManageIntegrations,
    /// Add, edit and delete tags and their groups, and the custom fields of contacts. Whoever answers a conversation may give its
    /// contact tags.
    ManageTags,
    /// See contacts' phone numbers and addresses.
    SeeContactDetails,
    /// Edit the team's quick replies.
    EditQuickReplies,
    /// See who did what, and carry that out as a table.
    SeeAuditLog,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::ManageChannels,
        Self::SeeAllConversations,
        Self::AnswerConversations,
        Self::ManageMembers,
        Self::EndConversations,
        Self::SeeColleagueDetails,
        Self::ManageAgents,
        Self::EditAutomaticReplies,
        Self::ExportContacts,
        Self::DeleteContacts,
        Self::ImportContacts,
        Self::ManageIntegrations,
        Self::ManageTags,
        Self::SeeContactDetails,
        Self::EditQuickReplies,
        Self::SeeAuditLog,
    ];
}

/// What an agent may do is decided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rights {
    /// The role.
    pub role: Role,
    /// Whether the account is set to see contacts' phone numbers and addresses.
    pub sees_contact_details: bool,
    /// Whether it is set to edit the team's quick replies.
    pub edits_quick_replies: bool,
    /// Whether it is set to edit automatic replies.
    pub edits_automatic_replies: bool,
}

/// What the role alone allows.
impl From<Role> for Rights {
    fn from(role: Role) -> Self {
        Self { role, sees_contact_details: false, edits_quick_replies: false, edits_automatic_replies: false }
    }
}

/// One's own.
impl From<&Me> for Rights {
    fn from(me: &Me) -> Self {
        Self {
            role: me.role,
            sees_contact_details: me.sees_contact_details,
            edits_quick_replies: me.edits_quick_replies,
            edits_automatic_replies: me.edits_automatic_replies,
        }
    }
}

impl Rights {
    /// Whether an admin has set that the account may do it, whatever its role.
    fn set(self, permission: Permission) -> bool {
        match permission {
            Permission::SeeContactDetails => self.sees_contact_details,
            Permission::EditQuickReplies => self.edits_quick_replies,
            Permission::EditAutomaticReplies => self.edits_automatic_replies,
            Permission::ManageChannels
            | Permission::SeeAllConversations
            | Permission::AnswerConversations
            | Permission::ManageMembers
            | Permission::EndConversations
            | Permission::SeeColleagueDetails
            | Permission::ManageAgents
            | Permission::ExportContacts
            | Permission::DeleteContacts
            | Permission::ImportContacts
            | Permission::ManageIntegrations
            | Permission::ManageTags
            | Permission::SeeAuditLog => false,
        }
    }
}

/// The role is not allowed to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denied {
    /// Who asked.
    pub role: Role,
    /// For what.
    pub permission: Permission,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deed = match self.permission {
            Permission::ManageChannels => "manage channels",
            Permission::SeeAllConversations => "see all conversations",
            Permission::AnswerConversations => "answer conversations",
            Permission::ManageMembers => "change who takes part in others' conversations",
            Permission::EndConversations => "clear or delete others' conversations",
            Permission::SeeColleagueDetails => "see colleagues' details",
            Permission::ManageAgents => "manage agents",
            Permission::EditAutomaticReplies => "edit automatic replies",
            Permission::ExportContacts => "export contacts",
            Permission::DeleteContacts => "delete contacts",
            Permission::ImportContacts => "import contacts",
            Permission::ManageIntegrations => "manage integrations",
            Permission::ManageTags => "manage tags",
            Permission::SeeContactDetails => "see contacts' details",
            Permission::EditQuickReplies => "edit the team's quick replies",
            Permission::SeeAuditLog => "see the audit log",
        };
        write!(f, "The role {} may not {deed}", self.role.as_str())
    }
}

impl std::error::Error for Denied {}

/// Whether the role allows it, or the account is set to.
///
/// # Errors
/// [`Denied`] when it does not.
pub fn can(who: impl Into<Rights>, permission: Permission) -> Result<(), Denied> {
    let rights: Rights = who.into();
    let role = rights.role;
    let allowed = match permission {
        Permission::AnswerConversations => &[Role::Agent, Role::Supervisor, Role::Admin][..],
        Permission::SeeAllConversations
        | Permission::ManageMembers
        | Permission::EndConversations
        | Permission::ExportContacts
        | Permission::SeeColleagueDetails => &[Role::Supervisor, Role::Admin],
        Permission::ManageChannels
        | Permission::ManageAgents
        | Permission::EditAutomaticReplies
        | Permission::DeleteContacts
        | Permission::ImportContacts
        | Permission::ManageIntegrations
        | Permission::ManageTags
        | Permission::SeeContactDetails
        | Permission::EditQuickReplies
        | Permission::SeeAuditLog => &[Role::Admin],
    };
    if allowed.contains(&role) || rights.set(permission) { Ok(()) } else { Err(Denied { role, permission }) }
}

/// Whether an agent sees contacts' phone numbers and addresses: an admin always, everybody else by their account's setting.
#[must_use]
pub fn sees_contact_details(role: Role, allowed: bool) -> bool {
    can(Rights { sees_contact_details: allowed, ..role.into() }, Permission::SeeContactDetails).is_ok()
}

/// Whether somebody may add agents to a conversation: its assignee, and whoever may do it everywhere.
///
/// # Errors
/// [`Denied`] for everybody else, members included.
pub fn can_add_members(role: Role, is_assignee: bool) -> Result<(), Denied> {
    if is_assignee { Ok(()) } else { can(role, Permission::ManageMembers) }
}

/// Whether somebody may remove an agent from a conversation: whoever may add one, and everybody themselves.
///
/// # Errors
/// [`Denied`] for everybody else.
pub fn can_remove_member(role: Role, is_assignee: bool, is_self: bool) -> Result<(), Denied> {
    if is_self { Ok(()) } else { can_add_members(role, is_assignee) }
}

/// Whether somebody may clear or delete a conversation for everybody: its assignee, and whoever may do it everywhere.
///
/// # Errors
/// [`Denied`] for everybody else, members included.
pub fn can_end_conversation(role: Role, is_assignee: bool) -> Result<(), Denied> {
    if is_assignee { Ok(()) } else { can(role, Permission::EndConversations) }
}

/// Whether somebody may hand a conversation on, close it or open it again: its assignee, and whoever may do it everywhere.
///
/// # Errors
/// [`Denied`] for everybody else, members included.
pub fn can_hand_on(role: Role, is_assignee: bool) -> Result<(), Denied> {
    if is_assignee { Ok(()) } else { can(role, Permission::ManageMembers) }
}

/// Whether somebody may take a conversation over that they see: one that nobody has everybody, else whoever may do it everywhere.
///
/// # Errors
/// [`Denied`] for everybody else.
pub fn can_take_over(role: Role, is_nobodys: bool) -> Result<(), Denied> {
    if is_nobodys { can(role, Permission::AnswerConversations) } else { can(role, Permission::ManageMembers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In words, as the table has it: whether the role allows it, or does once the account is set to.
    fn cell(without: bool, with: bool) -> &'static str {
        match (without, with) {
            (true, true) => "yes",
            (false, true) => "if set",
            (false, false) => "no",
            (true, false) => panic!("a switch takes nothing away"),
        }
    }

    #[test]
    fn the_decisions_are_those_of_the_table() {
        let all_set = |role| Rights {
            role,
            sees_contact_details: true,
            edits_quick_replies: true,
            edits_automatic_replies: true,
        };
        let mut rows = vec![("permission".to_owned(), "of", Role::ALL.map(Role::as_str))];
        for permission in Permission::ALL {
            let cells =
                Role::ALL.map(|role| cell(can(role, permission).is_ok(), can(all_set(role), permission).is_ok()));
            rows.push((format!("{permission:?}"), "organisation", cells));
        }
        let fixed = |allowed: bool| cell(allowed, allowed);
        for (of, is_assignee) in [("own conversation", true), ("other conversation", false)] {
            let mut row = |deed: &str, allowed: &dyn Fn(Role) -> bool| {
                rows.push((deed.to_owned(), of, Role::ALL.map(|role| fixed(allowed(role)))));
            };
            row("add a member", &|role| can_add_members(role, is_assignee).is_ok());
            row("remove a member", &|role| can_remove_member(role, is_assignee, false).is_ok());
            row("leave", &|role| can_remove_member(role, is_assignee, true).is_ok());
            row("clear or delete", &|role| can_end_conversation(role, is_assignee).is_ok());
        }
        let line = |(deed, of, [agent, supervisor, admin]): &(String, &str, [&str; 3])| {
            format!("{deed:<22}{of:<20}{agent:<12}{supervisor:<12}{admin}\n")
        };
        let table: String = rows.iter().map(line).collect();
        assert_eq!(table, include_str!("permissions.txt"), "whoever changes a decision must be able to say why");
    }

    #[test]
    fn details_are_an_admins_or_by_permission() {
        for role in Role::ALL {
            assert!(sees_contact_details(role, true));
            assert_eq!(sees_contact_details(role, false), role == Role::Admin);
        }
    }

    #[test]
    fn whose_a_conversation_is_decides_who_takes_part_and_everybody_may_leave() {
        for role in Role::ALL {
            let leads = role != Role::Agent;
            assert!(can_add_members(role, true).is_ok() && can_remove_member(role, true, false).is_ok());
            assert_eq!(can_add_members(role, false).is_ok(), leads);
            assert_eq!(can_remove_member(role, false, false).is_ok(), leads);
            assert!(can_remove_member(role, false, true).is_ok());
            assert!(can_end_conversation(role, true).is_ok());
            assert_eq!(can_end_conversation(role, false).is_ok(), leads);
            assert!(can_hand_on(role, true).is_ok() && can_take_over(role, true).is_ok());
            assert_eq!(can_hand_on(role, false).is_ok(), leads);
            assert_eq!(can_take_over(role, false).is_ok(), leads);
        }
    }

    #[test]
    fn more_power_never_allows_less() {
        for pair in Role::ALL.windows(2) {
            for permission in Permission::ALL {
                assert!(can(pair[0], permission).is_err() || can(pair[1], permission).is_ok());
            }
        }
    }
}
