//! Every route on one page, grouped by who calls it.
//!
//! One list makes both: the services that actix serves and the operations that OpenAPI describes. A handler that is not
//! here does not exist, and one that is here is documented.

use crate::assets::{get_asset, get_console, get_service_worker};
use crate::error::{ApiError, ApiResult};
use crate::extract::path_of;
use crate::files::avatars::{get_agents_picture, get_avatar};
use crate::files::contact_data::get_contact_data;
use crate::files::serve::{download_file, get_file, get_preview};
use crate::files::tables::{get_audit_table, get_contact_table, get_failure_table};
use crate::metrics::get_metrics;
use crate::openapi::Routes;
use crate::state::AppState;
use crate::widget_page::{get_chat_page, get_loader};
use crate::{api, api_docs};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource, ResponseError};
use types::error::ErrorCode;

/// Lists handlers; each group becomes a module with `services` for actix and `Document` for OpenAPI.
macro_rules! routes {
    ($($(#[$doc:meta])* $group:ident { $($segment:ident)::+; $($more:tt)* })+) => {
        $(routes!(@group $(#[$doc])* $group [] { $($segment)::+; $($more)* });)+
    };
    (@group $(#[$doc:meta])* $group:ident [$($done:tt)*] { }) => { routes!(@emit $(#[$doc])* $group $($done)*); };
    (@group $(#[$doc:meta])* $group:ident [$($done:tt)*] { $first:ident $(:: $segment:ident)*; $($more:tt)* }) => {
        routes!(@group $(#[$doc])* $group [$($done)* ($first $(:: $segment)*)] { $($more)* });
    };
    (@emit $(#[$doc:meta])* $group:ident $(($($path:tt)+))*) => {
        $(#[$doc])*
        pub(crate) mod $group {
            use super::*;

            pub(crate) fn services(config: &mut ServiceConfig) {
                $(config.service($($path)+);)*
            }

            #[derive(utoipa::OpenApi)]
            #[openapi(paths($($($path)+),*))]
            pub(crate) struct Document;
        }
    };
}

routes! {
    /// Anybody.
    public {
        api::meta::get_health::get_health;
        api::meta::get_liveness::get_liveness;
        api::meta::get_readiness::get_readiness;
        api::meta::get_server_info::get_server_info;
        api::legal::get_legal_page::get_legal_page;
        api::auth::create_challenge::create_challenge;
        api::auth::send_verification_code::send_verification_code;
        api::auth::register_organisation::register_organisation;
        api::auth::login::login;
        api::auth::finish_login::finish_login;
        api::auth::send_password_reset_code::send_password_reset_code;
        api::auth::reset_password::reset_password;
        api::auth::refresh_session::refresh_session;
        api::auth::list_development_codes::list_development_codes;
    }
    /// Agents of any role, about themselves.
    own_account {
        api::auth::logout::logout;
        api::auth::logout_everywhere::logout_everywhere;
        api::me::get_me::get_me;
        api::me::update_me::update_me;
        api::me::set_avatar::set_avatar;
        api::me::remove_avatar::remove_avatar;
        api::me::change_password::change_password;
        api::me::set_saved_views::set_saved_views;
        api::me::get_second_factor::get_second_factor;
        api::me::begin_second_factor::begin_second_factor;
        api::me::confirm_second_factor::confirm_second_factor;
        api::me::renew_recovery_codes::renew_recovery_codes;
        api::me::remove_second_factor::remove_second_factor;
        api::me::list_sessions::list_sessions;
        api::me::revoke_other_sessions::revoke_other_sessions;
        api::me::revoke_session::revoke_session;
        api::me::create_socket_ticket::create_socket_ticket;
        api::push::get_push_subscription::get_push_subscription;
        api::push::set_push_subscription::set_push_subscription;
        api::push::remove_push_subscription::remove_push_subscription;
    }
    /// Agents of any role, about what they see.
    inbox {
        api::agents::list_agents::list_agents;
        api::agents::get_agent::get_agent;
        api::channels::list_channels::list_channels;
        api::channels::get_channel::get_channel;
        api::channel_tree::get_channel_tree::get_channel_tree;
        api::conversations::list_conversations::list_conversations;
        api::conversations::get_conversation::get_conversation;
        api::conversations::mark_conversation_read::mark_conversation_read;
        api::conversations::personalise_conversation::personalise_conversation;
        api::conversations::clear_conversation::clear_conversation;
        api::conversations::delete_conversation::delete_conversation;
        api::assignment::transfer_conversation::transfer_conversation;
        api::assignment::take_over_conversation::take_over_conversation;
        api::assignment::close_conversation::close_conversation;
        api::assignment::reopen_conversation::reopen_conversation;
        api::assignment::snooze_conversation::snooze_conversation;
        api::assignment::wake_conversation::wake_conversation;
        api::assignment::list_transfer_targets::list_transfer_targets;
        api::members::add_conversation_member::add_conversation_member;
        api::members::remove_conversation_member::remove_conversation_member;
        api::messages::list_messages::list_messages;
        api::messages::send_message::send_message;
        api::messages::recall_message::recall_message;
        api::messages::translate_message::translate_message;
        api::notes::list_notes::list_notes;
        api::notes::create_note::create_note;
        api::attachments::create_attachment::create_attachment;
        api::attachments::create_attachment_poster::create_attachment_poster;
        api::attachments::get_file_access::get_file_access;
        api::contacts::list_contacts::list_contacts;
        api::contacts::get_contact::get_contact;
        api::contacts::update_contact::update_contact;
        api::contacts::set_contact_blocked::set_contact_blocked;
        api::contacts::list_blacklist::list_blacklist;
        api::contacts::create_contact_export::create_contact_export;
        api::contacts::create_contact_data_export::create_contact_data_export;
        api::contacts::delete_contact::delete_contact;
        api::contact_merges::list_duplicate_contacts::list_duplicate_contacts;
        api::contact_merges::list_contact_merges::list_contact_merges;
        api::contact_merges::merge_contacts::merge_contacts;
        api::contact_merges::undo_contact_merge::undo_contact_merge;
        api::contact_imports::create_contact_import::create_contact_import;
        api::contact_imports::list_contact_imports::list_contact_imports;
        api::contact_imports::begin_contact_import::begin_contact_import;
        api::contact_imports::cancel_contact_import::cancel_contact_import;
        api::contact_imports::create_import_failure_export::create_import_failure_export;
        api::custom_fields::list_custom_fields::list_custom_fields;
        api::tags::list_tag_groups::list_tag_groups;
        api::tags::set_contact_tags::set_contact_tags;
        api::taggings::create_tagging::create_tagging;
        api::taggings::list_taggings::list_taggings;
        api::taggings::cancel_tagging::cancel_tagging;
        api::search::search_history::search_history;
        api::welcome::get_welcome::get_welcome;
        api::organisation::get_file_limit::get_file_limit;
        api::events::list_events::list_events;
        api::sockets::open_socket::open_socket;
    }
    /// Admins, about the organisation's own people and what is said in its name.
    organisation_settings {
        api::agents::create_agent::create_agent;
        api::agents::update_agent::update_agent;
        api::agents::remove_agent::remove_agent;
        api::agents::get_agent_contents::get_agent_contents;
        api::agents::set_agent_disabled::set_agent_disabled;
        api::agents::set_agent_password::set_agent_password;
        api::agents::set_agent_avatar::set_agent_avatar;
        api::agents::remove_agent_avatar::remove_agent_avatar;
        api::agents::begin_agent_view::begin_agent_view;
        api::agents::end_agent_view::end_agent_view;
        api::agent_groups::list_agent_groups::list_agent_groups;
        api::agent_groups::create_agent_group::create_agent_group;
        api::agent_groups::update_agent_group::update_agent_group;
        api::agent_groups::delete_agent_group::delete_agent_group;
        api::agents::remove_agent_second_factor::remove_agent_second_factor;
        api::welcome::set_welcome::set_welcome;
        api::organisation::set_file_limit::set_file_limit;
    }
    /// Admins, about what programs work with the organisation by.
    integrations {
        api::api_tokens::list_api_tokens::list_api_tokens;
        api::api_tokens::create_api_token::create_api_token;
        api::api_tokens::revoke_api_token::revoke_api_token;
    }
    /// Admins.
    oversight {
        api::audit::create_audit_export::create_audit_export;
        api::audit::list_audit_entries::list_audit_entries;
    }
    /// Admins, about channels.
    channel_settings {
        api::channels::create_channel::create_channel;
        api::assignment::get_channel_assignment::get_channel_assignment;
        api::assignment::set_channel_assignment::set_channel_assignment;
        api::domains::get_channel_domains::get_channel_domains;
        api::domains::set_channel_domains::set_channel_domains;
        api::identity::get_channel_identity::get_channel_identity;
        api::identity::create_identity_secret::create_identity_secret;
        api::identity::delete_identity_secret::delete_identity_secret;
        api::channels::update_channel::update_channel;
        api::channels::delete_channel::delete_channel;
        api::channels::get_channel_contents::get_channel_contents;
        api::channels::list_style_versions::list_style_versions;
        api::channels::set_style_version::set_style_version;
        api::channels::set_channel_avatar::set_channel_avatar;
        api::channels::remove_channel_avatar::remove_channel_avatar;
        api::channel_tree::arrange_channels::arrange_channels;
        api::channel_tree::create_channel_group::create_channel_group;
        api::channel_tree::update_channel_group::update_channel_group;
        api::channel_tree::delete_channel_group::delete_channel_group;
        api::channel_tree::set_channel_group::set_channel_group;
    }
    /// Admins, about tags and custom fields.
    tag_settings {
        api::tags::create_tag_group::create_tag_group;
        api::tags::update_tag_group::update_tag_group;
        api::tags::delete_tag_group::delete_tag_group;
        api::tags::get_tag_group_contents::get_tag_group_contents;
        api::tags::create_tag::create_tag;
        api::tags::update_tag::update_tag;
        api::tags::delete_tag::delete_tag;
        api::tags::get_tag_contents::get_tag_contents;
        api::custom_fields::set_custom_fields::set_custom_fields;
        api::custom_fields::get_custom_field_contents::get_custom_field_contents;
    }
    /// Whoever manages integrations, about webhooks.
    webhook_settings {
        api::webhooks::list_webhooks::list_webhooks;
        api::webhooks::create_webhook::create_webhook;
        api::webhooks::get_webhook::get_webhook;
        api::webhooks::update_webhook::update_webhook;
        api::webhooks::delete_webhook::delete_webhook;
        api::webhooks::rotate_webhook_secret::rotate_webhook_secret;
        api::webhooks::send_webhook_test::send_webhook_test;
        api::webhooks::list_webhook_deliveries::list_webhook_deliveries;
        api::webhooks::get_webhook_delivery::get_webhook_delivery;
        api::webhooks::replay_webhook_delivery::replay_webhook_delivery;
        api::webhooks::replay_failed_webhook_deliveries::replay_failed_webhook_deliveries;
    }
    /// Visitors, from pages of any origin.
    widget {
        api::widget::open_visitor_session::open_visitor_session;
        api::widget::get_visitor_unread::get_visitor_unread;
        api::widget::list_visitor_messages::list_visitor_messages;
        api::widget::set_visitor_answers::set_visitor_answers;
        api::widget::send_visitor_message::send_visitor_message;
        api::widget::mark_visitor_read::mark_visitor_read;
        api::widget::create_visitor_attachment::create_visitor_attachment;
        api::widget::create_visitor_attachment_poster::create_visitor_attachment_poster;
        api::widget::create_visitor_socket_ticket::create_visitor_socket_ticket;
        api::widget::open_visitor_socket::open_visitor_socket;
    }
}

/// The operations of every group.
#[must_use]
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    let mut document = public::Document::openapi();
    document.merge(own_account::Document::openapi());
    document.merge(inbox::Document::openapi());
    document.merge(organisation_settings::Document::openapi());
    document.merge(integrations::Document::openapi());
    document.merge(oversight::Document::openapi());
    document.merge(channel_settings::Document::openapi());
    document.merge(tag_settings::Document::openapi());
    document.merge(webhook_settings::Document::openapi());
    document.merge(widget::Document::openapi());
    document
}

/// Registers every route, and what answers when none matches.
pub fn configure(config: &mut ServiceConfig) {
    public::services(config);
    own_account::services(config);
    inbox::services(config);
    organisation_settings::services(config);
    integrations::services(config);
    oversight::services(config);
    channel_settings::services(config);
    tag_settings::services(config);
    webhook_settings::services(config);
    widget::services(config);
    config
        .service(read_only("/assets/{name}").route(web::get().to(get_asset)))
        .service(read_only("/service-worker.js").route(web::get().to(get_service_worker)))
        .service(read_only("/w/{key}.js").route(web::get().to(get_loader)))
        .service(read_only("/chat/{key}").route(web::get().to(get_chat_page)))
        .service(read_only("/avatars/{id}").route(web::get().to(get_avatar)))
        .service(read_only("/files/{pass}/agents/{agent_id}").route(web::get().to(get_agents_picture)))
        .service(read_only("/files/{pass}/{id}").route(web::get().to(get_file)))
        .service(read_only("/files/{pass}/{id}/preview").route(web::get().to(get_preview)))
        .service(read_only("/files/{pass}/{id}/download").route(web::get().to(download_file)))
        .service(read_only("/tables/{pass}/contacts.csv").route(web::get().to(get_contact_table)))
        .service(read_only("/tables/{pass}/failed-rows.csv").route(web::get().to(get_failure_table)))
        .service(read_only("/tables/{pass}/audit.csv").route(web::get().to(get_audit_table)))
        .service(read_only("/tables/{pass}/contact.json").route(web::get().to(get_contact_data)))
        .route("/metrics", web::get().to(get_metrics))
        .configure(api_docs::configure)
        .default_service(web::to(no_route));
}

/// Middleware: whoever asks for the head of something gets it wherever there is something to get. The server leaves the body
/// out by itself; what is inside, and innermost, only sees a `GET`.
///
/// # Errors
/// Those of the services inside.
pub async fn head_as_get<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}

/// An address that can only be read.
pub(crate) fn read_only(path: &str) -> Resource {
    web::resource(path).default_service(web::to(async || method_not_allowed("GET, HEAD")))
}

fn method_not_allowed(methods: &str) -> HttpResponse {
    let mut response =
        ApiError::new(ErrorCode::MethodNotAllowed, format!("This address knows {methods}")).error_response();
    if let Ok(value) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// What answers when no route matches: 405 where the path exists with another method, the console's page where the
/// console may know the address, else 404.
async fn no_route(state: Data<AppState>, request: HttpRequest, routes: Data<Routes>) -> ApiResult<HttpResponse> {
    let path = path_of(&request);
    let methods = routes.methods_of(path);
    if !methods.is_empty() {
        return Ok(method_not_allowed(&methods));
    }
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD) && !is_reserved(path);
    if is_page { get_console(&state, &request) } else { Err(ApiError::not_found("address")) }
}

/// Whether an address can never be one of the console's: it is a program's, or a file's.
fn is_reserved(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    ["api", "widget", "assets", "w", "chat", "docs", "files", "avatars", "tables"].contains(&first)
        || path.rsplit('/').next().is_some_and(|last| last.contains('.'))
}
