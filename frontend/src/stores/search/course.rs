//! The course of a search: which question is open, what is on its way, and how far it has come. Pure.

use super::pages::Asked;
use types::events::Event;

/// How far the search has come, or one of its lists beyond the first page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    /// Nothing is looked for.
    #[default]
    Idle,
    /// The first page is on its way, or will be; what was found before is still shown.
    Searching,
    /// What is there is shown.
    Found,
    /// The next page is on its way.
    More,
    /// It could not be asked.
    Failed,
    /// What is there is shown; the next page could not be asked for.
    MoreFailed,
}

/// What typing means for the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing is looked for.
    Nothing,
    /// It is what was asked for already.
    Same,
    /// It is asked for after a pause.
    Other,
}

/// A page that is on its way.
#[derive(Debug, Clone)]
struct Turn {
    asked: Asked,
    round: u64,
    /// What has happened while it is: the answer may be older.
    happened: Vec<Event>,
}

/// The course of a search.
#[derive(Debug, Clone, Default)]
pub(super) struct Course {
    /// What the results belong to.
    text: String,
    /// How far the search has come, and its messages.
    progress: Progress,
    /// How far the people beyond the first page have come.
    people: Progress,
    /// What is on its way: one page of messages, or the first one of both, and one of people.
    turns: Vec<Turn>,
    /// Something else stands in the field, and is asked for after a pause.
    pausing: bool,
    /// Counts the questions: an answer to one that is no longer open is dropped.
    rounds: u64,
}

impl Course {
    /// What the results belong to.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// How far the search has come, and its messages.
    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// How far the people beyond the first page have come.
    pub(super) fn people(&self) -> Progress {
        self.people
    }

    /// This stands in the field now.
    pub(super) fn typed(&mut self, text: &str) -> Typed {
        let text = text.trim();
        self.pausing = false;
        if text.is_empty() {
            *self = Self { rounds: self.rounds, ..Self::default() };
            return Typed::Nothing;
        }
        if text != self.text || self.progress == Progress::Failed {
            self.pausing = true;
            self.progress = Progress::Searching;
            return Typed::Other;
        }
        // Typed and taken back: what was found is there, and what was on its way still is.
        if self.progress == Progress::Searching {
            self.progress = match self.turns.iter().map(|turn| turn.asked).find(|asked| *asked != Asked::People) {
                Some(Asked::First) => Progress::Searching,
                Some(Asked::Messages | Asked::People) => Progress::More,
                None => Progress::Found,
            };
        }
        Typed::Same
    }

    /// It is asked for. Answers the round.
    pub(super) fn ask(&mut self, text: &str) -> u64 {
        text.clone_into(&mut self.text);
        self.pausing = false;
        self.progress = Progress::Searching;
        self.people = Progress::Idle;
        // Nobody waits for more of what was found before.
        self.turns.clear();
        self.begin(Asked::First)
    }

    /// The next page of messages is asked for, if it can be. Answers the round.
    pub(super) fn more(&mut self) -> Option<u64> {
        if !matches!(self.progress, Progress::Found | Progress::MoreFailed) {
            return None;
        }
        self.progress = Progress::More;
        Some(self.begin(Asked::Messages))
    }

    /// The next page of people is asked for, if it can be. Answers the round.
    pub(super) fn more_people(&mut self) -> Option<u64> {
        let is_shown = matches!(self.progress, Progress::Found | Progress::More | Progress::MoreFailed);
        if !is_shown || self.people == Progress::More {
            return None;
        }
        self.people = Progress::More;
        Some(self.begin(Asked::People))
    }

    fn begin(&mut self, asked: Asked) -> u64 {
        self.rounds = self.rounds.wrapping_add(1);
        self.turns.push(Turn { asked, round: self.rounds, happened: Vec::new() });
        self.rounds
    }

    /// Something has happened that what is on its way may not know of.
    pub(super) fn happened(&mut self, event: &Event) {
        self.turns.iter_mut().for_each(|turn| turn.happened.push(event.clone()));
    }

    /// What has happened since this was asked; `None` when nobody waits for it any more.
    pub(super) fn since(&self, round: u64) -> Option<&[Event]> {
        self.turns.iter().find(|turn| turn.round == round).map(|turn| turn.happened.as_slice())
    }

    /// An answer has come, or not. Answers whether it is taken.
    pub(super) fn answered(&mut self, round: u64, came: bool) -> bool {
        let Some(place) = self.turns.iter().position(|turn| turn.round == round) else { return false };
        let asked = self.turns.swap_remove(place).asked;
        if asked == Asked::People {
            self.people = if came { Progress::Found } else { Progress::MoreFailed };
            return true;
        }
        if !came && asked == Asked::First {
            // Nothing is there that belongs to it: going back to it asks again.
            self.text.clear();
        }
        self.progress = match (self.pausing, came, asked) {
            (true, ..) => Progress::Searching,
            (false, true, _) => Progress::Found,
            (false, false, Asked::First) => Progress::Failed,
            (false, false, _) => Progress::MoreFailed,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::id::ConversationId;

    #[test]
    fn what_is_typed_and_taken_back_shows_what_was_found() {
        let mut course = Course::default();
        assert_eq!(course.typed("ab"), Typed::Other);
        let round = course.ask("ab");
        assert!(course.answered(round, true));
        assert_eq!((course.typed("abc"), course.progress), (Typed::Other, Progress::Searching));
        assert_eq!((course.typed(" ab "), course.progress), (Typed::Same, Progress::Found));
        // While the next page is on its way it still is.
        let round = course.more().unwrap();
        course.typed("abc");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::More));
        course.typed("abc");
        assert!(course.answered(round, true));
        assert_eq!(course.progress, Progress::Searching, "something else is asked for in a moment");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::Found));
        // And while the first one is.
        let round = course.ask("ab");
        course.typed("abc");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::Searching));
        assert!(course.answered(round, true));
        assert_eq!(course.progress, Progress::Found);
    }

    #[test]
    fn a_next_page_that_fails_takes_nothing_away_and_is_asked_for_again() {
        let mut course = Course::default();
        let round = course.ask("ab");
        assert_eq!((course.more(), course.more_people()), (None, None), "nothing is there yet");
        assert!(course.answered(round, true));
        let (messages, people) = (course.more().unwrap(), course.more_people().unwrap());
        assert_eq!((course.more(), course.more_people()), (None, None), "it is on its way");
        assert!(course.answered(messages, false));
        assert_eq!((course.progress, course.people), (Progress::MoreFailed, Progress::More));
        assert!(course.answered(people, false));
        assert_eq!((course.progress, course.people), (Progress::MoreFailed, Progress::MoreFailed));
        assert!(course.more().is_some() && course.more_people().is_some());
    }

    #[test]
    fn a_first_page_that_fails_is_asked_for_again_and_late_answers_are_dropped() {
        let mut course = Course::default();
        let late = course.ask("ab");
        let round = course.ask("abc");
        assert!(!course.answered(late, true));
        assert!(course.answered(round, false));
        assert_eq!((course.progress, course.typed("abc")), (Progress::Failed, Typed::Other));
        let round = course.ask("abc");
        course.typed("");
        assert_eq!((course.answered(round, true), course.progress), (false, Progress::Idle));
    }

    #[test]
    fn more_people_and_more_messages_do_not_disturb_each_other_and_another_search_ends_both() {
        let mut course = Course::default();
        let round = course.ask("ab");
        course.answered(round, true);
        let people = course.more_people().unwrap();
        let gone = |number: u128| Event::ConversationDeleted {
            conversation_id: ConversationId(uuid::Uuid::from_u128(number)),
        };
        course.happened(&gone(1));
        let messages = course.more().unwrap();
        course.happened(&gone(2));
        assert_eq!(course.since(people), Some([gone(1), gone(2)].as_slice()));
        assert_eq!(course.since(messages), Some([gone(2)].as_slice()));
        assert!(course.answered(people, true));
        assert_eq!((course.people, course.progress), (Progress::Found, Progress::More));
        let people = course.more_people().unwrap();
        course.typed("abc");
        assert!(course.since(people).is_some(), "what is shown still belongs to the question before");
        assert_eq!(course.more_people(), None);
        course.ask("abc");
        assert_eq!((course.since(people), course.since(messages), course.people), (None, None, Progress::Idle));
        assert!(!course.answered(people, true) && !course.answered(messages, false));
    }
}
