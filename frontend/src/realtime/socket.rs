//! One WebSocket: frames in and out, and its end.

use types::ws::{ClientFrame, ServerFrame};
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// The code of a connection that ended without a word (RFC 6455).
const ABNORMAL: u16 = 1006;

/// An open or opening socket. Dropping it closes it and silences its handlers.
pub(super) struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens a socket with a one-time ticket. `on_frame` takes frames as they come; nothing for one that cannot be read.
    pub(super) fn open(
        ticket: &str,
        mut on_frame: impl FnMut(Option<ServerFrame>) + 'static,
        on_close: impl Fn(u16) + 'static,
    ) -> Result<Self, u16> {
        let socket = WebSocket::new(&address(ticket)).map_err(|_refused| ABNORMAL)?;
        let on_message = Closure::new(move |event: MessageEvent| {
            let Some(text) = event.data().as_string() else { return };
            match types::json::from_str::<ServerFrame>(&text) {
                Ok(frame) => on_frame(Some(frame)),
                // A newer server may say things that this page does not know; a reload brings the page that does.
                Err(error) => {
                    web_sys::console::warn_2(&"parlor: unknown frame".into(), &error.to_string().into());
                    on_frame(None);
                }
            }
        });
        let on_close = Closure::new(move |event: CloseEvent| on_close(event.code()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self { socket, _on_message: on_message, _on_close: on_close })
    }

    /// Sends a frame. A socket that cannot send is about to close, and what was not sent is sent again then.
    pub(super) fn send(&self, frame: &ClientFrame) {
        if let Ok(text) = serde_json::to_string(frame) {
            drop(self.socket.send_with_str(&text));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        drop(self.socket.close());
    }
}

fn address(ticket: &str) -> String {
    let location = leptos::prelude::window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    let host = location.host().unwrap_or_default();
    let ticket = js_sys::encode_uri_component(ticket);
    format!("{scheme}://{host}/api/v1/socket?ticket={ticket}")
}
