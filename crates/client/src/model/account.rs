//! What I change of my own account.

use super::World;
use crate::saved_views::Change;
use crate::state::View;
use types::agents::LoginState;
use types::events::Event;
use types::id::SavedViewId;
use types::saved_views::SavedViews;
use uuid::Uuid;

impl World {
    /// I keep one more view of the list, or one less.
    pub(crate) fn i_keep_a_view(&mut self, number: u128) {
        let id = SavedViewId(Uuid::from_u128(number));
        let SavedViews { items, revision } = &mut self.saved_views;
        match items.iter().position(|view| view.id == id) {
            Some(place) => drop(items.remove(place)),
            None => Change::Add(id, format!("view {number}"), View::default()).make(items),
        }
        *revision += 1;
        self.append(Event::MeUpdated { me: self.me() });
    }

    pub(crate) fn set_login_state(&mut self, state: LoginState) {
        if self.login_state != state {
            self.login_state = state;
            self.append(Event::MeUpdated { me: self.me() });
        }
    }
}
