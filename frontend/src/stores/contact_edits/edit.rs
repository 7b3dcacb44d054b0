//! One field of a contact as it is edited: what is saved when, and what counts as a conflict. Pure.
//!
//! What stood there when the person began is compared with what stands there when they save. A colleague's edit of the same
//! field is shown, and the person chooses; one of another field only means to look again.

use client::rest::ApiError;
use types::contacts::{Contact, ContactPatch};
use types::custom_fields::CustomValue;
use types::error::FieldError;
use types::id::CustomFieldId;
use types::validate::Validate;

/// How often an edit is offered anew because something else of the contact had changed.
const TRIES: usize = 3;

/// What agents note of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Their name.
    Name,
    /// Their phone number.
    Phone,
    /// What is to be remembered of them.
    Remark,
    /// What stands in a custom field.
    Custom(CustomFieldId),
}

impl Field {
    /// What stands in this field of a contact.
    pub fn of(self, contact: &Contact) -> String {
        let value = match self {
            Self::Name => &contact.name,
            Self::Phone => &contact.phone,
            Self::Remark => &contact.remark,
            Self::Custom(id) => {
                let value = contact.custom_values.iter().find(|value| value.field_id == id);
                return value.map(|value| value.value.clone()).unwrap_or_default();
            }
        };
        value.clone().unwrap_or_default()
    }

    /// The change that puts a text there, of a contact of this version.
    pub fn patch(self, version: i64, text: &str) -> ContactPatch {
        let value = text.to_owned();
        let text = Some(text.to_owned());
        let patch = ContactPatch { version, ..ContactPatch::default() };
        match self {
            Self::Custom(field_id) => {
                ContactPatch { custom_values: Some(vec![CustomValue { field_id, value }]), ..patch }
            }
            Self::Name => ContactPatch { name: text, ..patch },
            Self::Phone => ContactPatch { phone: text, ..patch },
            Self::Remark => ContactPatch { remark: text, ..patch },
        }
    }
}

/// Why a text was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It cannot be right.
    Invalid(FieldError),
    /// The server could not be asked, or refused it.
    Call(ApiError),
    /// Something else of the contact changed again and again.
    Overtaken,
}

/// How far saving has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// Nothing to say.
    Idle,
    /// This text is on its way, offered so many times before.
    Busy {
        /// What is on its way.
        text: String,
        /// How often it was overtaken.
        tries: usize,
    },
    /// What is in the field is what stands there.
    Saved,
    /// It was not saved.
    Failed(Fault),
    /// A colleague's text, which stands there now.
    Conflict(String),
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Look what stands there: as far as it is known here, or afresh.
    Look {
        /// What is known here is not good enough.
        afresh: bool,
    },
    /// Offer the text, as a change of this version.
    Send {
        /// The version that was looked at.
        version: i64,
        /// The text.
        text: String,
    },
}

/// A field as it is edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    field: Field,
    /// What stood there when the person began to write.
    base: String,
    written: String,
    saving: Saving,
    /// An input method is at work: half a word is not saved.
    composing: bool,
    /// Counts the changes, so that a pause is told from what came before it.
    turn: u32,
}

impl Edit {
    /// A field that nobody has touched.
    pub fn begin(field: Field, stands: String) -> Self {
        Self { field, base: stands.clone(), written: stands, saving: Saving::Idle, composing: false, turn: 0 }
    }

    /// What is in the field.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// How far saving has come.
    pub fn saving(&self) -> &Saving {
        &self.saving
    }

    /// Whether everything that was written stands there.
    pub fn is_settled(&self) -> bool {
        !self.is_dirty() && !matches!(self.saving, Saving::Busy { .. } | Saving::Conflict(_))
    }

    /// Whether it was not saved for want of a connection, which may come back.
    pub fn waits_for_connection(&self) -> bool {
        matches!(self.saving, Saving::Failed(Fault::Call(ApiError::Network(_))))
    }

    fn is_dirty(&self) -> bool {
        self.written.trim() != self.base
    }

    /// The person writes. Answers the turn to hand to [`paused`](Self::paused) after a while, when it is news.
    pub fn write(&mut self, text: String) -> Option<u32> {
        if text == self.written {
            return None;
        }
        self.written = text;
        if matches!(self.saving, Saving::Saved | Saving::Failed(_)) {
            self.saving = Saving::Idle;
        }
        Some(self.next_turn())
    }

    /// An input method begins or ends its work. At the end it answers the turn to hand to [`paused`](Self::paused).
    pub fn compose(&mut self, composing: bool) -> Option<u32> {
        self.composing = composing;
        (!composing && self.is_dirty()).then(|| self.next_turn())
    }

    fn next_turn(&mut self) -> u32 {
        self.turn = self.turn.wrapping_add(1);
        self.turn
    }

    /// A while has gone by: a good moment, unless the person went on writing.
    pub fn paused(&mut self, turn: u32) -> Option<Step> {
        if turn == self.turn { self.save() } else { None }
    }

    /// The person has left the field, or goes where it is not shown: an input method's last word is taken as it is.
    pub fn leave(&mut self) -> Option<Step> {
        self.composing = false;
        self.save()
    }

    /// Begins to save what is in the field, if there is anything to save and nothing stands against it.
    pub fn save(&mut self) -> Option<Step> {
        if self.composing || matches!(self.saving, Saving::Busy { .. } | Saving::Conflict(_)) {
            return None;
        }
        if !self.is_dirty() {
            if matches!(self.saving, Saving::Failed(_)) {
                self.saving = Saving::Idle;
            }
            return None;
        }
        let text = self.written.trim().to_owned();
        if let Some(fault) = self.field.patch(0, &text).validate().into_iter().next() {
            self.saving = Saving::Failed(Fault::Invalid(fault));
            return None;
        }
        self.saving = Saving::Busy { text, tries: 0 };
        Some(Step::Look { afresh: false })
    }

    /// What stands there has become known, by an event or an answer. It is shown where nothing of the person's own stands.
    pub fn stands(&mut self, theirs: &str) {
        match &self.saving {
            // The answer that is awaited tells.
            Saving::Busy { .. } => {}
            Saving::Conflict(_) if theirs == self.base || theirs == self.written.trim() => {
                theirs.clone_into(&mut self.base);
                self.saving = Saving::Idle;
            }
            Saving::Conflict(_) => self.saving = Saving::Conflict(theirs.to_owned()),
            _ if !self.is_dirty() && theirs != self.base => {
                theirs.clone_into(&mut self.base);
                theirs.clone_into(&mut self.written);
            }
            _ => {}
        }
    }

    /// What was looked for, and its version: whether the text may still be put there.
    pub fn found(&mut self, theirs: String, version: i64) -> Option<Step> {
        let Saving::Busy { text, .. } = &self.saving else { return None };
        if theirs != self.base && theirs != *text {
            self.saving = Saving::Conflict(theirs);
            return None;
        }
        Some(Step::Send { version, text: text.clone() })
    }

    /// Something of the contact was changed meanwhile; whether it is this, another look tells.
    pub fn overtaken(&mut self) -> Option<Step> {
        let Saving::Busy { tries, .. } = &mut self.saving else { return None };
        *tries = tries.saturating_add(1);
        if *tries < TRIES {
            return Some(Step::Look { afresh: true });
        }
        self.saving = Saving::Failed(Fault::Overtaken);
        None
    }

    /// It could not be looked at or offered.
    pub fn failed(&mut self, error: ApiError) {
        if matches!(self.saving, Saving::Busy { .. }) {
            self.saving = Saving::Failed(Fault::Call(error));
        }
    }

    /// The text that was offered stands there, as the server wrote it. What was written meanwhile is saved next.
    pub fn stored(&mut self, kept: String) -> Option<Step> {
        let Saving::Busy { text, .. } = &self.saving else { return None };
        if *text != kept && self.written.trim() == text {
            self.written.clone_from(&kept);
        }
        self.base = kept;
        self.saving = if self.is_dirty() { Saving::Idle } else { Saving::Saved };
        self.save()
    }

    /// Of two texts the person wants their own.
    pub fn keep_mine(&mut self) -> Option<Step> {
        let Saving::Conflict(theirs) = &self.saving else { return None };
        self.base.clone_from(theirs);
        self.saving = Saving::Idle;
        self.save()
    }

    /// Of two texts the person wants the colleague's.
    pub fn take_theirs(&mut self) {
        if let Saving::Conflict(theirs) = &self.saving {
            self.base.clone_from(theirs);
            self.written.clone_from(theirs);
            self.saving = Saving::Idle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::error::{ErrorCode, Problem};

    const LOOK: Option<Step> = Some(Step::Look { afresh: false });

    fn send(version: i64, text: &str) -> Option<Step> {
        Some(Step::Send { version, text: text.to_owned() })
    }

    /// A remark that stands at version 1, with this written over it.
    fn written(text: &str) -> Edit {
        let mut edit = Edit::begin(Field::Remark, "老客户".to_owned());
        edit.write(text.to_owned());
        edit
    }

    #[test]
    fn what_is_written_is_saved_after_a_pause_once() {
        let mut edit = Edit::begin(Field::Name, String::new());
        let early = edit.write("张".to_owned()).unwrap();
        let late = edit.write("张三 ".to_owned()).unwrap();
        assert_eq!(edit.paused(early), None, "the person went on");
        assert_eq!((edit.paused(late), edit.leave()), (LOOK, None));
        assert_eq!(edit.found(String::new(), 4), send(4, "张三"));
        assert_eq!(edit.stored("张三".to_owned()), None);
        assert_eq!((edit.saving(), edit.written(), edit.is_settled()), (&Saving::Saved, "张三 ", true));
        assert_eq!((edit.write("张三 ".to_owned()), edit.leave()), (None, None));
        // Its own event takes nothing from under the person's fingers.
        edit.stands("张三");
        assert_eq!(edit.written(), "张三 ");
    }

    #[test]
    fn what_is_written_while_a_save_is_on_its_way_is_saved_next() {
        let mut edit = written("张");
        assert_eq!(edit.leave(), LOOK);
        edit.found("老客户".to_owned(), 1);
        let turn = edit.write("张三".to_owned()).unwrap();
        assert_eq!((edit.paused(turn), edit.leave()), (None, None), "one at a time");
        assert_eq!(edit.stored("张".to_owned()), LOOK);
        assert_eq!(edit.found("张".to_owned(), 2), send(2, "张三"));
        assert_eq!(edit.stored("张三".to_owned()), None);
        assert!(edit.is_settled());
    }

    #[test]
    fn a_colleagues_text_is_shown_where_nothing_of_ones_own_stands() {
        let mut edit = Edit::begin(Field::Remark, "老客户".to_owned());
        edit.stands("新客户");
        assert_eq!(edit.written(), "新客户");
        edit.write("新客户！".to_owned());
        edit.stands("大客户");
        assert_eq!((edit.leave(), edit.written()), (LOOK, "新客户！"));
        assert_eq!(edit.found("大客户".to_owned(), 3), None);
        assert_eq!(edit.saving(), &Saving::Conflict("大客户".to_owned()));
        // It goes on changing, and goes back to what stood there.
        edit.stands("最大客户");
        assert_eq!(edit.saving(), &Saving::Conflict("最大客户".to_owned()));
        assert_eq!((edit.leave(), edit.is_settled()), (None, false), "only the person decides");
        edit.stands("新客户");
        assert_eq!((edit.saving(), edit.clone().leave()), (&Saving::Idle, LOOK));
    }

    #[test]
    fn of_two_texts_the_person_chooses() {
        let mut edit = written("我的");
        edit.leave();
        edit.found("对方的".to_owned(), 2);
        let mut mine = edit.clone();
        assert_eq!(mine.keep_mine(), LOOK);
        assert_eq!(mine.found("对方的".to_owned(), 2), send(2, "我的"));
        edit.take_theirs();
        assert_eq!((edit.leave(), edit.written(), edit.is_settled()), (None, "对方的", true));
    }

    #[test]
    fn an_edit_of_another_field_means_to_look_again_and_not_for_ever() {
        let mut edit = written("我的");
        edit.leave();
        for version in 1..=2 {
            assert_eq!(edit.found("老客户".to_owned(), version), send(version, "我的"));
            assert_eq!(edit.overtaken(), Some(Step::Look { afresh: true }));
        }
        edit.found("老客户".to_owned(), 3);
        assert_eq!((edit.overtaken(), edit.saving()), (None, &Saving::Failed(Fault::Overtaken)));
        assert_eq!(edit.leave(), LOOK, "leaving the field tries again");
    }

    #[test]
    fn an_input_methods_half_word_is_not_saved() {
        let mut edit = written("");
        assert_eq!(edit.compose(true), None);
        let turn = edit.write("zhang".to_owned()).unwrap();
        assert_eq!(edit.paused(turn), None);
        edit.write("张".to_owned());
        let turn = edit.compose(false).unwrap();
        assert_eq!(edit.paused(turn), LOOK);
        // While one save is on its way the next word is composed: it waits for the end of that.
        edit.found("老客户".to_owned(), 1);
        edit.compose(true);
        edit.write("张san".to_owned());
        assert_eq!((edit.stored("张".to_owned()), edit.saving()), (None, &Saving::Idle));
        // Whoever goes elsewhere in the middle of a word has written as much.
        assert_eq!(edit.leave(), LOOK);
    }

    #[test]
    fn what_cannot_be_right_is_not_offered_and_what_failed_is_offered_again() {
        let mut edit = Edit::begin(Field::Phone, String::new());
        edit.write("没有".to_owned());
        assert_eq!(edit.leave(), None);
        assert!(matches!(edit.saving(), Saving::Failed(Fault::Invalid(fault)) if fault.field == "phone"));
        edit.write(String::new());
        assert_eq!((edit.leave(), edit.saving(), edit.is_settled()), (None, &Saving::Idle, true));
        edit.write("138".to_owned());
        edit.leave();
        edit.failed(ApiError::Network("down".to_owned()));
        assert!(edit.waits_for_connection() && !edit.is_settled());
        assert_eq!(edit.save(), LOOK);
        edit.failed(ApiError::Problem(Box::new(Problem::new(ErrorCode::Forbidden, ""))));
        assert!(!edit.waits_for_connection());
    }

    #[test]
    fn a_text_that_the_server_writes_otherwise_is_not_offered_for_ever() {
        let mut edit = written("我的  备注");
        edit.leave();
        edit.found("老客户".to_owned(), 1);
        assert_eq!(edit.stored("我的 备注".to_owned()), None);
        assert_eq!((edit.written(), edit.saving()), ("我的 备注", &Saving::Saved));
    }
}
