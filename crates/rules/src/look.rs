//! A channel's style as the rules of a style sheet. The widget's loader puts it in front of its own, so that neither it nor the
//! widget has to know what a style is made of.
//!
//! The layouts are chosen by the sheet itself: pages of up to 480 CSS pixels have the mobile ones, wider ones those of PCs. The
//! loader sets `open` on its host while the chat is open, and the widget `large` while it is enlarged.

use crate::contrast::{Palette, ink, palette};
use std::fmt::Write;
use types::channel_style::{ChannelStyle, LauncherLayout, LauncherPosition, StateColors};

/// The launcher's height, and the least room between it and a window above it.
const LAUNCHER_HEIGHT: u16 = 60;
const LEAST_GAP: u16 = 8;
/// What stays free above a window, and on both sides of a large one together.
const MARGIN: u16 = 24;

/// The colours of a state.
#[must_use]
pub fn colors(style: &ChannelStyle, state: &StateColors) -> Palette {
    let brand = palette(&style.color);
    let (fill, ink) = match &state.background {
        Some(background) => (background.to_lowercase(), ink(background).to_owned()),
        None => (brand.fill, brand.ink),
    };
    Palette { fill, ink: state.text.as_deref().map_or(ink, str::to_lowercase) }
}

/// Whether an open window leaves the launcher in sight, which then closes it. Otherwise it has a button for that in its header.
#[must_use]
pub fn shows_launcher(style: &ChannelStyle) -> bool {
    style.pc_medium.bottom >= style.pc_small.bottom + LAUNCHER_HEIGHT + LEAST_GAP
}

/// The style sheet of a style.
#[must_use]
pub fn look(style: &ChannelStyle) -> String {
    let mut css = String::with_capacity(800);
    // Writing to a String cannot fail.
    let _written = write(&mut css, style);
    css
}

fn write(css: &mut String, style: &ChannelStyle) -> std::fmt::Result {
    let ChannelStyle { pc_small, pc_medium, pc_large, mobile_small, mobile_large, .. } = style;
    let side = match style.position {
        LauncherPosition::Right => "right",
        LauncherPosition::Left => "left",
    };
    launcher(css, style, pc_small, side)?;
    let medium = colors(style, &pc_medium.colors);
    // On a page that is too small for it the window comes nearer to the edge before anything of it is cut off.
    write!(
        css,
        "section{{--c:{};--on:{};bottom:{};{side}:min({}px,100vw - 400px);height:min({}px,100vh - {}px)}}",
        medium.fill,
        medium.ink,
        near(pc_medium.bottom, "40vh"),
        pc_medium.side,
        pc_medium.height,
        pc_medium.bottom + MARGIN,
    )?;
    if !shows_launcher(style) {
        css.push_str(":host(.open)>button{display:none}header .x{display:grid}");
    }
    let large = colors(style, &pc_large.colors);
    write!(
        css,
        "@media(min-width:481px){{:host(.large) section{{--c:{};--on:{};width:min({}px,100vw - {}px);height:min({}px,100vh - {}px)}}}}",
        large.fill,
        large.ink,
        pc_large.width,
        2 * MARGIN,
        pc_large.height,
        2 * MARGIN,
    )?;
    css.push_str("@media(max-width:480px){");
    launcher(css, style, mobile_small, side)?;
    let sheet = colors(style, &mobile_large.colors);
    write!(css, "section{{--c:{};--on:{};", sheet.fill, sheet.ink)?;
    // Of what a keyboard leaves of the screen.
    match mobile_large.height_percent {
        percent @ ..100 => {
            let share = |percent: u16| {
                if percent.is_multiple_of(10) { format!(".{}", percent / 10) } else { format!(".{percent:02}") }
            };
            let (rest, share) = (share(100 - percent), share(percent));
            write!(css, "top:calc(var(--vt) + var(--vh)*{rest});height:calc(var(--vh)*{share})}}}}")
        }
        _ => {
            css.push_str("top:var(--vt);height:var(--vh)}}");
            Ok(())
        }
    }
}

fn launcher(css: &mut String, style: &ChannelStyle, layout: &LauncherLayout, side: &str) -> std::fmt::Result {
    let Palette { fill, ink } = colors(style, &layout.colors);
    // Important inside a shadow root wins over anything important of the page.
    write!(
        css,
        ":host{{bottom:{}!important;{side}:{}!important}}:host>button{{--c:{fill};--on:{ink}}}",
        near(layout.bottom, "80vh"),
        near(layout.side, "60vw"),
    )
}

/// A distance that gives way on a small page.
fn near(pixels: u16, most: &str) -> String {
    if pixels <= 100 { format!("{pixels}px") } else { format!("min({pixels}px,{most})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::channel_style::{LargeLayout, SheetLayout, WindowLayout};

    #[test]
    fn the_default_look_is_the_one_that_there_was_before_layouts() {
        let launcher = ":host{bottom:20px!important;right:20px!important}:host>button{--c:#2e69fa;--on:#ffffff}";
        assert_eq!(
            look(&ChannelStyle::default()),
            [
                launcher,
                "section{--c:#2e69fa;--on:#ffffff;bottom:96px;right:min(20px,100vw - 400px);height:min(640px,100vh - 120px)}",
                "@media(min-width:481px){:host(.large) section{--c:#2e69fa;--on:#ffffff;\
                 width:min(880px,100vw - 48px);height:min(720px,100vh - 48px)}}",
                "@media(max-width:480px){",
                launcher,
                "section{--c:#2e69fa;--on:#ffffff;top:var(--vt);height:var(--vh)}}",
            ]
            .concat()
        );
    }

    #[test]
    fn every_state_has_its_own_geometry_and_colours() {
        let own = |background: &str, text: Option<&str>| StateColors {
            background: Some(background.to_owned()),
            text: text.map(ToOwned::to_owned),
        };
        let style = ChannelStyle {
            position: LauncherPosition::Left,
            pc_small: LauncherLayout { colors: own("#FFFF00", None), bottom: 120, side: 31 },
            pc_medium: WindowLayout { colors: own("#101010", Some("#ABCDEF")), bottom: 32, side: 33, height: 500 },
            pc_large: LargeLayout { colors: own("#202020", None), width: 700, height: 600 },
            mobile_small: LauncherLayout { colors: own("#303030", None), bottom: 34, side: 35 },
            mobile_large: SheetLayout { colors: own("#404040", None), height_percent: 75 },
            ..ChannelStyle::default()
        };
        let css = look(&style);
        for part in [
            ":host{bottom:min(120px,80vh)!important;left:31px!important}:host>button{--c:#ffff00;--on:#10131a}",
            "section{--c:#101010;--on:#abcdef;bottom:32px;left:min(33px,100vw - 400px);height:min(500px,100vh - 56px)}",
            // The window stands where the launcher does.
            ":host(.open)>button{display:none}header .x{display:grid}",
            "{--c:#202020;--on:#ffffff;width:min(700px,100vw - 48px);height:min(600px,100vh - 48px)}",
            ":host{bottom:34px!important;left:35px!important}:host>button{--c:#303030;--on:#ffffff}",
            "section{--c:#404040;--on:#ffffff;top:calc(var(--vt) + var(--vh)*.25);height:calc(var(--vh)*.75)}",
        ] {
            assert!(css.contains(part), "{part}\n{css}");
        }
        let sheet =
            ChannelStyle { mobile_large: SheetLayout { height_percent: 95, ..SheetLayout::default() }, ..style };
        assert!(look(&sheet).contains("*.05);height:calc(var(--vh)*.95)"));
    }

    proptest! {
        /// Whatever the document says, it is numbers and colours that come out, in rules that close.
        #[test]
        fn a_look_is_a_style_sheet_of_known_signs(
            numbers in prop::array::uniform5(0..=300_u16),
            percent in 40..=100_u16,
            background in prop::option::of("#[0-9a-fA-F]{6}"),
        ) {
            let [a, b, c, d, e] = numbers;
            let colors = StateColors { background, text: None };
            let style = ChannelStyle {
                pc_small: LauncherLayout { colors: colors.clone(), bottom: a, side: b },
                pc_medium: WindowLayout { colors: colors.clone(), bottom: c, side: d, height: 360 + e },
                mobile_large: SheetLayout { colors, height_percent: percent },
                ..ChannelStyle::default()
            };
            let css = look(&style);
            prop_assert_eq!(css.matches('{').count(), css.matches('}').count());
            prop_assert!(css.len() < 1_000);
            prop_assert!(css.chars().all(|c| c.is_ascii_alphanumeric() || " (){}:;,.#%*!@>+-".contains(c)), "{}", css);
        }
    }
}
