//! The views of the list that the agent keeps: known from what is live, changed on the server.

use super::live::{Account, use_account};
use crate::api::{ConsoleApi, use_api};
use client::rest::ApiError;
use client::saved_views::Change;
use leptos::prelude::*;
use types::error::ErrorCode;
use types::saved_views::SavedView;

/// How often a change is tried when another device is faster every time.
const TRIES: usize = 3;

/// The views. `Copy`; get it by [`use_kept_views`].
#[derive(Clone, Copy)]
pub struct KeptViews {
    account: Account,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The views that the agent keeps.
pub fn use_kept_views() -> KeptViews {
    expect_context()
}

impl KeptViews {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide() {
        provide_context(Self { account: use_account(), api: StoredValue::new_local(use_api()) });
    }

    /// The views, in their order.
    pub fn list(self) -> Vec<SavedView> {
        self.account.saved_views().items
    }

    /// The same, at this moment.
    pub fn list_now(self) -> Vec<SavedView> {
        self.account.saved_views_now().items
    }

    /// Makes a change. Where another device has changed the views meanwhile, it is made to what they are now.
    pub async fn change(self, change: Change) -> Result<(), ApiError> {
        let api = self.api.get_value();
        let mut known = self.account.saved_views_now();
        let mut tries = 1;
        loop {
            let mut wanted = known;
            change.make(&mut wanted.items);
            match api.set_saved_views(&wanted).await {
                Ok(me) => {
                    self.account.put(me);
                    return Ok(());
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) && tries < TRIES => {
                    tries += 1;
                    let me = api.get_me().await?;
                    known = me.saved_views.clone();
                    self.account.put(me);
                }
                Err(error) => return Err(error),
            }
        }
    }
}
