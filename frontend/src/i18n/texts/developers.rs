//! What programs need to work with the organisation.

use crate::i18n::texts;

texts! {
    developers = "开发者", "Developers";
    developers_hint = "让您的程序使用本组织的客服系统。", "Let your programs work with this organisation.";
    developers_admins_only = "只有管理员可以管理开发者设置。", "Only admins manage what is for developers.";
    developers_admins_only_hint = "请联系管理员。", "Ask an admin.";
    list_comma = "、", ", ";

    api_tokens = "API 令牌", "API tokens";
    api_tokens_hint = "程序凭令牌以一位客服的身份调用 API，权限不会超过该客服。", "With a token a program calls the API as one agent, and may do no more than that agent.";
    api_tokens_none = "还没有令牌", "There are no tokens yet";
    api_tokens_none_hint = "创建一个令牌，让您的程序读取会话或发送消息。", "Create one to let a program read conversations or send messages.";
    api_tokens_full(most: u64) = "最多 {most} 个令牌；请先撤销不再使用的令牌。", "There are at most {most} tokens. Revoke one that is not used any more.";
    api_docs = "API 文档", "API documentation";
    api_token_add = "创建令牌", "Create token";
    api_token_name = "令牌名称", "Token name";
    api_token_name_note = "用在哪里，例如“CRM 同步”", "What it is for, such as “CRM sync”";
    api_token_agent = "以谁的身份", "Acts as";
    api_token_agent_note = "该客服被禁用或移除后，令牌随即失效。", "It stops when this agent is disabled or removed.";
    api_token_expiry = "有效期", "Expires";
    api_token_never = "永不过期", "Never";
    days_from_now(days: i64) = "{days} 天后", "In {days} day" | "In {days} days";
    api_token_make = "创建", "Create";
    api_token_once = "请立即复制并妥善保存：关闭后将无法再次查看。", "Copy it now and keep it safe: it is not shown again.";
    api_token_secret = "令牌", "Token";
    api_token_secret_note = "在请求头中发送：Authorization: Bearer <令牌>", "Send it as the header Authorization: Bearer <token>";
    api_token_copy = "复制令牌", "Copy token";
    api_token_kept = "我已保存", "I have saved it";
    api_token_acts_as(name: &str) = "身份：{name}", "Acts as {name}";
    api_token_used(when: &str, ip: &str) = "{when}使用过（{ip}）", "Used {when} from {ip}";
    api_token_unused = "从未使用", "Never used";
    api_token_until(when: &str) = "有效期至 {when}", "Until {when}";
    api_token_for_good = "永不过期", "Does not expire";
    api_token_made(when: &str, who: &str) = "{who} 创建于 {when}", "Created by {who} on {when}";
    api_token_expired = "已过期", "Expired";
    api_token_stopped = "已停用", "Stopped";
    api_token_revoke = "撤销", "Revoke";
    api_token_revoke_named(name: &str) = "撤销令牌 {name}", "Revoke token {name}";
    api_token_revoke_question(name: &str) = "撤销令牌“{name}”？", "Revoke the token {name}?";
    api_token_revoke_explained = "使用它的程序会立即无法访问，已打开的连接也会断开。此操作无法撤回。", "Programs that use it stop working at once, and their open connections close. This cannot be undone.";
    api_token_revoked(name: &str) = "已撤销“{name}”", "{name} revoked";

    scopes = "权限范围", "Scopes";
    scopes_read_only = "只读", "Read only";
    scopes_read_only_note = "读取，不改动任何内容", "Reads everything, changes nothing";
    scopes_everything = "全部", "Everything";
    scopes_everything_note = "该客服能做的一切", "All that the agent may do";
    scopes_chosen = "自选", "Custom";
    scopes_chosen_note = "逐项选择", "Choose each";
    scope_conversations_read = "读取会话", "Read conversations";
    scope_conversations_write = "处理会话", "Handle conversations";
    scope_contacts_read = "读取联系人", "Read contacts";
    scope_contacts_write = "修改联系人", "Change contacts";
    scope_tags_read = "读取标签", "Read tags";
    scope_tags_write = "管理标签", "Manage tags";
    scope_channels_read = "读取渠道", "Read channels";
    scope_channels_write = "管理渠道", "Manage channels";
    scope_agents_read = "读取用户", "Read agents";
    scope_agents_write = "管理用户", "Manage agents";
    scope_organisation_read = "读取组织设置", "Read settings";
    scope_organisation_write = "修改组织设置", "Change settings";
    scope_webhooks_read = "查看 Webhook 与投递记录", "Read webhooks and their deliveries";
    scope_webhooks_write = "管理 Webhook", "Manage webhooks";
    scope_audit_read = "读取操作日志", "Read the audit log";
    scope_profile_read = "读取账号资料", "Read the account";
    scope_profile_write = "修改账号资料", "Change the account";
    scope_events_read = "读取全部事件", "Read all events";
    scope_sockets_write = "打开实时连接", "Open sockets";
}
