//! A brand colour is any colour; text on it must still be readable.
//!
//! The widget's loader decides the same in JavaScript (`widget/loader/color.js`); `widget/tests/palette.rs` holds the two
//! together.

/// A fill and the text upon it, as CSS colours, at least 4.5 : 1 apart (WCAG 2.2, 1.4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// The colour to fill with.
    pub fill: String,
    /// The colour of text and icons upon it.
    pub ink: &'static str,
}

/// Text on light colours.
const DARK_INK: &str = "#10131a";
/// Text on all others.
const LIGHT_INK: &str = "#fff";

/// The palette of a colour given as `#rrggbb`. Light colours get dark text; the others get white text and are darkened as far
/// as that needs.
#[must_use]
pub fn palette(color: &str) -> Palette {
    let mut rgb = [1, 3, 5]
        .map(|at| f64::from(color.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0)));
    if luminance(rgb) > 0.36 {
        return Palette { fill: color.to_owned(), ink: DARK_INK };
    }
    while luminance(rgb) > 0.18 {
        rgb = rgb.map(|value| value * 0.98);
    }
    // Whole numbers: what writes a fraction is 14 KB of code.
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
    let [red, green, blue] = rgb.map(|value| value.round_ties_even() as u8);
    Palette { fill: format!("rgb({red},{green},{blue})"), ink: LIGHT_INK }
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

    fn ratio(one: f64, other: f64) -> f64 {
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_carries_readable_text() {
        for red in (0..=255_u8).step_by(15) {
            for green in (0..=255_u8).step_by(15) {
                for blue in (0..=255_u8).step_by(15) {
                    let color = format!("#{red:02x}{green:02x}{blue:02x}");
                    let Palette { fill, ink } = palette(&color);
                    let parts: Vec<f64> = match fill.strip_prefix("rgb(").and_then(|fill| fill.strip_suffix(')')) {
                        Some(parts) => parts.split(',').map(|part| part.parse().unwrap()).collect(),
                        None => vec![red.into(), green.into(), blue.into()],
                    };
                    let ink = if ink == LIGHT_INK { [255.0; 3] } else { [16.0, 19.0, 26.0] };
                    let contrast = ratio(luminance(parts.try_into().unwrap()), luminance(ink));
                    assert!(contrast >= 4.5, "{color}: {fill} {contrast}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_colour_is_black() {
        assert_eq!(palette("blue").fill, "rgb(0,0,0)");
        assert_eq!(palette("").ink, LIGHT_INK);
    }
}
