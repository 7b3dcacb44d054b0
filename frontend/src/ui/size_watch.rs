//! Tells when elements change their size, be it by the window, by what is in them, or by being hidden and shown.

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Watches until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Calls `changed` once the elements have been laid out, and whenever one of them has changed its size; an element that is
    /// not drawn has none. `None` where the browser cannot tell.
    pub fn of(elements: &[&Element], changed: impl FnMut() + 'static) -> Option<Self> {
        let callback = Closure::<dyn FnMut()>::new(changed);
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        for element in elements {
            observer.observe(element);
        }
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
