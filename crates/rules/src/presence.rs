//! Whether an agent counts as there.

use types::agents::{LoginState, Presence};

/// The presence of an agent: whether a console of theirs is connected, and whether they want to receive messages.
#[must_use]
pub fn presence(connected: bool, login_state: LoginState) -> Presence {
    match (connected, login_state) {
        (false, _) => Presence::Offline,
        (true, LoginState::Suspended) => Presence::Suspended,
        (true, LoginState::Normal) => Presence::Online,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_is_connected_and_receives_is_online() {
        assert_eq!(presence(true, LoginState::Normal), Presence::Online);
        assert_eq!(presence(true, LoginState::Suspended), Presence::Suspended);
        for login_state in [LoginState::Normal, LoginState::Suspended] {
            assert_eq!(presence(false, login_state), Presence::Offline);
        }
    }
}
