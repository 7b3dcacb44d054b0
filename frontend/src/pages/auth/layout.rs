//! The frame of registration and login: the form on one side, what it is for on the other.

use crate::{
    components::shell::{logo::Logo, preference_menus::PreferenceMenus},
    i18n::t,
    ui::{Icon, IconView},
};
use leptos::{prelude::*, text_prop::TextProp};

/// A page of its own with a form.
#[component]
pub fn AuthLayout(
    /// What the page is for.
    #[prop(into)]
    title: TextProp,
    /// One sentence more.
    #[prop(into)]
    hint: TextProp,
    /// The form needs more room.
    #[prop(optional)]
    wide: bool,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="auth">
            <BrandPanel />
            <div class="auth__side">
                <header class="auth__top">
                    <span class="auth__logo">
                        <Logo />
                    </span>
                    <PreferenceMenus />
                </header>
                <main class="auth__main" class:auth__main--wide=wide>
                    <h1 class="auth__title">{move || title.get()}</h1>
                    <p class="auth__hint">{move || hint.get()}</p>
                    {children()}
                </main>
            </div>
        </div>
    }
}

/// What Parlor is, in a picture of a conversation.
#[component]
fn BrandPanel() -> impl IntoView {
    view! {
        <aside class="brand" aria-label=t!(product_name)>
            <span class="logo--on-brand">
                <Logo />
            </span>
            <div class="brand__middle">
                <Vignette />
                <div class="brand__words">
                    <p class="brand__headline">{t!(brand_headline)}</p>
                    <p class="brand__text">{t!(brand_text)}</p>
                    <ul class="brand__points">
                        <li>
                            <IconView icon=Icon::CheckDouble size=18 />
                            {t!(brand_point_live)}
                        </li>
                        <li>
                            <IconView icon=Icon::Shield size=18 />
                            {t!(brand_point_durable)}
                        </li>
                        <li>
                            <IconView icon=Icon::Globe size=18 />
                            {t!(brand_point_own)}
                        </li>
                    </ul>
                </div>
            </div>
        </aside>
    }
}

/// The inbox in small: who writes, and the open conversation with its answer.
#[component]
fn Vignette() -> impl IntoView {
    view! {
        <div class="brand__scene" aria-hidden="true">
            <div class="brand__row brand__row--open">
                <span class="brand__face">"7"</span>
                <span class="brand__name">{t!(visitor_number(7))}</span>
                <span class="brand__when">{t!(just_now)}</span>
                <span class="brand__line">{t!(brand_visitor_line)}</span>
                <span class="brand__count">"1"</span>
            </div>
            <div class="brand__row">
                <span class="brand__face">"6"</span>
                <span class="brand__name">{t!(visitor_number(6))}</span>
                <span class="brand__when">{t!(minutes_ago(4))}</span>
                <span class="brand__line">{t!(brand_visitor_thanks)}</span>
            </div>
            <div class="brand__talk">
                <p class="brand__bubble">{t!(brand_visitor_line)}</p>
                <p class="brand__bubble brand__bubble--own">
                    {t!(brand_agent_line)} <IconView icon=Icon::CheckDouble size=14 />
                </p>
            </div>
        </div>
    }
}
