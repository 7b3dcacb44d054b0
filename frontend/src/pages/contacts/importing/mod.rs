//! Importing contacts from a table: the window in which one is chosen, looked at, checked and imported, and the line that tells of it.

pub mod choose;
pub mod columns;
pub mod outcome;
pub mod pick;
pub mod progress;
pub mod state;
pub mod words;

pub use progress::ImportProgress;
pub use state::Importing;

use crate::{
    i18n::t,
    pages::tags::focus,
    ui::{Dialog, effect},
};
use choose::Choose;
use columns::Columns;
use leptos::prelude::*;
use outcome::Outcome;
use state::Stage;

/// The window. It can be closed at any time: what goes on goes on at the server, and an upload on the page.
#[component]
pub fn ImportDialog(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let stage = Memo::new(move |_| importing.stage());
    // What was pressed is gone with its stage: the focus goes to the head of the next.
    let before = StoredValue::new(stage.get_untracked());
    effect(move || {
        let now = stage.get();
        let was = before.try_update_value(|before| std::mem::replace(before, now)).unwrap_or(now);
        if was != now && importing.open.get_untracked() {
            focus(vec![".import__head".to_owned()]);
        }
    });
    view! {
        <Dialog open=importing.open wide=true title=t!(import_contacts) close_label=t!(close)>
            // Each by itself: of two erased views in one place the second would keep what the first does when it is pressed.
            {move || (stage.get() == Stage::Choose).then(|| view! { <Choose importing /> })}
            {move || matches!(stage.get(), Stage::Columns(_)).then(|| view! { <Columns importing /> })}
            {move || (stage.get() == Stage::Outcome).then(|| view! { <Outcome importing /> })}
        </Dialog>
    }
}
