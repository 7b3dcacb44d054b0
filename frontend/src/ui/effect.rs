//! Effects that remember nothing: all of them are one piece of code, where leptos' own `Effect::new` is compiled once for each.

use leptos::prelude::Effect;

/// Runs now and whenever a signal changes that was read in it.
pub fn effect(run: impl FnMut() + 'static) {
    begin(Box::new(run));
}

fn begin(run: Box<dyn FnMut()>) {
    Effect::new(run);
}
