//! Whether a new message is announced to an agent, and when not. The console decides by it what it shows, the server what it
//! pushes to a browser whose console is closed.

use types::agents::LoginState;
use types::push::QuietHours;

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// What stands between a visitor's message and an agent who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// Whether the agent receives messages.
    pub login_state: LoginState,
    /// Whether the channel's alert is on.
    pub channel_alert: bool,
    /// Whether the agent has muted the conversation.
    pub muted: bool,
    /// Whether the visitor is on the blacklist.
    pub blocked: bool,
    /// Whether the conversation is a colleague's, whom the agent only oversees.
    pub others: bool,
    /// Whether the agent wants to hear of no such conversation.
    pub mine_only: bool,
}

impl Circumstances {
    /// Whether the message is announced to them at all.
    #[must_use]
    pub fn announce(self) -> bool {
        let Self { login_state, channel_alert, muted, blocked, others, mine_only } = self;
        login_state == LoginState::Normal && channel_alert && !muted && !blocked && !(others && mine_only)
    }

    /// Those in which a colleague asks for the agent: also where they want to hear nothing of the visitor.
    #[must_use]
    pub fn asked_for(login_state: LoginState) -> Self {
        Self { login_state, channel_alert: true, muted: false, blocked: false, others: false, mine_only: false }
    }
}

/// Whether the minute of the day lies in the quiet hours, which may go over midnight. Of no length they are none.
#[must_use]
pub fn is_quiet(quiet: Option<QuietHours>, minute: u16) -> bool {
    match quiet {
        Some(QuietHours { from, to }) if from <= to => (from..to).contains(&minute),
        Some(QuietHours { from, to }) => minute >= from || minute < to,
        None => false,
    }
}

/// How many minutes from this minute of the day on the quiet hours begin: 0 within them, `None` where there are none.
#[must_use]
pub fn minutes_until_quiet(quiet: Option<QuietHours>, minute: u16) -> Option<u16> {
    let hours = quiet.filter(|hours| hours.from != hours.to)?;
    if is_quiet(quiet, minute) {
        return Some(0);
    }
    Some(hours.from.saturating_add(DAY).saturating_sub(minute % DAY) % DAY)
}

/// The minute of the day at a moment, in Unix milliseconds, on a clock that is so many minutes ahead of UTC.
#[must_use]
pub fn minute_of_day(unix_millis: i64, utc_offset_minutes: i16) -> u16 {
    let minutes = unix_millis.div_euclid(60_000).saturating_add(utc_offset_minutes.into());
    u16::try_from(minutes.rem_euclid(DAY.into())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Circumstances = Circumstances {
        login_state: LoginState::Normal,
        channel_alert: true,
        muted: false,
        blocked: false,
        others: false,
        mine_only: false,
    };

    #[test]
    fn one_reason_is_enough_to_announce_nothing() {
        assert!(PLAIN.announce());
        for silent in [
            Circumstances { login_state: LoginState::Suspended, ..PLAIN },
            Circumstances { channel_alert: false, ..PLAIN },
            Circumstances { muted: true, ..PLAIN },
            Circumstances { blocked: true, ..PLAIN },
            Circumstances { others: true, mine_only: true, ..PLAIN },
        ] {
            assert!(!silent.announce(), "{silent:?}");
        }
        assert!(
            Circumstances { others: true, ..PLAIN }.announce() && Circumstances { mine_only: true, ..PLAIN }.announce()
        );
    }

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let night = Some(QuietHours { from: 22 * 60, to: 7 * 60 + 30 });
        for (minute, expected) in [(22 * 60, true), (0, true), (449, true), (450, false), (1319, false)] {
            assert_eq!(is_quiet(night, minute), expected, "{minute}");
        }
        let noon = Some(QuietHours { from: 60, to: 120 });
        assert!(is_quiet(noon, 119) && !is_quiet(noon, 120));
        assert!(!is_quiet(Some(QuietHours { from: 60, to: 60 }), 60));
        assert_eq!(minutes_until_quiet(night, 21 * 60), Some(60));
        assert_eq!(minutes_until_quiet(Some(QuietHours { from: 60, to: 60 }), 60), None);
    }

    #[test]
    fn the_minute_of_the_day_is_the_browsers() {
        // 2026-11-22T08:00:00Z is 16:00 in Shanghai and 03:00 in New York.
        let at = 1_795_334_400_000;
        assert_eq!([0, 480, -300].map(|offset| minute_of_day(at, offset)), [480, 960, 180]);
        assert_eq!(minute_of_day(-1, 0), 1439);
    }

    proptest! {
        #[test]
        fn the_quiet_begins_when_it_was_said_to(from in 0_u16..1440, to in 0_u16..1440, minute in 0_u16..1440) {
            let quiet = Some(QuietHours { from, to });
            match minutes_until_quiet(quiet, minute) {
                None => prop_assert!((0..1440).all(|minute| !is_quiet(quiet, minute))),
                Some(wait) => {
                    prop_assert!(is_quiet(quiet, (minute + wait) % 1440));
                    prop_assert!((0..wait).all(|passed| !is_quiet(quiet, (minute + passed) % 1440)));
                }
            }
        }
    }
}
