//! `GET /chat/{key}`: the same widget on a page of its own, for the chat link.

use crate::actions::channels::channel_by_key;
use crate::actions::domains;
use crate::auth::signing::sha256;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use base64::{Engine, engine::general_purpose::STANDARD};
use store::channels::ChannelRow;

/// How the page looks that says why there is no chat.
const NOTICE_STYLE: &str = "
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;background:light-dark(#f4f6fa,#11141a);
color:light-dark(#1a2233,#e8ecf4);font:16px/1.6 system-ui,-apple-system,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}
main{box-sizing:border-box;width:min(420px,calc(100vw - 32px));padding:40px 32px;text-align:center;border-radius:16px;
background:light-dark(#fff,#1a1f29);box-shadow:0 1px 2px #0000000f,0 12px 32px #00000014}
svg{width:56px;height:56px;fill:none;stroke:light-dark(#8a94a8,#7d879b);stroke-width:2.5;stroke-linejoin:round}
h1{margin:16px 0 4px;font-size:20px;font-weight:600}
p{margin:0;color:light-dark(#5b667c,#a3adc0)}
";

/// The chat page of a channel.
pub(crate) async fn get_chat_page(state: Data<AppState>, key: Path<String>) -> ApiResult<HttpResponse> {
    let channel = channel_by_key(&state, &key).await?;
    let domains = match &channel {
        Some(channel) => domains::of(&state, channel).await?,
        None => Vec::new(),
    };
    let app = state.assets.manifest().and_then(|manifest| manifest.widget).map(|widget| widget.app);
    let (status, page) = match &channel {
        Some(channel) if channel.enabled => (StatusCode::OK, chat(channel, &app.unwrap_or_default())),
        Some(channel) => (StatusCode::OK, notice(&channel.name, "此渠道已停用", "This channel is closed")),
        None => (StatusCode::NOT_FOUND, notice("Parlor", "此聊天不存在", "This chat does not exist")),
    };
    let origin = &state.config.public_url;
    let style = STANDARD.encode(sha256(NOTICE_STYLE.as_bytes()));
    // Whoever the channel allows may frame it: it is a public page that acts for whoever looks at it. The one style is named by its hash.
    let policy = format!(
        "default-src 'none'; script-src 'self' {origin} 'wasm-unsafe-eval'; connect-src 'self' {origin} {}; \
         style-src 'sha256-{style}'; img-src 'self' {origin} data: blob:; media-src 'self' {origin} blob:; base-uri 'none'; form-action 'none'; {}",
        state.config.socket_origin(),
        rules::domains::frame_ancestors(&domains)
    );
    Ok(HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        // Pages that isolate themselves may frame it too.
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
        .body(page))
}

fn chat(channel: &ChannelRow, app: &str) -> String {
    let (name, color, key) = (
        escape(&channel.name),
        escape(&rules::look::colors(&channel.style, &channel.style.mobile_large.colors).fill),
        escape(&channel.key),
    );
    format!(
        r#"<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="{color}">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{name}</title>
</head>
<body>
<noscript>请启用 JavaScript 以开始聊天。 Please enable JavaScript to chat.</noscript>
<script src="{app}" charset="utf-8"></script>
<script src="/w/{key}.js" data-mode="page" charset="utf-8"></script>
</body>
</html>
"#
    )
}

fn notice(title: &str, chinese: &str, english: &str) -> String {
    let title = escape(title);
    format!(
        r#"<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{NOTICE_STYLE}</style>
</head>
<body>
<main>
<svg viewBox="0 0 48 48" aria-hidden="true"><path d="M12 10h24a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4H22l-8 7v-7h-2a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4Z"/></svg>
<h1>{chinese}</h1>
<p lang="en">{english}</p>
</main>
</body>
</html>
"#
    )
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_become_markup() {
        let page = notice("</title><script>alert('1')</script> & \"co\"", "a", "b");
        assert!(page.contains("&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;co&quot;"));
        assert!(!page.contains("<script"));
    }
}
