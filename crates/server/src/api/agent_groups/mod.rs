//! Groups of agents.

pub mod create_agent_group;
pub mod delete_agent_group;
pub mod list_agent_groups;
pub mod update_agent_group;
