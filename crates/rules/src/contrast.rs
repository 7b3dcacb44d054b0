//! Colours are anybody's choice; text on them must still be readable.

/// A background and the text upon it, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// The colour to fill with.
    pub fill: String,
    /// The colour of text and icons upon it.
    pub ink: String,
}

/// Text on light colours.
const DARK_INK: &str = "#10131a";
/// Text on all others.
const LIGHT_INK: &str = "#ffffff";
/// The least contrast of text with its background (WCAG 2.2, 1.4.3).
pub const LEAST_RATIO: f64 = 4.5;

/// The palette of a colour given as `#rrggbb`, at least [`LEAST_RATIO`] apart. Light colours get dark text; the others get white text
/// and are darkened as far as that needs.
#[must_use]
pub fn palette(color: &str) -> Palette {
    let mut rgb = parts(color);
    if luminance(rgb) > 0.36 {
        return Palette { fill: color.to_lowercase(), ink: DARK_INK.to_owned() };
    }
    while luminance(rgb) > 0.18 {
        rgb = rgb.map(|value| value * 0.98);
    }
    Palette { fill: hex(rgb), ink: LIGHT_INK.to_owned() }
}

/// The one of the two inks that reads better on a background.
#[must_use]
pub fn ink(background: &str) -> &'static str {
    if ratio(background, LIGHT_INK) >= ratio(background, DARK_INK) { LIGHT_INK } else { DARK_INK }
}

/// The contrast of two colours (WCAG 2.2), from 1 to 21.
#[must_use]
pub fn ratio(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(parts(one)), luminance(parts(other)));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Whether text of this colour can be read on this background.
#[must_use]
pub fn is_readable(background: &str, text: &str) -> bool {
    ratio(background, text) >= LEAST_RATIO
}

/// The text colour nearest to `text` that can be read on `background`: itself if it can, otherwise on its way to black or white,
/// whichever of them reads better there.
#[must_use]
pub fn mended(background: &str, text: &str) -> String {
    const STEPS: u8 = 50;
    let end = if ratio(background, "#ffffff") >= ratio(background, "#000000") { 255.0 } else { 0.0 };
    let from = parts(text);
    (0..=STEPS)
        .map(|step| f64::from(step) / f64::from(STEPS))
        .map(|share| hex(from.map(|value| value + (end - value) * share)))
        .find(|color| is_readable(background, color))
        .unwrap_or_else(|| hex([end; 3]))
}

fn parts(color: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| f64::from(color.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0)))
}

fn hex(rgb: [f64; 3]) -> String {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    let [red, green, blue] = rgb.map(|value| value.round_ties_even() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The relative luminance of WCAG.
fn luminance(rgb: [f64; 3]) -> f64 {
    let parts = rgb.map(|value| {
        let part = value / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    parts.iter().zip([0.2126, 0.7152, 0.0722]).map(|(part, weight)| part * weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ratios_are_those_of_the_standard() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 4.0),
            ("#123456", "#123456", 1.0),
        ] {
            assert!((ratio(one, other) - expected).abs() < 0.01, "{one} {other} {}", ratio(one, other));
        }
        assert!(!is_readable("#777777", "#ffffff") && is_readable("#767676", "#ffffff"));
    }

    #[test]
    fn what_is_no_colour_is_black() {
        assert_eq!(palette("blue").fill, "#000000");
        assert_eq!(palette("").ink, LIGHT_INK);
    }

    proptest! {
        #[test]
        fn every_colour_carries_readable_text(color in "#[0-9a-f]{6}") {
            let Palette { fill, ink } = palette(&color);
            prop_assert!(is_readable(&fill, &ink), "{fill} {ink}");
            prop_assert!(ratio(&color, super::ink(&color)) >= 4.2);
        }

        #[test]
        fn every_text_can_be_mended(background in "#[0-9a-f]{6}", text in "#[0-9a-f]{6}") {
            let mended = mended(&background, &text);
            prop_assert!(is_readable(&background, &mended), "{background} {mended}");
            if is_readable(&background, &text) {
                prop_assert_eq!(mended, text);
            }
        }
    }
}
