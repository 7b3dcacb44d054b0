//! The console for agents and admins: a Leptos application that runs entirely in the browser.

pub mod api;
pub mod app;
pub mod components;
pub mod crash;
pub mod i18n;
pub mod pages;
pub mod realtime;
pub mod routes;
pub mod splash;
pub mod stores;
mod styles;
pub mod ui;

fn main() {
    crash::watch();
    leptos::mount::mount_to_body(app::App);
    splash::end_when_drawn();
}
