//! Times as people read them, by the browser's `Intl`, in the person's time zone and the interface's language.
//!
//! Every function follows the language when a view calls it.

use super::lang;
use client::state::Dates;
use std::{cell::RefCell, collections::HashMap};
use types::saved_views::Period;
use types::time::{Day, Timestamp};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/i18n/format.js")]
extern "C" {
    #[wasm_bindgen(js_name = formatTime)]
    fn format_time(lang: &str, kind: &str, millis: f64) -> String;
    #[wasm_bindgen(js_name = languageName)]
    fn language_name(lang: &str, tag: &str) -> String;
    #[wasm_bindgen(js_name = localDay)]
    fn local_day(millis: f64) -> i32;
    #[wasm_bindgen(js_name = dayBegins)]
    fn day_begins(day: i32) -> f64;
    #[wasm_bindgen(js_name = dayBegins)]
    fn minute_begins(day: i32, minute: u32) -> f64;
    #[wasm_bindgen(js_name = localMinute)]
    fn local_minute(millis: f64) -> u32;
    #[wasm_bindgen(js_name = localYear)]
    fn local_year(millis: f64) -> i32;
}

/// The browser's clock.
pub fn now() -> Timestamp {
    #[expect(clippy::as_conversions, reason = "Date.now() is a whole number far below 2^53")]
    Timestamp(js_sys::Date::now() as i64)
}

/// `14:05`, in either language. Not by `Intl`, which takes fifty microseconds for it: every message has one.
pub fn time_of_day(at: Timestamp) -> String {
    millis(at).map_or_else(|| at.to_string(), |millis| clock_face(local_minute(millis)))
}

/// A minute of the day as a clock shows it.
fn clock_face(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `2026/11/22 14:05`, `22 Nov 2026, 14:05`: no order of numbers that the other side of an ocean reads differently.
pub fn date_time(at: Timestamp) -> String {
    shaped("full", at)
}

/// How long ago, for facts whose age matters: `刚刚`, `5 分钟前`, `3 小时前`, `2 天前`, then the date and time.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    match age(now.millis_since(at)) {
        Age::JustNow => lang().just_now().to_owned(),
        Age::Minutes(count) => lang().minutes_ago(count),
        Age::Hours(count) => lang().hours_ago(count),
        Age::Days(count) => lang().days_ago(count),
        Age::Old => date_time(at),
    }
}

/// A span of whole minutes, in the unit that tells enough: `5 分钟`, `3 小时`, `2 天`.
pub fn span(minutes: i64) -> String {
    match minutes {
        ..60 => lang().minutes(minutes),
        60..1440 => lang().hours(minutes / 60),
        _ => lang().days(minutes / 1440),
    }
}

/// The shortest that still tells, for lists: the time today, `昨天`, the day this year, else the date.
pub fn list_time(at: Timestamp, now: Timestamp) -> String {
    match millis(now).map_or(0, local_day) - millis(at).map_or(0, local_day) {
        0 => time_of_day(at),
        1 => lang().yesterday().to_owned(),
        _ if same_year(at, now) => shaped("day", at),
        _ => shaped("date", at),
    }
}

/// A language by its BCP 47 tag, as people call it: `zh-CN` is `中文（中国）`. The tag itself where it is none.
pub fn language(tag: &str) -> String {
    language_name(lang().tag(), tag)
}

/// The heading above a day's messages: `今天`, `昨天`, or the day with its weekday.
pub fn day_heading(at: Timestamp, now: Timestamp) -> String {
    match millis(now).map_or(0, local_day) - millis(at).map_or(0, local_day) {
        0 => lang().today().to_owned(),
        1 => lang().yesterday().to_owned(),
        _ if same_year(at, now) => shaped("heading", at),
        _ => shaped("heading_year", at),
    }
}

/// The person's calendar day, to tell where one day's messages end.
pub fn calendar_day(at: Timestamp) -> i32 {
    thread_local! {
        static DAYS: RefCell<Days> = RefCell::default();
    }
    DAYS.with_borrow_mut(|days| days.of(at, |at| millis(at).map_or(0, local_day)))
}

/// When a minute of a day is, by the person's calendar and clock.
pub fn moment(day: Day, minute: u32) -> Timestamp {
    begin_of(minute_begins(day.0, minute))
}

/// The minute of the person's day.
pub fn minute_of_day(at: Timestamp) -> u32 {
    millis(at).map_or(0, local_minute)
}

/// When these days begin and end by the person's calendar, as it is now.
pub fn dates(period: Period, now: Timestamp) -> Dates {
    let begins = |day: Day| begin_of(day_begins(day.0));
    let (since, before) = match period {
        Period::LastDays(days) => {
            let today = millis(now).map_or(0, local_day);
            (Some(begins(Day(today.saturating_add(1).saturating_sub(i32::from(days))))), None)
        }
        Period::Between { from, to } => (from.map(begins), to.map(|to| begins(Day(to.0.saturating_add(1))))),
    };
    Dates { period, since, before }
}

/// The same, at this moment.
pub fn dates_now(period: Period) -> Dates {
    dates(period, now())
}

/// The moment as the wire can say it: not before the first one that a clock tells, and not after the year 9999.
fn begin_of(millis: f64) -> Timestamp {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "cut to the range, or 0 where it is none"
    )]
    Timestamp((millis as i64).clamp(0, 253_402_300_799_999))
}

/// The days in words: `今天`, `近 7 天`, `11/1 – 11/20`.
pub fn period(period: Period, now: Timestamp) -> String {
    let day = |day: Day| {
        let at = begin_of(day_begins(day.0));
        if same_year(at, now) { shaped("day_in_words", at) } else { shaped("date", at) }
    };
    match period {
        Period::LastDays(1) => lang().today().to_owned(),
        Period::LastDays(days) => lang().last_days(days),
        Period::Between { from: Some(from), to: Some(to) } if from == to => day(from),
        Period::Between { from: Some(from), to: Some(to) } => format!("{} – {}", day(from), day(to)),
        Period::Between { from: Some(from), to: None } => lang().days_from(day(from)),
        Period::Between { from: None, to: Some(to) } => lang().days_until(day(to)),
        Period::Between { from: None, to: None } => lang().any_date().to_owned(),
    }
}

/// Calendar days that were asked for: clocks are set by whole quarters of an hour everywhere, so the times of one quarter share
/// their day.
#[derive(Default)]
struct Days {
    by_quarter: HashMap<i64, i32>,
}

impl Days {
    const QUARTER_MILLIS: i64 = 15 * 60 * 1_000;
    const MOST: usize = 4_096;

    fn of(&mut self, at: Timestamp, ask: impl FnOnce(Timestamp) -> i32) -> i32 {
        if self.by_quarter.len() >= Self::MOST {
            self.by_quarter.clear();
        }
        *self.by_quarter.entry(at.0.div_euclid(Self::QUARTER_MILLIS)).or_insert_with(|| ask(at))
    }
}

fn same_year(at: Timestamp, now: Timestamp) -> bool {
    millis(at).map(local_year) == millis(now).map(local_year)
}

fn shaped(kind: &str, at: Timestamp) -> String {
    // A time outside of what a JavaScript `Date` can hold would throw; it is shown as the wire has it.
    millis(at).map_or_else(|| at.to_string(), |millis| format_time(lang().tag(), kind, millis))
}

/// The time as a JavaScript `Date` takes it, within its range of ±8.64e15 ms.
fn millis(at: Timestamp) -> Option<f64> {
    const RANGE: i64 = 8_640_000_000_000_000;
    #[expect(clippy::as_conversions, reason = "exact below 2^53, which the range is")]
    (-RANGE..=RANGE).contains(&at.0).then_some(at.0 as f64)
}

#[derive(Debug, PartialEq, Eq)]
enum Age {
    JustNow,
    Minutes(i64),
    Hours(i64),
    Days(i64),
    Old,
}

/// Clocks differ: what lies a little ahead happened just now.
fn age(millis: i64) -> Age {
    let minutes = millis / 60_000;
    match minutes {
        ..1 => Age::JustNow,
        1..60 => Age::Minutes(minutes),
        60..1440 => Age::Hours(minutes / 60),
        1440..10_080 => Age::Days(minutes / 1440),
        _ => Age::Old,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_the_day_has_two_digits_each() {
        assert_eq!([0, 65, 23 * 60 + 59].map(clock_face), ["00:00", "01:05", "23:59"]);
    }

    #[test]
    fn ages_change_at_their_bounds() {
        for (millis, expected) in [
            (-5_000, Age::JustNow),
            (59_999, Age::JustNow),
            (60_000, Age::Minutes(1)),
            (3_599_999, Age::Minutes(59)),
            (3_600_000, Age::Hours(1)),
            (86_400_000, Age::Days(1)),
            (7 * 86_400_000, Age::Old),
        ] {
            assert_eq!(age(millis), expected, "{millis}");
        }
    }

    #[test]
    fn a_quarter_of_an_hour_is_asked_for_its_day_once() {
        let mut days = Days::default();
        let mut asked = 0;
        let mut day = |millis: i64| {
            days.of(Timestamp(millis), |at| {
                asked += 1;
                i32::try_from(at.0.div_euclid(86_400_000)).unwrap()
            })
        };
        assert_eq!([day(0), day(899_999), day(86_400_000), day(-1)], [0, 0, 1, -1]);
        assert_eq!([day(5), day(86_400_001)], [0, 1]);
        assert_eq!(asked, 3);
    }

    #[test]
    fn days_begin_within_what_the_wire_can_say() {
        for (millis, expected) in [(1.0, 1), (-5.0, 0), (f64::NAN, 0), (1e18, 253_402_300_799_999)] {
            assert_eq!(begin_of(millis), Timestamp(expected), "{millis}");
        }
    }

    #[test]
    fn times_beyond_a_javascript_date_have_no_millis() {
        assert_eq!(millis(Timestamp(1)), Some(1.0));
        assert_eq!(millis(Timestamp(i64::MAX)), None);
    }
}
