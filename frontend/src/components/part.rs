//! Draws what comes with a part of the program that is loaded when it is first needed.

use crate::i18n::t;
use crate::splash;
use crate::ui::{ErrorState, Spinner};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use wasm_split_helpers::SplitLoaderError;

/// Draws what is meant, in the scope of whoever calls it.
pub type Draw = fn() -> AnyView;
/// Loads the part that has it, once; afterwards it is there at once.
type Load = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

#[derive(Clone, Copy)]
enum Loaded {
    Pending,
    Ready(Draw),
    Failed,
}

/// What a part draws, and until it is there that it is on its way, or that it could not be loaded.
pub fn part<F: Future<Output = Result<Draw, SplitLoaderError>> + 'static>(load: fn() -> F) -> AnyView {
    let loaded = RwSignal::new(Loaded::Pending);
    let again = Callback::new(move |()| fetch(loaded, Box::pin(load())));
    again.run(());
    drawn(loaded, again)
}

/// Tells what becomes of it.
fn fetch(loaded: RwSignal<Loaded>, load: Load) {
    loaded.set(Loaded::Pending);
    spawn_local(async move {
        let is = load.await.map_or(Loaded::Failed, Loaded::Ready);
        // Whoever wanted it may have gone meanwhile.
        loaded.try_set(is);
    });
}

fn drawn(loaded: RwSignal<Loaded>, on_retry: Callback<()>) -> AnyView {
    (move || match loaded.get() {
        Loaded::Ready(draw) => draw(),
        // The splash says so where it stands still.
        Loaded::Pending if splash::keep() => ().into_any(),
        Loaded::Pending => view! {
            <div class="part-loading" aria-busy="true">
                <Spinner />
                <span class="visually-hidden">{t!(loading)}</span>
            </div>
        }
        .into_any(),
        Loaded::Failed => view! {
            <div class="part-failed">
                <ErrorState message=t!(load_failed) retry_label=t!(retry) on_retry />
            </div>
        }
        .into_any(),
    })
    .into_any()
}
