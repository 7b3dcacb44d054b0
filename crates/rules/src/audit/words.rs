//! The words of the audit log in both languages.

use types::audit::{AuditGroup, AuditKind, AuditSubjectKind};
use types::contact_list::TableLanguage;

type Words = (&'static str, &'static str);

fn of((chinese, english): Words, language: TableLanguage) -> &'static str {
    match language {
        TableLanguage::Chinese => chinese,
        TableLanguage::English => english,
    }
}

/// What was done. A kind without words does not compile.
#[must_use]
pub fn action(kind: AuditKind, language: TableLanguage) -> &'static str {
    use AuditKind as Kind;
    let words = match kind {
        Kind::OrganisationRegistered => ("注册了企业", "Registered the organisation"),
        Kind::LoggedIn => ("登录", "Signed in"),
        Kind::LoginFailed => ("登录失败", "Sign-in refused"),
        Kind::LoggedOut => ("退出登录", "Signed out"),
        Kind::SessionsEnded => ("结束了登录会话", "Ended sessions"),
        Kind::SessionStolen => ("登录凭证被盗用，会话已结束", "Session ended: its token was copied"),
        Kind::PasswordChanged => ("修改了自己的密码", "Changed their password"),
        Kind::PasswordReset => ("用验证码重置了密码", "Reset their password with a code"),
        Kind::OperatorResetPassword => ("密码由服务器管理者重置", "Password reset by the server's operator"),
        Kind::SecondFactorSet => ("设置了两步验证", "Set their two-step verification"),
        Kind::SecondFactorRemoved => ("解除了同事的两步验证", "Removed a colleague's two-step verification"),
        Kind::RecoveryCodesRenewed => ("重新生成了恢复码", "Made new recovery codes"),
        Kind::OwnAccountEdited => ("修改了自己的资料", "Edited their own account"),
        Kind::AgentCreated => ("添加了用户", "Added a user"),
        Kind::OperatorAddedAgent => ("由服务器管理者添加", "Added by the server's operator"),
        Kind::AgentEdited => ("编辑了用户", "Edited a user"),
        Kind::AgentRoleChanged => ("修改了用户角色", "Changed a user's role"),
        Kind::AgentPasswordReset => ("重置了用户密码", "Reset a user's password"),
        Kind::AgentDisabled => ("停用了用户", "Disabled a user"),
        Kind::AgentEnabled => ("启用了用户", "Enabled a user"),
        Kind::AgentRemoved => ("移除了用户", "Removed a user"),
        Kind::AgentViewBegun => ("以同事身份查看工作台", "Viewed the console as a colleague"),
        Kind::AgentViewEnded => ("结束了以同事身份查看", "Ended a view as a colleague"),
        Kind::AgentGroupCreated => ("添加了客服组", "Added a group of agents"),
        Kind::AgentGroupRenamed => ("重命名了客服组", "Renamed a group of agents"),
        Kind::AgentGroupMembersChanged => ("调整了客服组成员", "Changed who is in a group"),
        Kind::AgentGroupDeleted => ("删除了客服组", "Deleted a group of agents"),
        Kind::ConversationAssigned => ("转接或接管了会话", "Handed on or took over a conversation"),
        Kind::MemberAdded => ("邀请客服加入会话", "Added an agent to a conversation"),
        Kind::MemberRemoved => ("将客服移出会话", "Removed an agent from a conversation"),
        Kind::ConversationCleared => ("清空了会话记录", "Cleared a conversation"),
        Kind::ConversationDeleted => ("删除了会话", "Deleted a conversation"),
        Kind::ContactBlocked => ("加入黑名单", "Put a visitor on the blacklist"),
        Kind::ContactUnblocked => ("移出黑名单", "Took a visitor off the blacklist"),
        Kind::ContactsImported => ("导入了联系人", "Imported contacts"),
        Kind::ContactsTagged => ("批量打标签", "Tagged many contacts"),
        Kind::ContactsMerged => ("合并了联系人", "Merged two contacts"),
        Kind::ContactMergeUndone => ("撤销了联系人合并", "Undid a merge of two contacts"),
        Kind::ContactDeleted => ("删除了访客的全部数据", "Deleted a visitor's data"),
        Kind::ContactDataExported => ("导出了一位访客的数据", "Exported a visitor's data"),
        Kind::ContactsExported => ("导出了联系人", "Exported contacts"),
        Kind::AuditExported => ("导出了操作日志", "Exported the audit log"),
        Kind::ChannelCreated => ("添加了渠道", "Added a channel"),
        Kind::ChannelUpdated => ("编辑了渠道", "Edited a channel"),
        Kind::ChannelDeleted => ("删除了渠道", "Deleted a channel"),
        Kind::ChannelStyleRestored => ("恢复了渠道样式的旧版本", "Restored a version of a channel's style"),
        Kind::ChannelIdentitySecretSet => ("更换了渠道的身份密钥", "Set a channel's identity secret"),
        Kind::ChannelIdentitySecretRemoved => ("移除了渠道的身份密钥", "Removed a channel's identity secret"),
        Kind::ChannelGroupCreated => ("添加了渠道分组", "Added a group of channels"),
        Kind::ChannelGroupRenamed => ("重命名了渠道分组", "Renamed a group of channels"),
        Kind::ChannelGroupDeleted => ("删除了渠道分组", "Deleted a group of channels"),
        Kind::ChannelsArranged => ("调整了渠道顺序", "Rearranged channels"),
        Kind::ChannelAssignmentSet => ("设置了渠道的会话分配", "Set a channel's assignment"),
        Kind::TagGroupCreated => ("添加了标签分组", "Added a group of tags"),
        Kind::TagGroupUpdated => ("编辑了标签分组", "Edited a group of tags"),
        Kind::TagGroupDeleted => ("删除了标签分组", "Deleted a group of tags"),
        Kind::TagCreated => ("添加了标签", "Added a tag"),
        Kind::TagUpdated => ("编辑了标签", "Edited a tag"),
        Kind::TagDeleted => ("删除了标签", "Deleted a tag"),
        Kind::FileLimitSet => ("设置了文件大小限制", "Set the largest file"),
        Kind::WelcomeSet => ("设置了欢迎语", "Set the welcome message"),
        Kind::CustomFieldsSet => ("设置了自定义字段", "Set the custom fields"),
        Kind::ApiTokenCreated => ("创建了 API 令牌", "Created an API token"),
        Kind::ApiTokenRevoked => ("吊销了 API 令牌", "Revoked an API token"),
        Kind::WebhookCreated => ("添加了 Webhook", "Added a webhook"),
        Kind::WebhookUpdated => ("编辑了 Webhook", "Edited a webhook"),
        Kind::WebhookSecretRotated => ("更换了 Webhook 密钥", "Changed a webhook's secret"),
        Kind::WebhookDeliveriesReplayed => ("重新投递了 Webhook", "Sent deliveries of a webhook again"),
        Kind::WebhookDeleted => ("删除了 Webhook", "Deleted a webhook"),
    };
    of(words, language)
}

/// Deeds that belong together.
#[must_use]
pub fn group(group: AuditGroup, language: TableLanguage) -> &'static str {
    let words = match group {
        AuditGroup::SignIn => ("登录与安全", "Sign-in and security"),
        AuditGroup::People => ("用户与权限", "Users and permissions"),
        AuditGroup::Conversations => ("会话", "Conversations"),
        AuditGroup::Contacts => ("联系人", "Contacts"),
        AuditGroup::Channels => ("渠道", "Channels"),
        AuditGroup::Tags => ("标签", "Tags"),
        AuditGroup::Exports => ("导出", "Exports"),
        AuditGroup::Settings => ("企业设置", "Organisation settings"),
        AuditGroup::Integrations => ("集成", "Integrations"),
    };
    of(words, language)
}

/// What something was done to.
#[must_use]
pub fn subject(kind: AuditSubjectKind, language: TableLanguage) -> &'static str {
    let words = match kind {
        AuditSubjectKind::Agent => ("用户", "User"),
        AuditSubjectKind::AgentGroup => ("客服组", "Group of agents"),
        AuditSubjectKind::Channel => ("渠道", "Channel"),
        AuditSubjectKind::ChannelGroup => ("渠道分组", "Group of channels"),
        AuditSubjectKind::Contact => ("访客", "Visitor"),
        AuditSubjectKind::Conversation => ("会话", "Conversation"),
        AuditSubjectKind::Tag => ("标签", "Tag"),
        AuditSubjectKind::TagGroup => ("标签分组", "Group of tags"),
        AuditSubjectKind::ApiToken => ("API 令牌", "API token"),
        AuditSubjectKind::Webhook => ("Webhook", "Webhook"),
    };
    of(words, language)
}

/// What a field of an entry is; a test of the server asks for each that there is.
#[must_use]
pub fn field(name: &str, language: TableLanguage) -> Option<&'static str> {
    let words = match name {
        "contact" => ("访客", "visitor"),
        "merged" => ("被合并的访客", "merged visitor"),
        "messages" => ("消息数", "messages"),
        "member_name" => ("客服", "agent"),
        "name" => ("名称", "name"),
        "assignee_name" => ("转给", "to"),
        "automatic" => ("自动分配", "assigned automatically"),
        "groups" => ("客服组", "groups"),
        "fields" => ("修改项", "changed"),
        "changes" => ("变更", "changes"),
        "before" => ("之前", "before"),
        "channel" => ("渠道", "channel"),
        "channels" => ("渠道", "channels"),
        "moved" => ("移动的渠道", "moved channels"),
        "filter" => ("筛选", "filter"),
        "tags" => ("标签", "tags"),
        "contacts" => ("联系人数", "contacts"),
        "group_name" => ("分组", "group"),
        "max_megabytes" => ("上限（MB）", "limit (MB)"),
        "text" => ("内容", "text"),
        "second_factor" => ("两步验证", "two-step verification"),
        "second_factor_removed" => ("解除两步验证", "two-step verification removed"),
        "enabled" => ("开启", "on"),
        "owner_name" | "created_name" | "edited_name" | "removed_name" | "viewed_name" => ("用户", "user"),
        "role" => ("角色", "role"),
        "from" => ("之前", "from"),
        "to" => ("之后", "to"),
        "conversations" => ("会话数", "conversations"),
        "heir_name" => ("会话转给", "conversations to"),
        "account" => ("登录账号", "account"),
        "added" => ("加入", "added"),
        "removed" => ("移出", "removed"),
        "agents" => ("客服数", "agents"),
        "sessions" => ("会话数", "sessions"),
        "everywhere" => ("包括当前设备", "this device too"),
        "step" => ("未通过", "what was wrong"),
        "number" => ("访客编号", "visitor number"),
        "changed" => ("修改", "changed"),
        "deleted" => ("删除", "deleted"),
        "revision" => ("版本", "version"),
        "prefix" => ("令牌开头", "begins with"),
        "acts_as_name" => ("以谁的身份", "acts as"),
        "scopes" => ("权限范围", "scopes"),
        "expires_at" => ("有效期至", "good until"),
        "until" => ("最晚到", "at the latest until"),
        "host" => ("主机", "host"),
        "rows" => ("行数", "rows"),
        "updates" => ("更新已有联系人", "contacts that are there are updated"),
        "includes_contact_details" => ("包含访客资料", "with visitors' details"),
        "deliveries" => ("投递数", "deliveries"),
        "q" => ("搜索词", "words"),
        "blocked" => ("黑名单", "blacklist"),
        "group" => ("类别", "group of deeds"),
        "action" => ("操作", "deed"),
        "subject_kind" => ("对象类别", "kind of subject"),
        "since" => ("从", "since"),
        _ => return None,
    };
    Some(of(words, language))
}

/// A value that is a word of the program; names and texts are as they are.
#[must_use]
pub fn value(text: &str, language: TableLanguage) -> Option<&'static str> {
    let words = match text {
        "true" => ("是", "yes"),
        "false" => ("否", "no"),
        "agent" => ("客服", "agent"),
        "supervisor" => ("督导", "supervisor"),
        "admin" => ("管理员", "admin"),
        "password" => ("密码", "password"),
        "second_factor" => ("两步验证", "two-step verification"),
        "disabled" => ("账号已停用", "account disabled"),
        "name" => ("名称", "name"),
        "account" => ("登录账号", "account"),
        "email" => ("邮箱", "email"),
        "mobile" => ("手机号", "mobile number"),
        "avatar" => ("头像", "picture"),
        "level" => ("接待等级", "level"),
        "capacity" => ("接待上限", "capacity"),
        "sees_contact_details" => ("查看访客资料", "sees visitors' details"),
        "edits_quick_replies" => ("编辑快捷回复", "edits quick replies"),
        "edits_automatic_replies" => ("编辑自动回复", "edits automatic replies"),
        "groups" => ("客服组", "groups"),
        "group" => ("分组", "group"),
        "color" => ("颜色", "colour"),
        "place" => ("顺序", "order"),
        "single_choice" => ("单选", "single choice"),
        "introduction" => ("简介", "introduction"),
        "alert" => ("提醒", "alerts"),
        "unsent_preview" => ("输入预览", "preview of typing"),
        "max_file_megabytes" => ("文件大小上限", "largest file"),
        "style" => ("样式", "style"),
        _ => return None,
    };
    Some(of(words, language))
}
