//! Conversation settings, editing a contact, the blacklist.

use crate::i18n::texts;

texts! {
    conversation_settings = "会话设置", "Conversation settings";
    pin_chat = "置顶聊天", "Pin to top";
    mute_chat = "消息免打扰", "Mute notifications";
    mark_unread = "标为未读", "Mark as unread";
    mark_as_read = "标为已读", "Mark as read";
    clear_history = "清空聊天记录", "Clear history";
    clear_question = "清空聊天记录？", "Clear the history?";
    clear_explained = "所有客服和访客都将看不到此前的全部消息，内部备注也一并清除，且无法恢复。操作会记入审计日志。", "Every message so far disappears, for all agents and for the visitor, and the internal notes with them. They cannot be brought back. It is recorded in the audit log.";
    clear_confirm = "清空", "Clear";
    history_cleared = "聊天记录已清空", "The history was cleared";
    delete_and_leave = "删除并退出", "Delete and leave";
    delete_chat_question = "删除并退出会话？", "Delete this conversation?";
    delete_chat_explained = "会话及其全部消息将为所有人删除，且无法恢复。访客再次发来消息时会开始新的会话。操作会记入审计日志。", "The conversation and all its messages are deleted for everybody and cannot be brought back. If the visitor writes again, a new conversation begins. It is recorded in the audit log.";
    chat_deleted = "会话已删除", "The conversation was deleted";
    too_many_pinned(count: u16) = "最多置顶 {count} 个会话", "At most {count} conversations can be pinned";
    pinned_mark = "已置顶", "Pinned";
    muted_mark = "消息免打扰", "Muted";
    unread_mark = "未读", "Unread";

    contact_name_field = "姓名", "Name";
    contact_phone = "电话", "Phone";
    contact_remark = "备注", "Remark";
    contact_masked = "您没有查看客人账号的权限", "You may not see visitor account details";
    contact_edit_unsaved(name: &str) = "{name}的联系人信息有修改没有保存", "A change to {name}'s contact information was not saved";
    contact_edit_unsaved_somewhere = "有联系人信息没有保存", "A change to a contact's information was not saved";
    field_saving = "保存中", "Saving";
    field_saved = "已保存", "Saved";
    field_conflict = "其他客服同时修改了此项", "Another agent has changed this meanwhile";
    field_theirs = "对方的内容", "Theirs";
    field_empty = "（空）", "(empty)";
    field_keep_mine = "保留我的", "Keep mine";
    field_take_theirs = "使用对方的", "Use theirs";

    blacklist = "黑名单", "Blacklist";
    blacklist_note = "开启后不再接收此访客的消息，会话移出列表", "Nothing more is received from this visitor, and the conversation leaves the list";
    blacklist_added = "已加入黑名单", "Added to the blacklist";
    blacklist_removed = "已移出黑名单", "Removed from the blacklist";
    blacklist_banner = "此访客在黑名单中，不会收到其消息", "This visitor is on the blacklist: nothing is received from them";
    blacklist_remove = "移出黑名单", "Remove from blacklist";
    blacklist_remove_named(name: &str) = "将{name}移出黑名单", "Remove {name} from the blacklist";
    see_blacklist = "查看黑名单", "See the blacklist";
    blacklist_hint = "不再接收这些访客的消息", "Nothing is received from these visitors";
    blacklist_empty = "黑名单是空的", "Nobody is on the blacklist";
    blacklist_empty_hint = "在联系人信息中可以将访客加入黑名单。", "A visitor is added in the contact panel.";
    blacklist_since(time: String) = "{time}加入", "Added {time}";
    blacklist_more = "加载更多", "Load more";
}
