//! Saved views: between what is kept and what is chosen, and how they are changed. Pure.

use crate::state::{Dates, View};
use types::error::FieldCode;
use types::id::SavedViewId;
use types::limits;
use types::saved_views::{Period, SavedView};
use types::validate::{self, Fault};

/// The list that a saved view stands for; `dates` says when its days begin and end where the person is.
pub fn view_of(saved: &SavedView, dates: impl FnOnce(Period) -> Dates) -> View {
    View { channel: saved.channel_id, filter: saved.filter, dates: saved.period().map(dates), tag: saved.tag_id }
}

/// Whether a saved view stands for this list.
#[must_use]
pub fn stands_for(saved: &SavedView, view: View) -> bool {
    let period = view.dates.map(|dates| dates.period);
    (saved.channel_id, saved.filter, saved.period(), saved.tag_id) == (view.channel, view.filter, period, view.tag)
}

fn kept(id: SavedViewId, name: String, view: View) -> SavedView {
    let (filter, channel_id, tag_id) = (view.filter, view.channel, view.tag);
    let mut saved = SavedView { id, name, filter, channel_id, tag_id, last_days: None, from: None, to: None };
    saved.set_period(view.dates.map(|dates| dates.period));
    saved
}

/// What is done to the views. It can be done to whatever they are by then: another device may have changed them meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Keeps a list under a name.
    Add(SavedViewId, String, View),
    /// Gives a view another name.
    Rename(SavedViewId, String),
    /// A view stands for this list from now on.
    Replace(SavedViewId, View),
    /// One place up, towards the first.
    Up(SavedViewId),
    /// One place down.
    Down(SavedViewId),
    /// Keeps a view no more.
    Remove(SavedViewId),
}

impl Change {
    /// The views after the change. What is done to one that is gone does nothing.
    pub fn make(&self, views: &mut Vec<SavedView>) {
        let place = |id: SavedViewId| views.iter().position(|view| view.id == id);
        match self {
            Self::Add(id, name, view) => views.push(kept(*id, name.trim().to_owned(), *view)),
            Self::Rename(id, name) => {
                if let Some(saved) = views.iter_mut().find(|view| view.id == *id) {
                    name.trim().clone_into(&mut saved.name);
                }
            }
            Self::Replace(id, view) => {
                if let Some(saved) = views.iter_mut().find(|view| view.id == *id) {
                    *saved = kept(*id, std::mem::take(&mut saved.name), *view);
                }
            }
            Self::Up(id) => {
                if let Some((above, place)) = place(*id).and_then(|place| Some((place.checked_sub(1)?, place))) {
                    views.swap(above, place);
                }
            }
            Self::Down(id) => {
                if let Some((place, below)) = place(*id).map(|place| (place, place.saturating_add(1)))
                    && below < views.len()
                {
                    views.swap(place, below);
                }
            }
            Self::Remove(id) => views.retain(|view| view.id != *id),
        }
    }
}

/// What is wrong with a name among these views; `own` is the view that has it.
///
/// # Errors
/// Empty, too long, or another view's.
pub fn check_name(name: &str, views: &[SavedView], own: Option<SavedViewId>) -> Result<(), Fault> {
    validate::line(name, 1, limits::SAVED_VIEW_NAME_MAX)?;
    if views.iter().any(|view| Some(view.id) != own && view.is_called(name)) {
        return Err(Fault::new(FieldCode::Taken, "is the name of another view"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use crate::state::Filter;
    use uuid::Uuid;

    fn id(number: u128) -> SavedViewId {
        SavedViewId(Uuid::from_u128(number))
    }

    fn after(changes: &[Change]) -> Vec<SavedView> {
        let mut views = Vec::new();
        changes.iter().for_each(|change| change.make(&mut views));
        views
    }

    fn add(number: u128) -> Change {
        Change::Add(id(number), format!(" view {number} "), View::default())
    }

    fn order(views: &[SavedView]) -> Vec<u128> {
        views.iter().map(|view| view.id.0.as_u128()).collect()
    }

    #[test]
    fn views_are_added_at_the_end_and_moved_as_far_as_they_go() {
        let three = [add(1), add(2), add(3)];
        let moved = |change: Change| order(&after(&[three.as_slice(), &[change]].concat()));
        assert_eq!(moved(Change::Up(id(3))), [1, 3, 2]);
        assert_eq!(moved(Change::Up(id(1))), [1, 2, 3]);
        assert_eq!(moved(Change::Down(id(1))), [2, 1, 3]);
        assert_eq!(moved(Change::Down(id(3))), [1, 2, 3]);
        assert_eq!(moved(Change::Remove(id(2))), [1, 3]);
        // Another device has removed it meanwhile.
        for change in [Change::Up(id(9)), Change::Remove(id(9)), Change::Rename(id(9), "x".to_owned())] {
            assert_eq!(moved(change), [1, 2, 3]);
        }
    }

    #[test]
    fn a_view_stands_for_the_list_that_it_was_made_of() {
        let dates = samples::dates(Some(5), None);
        let tag = Some(samples::tag_id(1));
        let view = View { channel: Some(samples::channel_id(1)), filter: Filter::Mine, dates: Some(dates), tag };
        let views = after(&[Change::Add(id(1), " mine ".to_owned(), view)]);
        assert_eq!((views[0].name.as_str(), stands_for(&views[0], view)), ("mine", true));
        assert_eq!(view_of(&views[0], |period| Dates { period, ..dates }), view);
        // The next day it still does, although its days are others.
        let tomorrow = View { dates: Some(Dates { period: dates.period, ..samples::dates(Some(9), None) }), ..view };
        assert!(stands_for(&views[0], tomorrow));
        assert!(!stands_for(&views[0], View { filter: Filter::All, ..view }));
        assert!(!stands_for(&views[0], View { dates: None, ..view }));
        assert!(!stands_for(&views[0], View { tag: None, ..view }));
        let other = View { channel: None, ..View::default() };
        let views = after(&[Change::Add(id(1), "mine".to_owned(), view), Change::Replace(id(1), other)]);
        assert!(stands_for(&views[0], other));
    }

    #[test]
    fn a_name_is_there_short_and_no_other_views() {
        let views = after(&[add(1), add(2)]);
        let code = |name: &str, own| check_name(name, &views, own).err().map(|fault| fault.code);
        assert_eq!(code("new", None), None);
        assert_eq!(code("  ", None), Some(FieldCode::Required));
        assert_eq!(code(&"长".repeat(31), None), Some(FieldCode::TooLong));
        assert_eq!(code("VIEW 1", None), Some(FieldCode::Taken));
        assert_eq!(code("View 1", Some(id(1))), None, "its own, written otherwise");
        assert_eq!(code("view 2", Some(id(1))), Some(FieldCode::Taken));
    }
}
