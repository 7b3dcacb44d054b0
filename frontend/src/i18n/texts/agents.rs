//! Colleagues: cards, and who takes part in a conversation.

use crate::i18n::texts;

texts! {
    agent_card = "客服资料", "Agent";
    agent_card_of(name: &str) = "{name} 的资料", "About {name}";
    agent_since = "加入时间", "Joined";
    agent_disabled = "已停用", "Disabled";
    agent_masked = "您没有查看同事账号和联系方式的权限", "You may not see colleagues' accounts and contact details";
    agents_failed = "客服列表加载失败", "The agents could not be loaded";
    members = "客服", "Agents";
    members_none = "还没有客服加入", "Nobody has been added";
    members_add = "添加客服", "Add an agent";
    members_add_short = "添加", "Add";
    members_remove = "移除客服", "Remove an agent";
    members_remove_short = "移除", "Remove";
    members_search = "搜索客服", "Search agents";
    members_no_match = "没有找到客服", "No agent found";
    members_in = "已加入", "Added";
    members_remove_named(name: &str) = "移除 {name}", "Remove {name}";
    members_remove_explained = "移除后，对方将立即看不到此会话。", "They stop seeing this conversation at once.";
    members_leave = "退出会话", "Leave the conversation";
    members_leave_question = "退出会话？", "Leave this conversation?";
    members_leave_explained = "退出后您将看不到此会话，也不再收到新消息。", "You will no longer see this conversation, nor hear of new messages.";
    members_too_many(count: u16) = "最多添加 {count} 位客服", "At most {count} agents can be added";
    joined_line(name: &str) = "{name} 加入了会话", "{name} joined the conversation";
    invited_line(by: &str, name: &str) = "{by} 邀请 {name} 加入会话", "{by} added {name}";
    left_line(name: &str) = "{name} 退出了会话", "{name} left the conversation";
    removed_line(by: &str, name: &str) = "{by} 将 {name} 移出会话", "{by} removed {name}";
    withdrawn = "您已不在此会话中", "You are no longer in this conversation";
    withdrawn_hint = "您被移出或已退出，无法再查看其中的消息。", "You were removed, or have left. Its messages are out of your reach.";
    withdrawn_unsent(count: usize) = "{count} 条消息未发送：", "{count} message was not sent:" | "{count} messages were not sent:";
    left_answer = "写了一半的回复", "An answer that was begun";
    left_note = "未保存的内部备注", "An internal note that was not saved";
    presence_online = "在线", "Online";
    presence_suspended = "离线（已登录）", "Offline (signed in)";
    presence_offline = "离线", "Offline";
}
