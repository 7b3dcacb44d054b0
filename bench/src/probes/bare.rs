//! actix-web and actix-ws with nothing in them: the limit for sockets, connects and requests.

use super::{listener, listening};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use actix_ws::Message;
use anyhow::Result;
use futures_util::StreamExt;

/// Serves `/hello` and an echo at `/socket` until killed.
pub(crate) fn serve() -> Result<()> {
    actix_web::rt::System::new().block_on(async {
        let listener = listener()?;
        let address = listener.local_addr()?;
        let app = || App::new().route("/hello", web::get().to(hello)).route("/socket", web::get().to(echo));
        let server = HttpServer::new(app).tcp_nodelay(true).listen(listener)?.run();
        listening(address)?;
        Ok(server.await?)
    })
}

async fn hello() -> &'static str {
    "hello"
}

/// Says `ready` first, as Parlor does, and then repeats what it hears.
async fn echo(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut stream) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        let mut open = session.text("{\"type\":\"ready\"}").await.is_ok();
        while let (true, Some(Ok(message))) = (open, stream.next().await) {
            open = match message {
                Message::Text(text) => session.text(text).await.is_ok(),
                Message::Close(_) => false,
                _ => true,
            };
        }
    });
    Ok(response)
}
