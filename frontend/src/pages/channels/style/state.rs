//! The five states of a chat: what each has, and where it stands in the document.

use crate::i18n::Lang;
use rules::contrast::Palette;
use types::channel_style::{ChannelStyle, LauncherPosition, StateColors};
use types::limits;

/// A state of the chat on a visitor's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Closed, on a wide page.
    PcSmall,
    /// Opened, on a wide page.
    PcMedium,
    /// Enlarged, on a wide page.
    PcLarge,
    /// Closed, on a phone.
    MobileSmall,
    /// Opened, on a phone.
    MobileLarge,
}

/// A number of a state.
#[derive(Clone, Copy)]
pub struct Number {
    /// Its place in the document, as errors name it.
    pub field: &'static str,
    /// What it is.
    pub label: fn(Lang, LauncherPosition) -> &'static str,
    /// The least and the most that it can be.
    pub bounds: (u16, u16),
    /// What stands behind it.
    pub unit: &'static str,
    /// Reads it.
    pub get: fn(&ChannelStyle) -> u16,
    /// Sets it.
    pub set: fn(&mut ChannelStyle, u16),
}

const DISTANCE: (u16, u16) = (0, limits::STYLE_DISTANCE_MAX);

fn bottom(lang: Lang, _: LauncherPosition) -> &'static str {
    lang.style_bottom()
}

fn side(lang: Lang, position: LauncherPosition) -> &'static str {
    match position {
        LauncherPosition::Right => lang.style_right(),
        LauncherPosition::Left => lang.style_left(),
    }
}

fn width(lang: Lang, _: LauncherPosition) -> &'static str {
    lang.style_width()
}

fn height(lang: Lang, _: LauncherPosition) -> &'static str {
    lang.style_height()
}

impl State {
    /// All, in the order of their tabs.
    pub const ALL: [Self; 5] = [Self::PcSmall, Self::PcMedium, Self::PcLarge, Self::MobileSmall, Self::MobileLarge];

    /// Its name.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::PcSmall => lang.style_pc_small(),
            Self::PcMedium => lang.style_pc_medium(),
            Self::PcLarge => lang.style_pc_large(),
            Self::MobileSmall => lang.style_mobile_small(),
            Self::MobileLarge => lang.style_mobile_large(),
        }
    }

    /// When a visitor's page shows it.
    pub fn rule(self, lang: Lang) -> &'static str {
        match self {
            Self::PcSmall => lang.style_pc_small_rule(),
            Self::PcMedium => lang.style_pc_medium_rule(),
            Self::PcLarge => lang.style_pc_large_rule(),
            Self::MobileSmall => lang.style_mobile_small_rule(),
            Self::MobileLarge => lang.style_mobile_large_rule(),
        }
    }

    /// Its name in the document.
    pub fn key(self) -> &'static str {
        match self {
            Self::PcSmall => "pc_small",
            Self::PcMedium => "pc_medium",
            Self::PcLarge => "pc_large",
            Self::MobileSmall => "mobile_small",
            Self::MobileLarge => "mobile_large",
        }
    }

    /// Whether it is one of phones.
    pub fn is_mobile(self) -> bool {
        matches!(self, Self::MobileSmall | Self::MobileLarge)
    }

    /// Where its background and its text stand in the document.
    pub fn color_fields(self) -> (&'static str, &'static str) {
        match self {
            Self::PcSmall => ("style.pc_small.colors.background", "style.pc_small.colors.text"),
            Self::PcMedium => ("style.pc_medium.colors.background", "style.pc_medium.colors.text"),
            Self::PcLarge => ("style.pc_large.colors.background", "style.pc_large.colors.text"),
            Self::MobileSmall => ("style.mobile_small.colors.background", "style.mobile_small.colors.text"),
            Self::MobileLarge => ("style.mobile_large.colors.background", "style.mobile_large.colors.text"),
        }
    }

    /// Its colours.
    pub fn colors(self, style: &ChannelStyle) -> &StateColors {
        match self {
            Self::PcSmall => &style.pc_small.colors,
            Self::PcMedium => &style.pc_medium.colors,
            Self::PcLarge => &style.pc_large.colors,
            Self::MobileSmall => &style.mobile_small.colors,
            Self::MobileLarge => &style.mobile_large.colors,
        }
    }

    /// The same to be changed.
    pub fn colors_mut(self, style: &mut ChannelStyle) -> &mut StateColors {
        match self {
            Self::PcSmall => &mut style.pc_small.colors,
            Self::PcMedium => &mut style.pc_medium.colors,
            Self::PcLarge => &mut style.pc_large.colors,
            Self::MobileSmall => &mut style.mobile_small.colors,
            Self::MobileLarge => &mut style.mobile_large.colors,
        }
    }

    /// Its colours as a visitor sees them.
    pub fn palette(self, style: &ChannelStyle) -> Palette {
        rules::look::colors(style, self.colors(style))
    }

    /// Its numbers.
    pub fn numbers(self) -> Vec<Number> {
        let number = |field, label, bounds, get, set| Number { field, label, bounds, unit: "px", get, set };
        match self {
            Self::PcSmall => vec![
                number("style.pc_small.bottom", bottom, DISTANCE, |s| s.pc_small.bottom, |s, n| s.pc_small.bottom = n),
                number("style.pc_small.side", side, DISTANCE, |s| s.pc_small.side, |s, n| s.pc_small.side = n),
            ],
            Self::PcMedium => vec![
                number(
                    "style.pc_medium.bottom",
                    bottom,
                    DISTANCE,
                    |s| s.pc_medium.bottom,
                    |s, n| {
                        s.pc_medium.bottom = n;
                    },
                ),
                number("style.pc_medium.side", side, DISTANCE, |s| s.pc_medium.side, |s, n| s.pc_medium.side = n),
                number(
                    "style.pc_medium.height",
                    height,
                    (limits::STYLE_HEIGHT_MIN, limits::STYLE_HEIGHT_MAX),
                    |s| s.pc_medium.height,
                    |s, n| s.pc_medium.height = n,
                ),
            ],
            Self::PcLarge => vec![
                number(
                    "style.pc_large.width",
                    width,
                    (limits::STYLE_LARGE_WIDTH_MIN, limits::STYLE_LARGE_WIDTH_MAX),
                    |s| s.pc_large.width,
                    |s, n| s.pc_large.width = n,
                ),
                number(
                    "style.pc_large.height",
                    height,
                    (limits::STYLE_HEIGHT_MIN, limits::STYLE_LARGE_HEIGHT_MAX),
                    |s| s.pc_large.height,
                    |s, n| s.pc_large.height = n,
                ),
            ],
            Self::MobileSmall => vec![
                number(
                    "style.mobile_small.bottom",
                    bottom,
                    DISTANCE,
                    |s| s.mobile_small.bottom,
                    |s, n| {
                        s.mobile_small.bottom = n;
                    },
                ),
                number(
                    "style.mobile_small.side",
                    side,
                    DISTANCE,
                    |s| s.mobile_small.side,
                    |s, n| {
                        s.mobile_small.side = n;
                    },
                ),
            ],
            Self::MobileLarge => vec![Number {
                unit: "%",
                ..number(
                    "style.mobile_large.height_percent",
                    height,
                    (limits::STYLE_PERCENT_MIN, 100),
                    |s| s.mobile_large.height_percent,
                    |s, n| s.mobile_large.height_percent = n,
                )
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::validate::Validate;

    #[test]
    fn every_number_is_bounded_as_the_document_is() {
        for state in State::ALL {
            for Number { field, bounds: (least, most), get, set, .. } in state.numbers() {
                let mut style = ChannelStyle::default();
                for (value, wrong) in [(least, false), (most, false), (most + 1, true)] {
                    set(&mut style, value);
                    assert_eq!(get(&style), value, "{field}");
                    let fields: Vec<_> = style.validate().into_iter().map(|error| error.field).collect();
                    assert_eq!(fields, if wrong { vec![field] } else { Vec::new() });
                }
            }
            let (background, text) = state.color_fields();
            let colors = StateColors { background: Some("x".to_owned()), text: Some("y".to_owned()) };
            let mut style = ChannelStyle::default();
            *state.colors_mut(&mut style) = colors.clone();
            assert_eq!(state.colors(&style), &colors);
            let fields: Vec<_> = style.validate().into_iter().map(|error| error.field).collect();
            assert_eq!(fields, [background, text]);
        }
    }
}
