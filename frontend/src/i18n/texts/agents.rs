//! Colleagues: cards, and who takes part in a conversation.

use crate::i18n::texts;

texts! {
    agent_card = "客服资料", "Agent";
    agent_card_of(name: &str) = "{name} 的资料", "About {name}";
    agent_since = "加入时间", "Joined";
    agent_disabled = "已停用", "Disabled";
    agent_masked = "您没有查看同事账号和联系方式的权限", "You may not see colleagues' accounts and contact details";
    presence_online = "在线", "Online";
    presence_suspended = "挂起", "Suspended";
    presence_offline = "离线", "Offline";
}
