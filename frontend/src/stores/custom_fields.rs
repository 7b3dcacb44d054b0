//! The custom fields of contacts.

use crate::api::{ConsoleApi, use_api};
use crate::realtime::Live;
use client::sync::Input;
use leptos::prelude::*;
use types::custom_fields::CustomFields;

/// The fields. `Copy`; get it by [`use_custom_fields`].
#[derive(Clone, Copy)]
pub struct FieldList {
    live: Live,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The fields.
pub fn use_custom_fields() -> FieldList {
    expect_context()
}

impl FieldList {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide(live: Live) {
        provide_context(Self { live, api: StoredValue::new_local(use_api()) });
    }

    /// The fields, in their order.
    pub fn get(self) -> CustomFields {
        self.live.on_state(|machine| machine.state().custom_fields().clone())
    }

    /// The fields at this moment.
    pub fn now(self) -> CustomFields {
        self.live.now(|machine| machine.state().custom_fields().clone())
    }

    /// The API, for what admins change.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Takes the fields as they were set here, ahead of their event.
    pub fn put(self, fields: CustomFields) {
        self.live.handle(Input::CustomFieldsSaved(fields));
    }
}
