//! What both chats say of files: sizes and durations in words, and the room that a picture takes.

/// Bytes of a kilobyte, as people's devices count them.
const KILO: i64 = 1024;

/// A size in words: `640 B`, `12 KB`, `3.4 MB`, `1.2 GB`.
#[must_use]
pub fn size_text(bytes: i64) -> String {
    let bytes = bytes.max(0);
    if bytes < KILO {
        return [&bytes.to_string(), " B"].concat();
    }
    let (mega, giga) = (KILO.saturating_mul(KILO), KILO.saturating_mul(KILO).saturating_mul(KILO));
    if bytes < mega {
        return [&rounded(bytes, KILO).to_string(), " KB"].concat();
    }
    let (unit, name) = if bytes < giga { (mega, " MB") } else { (giga, " GB") };
    let tenths = rounded(bytes.saturating_mul(10), unit);
    match (tenths.div_euclid(10), tenths.rem_euclid(10)) {
        (whole, 0) => [&whole.to_string(), name].concat(),
        (whole, tenth) => [&whole.to_string(), ".", &tenth.to_string(), name].concat(),
    }
}

fn rounded(value: i64, by: i64) -> i64 {
    value.saturating_add(by.div_euclid(2)).div_euclid(by)
}

/// How long something plays: `0:05`, `12:30`, `1:02:03`.
#[must_use]
pub fn duration_text(millis: i64) -> String {
    let seconds = rounded(millis.max(0), 1000);
    let two = |number: i64| {
        let text = number.to_string();
        if number < 10 { ["0", &text].concat() } else { text }
    };
    let (hours, minutes, seconds) =
        (seconds.div_euclid(3600), seconds.div_euclid(60).rem_euclid(60), seconds.rem_euclid(60));
    if hours == 0 {
        return [&minutes.to_string(), ":", &two(seconds)].concat();
    }
    [&hours.to_string(), ":", &two(minutes), ":", &two(seconds)].concat()
}

/// Width and height of a picture that is shown within `most`, in CSS pixels; never larger than it is, and never so narrow that
/// it could not be clicked. Where the size is not known it is a square.
#[must_use]
pub fn fit(width: Option<i64>, height: Option<i64>, most: (i64, i64)) -> (i64, i64) {
    const LEAST: i64 = 48;
    let (Some(width), Some(height)) = (width.filter(|width| *width > 0), height.filter(|height| *height > 0)) else {
        return (most.0.min(most.1), most.0.min(most.1));
    };
    let (mut shown_width, mut shown_height) = (width, height);
    if shown_width > most.0 {
        shown_height = rounded(height.saturating_mul(most.0), width);
        shown_width = most.0;
    }
    if shown_height > most.1 {
        shown_width = rounded(width.saturating_mul(most.1), height);
        shown_height = most.1;
    }
    (shown_width.clamp(LEAST, most.0.max(LEAST)), shown_height.clamp(LEAST, most.1.max(LEAST)))
}

/// The end of a file's name that says its kind, in capitals, where it has a short one: `PDF`.
#[must_use]
pub fn ending(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && (1..=5).contains(&end.len()) && end.is_ascii() => {
            end.to_ascii_uppercase()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_and_durations_read_as_people_say_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1_048_576, "1 MB"),
            (3_565_158, "3.4 MB"),
            (1_288_490_189, "1.2 GB"),
        ] {
            assert_eq!(size_text(bytes), text);
        }
        for (millis, text) in [(0, "0:00"), (4_600, "0:05"), (750_000, "12:30"), (3_723_000, "1:02:03")] {
            assert_eq!(duration_text(millis), text);
        }
    }

    #[test]
    fn a_picture_keeps_its_form_within_its_room() {
        assert_eq!(fit(Some(4000), Some(3000), (320, 320)), (320, 240));
        assert_eq!(fit(Some(3000), Some(4000), (320, 320)), (240, 320));
        assert_eq!(fit(Some(100), Some(80), (320, 320)), (100, 80));
        assert_eq!(fit(Some(10_000), Some(10), (320, 320)), (320, 48));
        assert_eq!(fit(None, None, (320, 240)), (240, 240));
    }

    #[test]
    fn endings_are_short() {
        assert_eq!(ending("报价.PDF"), "PDF");
        assert_eq!(ending("a.tar.gz"), "GZ");
        assert_eq!(ending("README"), "");
        assert_eq!(ending(".profile"), "");
        assert_eq!(ending("a.说明"), "");
    }

    proptest! {
        #[test]
        fn nothing_overflows_and_a_picture_never_leaves_its_room(bytes in any::<i64>(), width in any::<i64>(), height in any::<i64>()) {
            prop_assert!(!size_text(bytes).is_empty() && !duration_text(bytes).is_empty());
            let (shown_width, shown_height) = fit(Some(width), Some(height), (320, 240));
            prop_assert!((48..=320).contains(&shown_width) && (48..=240).contains(&shown_height));
        }
    }
}
