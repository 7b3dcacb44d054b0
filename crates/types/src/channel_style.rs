//! How a website channel looks: the document that the style editor edits, and its published versions.

use crate::error::FieldError;
use crate::id::AgentId;
use crate::limits;
use crate::number;
use crate::object;
use crate::pre_chat::PreChatForm;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Deserializer, Serialize};

/// The side of the page that the launcher stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LauncherPosition {
    /// At the bottom right.
    #[default]
    Right,
    /// At the bottom left.
    Left,
}

/// The language that a widget speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WidgetLanguage {
    /// That of the visitor's browser.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl WidgetLanguage {
    /// The language tag; empty where the browser decides.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Auto => "",
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// The colours of one state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StateColors {
    /// The background as `#rrggbb`; without it the brand colour, darkened as far as white text upon it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
    pub background: Option<String>,
    /// The colour of text and icons upon it as `#rrggbb`; without it the one of black and white that reads better.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
    pub text: Option<String>,
}

/// The closed chat: its launcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LauncherLayout {
    /// Its colours.
    #[serde(deserialize_with = "object::only")]
    pub colors: StateColors,
    /// From the bottom of the page, in CSS pixels.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 300))]
    pub bottom: u16,
    /// From the side of the page that it stands on.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 300))]
    pub side: u16,
}

impl Default for LauncherLayout {
    fn default() -> Self {
        Self { colors: StateColors::default(), bottom: 20, side: 20 }
    }
}

/// The open chat beside the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WindowLayout {
    /// Its colours.
    #[serde(deserialize_with = "object::only")]
    pub colors: StateColors,
    /// From the bottom of the page, in CSS pixels.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 300))]
    pub bottom: u16,
    /// From the side of the page that it stands on.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 300))]
    pub side: u16,
    /// Its height.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 360, maximum = 1000))]
    pub height: u16,
}

impl Default for WindowLayout {
    fn default() -> Self {
        // Right above the launcher.
        Self { colors: StateColors::default(), bottom: 96, side: 20, height: 640 }
    }
}

/// The open chat in the middle of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LargeLayout {
    /// Its colours.
    #[serde(deserialize_with = "object::only")]
    pub colors: StateColors,
    /// Its width, in CSS pixels.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 480, maximum = 1600))]
    pub width: u16,
    /// Its height.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 360, maximum = 1200))]
    pub height: u16,
}

impl Default for LargeLayout {
    fn default() -> Self {
        Self { colors: StateColors::default(), width: 880, height: 720 }
    }
}

/// The open chat on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SheetLayout {
    /// Its colours.
    #[serde(deserialize_with = "object::only")]
    pub colors: StateColors,
    /// How much of the screen's height it takes, from the bottom, in per cent.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 40, maximum = 100))]
    pub height_percent: u16,
}

impl Default for SheetLayout {
    fn default() -> Self {
        Self { colors: StateColors::default(), height_percent: 100 }
    }
}

/// How a website channel looks: a document with a schema number, so that older documents stay readable as it grows.
///
/// Which layout a page shows: up to 480 CSS pixels of width the mobile ones, small while the chat is closed and large while it is
/// open; on wider pages the PC ones, small while it is closed, medium once it is opened, large once the visitor enlarges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelStyle {
    /// The document's schema: 2 today. A document of schema 1 (colour and position only) is read as one of schema 2 whose other
    /// fields are as they are by default, which looks the same.
    #[serde(default = "ChannelStyle::current_schema", deserialize_with = "ChannelStyle::read_schema")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2))]
    pub schema: u16,
    /// The brand colour as `#rrggbb`: the background of every state that has none of its own.
    #[cfg_attr(feature = "openapi", schema(pattern = "^#[0-9a-fA-F]{6}$"))]
    pub color: String,
    /// Which side the launcher and the window stand on.
    #[serde(default)]
    pub position: LauncherPosition,
    /// Words beside the launcher's sign; none by default.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 12, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub launcher_text: String,
    /// The language of the widget, where the page does not say another. Open widgets change it on their next page.
    #[serde(default)]
    pub language: WidgetLanguage,
    /// PC small: closed, on a wide page.
    #[serde(default, deserialize_with = "object::only")]
    pub pc_small: LauncherLayout,
    /// PC medium: opened, on a wide page.
    #[serde(default, deserialize_with = "object::only")]
    pub pc_medium: WindowLayout,
    /// PC large: enlarged, on a wide page.
    #[serde(default, deserialize_with = "object::only")]
    pub pc_large: LargeLayout,
    /// Mobile small: closed, on a phone.
    #[serde(default, deserialize_with = "object::only")]
    pub mobile_small: LauncherLayout,
    /// Mobile large: opened, on a phone.
    #[serde(default, deserialize_with = "object::only")]
    pub mobile_large: SheetLayout,
    /// What visitors are asked before they write for the first time. Absent where nothing was set up.
    #[serde(default, deserialize_with = "object::only", skip_serializing_if = "PreChatForm::is_default")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub form: PreChatForm,
}

impl ChannelStyle {
    /// The schema that this version of Parlor writes.
    pub const SCHEMA: u16 = 2;

    fn current_schema() -> u16 {
        Self::SCHEMA
    }

    /// What schema 2 adds has a default, so a document of schema 1 becomes one of schema 2 by its number alone.
    fn read_schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
        let schema = number::whole(deserializer)?;
        Ok(if schema == 1 { Self::SCHEMA } else { schema })
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let distance = |value| between(value, 0, limits::STYLE_DISTANCE_MAX);
        let Self { pc_small, pc_medium, pc_large, mobile_small, mobile_large, .. } = self;
        faults
            .check("style.schema", between(self.schema, 1, Self::SCHEMA))
            .check("style.color", validate::color(&self.color))
            .check("style.launcher_text", words(&self.launcher_text))
            .check("style.pc_small.bottom", distance(pc_small.bottom))
            .check("style.pc_small.side", distance(pc_small.side))
            .check("style.pc_medium.bottom", distance(pc_medium.bottom))
            .check("style.pc_medium.side", distance(pc_medium.side))
            .check(
                "style.pc_medium.height",
                between(pc_medium.height, limits::STYLE_HEIGHT_MIN, limits::STYLE_HEIGHT_MAX),
            )
            .check(
                "style.pc_large.width",
                between(pc_large.width, limits::STYLE_LARGE_WIDTH_MIN, limits::STYLE_LARGE_WIDTH_MAX),
            )
            .check(
                "style.pc_large.height",
                between(pc_large.height, limits::STYLE_HEIGHT_MIN, limits::STYLE_LARGE_HEIGHT_MAX),
            )
            .check("style.mobile_small.bottom", distance(mobile_small.bottom))
            .check("style.mobile_small.side", distance(mobile_small.side))
            .check(
                "style.mobile_large.height_percent",
                between(mobile_large.height_percent, limits::STYLE_PERCENT_MIN, 100),
            );
        self.form.check("style.form", faults);
        let states = [
            ("pc_small", &pc_small.colors),
            ("pc_medium", &pc_medium.colors),
            ("pc_large", &pc_large.colors),
            ("mobile_small", &mobile_small.colors),
            ("mobile_large", &mobile_large.colors),
        ];
        for (state, colors) in states {
            for (name, color) in [("background", &colors.background), ("text", &colors.text)] {
                if let Some(color) = color {
                    faults.check(&format!("style.{state}.colors.{name}"), validate::color(color));
                }
            }
        }
    }
}

/// Words on a button, their white space counted: nothing cuts it off.
fn words(text: &str) -> Result<(), Fault> {
    validate::length(text, 0, limits::LAUNCHER_TEXT_MAX)?;
    validate::line(text, 0, limits::LAUNCHER_TEXT_MAX)
}

fn between(value: u16, min: u16, max: u16) -> Result<(), Fault> {
    validate::range(i64::from(value), i64::from(min), i64::from(max))
}

impl Validate for ChannelStyle {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        faults.into_errors()
    }
}

impl Default for ChannelStyle {
    fn default() -> Self {
        Self {
            schema: Self::SCHEMA,
            color: "#2f6bff".to_owned(),
            position: LauncherPosition::default(),
            launcher_text: String::new(),
            language: WidgetLanguage::default(),
            pc_small: LauncherLayout::default(),
            pc_medium: WindowLayout::default(),
            pc_large: LargeLayout::default(),
            mobile_small: LauncherLayout::default(),
            mobile_large: SheetLayout::default(),
            form: PreChatForm::default(),
        }
    }
}

/// A style that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StyleVersion {
    /// Its number, from 1; the greatest is the one that visitors see.
    pub revision: i32,
    /// How the channel looked.
    pub style: ChannelStyle,
    /// Who published it; absent for one of before versions were kept.
    pub published_by: Option<AgentId>,
    /// Their name at the time.
    pub publisher_name: String,
    /// The version that was published anew by it.
    pub restored_from: Option<i32>,
    /// When.
    pub published_at: Timestamp,
}

/// The published styles of a channel, newest first. Bounded by [`limits::STYLE_VERSIONS_KEPT`], so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StyleVersions {
    /// The versions.
    pub items: Vec<StyleVersion>,
}

/// Publishes an earlier style of a channel anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetStyleVersion {
    /// Its number.
    #[serde(deserialize_with = "number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub revision: i32,
}

impl Validate for SetStyleVersion {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("revision", validate::range(i64::from(self.revision), 1, i64::from(i32::MAX)));
        faults.into_errors()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_document_of_schema_1_is_read_as_schema_2_and_looks_as_before() {
        let old = json!({"schema": 1, "color": "#ff6600", "position": "left"});
        let style: ChannelStyle = serde_json::from_value(old).unwrap();
        let expected =
            ChannelStyle { color: "#ff6600".to_owned(), position: LauncherPosition::Left, ..ChannelStyle::default() };
        assert_eq!(style, expected);
        assert_eq!(style.schema, 2);
        assert!(style.validate().is_empty());
    }

    #[test]
    fn faults_name_their_field() {
        let style = json!({
            "schema": 3, "color": "red", "launcher_text": "一二三四五六七八九十百千万",
            "pc_small": {"bottom": 301, "side": 301, "colors": {"background": "#12345"}},
            "pc_medium": {"height": 359, "bottom": 301, "side": 400},
            "pc_large": {"width": 479, "height": 1201, "colors": {"text": "white"}},
            "mobile_small": {"bottom": 999, "side": 999},
            "mobile_large": {"height_percent": 39},
        });
        let style: ChannelStyle = serde_json::from_value(style).unwrap();
        let fields: Vec<_> = style.validate().into_iter().map(|error| error.field).collect();
        let expected = [
            "schema",
            "color",
            "launcher_text",
            "pc_small.bottom",
            "pc_small.side",
            "pc_medium.bottom",
            "pc_medium.side",
            "pc_medium.height",
            "pc_large.width",
            "pc_large.height",
            "mobile_small.bottom",
            "mobile_small.side",
            "mobile_large.height_percent",
            "pc_small.colors.background",
            "pc_large.colors.text",
        ];
        assert_eq!(fields, expected.map(|field| format!("style.{field}")));
        let unknown = json!({"color": "#ffffff", "pc_small": {"right": 3}});
        assert!(
            serde_json::from_value::<ChannelStyle>(unknown).is_err(),
            "what is not known is not dropped in silence"
        );
    }

    proptest! {
        #[test]
        fn a_style_is_read_as_it_was_written(
            numbers in prop::array::uniform9(0..2_000_u16),
            colors in prop::collection::vec(prop::option::of("#[0-9a-f]{6}"), 10),
            text in ".{0,12}",
        ) {
            let [a, b, c, d, e, f, g, h, i] = numbers;
            let mut pairs = colors.chunks(2).map(|pair| StateColors { background: pair[0].clone(), text: pair[1].clone() });
            let mut colors = || pairs.next().unwrap();
            let style = ChannelStyle {
                launcher_text: text,
                language: WidgetLanguage::English,
                pc_small: LauncherLayout { colors: colors(), bottom: a, side: b },
                pc_medium: WindowLayout { colors: colors(), bottom: c, side: d, height: e },
                pc_large: LargeLayout { colors: colors(), width: f, height: g },
                mobile_small: LauncherLayout { colors: colors(), bottom: h, side: i },
                mobile_large: SheetLayout { colors: colors(), height_percent: a },
                ..ChannelStyle::default()
            };
            let read: ChannelStyle = serde_json::from_str(&serde_json::to_string(&style).unwrap()).unwrap();
            prop_assert_eq!(read, style);
        }
    }
}
