//! The icon set: 24 × 24, drawn with 1.75 px strokes in the colour of the text around it.

use leptos::prelude::*;

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "an icon's name says what it shows")]
pub enum Icon {
    Alert,
    ArrowDown,
    ArrowLeft,
    Bell,
    ArrowRight,
    ArrowUp,
    Bookmark,
    Chat,
    Check,
    CheckCircle,
    CheckDouble,
    ChevronDown,
    Clock,
    Close,
    Copy,
    Device,
    Download,
    External,
    Eye,
    EyeOff,
    File,
    Globe,
    Grip,
    Help,
    Image,
    Info,
    Keyboard,
    Language,
    Lock,
    MapPin,
    Minus,
    Monitor,
    Moon,
    More,
    Mute,
    Pause,
    Pencil,
    Pin,
    Play,
    Plus,
    Quote,
    Refresh,
    Search,
    Send,
    Settings,
    Shield,
    SignOut,
    Smile,
    Sound,
    Sun,
    Tag,
    Trash,
    Undo,
    Upload,
    User,
    Video,
}

impl Icon {
    fn drawing(self) -> &'static str {
        match self {
            Self::Alert => r#"<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5"/><path d="M12 17.4v.1"/>"#,
            Self::ArrowDown => r#"<path d="M12 5v14"/><path d="m6 13 6 6 6-6"/>"#,
            Self::ArrowLeft => r#"<path d="M19 12H5"/><path d="m11 6-6 6 6 6"/>"#,
            Self::Bell => {
                r#"<path d="M6 10a6 6 0 0 1 12 0c0 4.5 1.5 6 2 6.5H4c.5-.5 2-2 2-6.5z"/><path d="M10 19.5a2.2 2.2 0 0 0 4 0"/>"#
            }
            Self::ArrowRight => r#"<path d="M5 12h14"/><path d="m13 6 6 6-6 6"/>"#,
            Self::ArrowUp => r#"<path d="M12 19V5"/><path d="m6 11 6-6 6 6"/>"#,
            Self::Bookmark => {
                r#"<path d="M7 3.5h10a1.5 1.5 0 0 1 1.5 1.5v15.5L12 16l-6.5 4.5V5A1.5 1.5 0 0 1 7 3.5z"/>"#
            }
            Self::Chat => {
                r#"<path d="M20.5 11.5a8 8 0 0 1-8.5 7.6 9.6 9.6 0 0 1-3.3-.6L4 20l1.3-3.9a7.2 7.2 0 0 1-1.8-4.6A8 8 0 0 1 12 4a8 8 0 0 1 8.5 7.5z"/>"#
            }
            Self::Check => r#"<path d="m5 12.5 4.6 4.5L19 7.5"/>"#,
            Self::CheckCircle => r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.8 2.7L16 9.6"/>"#,
            Self::CheckDouble => r#"<path d="m2.5 12.5 4.3 4.3 8.7-9"/><path d="m11.4 15.8 1 1 8.9-9"/>"#,
            Self::ChevronDown => r#"<path d="m6 9.5 6 6 6-6"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>"#,
            Self::Close => r#"<path d="m6 6 12 12"/><path d="M18 6 6 18"/>"#,
            Self::Copy => {
                r#"<rect x="9" y="9" width="11.5" height="11.5" rx="2.5"/><path d="M15 9V6a2.5 2.5 0 0 0-2.5-2.5H6A2.5 2.5 0 0 0 3.5 6v6.5A2.5 2.5 0 0 0 6 15h3"/>"#
            }
            Self::Device => {
                r#"<rect x="3" y="4.5" width="13" height="10" rx="2"/><path d="M6.5 19.5h5"/><path d="M9 14.5v5"/><rect x="15.5" y="9.5" width="6" height="10" rx="1.5"/>"#
            }
            Self::Download => r#"<path d="M12 4v11"/><path d="m7 11 5 5 5-5"/><path d="M4.5 19.5h15"/>"#,
            Self::External => {
                r#"<path d="M14 4h6v6"/><path d="m20 4-9 9"/><path d="M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4"/>"#
            }
            Self::Eye => {
                r#"<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>"#
            }
            Self::EyeOff => {
                r#"<path d="M6.4 6.7A15 15 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.4-1.1"/><path d="M9.8 5.7a9 9 0 0 1 2.2-.2c6 0 9.5 6.5 9.5 6.5a15 15 0 0 1-2 2.7"/><path d="m4 3.5 16.5 17"/><path d="M10 10.1a2.8 2.8 0 0 0 3.9 4"/>"#
            }
            Self::File => {
                r#"<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z"/><path d="M14 3v5h5"/><path d="M9 13h6"/><path d="M9 17h4"/>"#
            }
            Self::Globe => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M3 12h18"/><path d="M12 3c2.6 2.4 3.8 5.4 3.8 9s-1.2 6.6-3.8 9c-2.6-2.4-3.8-5.4-3.8-9S9.4 5.4 12 3z"/>"#
            }
            Self::Grip => r#"<path d="M5 9h14"/><path d="M5 15h14"/>"#,
            Self::Help => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M9.5 9.6a2.6 2.6 0 1 1 3.8 2.3c-.8.4-1.3 1-1.3 1.9"/><path d="M12 16.7v.1"/>"#
            }
            Self::Image => {
                r#"<rect x="3" y="4" width="18" height="16" rx="2.5"/><circle cx="8.5" cy="9.5" r="1.6"/><path d="m4 17.5 5-4.5 3.5 3 3.5-3.5 4.5 4"/>"#
            }
            Self::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5"/><path d="M12 7.9V8"/>"#,
            Self::Keyboard => {
                r#"<rect x="2.5" y="6" width="19" height="12" rx="2.5"/><path d="M6.5 10v.1M10 10v.1M14 10v.1M17.5 10v.1"/><path d="M8 14h8"/>"#
            }
            Self::Language => {
                r#"<path d="M3.5 6h10"/><path d="M8.5 3.5V6"/><path d="M11.5 6c-.8 4.2-3.7 7-8 8.5"/><path d="M5.5 9c1 2.5 3.4 4.4 6 5.5"/><path d="m12.5 20.5 4-10 4 10"/><path d="M14 17h5"/>"#
            }
            Self::Lock => {
                r#"<rect x="5" y="10.5" width="14" height="10" rx="2.5"/><path d="M8 10.5V7.5a4 4 0 0 1 8 0v3"/>"#
            }
            Self::MapPin => {
                r#"<path d="M19.5 10.5c0 5.5-7.5 10.5-7.5 10.5s-7.5-5-7.5-10.5a7.5 7.5 0 0 1 15 0z"/><circle cx="12" cy="10.5" r="2.7"/>"#
            }
            Self::Minus => r#"<path d="M5 12h14"/>"#,
            Self::Monitor => {
                r#"<rect x="3" y="4" width="18" height="12" rx="2.5"/><path d="M9 20h6"/><path d="M12 16v4"/>"#
            }
            Self::Moon => r#"<path d="M20 14.5A8.3 8.3 0 1 1 9.5 4a6.7 6.7 0 0 0 10.5 10.5z"/>"#,
            Self::More => {
                r#"<circle cx="5.5" cy="12" r="1.2"/><circle cx="12" cy="12" r="1.2"/><circle cx="18.5" cy="12" r="1.2"/>"#
            }
            Self::Mute => {
                r#"<path d="M6.5 16.5V11a5.5 5.5 0 0 1 9-4.2"/><path d="M17.5 10.5v4l1.5 2.5H8.5"/><path d="M10.3 19.5a2 2 0 0 0 3.4 0"/><path d="m4 4 16 16"/>"#
            }
            Self::Pause => r#"<circle cx="12" cy="12" r="9"/><path d="M10 9v6"/><path d="M14 9v6"/>"#,
            Self::Pencil => {
                r#"<path d="m4 20 .9-4.2L16.2 4.5a1.8 1.8 0 0 1 2.5 0l.8.8a1.8 1.8 0 0 1 0 2.5L8.2 19.1z"/><path d="m14 6.8 3.2 3.2"/>"#
            }
            Self::Pin => r#"<path d="m14.5 3.5 6 6-3.2 1-3.6 3.6-.7 4-7-7 4-.7 3.6-3.6z"/><path d="m9 15-5 5"/>"#,
            Self::Play => r#"<circle cx="12" cy="12" r="9"/><path d="m10.3 8.7 5 3.3-5 3.3z"/>"#,
            Self::Plus => r#"<path d="M12 5v14"/><path d="M5 12h14"/>"#,
            Self::Quote => r#"<path d="M4 5.5h16"/><path d="M4 18.5h16"/><path d="M4.5 10v4"/><path d="M9 12h11"/>"#,
            Self::Refresh => {
                r#"<path d="M20 11a8 8 0 0 0-14.5-3.5L3.5 10"/><path d="M3.5 5v5h5"/><path d="M4 13a8 8 0 0 0 14.5 3.5l2-2.5"/><path d="M20.5 19v-5h-5"/>"#
            }
            Self::Search => r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>"#,
            Self::Send => r#"<path d="M20.5 3.5 3.5 10l7 3.5 3.5 7z"/><path d="m10.5 13.5 4-4"/>"#,
            Self::Settings => {
                r#"<path d="M4 7h9"/><path d="M18.5 7H20"/><circle cx="15.8" cy="7" r="2.6"/><path d="M4 17h1.5"/><path d="M11 17h9"/><circle cx="8.3" cy="17" r="2.6"/>"#
            }
            Self::Shield => {
                r#"<path d="M12 3 4.5 6v5.5c0 4.5 3.2 7.9 7.5 9.5 4.3-1.6 7.5-5 7.5-9.5V6z"/><path d="m8.8 12 2.3 2.3 4.2-4.3"/>"#
            }
            Self::SignOut => {
                r#"<path d="M10 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20H10"/><path d="M10 12h10.5"/><path d="m16.5 8 4 4-4 4"/>"#
            }
            Self::Smile => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M8.3 14.2a4.3 4.3 0 0 0 7.4 0"/><path d="M9 9.5v.1"/><path d="M15 9.5v.1"/>"#
            }
            Self::Sound => {
                r#"<path d="M5 10v4h3l4 3.5v-11L8 10z"/><path d="M15.5 9.5a4 4 0 0 1 0 5"/><path d="M18 7a7.5 7.5 0 0 1 0 10"/>"#
            }
            Self::Sun => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M4.6 4.6 6 6M18 18l1.4 1.4M2.5 12h2M19.5 12h2M4.6 19.4 6 18M18 6l1.4-1.4"/>"#
            }
            Self::Tag => {
                r#"<path d="M4 4.5h7.2a2 2 0 0 1 1.4.6l7.3 7.3a2 2 0 0 1 0 2.8l-4.9 4.9a2 2 0 0 1-2.8 0L4.6 12.6a2 2 0 0 1-.6-1.4z"/><path d="M8.3 8.7v.1"/>"#
            }
            Self::Trash => {
                r#"<path d="M4 6.5h16"/><path d="M9 6.5V5a1.5 1.5 0 0 1 1.5-1.5h3A1.5 1.5 0 0 1 15 5v1.5"/><path d="m6 6.5.8 12A2 2 0 0 0 8.8 20.5h6.4a2 2 0 0 0 2-2l.8-12"/><path d="M10 11v5M14 11v5"/>"#
            }
            Self::Undo => r#"<path d="m8.5 5.5-5 5 5 5"/><path d="M3.5 10.5H14a5 5 0 0 1 0 10H9"/>"#,
            Self::Upload => r#"<path d="M12 16V4.5"/><path d="m7 9 5-5 5 5"/><path d="M4.5 19.5h15"/>"#,
            Self::Video => r#"<rect x="2.5" y="6" width="13" height="12" rx="2.5"/><path d="m15.5 10.5 5-3v9l-5-3z"/>"#,
            Self::User => r#"<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20a7.5 7.5 0 0 1 15 0"/>"#,
        }
    }
}

/// Draws an icon. It is decoration: what it means stands in words beside it or in its control's label.
#[component]
pub fn IconView(
    /// What to draw.
    icon: Icon,
    /// Width and height in pixels.
    #[prop(default = 20)]
    size: u16,
) -> impl IntoView {
    // How it is drawn stands in the style: a screenful of messages has dozens of them.
    view! {
        <svg
            class="icon"
            width=size
            height=size
            viewBox="0 0 24 24"
            aria-hidden="true"
            inner_html=icon.drawing()
        ></svg>
    }
}
