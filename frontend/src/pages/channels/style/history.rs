//! What was done to a style before it is published, to be undone and done again.

use types::channels::ChannelStyle;

/// Steps that can be undone.
const MOST: usize = 100;

/// A style and the steps that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    now: ChannelStyle,
    past: Vec<ChannelStyle>,
    future: Vec<ChannelStyle>,
    /// The field that the last step was about: dragging a slider is one step.
    last: Option<&'static str>,
}

impl History {
    /// Nothing has been done yet.
    pub fn of(style: ChannelStyle) -> Self {
        Self { now: style, past: Vec::new(), future: Vec::new(), last: None }
    }

    /// The style as it is now.
    pub fn now(&self) -> &ChannelStyle {
        &self.now
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Changes a field. What follows on the same field is the same step, until it is [settled](Self::settle).
    pub fn edit(&mut self, field: &'static str, next: ChannelStyle) {
        if next == self.now {
            return;
        }
        let before = std::mem::replace(&mut self.now, next);
        if self.last != Some(field) {
            if self.past.len() == MOST {
                self.past.remove(0);
            }
            self.past.push(before);
        }
        self.last = Some(field);
        self.future.clear();
    }

    /// The step is over: the person has left the field.
    pub fn settle(&mut self) {
        self.last = None;
    }

    /// Goes one step back.
    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.now, before));
            self.last = None;
        }
    }

    /// Goes one step forward again.
    pub fn redo(&mut self) {
        if let Some(next) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.now, next));
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn high(height: u16) -> ChannelStyle {
        let mut style = ChannelStyle::default();
        style.pc_medium.height = height;
        style
    }

    #[test]
    fn steps_are_undone_and_done_again_in_their_order() {
        let mut history = History::of(high(400));
        history.edit("height", high(401));
        history.edit("height", high(402));
        history.settle();
        history.edit("height", high(500));
        history.undo();
        assert_eq!(history.now(), &high(402), "what was dragged is one step");
        history.undo();
        assert_eq!((history.now(), history.can_undo()), (&high(400), false));
        history.undo();
        history.redo();
        history.redo();
        assert_eq!((history.now(), history.can_redo()), (&high(500), false));
        history.undo();
        history.edit("width", high(600));
        assert!(!history.can_redo(), "another way was taken");
        history.edit("width", high(600));
        history.undo();
        assert_eq!(history.now(), &high(402), "what changes nothing is no step");
    }

    #[test]
    fn the_oldest_steps_are_forgotten() {
        let mut history = History::of(high(0));
        for height in 1..=150 {
            history.edit("height", high(height));
            history.settle();
        }
        for _ in 0..200 {
            history.undo();
        }
        assert_eq!(history.now(), &high(50));
    }
}
