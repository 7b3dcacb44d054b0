//! API tokens: made, listed and revoked.

use super::DevelopersFrame;
use crate::{i18n::t, stores::title::set_page_title};
use leptos::prelude::*;

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    set_page_title(t!(api_tokens));
    view! { <DevelopersFrame page=|| ().into_any() /> }
}
