//! Organisations.

use crate::error::StoreError;
use crate::tables::organisation;
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use types::id::OrgId;
use types::time::Timestamp;

/// An organisation to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// The time.
    pub at: Timestamp,
}

/// Makes an organisation with an empty ledger.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewOrganisation) -> Result<(), StoreError> {
    let row = organisation::ActiveModel {
        id: Set(new.id),
        name: Set(new.name),
        last_event_seq: Set(0),
        last_contact_number: Set(0),
        created_at: Set(new.at),
    };
    organisation::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}
