//! Who may do what.

use std::fmt;
use types::agents::Role;

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
    /// Add colleagues.
    ManageAgents,
    /// Set what visitors are told automatically.
    EditAutomaticReplies,
    /// Add, edit and delete tags and their groups. Whoever answers a conversation may give its contact tags.
    ManageTags,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 9] = [
        Self::ManageChannels,
        Self::SeeAllConversations,
        Self::AnswerConversations,
        Self::ManageMembers,
        Self::EndConversations,
        Self::SeeColleagueDetails,
        Self::ManageAgents,
        Self::EditAutomaticReplies,
        Self::ManageTags,
    ];
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
            Permission::ManageAgents => "add agents",
            Permission::EditAutomaticReplies => "edit automatic replies",
            Permission::ManageTags => "manage tags",
        };
        write!(f, "The role {} may not {deed}", self.role.as_str())
    }
}

impl std::error::Error for Denied {}

/// Whether the role allows it.
///
/// # Errors
/// [`Denied`] when it does not.
pub fn can(role: Role, permission: Permission) -> Result<(), Denied> {
    let allowed = match permission {
        Permission::AnswerConversations => &[Role::Agent, Role::Supervisor, Role::Admin][..],
        Permission::SeeAllConversations
        | Permission::ManageMembers
        | Permission::EndConversations
        | Permission::SeeColleagueDetails => &[Role::Supervisor, Role::Admin],
        Permission::ManageChannels
        | Permission::ManageAgents
        | Permission::EditAutomaticReplies
        | Permission::ManageTags => &[Role::Admin],
    };
    if allowed.contains(&role) { Ok(()) } else { Err(Denied { role, permission }) }
}

/// Whether an agent sees contacts' phone numbers and addresses: an admin always, everybody else by their account's setting.
#[must_use]
pub fn sees_contact_details(role: Role, allowed: bool) -> bool {
    allowed || role == Role::Admin
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

    #[test]
    fn the_matrix() {
        let row = |role| Permission::ALL.map(|permission| can(role, permission).is_ok());
        //                                      manage, see all, answer, members, end, colleagues, agents, automatic, tags
        assert_eq!(row(Role::Agent), [false, false, true, false, false, false, false, false, false]);
        assert_eq!(row(Role::Supervisor), [false, true, true, true, true, true, false, false, false]);
        assert_eq!(row(Role::Admin), [true; 9]);
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
