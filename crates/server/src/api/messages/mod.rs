//! Messages of a conversation.

pub mod list_messages;
pub mod recall_message;
pub mod send_message;
pub mod translate_message;

use crate::api::paging::Limit;
use crate::error::{ApiError, ApiResult};
use actix_web::HttpResponse;
use serde::Deserialize;
use store::StoredMessage;
use store::messages::Window;
use types::error::FieldCode;

/// Which stretch of a conversation.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMessages {
    /// The stretch that ends just before this `seq`.
    #[param(minimum = 0)]
    before_seq: Option<i64>,
    /// The stretch that begins just after this `seq`.
    #[param(minimum = 0)]
    after_seq: Option<i64>,
    /// The stretch in whose middle this `seq` stands. With none of the three, the newest.
    #[param(minimum = 0)]
    around_seq: Option<i64>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
}

impl ListMessages {
    /// The stretch and how much of it.
    pub(crate) fn window(&self) -> ApiResult<(Window, u16)> {
        let given = [("before_seq", self.before_seq), ("after_seq", self.after_seq), ("around_seq", self.around_seq)];
        for (name, seq) in given {
            if seq.is_some_and(|seq| seq < 0) {
                return Err(ApiError::field(name, FieldCode::OutOfRange, "must not be negative"));
            }
        }
        let limit = self.limit.items()?;
        let window = match (self.before_seq, self.after_seq, self.around_seq) {
            (None, None, None) => Window::Newest,
            (Some(seq), None, None) => Window::Before(seq),
            (None, Some(seq), None) => Window::After(seq),
            (None, None, Some(seq)) => Window::around(seq, limit),
            (Some(_), Some(_), _) => {
                return Err(ApiError::field("after_seq", FieldCode::InvalidFormat, "must not come with before_seq"));
            }
            (_, _, Some(_)) => {
                return Err(ApiError::field("around_seq", FieldCode::InvalidFormat, "must come alone"));
            }
        };
        Ok((window, limit))
    }
}

/// 201 with a new message, 200 with one that was stored before.
pub(crate) fn stored(StoredMessage { message, duplicate }: StoredMessage) -> HttpResponse {
    let mut response = if duplicate { HttpResponse::Ok() } else { HttpResponse::Created() };
    response.json(message)
}
