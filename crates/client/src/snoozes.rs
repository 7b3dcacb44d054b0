//! Until when a conversation can be put off at one touch, by the person's own calendar. Pure.

use types::time::Day;

/// A time that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// In an hour.
    InAnHour,
    /// This evening, at 19:00.
    Tonight,
    /// Tomorrow, at 9:00.
    TomorrowMorning,
    /// The next Monday that is not today, at 9:00.
    NextMonday,
}

/// Minutes of the day.
const MORNING: u32 = 9 * 60;
const EVENING: u32 = 19 * 60;

impl Offer {
    /// What is offered at a minute of a day: nothing that has passed or is as good as now, and no time twice.
    #[must_use]
    pub fn at(today: Day, minute: u32) -> Vec<Self> {
        let is_early = minute.saturating_add(60) < EVENING;
        let tonight = is_early.then_some(Self::Tonight);
        let monday = (days_to_monday(today) > 1).then_some(Self::NextMonday);
        [Some(Self::InAnHour), tonight, Some(Self::TomorrowMorning), monday].into_iter().flatten().collect()
    }

    /// On which day, and at which minute of it; absent where it is so long from now.
    #[must_use]
    pub fn moment(self, today: Day) -> Option<(Day, u32)> {
        let after = |days: i32| Day(today.0.saturating_add(days));
        match self {
            Self::InAnHour => None,
            Self::Tonight => Some((today, EVENING)),
            Self::TomorrowMorning => Some((after(1), MORNING)),
            Self::NextMonday => Some((after(days_to_monday(today)), MORNING)),
        }
    }
}

/// From 1 to 7.
fn days_to_monday(today: Day) -> i32 {
    // 1 January 1970 was a Thursday.
    7_i32.saturating_sub(today.0.saturating_add(3).rem_euclid(7))
}

/// The minute of the day that `HH:MM` says.
#[must_use]
pub fn minute_of(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.get(..2)?.parse().ok()?);
    (hours < 24 && minutes < 60).then(|| hours.saturating_mul(60).saturating_add(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_lies_ahead_and_is_no_two_names_for_one_time() {
        let monday = Day::parse("2026-11-23").unwrap();
        for (days, minute, count) in [(0, 8 * 60, 4), (0, 18 * 60, 3), (6, 8 * 60, 3), (6, 23 * 60, 2), (5, 0, 4)] {
            let today = Day(monday.0 + days);
            let offered = Offer::at(today, minute);
            assert_eq!(offered.len(), count, "{today} {minute}");
            let moments: Vec<(Day, u32)> = offered.iter().filter_map(|offer| offer.moment(today)).collect();
            assert!(moments.iter().all(|moment| *moment > (today, minute)));
            assert!(moments.is_sorted() && moments.windows(2).all(|two| two[0] != two[1]));
        }
        let next = |days: i32| Offer::NextMonday.moment(Day(monday.0 + days)).unwrap().0;
        assert_eq!([next(0), next(1), next(6)], [Day(monday.0 + 7); 3]);
    }

    #[test]
    fn a_time_of_the_day_is_read_as_fields_give_it() {
        assert_eq!(["09:05", "23:59:30", "00:00"].map(minute_of), [Some(545), Some(1_439), Some(0)]);
        assert_eq!(["", "24:00", "9", "12:60", "a:00", "12:5"].map(minute_of), [None; 6]);
    }
}
