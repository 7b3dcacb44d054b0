//! One of everything that events carry.

use super::{AT, ID};
use types::agents::{LoginState, Me, Role};
use types::assignment::{Assignment, AssignmentReason, Standing};
use types::channel_tree::{ChannelGroup, ChannelTree};
use types::channels::{Channel, ChannelKind, ChannelStyle};
use types::contacts::{Contact, ContactSummary};
use types::conversations::{Conversation, MessagePreview};
use types::custom_fields::{CustomField, CustomFieldKind, CustomFields, CustomValue};
use types::error::{FieldCode, FieldError, Problem};
use types::id::{
    AgentGroupId, AgentId, AvatarId, ChannelGroupId, ChannelId, ContactId, ConversationId, CustomFieldId, MessageId,
    Nonce, NoteId, OrgId, RequestId, SessionId, TagGroupId, TagId,
};
use types::messages::{Author, Content, Message};
use types::notes::{MemberChange, MemberChangeKind, Note};
use types::tags::{Tag, TagColor, TagGroup};
use types::visitors::{VisitorChannel, VisitorStyle};

pub(super) fn channel_tree() -> ChannelTree {
    let (id, name) = (ChannelGroupId(ID), "公众号".to_owned());
    let groups = vec![ChannelGroup { id, name, channel_ids: vec![ChannelId(ID)] }];
    ChannelTree { revision: 1, channel_ids: Vec::new(), groups }
}

pub(super) fn tag_group() -> TagGroup {
    let tag = Tag { id: TagId(ID), name: "重要客户".to_owned(), color: TagColor::Red };
    let (id, name) = (TagGroupId(ID), "级别".to_owned());
    TagGroup { id, name, single_choice: true, rank: 0, version: 1, tags: vec![tag] }
}

pub(super) fn custom_fields() -> CustomFields {
    let (id, name) = (CustomFieldId(ID), "会员级别".to_owned());
    let field =
        CustomField { id, name, kind: CustomFieldKind::Choice, choices: vec!["金".to_owned()], visitors_fill: true };
    CustomFields { version: 1, items: vec![field] }
}

pub(super) fn text() -> Content {
    Content::Text { text: "你好".to_owned() }
}

pub(super) fn agent() -> Author {
    Author::Agent { id: AgentId(ID), name: "张三".to_owned() }
}

pub(super) fn problem() -> Problem {
    let mut problem = Problem::invalid(vec![FieldError {
        field: "content.text".to_owned(),
        code: FieldCode::TooLong,
        detail: "must have at most 5000 characters".to_owned(),
        limit: Some(5_000),
    }]);
    problem.retry_after = Some(3);
    problem.request_id = Some(RequestId(ID));
    problem
}

pub(super) fn note() -> Note {
    Note {
        id: NoteId(ID),
        conversation_id: ConversationId(ID),
        number: 1,
        after_seq: 7,
        author_id: AgentId(ID),
        author_name: "张三".to_owned(),
        text: "老客户".to_owned(),
        whisper: true,
        mentions: vec![AgentId(ID)],
        change: Some(MemberChange {
            kind: MemberChangeKind::Joined,
            agent_id: AgentId(ID),
            agent_name: "王芳".to_owned(),
            until: Some(AT),
        }),
        nonce: Nonce(ID),
        created_at: AT,
    }
}

pub(super) fn message() -> Message {
    Message {
        id: MessageId(ID),
        conversation_id: ConversationId(ID),
        seq: 7,
        author: agent(),
        content: text(),
        nonce: Nonce(ID),
        created_at: AT,
    }
}

pub(super) fn conversation() -> Conversation {
    Conversation {
        id: ConversationId(ID),
        channel_id: ChannelId(ID),
        contact: ContactSummary {
            id: ContactId(ID),
            number: 42,
            name: None,
            blocked: false,
            version: 0,
            tag_ids: vec![TagId(ID)],
        },
        assignee_id: Some(AgentId(ID)),
        members: vec![AgentId(ID)],
        members_version: 1,
        closed_at: Some(AT),
        queued_at: Some(AT),
        snoozed_until: Some(AT),
        assignment: standing().assignment,
        last_seq: 7,
        last_message: Some(MessagePreview { seq: 7, author: Author::Visitor, content: text(), created_at: AT }),
        unread: 1,
        read_seq: 6,
        pinned: true,
        muted: false,
        marked_unread: false,
        mentioned: false,
        personal_revision: 1,
        cleared_seq: 0,
        recalls: 0,
        notes: 0,
        cleared_notes: 0,
        agents_read_seq: 6,
        visitor_read_seq: 7,
        waiting_since: Some(AT),
        last_activity_at: AT,
        created_at: AT,
    }
}

pub(super) fn standing() -> Standing {
    let (reason, group_id) = (AssignmentReason::Transferred, Some(AgentGroupId(ID)));
    Standing {
        assignee_id: Some(AgentId(ID)),
        members: vec![AgentId(ID)],
        members_version: 2,
        closed_at: Some(AT),
        queued_at: Some(AT),
        snoozed_until: Some(AT),
        assignment: Some(Assignment { reason, eligible: 2, by: Some(AgentId(ID)), group_id, at: AT }),
    }
}

pub(super) fn contact() -> Contact {
    Contact {
        id: ContactId(ID),
        number: 42,
        name: Some("李四".to_owned()),
        external_id: Some("u-17".to_owned()),
        channel_id: ChannelId(ID),
        ip: Some("203.0.113.7".to_owned()),
        region: Some("中国 · 广东 · 深圳".to_owned()),
        device: Some("PC".to_owned()),
        os: Some("Windows 10".to_owned()),
        browser: None,
        locale: Some("zh-CN".to_owned()),
        referrer: None,
        landing_page: None,
        landing_title: None,
        first_seen_at: AT,
        last_seen_at: AT,
        phone: Some("13800138000".to_owned()),
        remark: None,
        blocked_at: None,
        version: 1,
        tag_ids: vec![TagId(ID)],
        custom_values: vec![CustomValue { field_id: CustomFieldId(ID), value: "2026-11-28".to_owned() }],
        masked: Vec::new(),
    }
}

pub(super) fn channel() -> Channel {
    Channel {
        id: ChannelId(ID),
        kind: ChannelKind::Website,
        name: "官网".to_owned(),
        avatar_id: Some(AvatarId(ID)),
        introduction: String::new(),
        alert: true,
        enabled: true,
        unsent_preview: false,
        max_file_megabytes: 0,
        style: ChannelStyle::default(),
        style_revision: 1,
        key: "key".to_owned(),
        embed_code: "<script></script>".to_owned(),
        chat_url: "https://chat.example/chat/key".to_owned(),
        created_at: AT,
        updated_at: AT,
    }
}

pub(super) fn visitor_channel() -> VisitorChannel {
    VisitorChannel {
        name: "官网".to_owned(),
        introduction: String::new(),
        unsent_preview: true,
        style: VisitorStyle::default(),
        form: None,
    }
}

pub(super) fn me() -> Me {
    Me {
        id: AgentId(ID),
        org_id: OrgId(ID),
        org_name: "客厅".to_owned(),
        session_id: SessionId(ID),
        account: "admin".to_owned(),
        name: "张三".to_owned(),
        email: "a@example.com".to_owned(),
        mobile: "13800138000".to_owned(),
        avatar_id: Some(AvatarId(ID)),
        role: Role::Admin,
        sees_contact_details: true,
        edits_quick_replies: false,
        edits_automatic_replies: false,
        login_state: LoginState::Normal,
        saved_views: types::saved_views::SavedViews::default(),
        setup_dismissed: false,
        created_at: AT,
    }
}
