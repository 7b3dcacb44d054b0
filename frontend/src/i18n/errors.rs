//! What went wrong, in the person's language: every code that the server may answer with has its sentence.

use super::Lang;
use client::rest::ApiError;
use types::error::{ErrorCode, FieldCode, FieldError, Problem};

/// The sentence of a call that failed.
pub fn error_text(lang: Lang, error: &ApiError) -> String {
    match error {
        ApiError::Problem(problem) => problem_text(lang, problem),
        ApiError::Network(_) => lang.error_network().to_owned(),
        ApiError::Unreadable(_) => lang.error_internal().to_owned(),
    }
}

/// The sentence of a problem. Field errors say which field and what; a server error names the request.
pub fn problem_text(lang: Lang, problem: &Problem) -> String {
    match problem.code {
        ErrorCode::Invalid if !problem.errors.is_empty() => {
            let separator = match lang {
                Lang::Zh => "；",
                Lang::En => "; ",
            };
            problem.errors.iter().map(|error| field_text(lang, error)).collect::<Vec<_>>().join(separator)
        }
        ErrorCode::RateLimited => match problem.retry_after {
            Some(seconds) => lang.error_rate_limited_for(seconds),
            None => lang.error_rate_limited().to_owned(),
        },
        ErrorCode::Internal => match problem.request_id {
            Some(id) => lang.error_internal_with(id.to_string()),
            None => lang.error_internal().to_owned(),
        },
        code => code_text(lang, code).to_owned(),
    }
}

/// The sentence of a code alone.
fn code_text(lang: Lang, code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MalformedRequest | ErrorCode::MethodNotAllowed | ErrorCode::UnsupportedMediaType => {
            lang.error_malformed()
        }
        ErrorCode::Unauthenticated => lang.error_unauthenticated(),
        ErrorCode::WrongCredentials => lang.error_wrong_credentials(),
        ErrorCode::Forbidden => lang.error_forbidden(),
        ErrorCode::InsufficientScope => lang.error_insufficient_scope(),
        ErrorCode::ProofRequired => lang.error_proof_required(),
        ErrorCode::ReadOnlyView => lang.error_read_only_view(),
        ErrorCode::ChannelDisabled => lang.error_channel_disabled(),
        ErrorCode::NotFound => lang.error_not_found(),
        ErrorCode::Conflict => lang.error_conflict(),
        ErrorCode::FormRequired => lang.error_form_required(),
        ErrorCode::IdempotencyInProgress | ErrorCode::IdempotencyKeyReused => lang.error_repeated(),
        ErrorCode::TooLarge => lang.error_too_large(),
        ErrorCode::Invalid => lang.error_invalid(),
        ErrorCode::RateLimited => lang.error_rate_limited(),
        ErrorCode::Internal => lang.error_internal(),
        ErrorCode::Upstream => lang.error_upstream(),
        ErrorCode::Busy => lang.error_busy(),
        ErrorCode::Unavailable => lang.error_unavailable(),
    }
}

/// The sentence of one field's error; it names the field.
pub fn field_text(lang: Lang, error: &FieldError) -> String {
    let label = field_label(lang, &error.field);
    let limit = error.limit.unwrap_or_default();
    match error.code {
        FieldCode::Required => lang.field_required(label),
        FieldCode::TooShort => lang.field_too_short(label, limit),
        FieldCode::TooLong if error.field == "items" => lang.views_full(limit),
        FieldCode::TooLong => lang.field_too_long(label, limit),
        FieldCode::InvalidFormat => match error.field.as_str() {
            "mobile" => lang.field_mobile_format().to_owned(),
            "email" => lang.field_email_format().to_owned(),
            "account" => lang.field_account_format().to_owned(),
            "code" => lang.field_code_format().to_owned(),
            "style.color" => lang.field_color_format().to_owned(),
            _ => lang.field_invalid(label),
        },
        FieldCode::OutOfRange => lang.field_out_of_range(label),
        FieldCode::NotAccepted => lang.field_not_accepted(label),
        FieldCode::Taken => lang.field_taken(label),
        FieldCode::Wrong => lang.field_wrong(label),
        FieldCode::Expired => lang.field_expired(label),
        FieldCode::Guessable => lang.field_guessable(label),
        FieldCode::Exhausted => lang.field_exhausted(label),
    }
}

/// The label of a field as forms show it; a field that no form has keeps its wire name.
fn field_label(lang: Lang, field: &str) -> &str {
    match field {
        "org_name" => lang.org_name(),
        "contact_name" => lang.contact_person(),
        "email" => lang.email(),
        "account" => lang.account(),
        "password" => lang.password(),
        "mobile" => lang.mobile(),
        "person.name" => lang.name(),
        "contact.name" => lang.contact_name_field(),
        "phone" => lang.contact_phone(),
        "remark" => lang.contact_remark(),
        "code" => lang.code(),
        "proof" => lang.proof(),
        "agreement_accepted" => match lang {
            Lang::Zh => lang.user_agreement(),
            Lang::En => "user agreement",
        },
        "agreements_accepted" => match lang {
            Lang::Zh => "服务协议和隐私政策",
            Lang::En => "service agreement and privacy policy",
        },
        "old_password" => lang.old_password(),
        "new_password" => lang.new_password(),
        "second_factor" | "second_factor_token" => lang.second_factor_code(),
        "recovery_code" => lang.recovery_code(),
        "by" => lang.reset_by(),
        "role" => lang.role(),
        "text" => lang.welcome_text(),
        "name" => lang.channel_name(),
        "introduction" => lang.introduction(),
        "style.color" => lang.color(),
        "url" => lang.webhook_url(),
        "description" => lang.webhook_description(),
        "events" => lang.webhook_events(),
        "style.launcher_text" => lang.style_launcher_text(),
        "view_name" => lang.view_name(),
        "tag_name" => lang.tag_name(),
        "api_token_name" => lang.api_token_name(),
        "agent_id" => lang.api_token_agent(),
        "scopes" => lang.scopes(),
        "expires_at" => lang.api_token_expiry(),
        "channel_group_name" => lang.channel_group_name(),
        "group_id" => lang.channel_group(),
        "tag_group_name" => lang.tag_group_name(),
        "agent_group_name" => lang.agent_group_name(),
        "settings.capacity" => lang.people_capacity(),
        other if other.starts_with("style.form.") => lang.form_title(),
        // Of a saved view.
        other if other.starts_with("items[") && other.ends_with("].name") => lang.view_name(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use types::id::RequestId;

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for &code in ErrorCode::ALL {
            let [zh, en] = Lang::ALL.map(|lang| problem_text(lang, &Problem::new(code, "")));
            assert!(!zh.is_empty() && !en.is_empty() && zh != en, "{code:?}");
            assert!(en.is_ascii(), "{en}");
        }
    }

    #[test]
    fn every_field_code_has_its_own_sentence_that_names_the_field() {
        for lang in Lang::ALL {
            let sentences: HashSet<String> = FieldCode::ALL
                .iter()
                .map(|&code| {
                    let error =
                        FieldError { field: "org_name".to_owned(), code, detail: String::new(), limit: Some(8) };
                    let text = field_text(lang, &error);
                    assert!(text.contains(lang.org_name()), "{text}");
                    text
                })
                .collect();
            assert_eq!(sentences.len(), FieldCode::ALL.len());
        }
    }

    #[test]
    fn a_server_error_names_the_request_and_a_limit_says_how_long() {
        let id: RequestId = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
        let mut problem = Problem::new(ErrorCode::Internal, "");
        problem.request_id = Some(id);
        assert!(problem_text(Lang::Zh, &problem).contains(&id.to_string()));
        assert!(problem_text(Lang::En, &Problem::rate_limited(17)).contains("17"));
    }
}
