//! How visitors reach the channel: the tag for a page, the link, its QR code.

use crate::{
    i18n::t,
    ui::{CopyField, CopyLabels, Icon, IconView},
};
use leptos::prelude::*;
use qrcode::{EcLevel, QrCode, render::svg};
use types::channels::Channel;

/// The tag and the link, each with a copy button.
#[component]
pub fn Install(
    /// The channel.
    #[prop(into)]
    channel: Signal<Channel>,
) -> impl IntoView {
    let url = Signal::derive(move || channel.with(|channel| channel.chat_url.clone()));
    let code = Memo::new(move |_| url.with(|url| qr_image(url)));
    let labels = |copy: leptos::text_prop::TextProp| CopyLabels {
        copy,
        copied: t!(copied).into(),
        failed: t!(copy_failed).into(),
    };
    view! {
        <CopyField
            label=t!(embed_code)
            hint=t!(embed_code_note)
            text=Signal::derive(move || channel.with(|channel| channel.embed_code.clone()))
            labels=labels(t!(copy_code).into())
        />
        <CopyField label=t!(chat_link) hint=t!(chat_link_note) text=url labels=labels(t!(copy_link).into()) />
        <div class="install__link">
            {move || code.get().map(|src| view! { <img class="install__qr" alt=t!(chat_link_qr) src=src width="148" height="148" /> })}
            <div class="install__ways">
                <a class="button button--secondary button--medium" href=move || url.get() target="_blank" rel="noopener">
                    <IconView icon=Icon::External size=18 />
                    {t!(open_link)}
                </a>
                {move || code.get().map(|src| view! {
                    <a class="button button--ghost button--medium" href=src download="parlor-chat.svg">
                        <IconView icon=Icon::ArrowDown size=18 />
                        {t!(save_qr)}
                    </a>
                })}
            </div>
        </div>
    }
}

/// A link as a picture that a phone can read. A link of any sensible length fits; one that does not has no code.
pub fn qr_image(url: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(148, 148).quiet_zone(true).build();
    Some(format!("data:image/svg+xml;charset=utf-8,{}", percent_encoded(&drawing)))
}

/// Escapes what ends or breaks a `data:` address.
fn percent_encoded(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '%' => "%25".to_owned(),
            '#' => "%23".to_owned(),
            '"' => "%22".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '\n' | '\r' => "%0A".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_an_svg_picture() {
        let image = qr_image("https://chat.example/chat/abc").unwrap();
        assert!(image.starts_with("data:image/svg+xml;charset=utf-8,%3C?xml"));
        assert!(!image.contains(['<', '>', '"', '#']));
    }

    #[test]
    fn a_link_too_long_for_any_code_has_none() {
        assert_eq!(qr_image(&"x".repeat(3_000)), None);
    }
}
