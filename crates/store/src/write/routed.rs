//! One job by itself, for which somebody may have to be found first.

use crate::error::StoreError;
use crate::queries::assignment::{self, Attendance};
use crate::write::batch::{Placed, Unrouted, place};
use crate::write::jobs::{HotJob, Party};
use sea_orm::DatabaseTransaction;

/// One job; where a visitor's message needs somebody, they are found first, in the same write.
pub(crate) async fn routed(
    conn: &DatabaseTransaction,
    job: &HotJob,
    attendance: &dyn Attendance,
) -> Result<Placed, StoreError> {
    let jobs = std::slice::from_ref(job);
    match (place(conn, jobs, Unrouted::Refused).await, job, job.party()) {
        (Err(StoreError::Unrouted), HotJob::Message(message), Party::Visitor(visitor)) => {
            let conversation_id = message.conversation_id;
            let mut events = assignment::for_message(conn, visitor, conversation_id, attendance, message.at).await?;
            let placed = place(conn, jobs, Unrouted::Stored).await?;
            events.extend(placed.events);
            Ok(Placed { events, ..placed })
        }
        (placed, ..) => placed,
    }
}
