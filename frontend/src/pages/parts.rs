//! The parts of the console that are loaded when they are first needed: the inbox, where one starts, is there at once.
//!
//! The build makes a module of each name in `#[wasm_split(…)]` (`xtask/src/web/parts.rs`); a page is drawn by a function that
//! comes with its module.

use super::audit::AuditPage;
use super::auth::{ForgottenPage, LoginPage, RegisterPage};
use super::blacklist::BlacklistPage;
use super::channels::{AddGroup, Arranger, ChannelPage, NewChannelPage, SitesPage, StylePage};
use super::contacts::ContactsPage;
use super::dev::DevelopmentCodesPage;
use super::developers::tokens::TokensPage;
use super::developers::webhooks::WebhooksPage;
use super::legal::LegalPage;
use super::people::PeoplePage;
use super::settings::AccountPage;
use super::tags::TagsPage;
use crate::components::part::Draw;
use leptos::prelude::*;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// A function that loads a part of the program and answers with what draws a page.
macro_rules! page {
    ($name:ident, $part:ident, $page:ident) => {
        #[doc = concat!("Loads what draws the [`", stringify!($page), "`].")]
        #[wasm_split($part, fallible)]
        pub fn $name() -> Result<Draw, SplitLoaderError> {
            let draw: Draw = || view! { <$page /> }.into_any();
            Ok(draw)
        }
    };
}

page!(login, entry, LoginPage);
page!(forgotten, entry, ForgottenPage);
page!(register, entry, RegisterPage);
page!(legal, entry, LegalPage);
page!(development_codes, entry, DevelopmentCodesPage);
page!(blacklist, settings, BlacklistPage);
page!(account, settings, AccountPage);
page!(tags, settings, TagsPage);
page!(people, people, PeoplePage);
page!(audit, audit, AuditPage);
page!(contacts, contacts, ContactsPage);
page!(api_tokens, developers, TokensPage);
page!(webhooks, developers, WebhooksPage);
page!(new_channel, channels, NewChannelPage);
page!(channel, channels, ChannelPage);
page!(channel_sites, sites, SitesPage);
page!(channel_style, style, StylePage);
page!(arranger, channels, Arranger);
page!(add_group, channels, AddGroup);
