//! Draws what comes with a part of the program that is loaded when it is first needed.

use crate::i18n::{lang, t};
use crate::splash;
use crate::ui::{ErrorState, Spinner};
use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::SplitLoaderError;

/// Draws what is meant, in the scope of whoever calls it.
pub type Draw = fn() -> AnyView;
/// Loads the part that has it, once; afterwards it is there at once.
type Load = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

#[derive(Clone, Copy)]
enum Loaded {
    Pending,
    Ready(Draw),
    /// So many times, one after the other.
    Failed(u8),
}

/// What a part draws, and until it is there that it is on its way, or that it could not be loaded.
pub fn part<F: Future<Output = Result<Draw, SplitLoaderError>> + 'static>(load: fn() -> F) -> AnyView {
    let loaded = RwSignal::new(Loaded::Pending);
    let again = Callback::new(move |failures| fetch(loaded, failures, Box::pin(load())));
    again.run(0);
    drawn(loaded, again)
}

/// Tells what becomes of it after so many failures.
fn fetch(loaded: RwSignal<Loaded>, failures: u8, load: Load) {
    loaded.set(Loaded::Pending);
    spawn_local(async move {
        let styled = pages_style();
        let is = match (load.await, styled.await) {
            (Ok(draw), Ok(())) => Loaded::Ready(draw),
            _ => Loaded::Failed(failures.saturating_add(1)),
        };
        // Whoever wanted it may have gone meanwhile.
        loaded.try_set(is);
    });
}

/// Begins to load the style of pages outside of the inbox, once, and waits until it is there. One that could not be loaded is loaded
/// anew.
fn pages_style() -> impl Future<Output = Result<(), JsValue>> {
    let link = document().get_element_by_id("pages-style");
    let loading =
        link.filter(|link| Reflect::get(link, &"sheet".into()).is_ok_and(|sheet| sheet.is_null())).map(|link| {
            JsFuture::from(Promise::new(&mut |resolve, reject| {
                // Other parts may wait for it too. Both listeners are good for any event, and so cannot fail.
                drop(link.add_event_listener_with_callback("load", &resolve));
                drop(link.add_event_listener_with_callback("error", &reject));
                drop(link.set_attribute("rel", "prefetch"));
                drop(link.set_attribute("rel", "stylesheet"));
            }))
        });
    async move {
        match loading {
            Some(loading) => loading.await.map(|_event| ()),
            None => Ok(()),
        }
    }
}

fn drawn(loaded: RwSignal<Loaded>, again: Callback<u8>) -> AnyView {
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
        // The server may be a newer one, which has the parts of another program: that begins with its page.
        Loaded::Failed(failures) => {
            let once = failures == 1;
            let act = move |()| {
                if once {
                    again.run(failures);
                } else {
                    // Only a page that is going away refuses.
                    drop(window().location().reload());
                }
            };
            view! {
                <div class="part-failed">
                    <ErrorState
                        message=t!(load_failed)
                        retry_label=move || if once { lang().retry() } else { lang().reload_page() }
                        on_retry=Callback::new(act)
                    />
                </div>
            }
            .into_any()
        }
    })
    .into_any()
}
