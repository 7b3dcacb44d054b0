//! A channel as it stands in the form.

use leptos::prelude::*;
use types::channels::{Channel, ChannelKind, ChannelPatch, ChannelStyle, CreateChannel, LauncherPosition};
use types::id::ChannelGroupId;
use types::limits;
use types::validate::{self, Fault};

/// What the form holds. `Copy`.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The name.
    pub name: RwSignal<String>,
    /// A few words about it.
    pub introduction: RwSignal<String>,
    /// Whether new messages alert the agents.
    pub alert: RwSignal<bool>,
    /// Whether visitors can write.
    pub enabled: RwSignal<bool>,
    /// Whether agents see what a visitor has not sent.
    pub unsent_preview: RwSignal<bool>,
    /// The largest file in megabytes, as it is typed; empty: as the installation allows.
    pub max_file: RwSignal<String>,
    /// The brand colour.
    pub color: RwSignal<String>,
    /// The side of the launcher.
    pub position: RwSignal<LauncherPosition>,
    /// The group in the tree, which is not the channel's own: it is saved beside it.
    pub group: RwSignal<Option<ChannelGroupId>>,
}

/// What stands in the form's fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    name: String,
    introduction: String,
    alert: bool,
    enabled: bool,
    unsent_preview: bool,
    max_file: String,
    color: String,
    position: LauncherPosition,
    group: Option<ChannelGroupId>,
}

impl Fields {
    /// Those of a new channel.
    fn blank() -> Self {
        let style = ChannelStyle::default();
        Self {
            name: String::new(),
            introduction: String::new(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file: String::new(),
            color: style.color,
            position: style.position,
            group: None,
        }
    }
}

impl Draft {
    /// A new channel.
    pub fn blank() -> Self {
        let blank = Fields::blank();
        Self {
            name: RwSignal::new(blank.name),
            introduction: RwSignal::new(blank.introduction),
            alert: RwSignal::new(blank.alert),
            enabled: RwSignal::new(blank.enabled),
            unsent_preview: RwSignal::new(blank.unsent_preview),
            max_file: RwSignal::new(blank.max_file),
            color: RwSignal::new(blank.color),
            position: RwSignal::new(blank.position),
            group: RwSignal::new(blank.group),
        }
    }

    /// An existing channel.
    pub fn of(channel: &Channel) -> Self {
        let draft = Self::blank();
        draft.load(channel);
        draft
    }

    /// Takes over a channel's present state.
    pub fn load(self, channel: &Channel) {
        self.name.set(channel.name.clone());
        self.introduction.set(channel.introduction.clone());
        self.alert.set(channel.alert);
        self.enabled.set(channel.enabled);
        self.unsent_preview.set(channel.unsent_preview);
        self.max_file.set(typed(channel.max_file_megabytes));
        self.color.set(channel.style.color.clone());
        self.position.set(channel.style.position);
    }

    /// What stands in the fields; followed by whoever reads it.
    pub fn fields(self) -> Fields {
        Fields {
            name: self.name.get(),
            introduction: self.introduction.get(),
            alert: self.alert.get(),
            enabled: self.enabled.get(),
            unsent_preview: self.unsent_preview.get(),
            max_file: self.max_file.get(),
            color: self.color.get(),
            position: self.position.get(),
            group: self.group.get(),
        }
    }

    /// Takes over a channel as it was saved, but for the fields that the person has changed since they were `sent`.
    pub fn settle(self, saved: &Channel, sent: &Fields) {
        fn take<T: Clone + PartialEq + Send + Sync + 'static>(field: RwSignal<T>, sent: &T, saved: T) {
            if field.try_with_untracked(|now| now == sent) == Some(true) {
                field.set(saved);
            }
        }
        take(self.name, &sent.name, saved.name.clone());
        take(self.introduction, &sent.introduction, saved.introduction.clone());
        take(self.alert, &sent.alert, saved.alert);
        take(self.enabled, &sent.enabled, saved.enabled);
        take(self.unsent_preview, &sent.unsent_preview, saved.unsent_preview);
        take(self.max_file, &sent.max_file, typed(saved.max_file_megabytes));
        take(self.color, &sent.color, saved.style.color.clone());
        take(self.position, &sent.position, saved.style.position);
    }

    /// Whether anything differs from a new channel's form; followed by whoever reads it.
    pub fn is_begun(self) -> bool {
        self.fields() != Fields::blank()
    }

    /// The request that adds the channel.
    pub fn to_create(self) -> CreateChannel {
        CreateChannel {
            kind: ChannelKind::Website,
            name: self.name.get().trim().to_owned(),
            introduction: self.introduction.get().trim().to_owned(),
            alert: self.alert.get(),
            enabled: self.enabled.get(),
            unsent_preview: self.unsent_preview.get(),
            max_file_megabytes: megabytes(&self.max_file.get()),
            style: self.style(&ChannelStyle::default()),
            group_id: self.group.get(),
        }
    }

    /// The request that edits the channel: only what differs, so that what a colleague changes meanwhile stays; the style,
    /// with colour and side, is one document and goes as a whole. Followed by whoever reads it.
    pub fn to_patch(self, base: &Channel) -> ChannelPatch {
        fn changed<T: PartialEq>(now: T, before: &T) -> Option<T> {
            (now != *before).then_some(now)
        }
        ChannelPatch {
            name: changed(self.name.get().trim().to_owned(), &base.name),
            introduction: changed(self.introduction.get().trim().to_owned(), &base.introduction),
            alert: changed(self.alert.get(), &base.alert),
            enabled: changed(self.enabled.get(), &base.enabled),
            unsent_preview: changed(self.unsent_preview.get(), &base.unsent_preview),
            max_file_megabytes: changed(megabytes(&self.max_file.get()), &base.max_file_megabytes),
            style: changed(self.style(&base.style), &base.style),
        }
    }

    /// The style with the form's colour and side; what else the document holds stays.
    fn style(self, base: &ChannelStyle) -> ChannelStyle {
        ChannelStyle { color: self.color.get().trim().to_lowercase(), position: self.position.get(), ..base.clone() }
    }
}

/// A limit as it stands in its field.
pub fn typed(megabytes: u16) -> String {
    if megabytes == 0 { String::new() } else { megabytes.to_string() }
}

/// The limit that somebody has typed; what is none is more than any limit can be, so that the server, too, refuses it.
pub fn megabytes(typed: &str) -> u16 {
    let typed = typed.trim();
    if typed.is_empty() { 0 } else { typed.parse().unwrap_or(u16::MAX) }
}

/// What is wrong with a limit that somebody has typed.
///
/// # Errors
/// When it is no whole number of megabytes, or too many.
pub fn check_max_file(typed: &str) -> Result<(), Fault> {
    validate::range(i64::from(megabytes(typed)), 0, limits::FILE_MEGABYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::time::Timestamp;

    fn channel() -> Channel {
        Channel {
            id: "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap(),
            kind: ChannelKind::Website,
            name: "官网".to_owned(),
            avatar_id: None,
            introduction: String::new(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
            style: ChannelStyle::default(),
            style_revision: 1,
            key: "key".to_owned(),
            embed_code: String::new(),
            chat_url: String::new(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        }
    }

    #[test]
    fn an_untouched_form_changes_nothing() {
        Owner::new().with(|| {
            let channel = channel();
            assert_eq!(Draft::of(&channel).to_patch(&channel), ChannelPatch::default());
        });
    }

    #[test]
    fn a_new_channel_is_begun_by_whatever_is_changed() {
        Owner::new().with(|| {
            let changes: [fn(Draft); 9] = [
                |draft| draft.name.set("官网".to_owned()),
                |draft| draft.introduction.set("您好".to_owned()),
                |draft| draft.alert.set(false),
                |draft| draft.enabled.set(false),
                |draft| draft.unsent_preview.set(true),
                |draft| draft.max_file.set("20".to_owned()),
                |draft| draft.color.set("#c0392b".to_owned()),
                |draft| draft.position.set(LauncherPosition::Left),
                |draft| draft.group.set("0190163d-8694-739b-aea5-966c26f8ad92".parse().ok()),
            ];
            assert!(!Draft::blank().is_begun());
            for change in changes {
                let draft = Draft::blank();
                change(draft);
                assert!(draft.is_begun());
            }
        });
    }

    #[test]
    fn a_limit_is_a_whole_number_or_none_at_all() {
        for (typed, sent) in [("", 0), (" 20 ", 20), ("0", 0), ("4096", 4096)] {
            assert_eq!(megabytes(typed), sent, "{typed}");
            assert!(check_max_file(typed).is_ok(), "{typed}");
        }
        for typed in ["4097", "70000", "1.5", "-1", "viele"] {
            assert!(check_max_file(typed).is_err(), "{typed}");
        }
        assert_eq!((self::typed(0), self::typed(20)), (String::new(), "20".to_owned()));
    }

    #[test]
    fn what_is_typed_while_the_form_is_being_saved_stays() {
        Owner::new().with(|| {
            let draft = Draft::of(&channel());
            draft.name.set(" 官网客服 ".to_owned());
            let sent = draft.fields();
            draft.introduction.set("刚刚写下".to_owned());
            let saved = Channel { name: "官网客服".to_owned(), ..channel() };
            draft.settle(&saved, &sent);
            assert_eq!(draft.name.get(), "官网客服", "taken over as it was saved");
            assert_eq!(draft.introduction.get(), "刚刚写下");
            assert_eq!(draft.to_patch(&saved).introduction.as_deref(), Some("刚刚写下"), "and still unsaved");
        });
    }

    #[test]
    fn a_patch_holds_what_was_touched_and_only_that() {
        Owner::new().with(|| {
            let channel = channel();
            let draft = Draft::of(&channel);
            draft.name.set(" 官网客服 ".to_owned());
            draft.color.set("#C0392B".to_owned());
            let patch = draft.to_patch(&channel);
            assert_eq!(patch.name.as_deref(), Some("官网客服"));
            assert_eq!(patch.style.unwrap().color, "#c0392b");
            assert_eq!((patch.introduction, patch.alert, patch.enabled), (None, None, None));
        });
    }
}
