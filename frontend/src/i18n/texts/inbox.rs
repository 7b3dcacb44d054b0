//! The inbox: conversation list, conversation, composer, contact panel.

use crate::i18n::texts;

texts! {
    conversation_list = "会话列表", "Conversation list";
    no_conversations = "暂无会话", "No conversations yet";
    start_title = "欢迎来到您的客厅", "Welcome to your parlor";
    start_add = "先添加一个网站渠道，访客就能从您的网页给您发消息。", "Add a website channel first; visitors can then write to you from your pages.";
    start_wait = "等待第一位访客", "Waiting for the first visitor";
    start_install(name: &str) = "把“{name}”的代码贴到您的网页，或把聊天链接发给客户；他们的消息会立刻出现在这里。", "Paste the code of {name} into your pages, or send customers the chat link. What they write appears here at once.";
    no_conversations_of_channel = "该渠道暂无会话", "No conversations in this channel yet";
    all_conversations = "全部会话", "All conversations";
    show_all_conversations = "显示全部会话", "Show all conversations";
    conversations_failed = "会话加载失败", "The conversations could not be loaded";
    choose_conversation = "请选择一个会话", "Choose a conversation";
    choose_conversation_hint = "从左侧列表选择会话，开始为访客解答。", "Pick one from the list to start answering.";
    conversation_missing = "找不到这个会话", "This conversation does not exist";
    conversation_missing_hint = "它可能已被删除，或者不归您负责。", "It may have been deleted, or it is not yours.";
    messages_failed = "消息加载失败", "The messages could not be loaded";
    visitor_number(number: i64) = "访客 {number}", "Visitor {number}";
    unread_of(count: i64) = "{count} 条未读", "{count} unread";
    needs_reply = "待回复", "Needs reply";
    waiting_for(time: String) = "待回复 · {time}", "Needs reply · {time}";
    waited(span: &str) = "已等 {span}", "Waiting {span}";
    unsent_waiting = "有消息待发送", "Messages waiting to be sent";
    unsent_failed = "有消息发送失败", "Messages could not be sent";
    draft_mark = "草稿", "Draft";
    preview_by_me(text: &str) = "我：{text}", "You: {text}";
    preview_by(name: &str, text: &str) = "{name}：{text}", "{name}: {text}";

    message_log = "消息记录", "Messages";
    message_input = "输入消息", "Write a message";
    send = "发送", "Send";
    send_hint(key: &str) = "{key} + Enter 发送，Enter 换行", "{key} + Enter sends, Enter starts a new line";
    offline_strip = "已断开，消息将在恢复后自动发送", "Disconnected. Messages will be sent once you are back.";
    emoji = "表情", "Emoji";
    mark_sending = "发送中", "Sending";
    mark_sent = "已发送", "Sent";
    mark_read = "已读", "Read";
    mark_failed = "发送失败", "Not sent";
    discard_message = "删除", "Delete";
    new_messages_line = "以下为新消息", "New messages";
    new_messages_jump(count: usize) = "{count} 条新消息", "{count} new";
    to_newest = "回到最新消息", "Go to the newest message";
    loading_earlier = "正在加载更早的消息", "Loading earlier messages";
    earlier_failed = "更早的消息加载失败", "Earlier messages could not be loaded";
    beginning_of_conversation = "会话从这里开始", "The conversation begins here";
    message_too_long = "消息过长，无法发送", "The message is too long to be sent";
    characters_over(count: usize) = "超出 {count} 个字", "{count} character too many" | "{count} characters too many";
    too_long = "消息过长", "Message too long";
    me = "我", "Me";

    contact_information = "联系人信息", "Contact";
    show_contact = "查看联系人信息", "Show the contact";
    hide_contact = "收起联系人信息", "Hide the contact";
    contact_of(name: &str) = "{name} 的联系人信息", "Contact of {name}";
    contact_failed = "联系人信息加载失败", "The contact could not be loaded";
    contact_region = "所在区域", "Region";
    contact_channel = "渠道", "Channel";
    contact_ip = "IP", "IP";
    contact_device = "终端", "Device";
    contact_source = "来源", "Source";
    contact_referrer = "来源页", "Referrer";
    contact_landing_page = "落地页", "Landing page";
    contact_locale = "浏览器语言", "Language";
    contact_first_seen = "首次来访", "First seen";
    contact_last_seen = "最近来访", "Last seen";
    contact_source_direct = "直接访问", "Came directly";
    contact_unknown = "未知", "Unknown";

    emoji_smileys = "笑脸", "Smileys";
    emoji_gestures = "手势", "Gestures";
    emoji_hearts = "心意", "Hearts";
    emoji_things = "物品", "Things";
}
