//! What programs need to work with the organisation.

use crate::i18n::texts;

texts! {
    developers = "开发者", "Developers";
    developers_hint = "让您的程序使用本组织的客服系统。", "Let your programs work with this organisation.";
    developers_admins_only = "只有管理员可以管理开发者设置。", "Only admins manage what is for developers.";
    developers_admins_only_hint = "请联系管理员。", "Ask an admin.";
    api_tokens = "API 令牌", "API tokens";
}
