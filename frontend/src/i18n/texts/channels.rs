//! Channel pages.

use crate::i18n::texts;

texts! {
    kind_website = "网站", "Website";
    new_channel_title = "添加网站渠道", "Add a website channel";
    new_channel_hint = "保存后即可得到嵌入代码和聊天链接。", "Saving gives you the embed code and the chat link.";
    channel_details = "基本信息", "Details";
    channel_style = "设置样式", "Appearance";
    channel_install = "接入方式", "Installation";
    channel_name = "名称", "Name";
    channel_name_placeholder = "例如：官网", "For example: our website";
    introduction = "简介", "Introduction";
    introduction_note = "显示在聊天窗口的标题下方。", "Shown below the title of the chat window.";
    message_alert = "消息提示", "Message alerts";
    message_alert_note = "关闭后，新消息不计入未读总数和标签页标题。", "While off, new messages do not count in the total and the tab's title.";
    enabled = "启用", "Enabled";
    enabled_note = "停用后，网页上不再显示聊天按钮，访客无法发送消息。", "While disabled, pages show no chat button and visitors cannot write.";
    color = "颜色", "Colour";
    color_custom = "自定义颜色", "Custom colour";
    position = "位置", "Position";
    position_right = "右侧", "Right";
    position_left = "左侧", "Left";
    preview = "预览", "Preview";
    preview_greeting = "您好，有什么可以帮您？", "Hello, how can we help?";
    preview_typing = "输入消息", "Write a message";
    embed_code = "嵌入代码", "Embed code";
    embed_code_note = "粘贴到网页 <body> 中的任意位置即可。", "Paste it anywhere in the <body> of your pages.";
    copy_code = "复制代码", "Copy code";
    chat_link = "聊天链接", "Chat link";
    chat_link_note = "打开即可直接聊天，也可以做成二维码。", "Opens the chat directly; works as a QR code too.";
    copy_link = "复制链接", "Copy link";
    open_link = "打开聊天页", "Open the chat page";
    chat_link_qr = "聊天链接二维码", "QR code of the chat link";
    channel_created = "渠道已添加", "Channel added";
    channel_saved = "已保存", "Saved";
    channel_deleted = "渠道已删除", "Channel deleted";
    delete_channel = "删除渠道", "Delete channel";
    delete_channel_note = "渠道连同其全部会话和消息将被永久删除，无法恢复。", "The channel goes with all its conversations and messages, for good.";
    delete_question(name: String) = "删除渠道“{name}”？", "Delete the channel “{name}”?";
    delete_contents = "以下内容将一并永久删除，无法恢复：", "This goes with it, for good:";
    delete_contacts(count: u64) = "{count} 位访客", "{count} visitors";
    delete_conversations(count: u64) = "{count} 个会话", "{count} conversations";
    delete_messages(count: u64) = "{count} 条消息", "{count} messages";
    delete_confirm_name = "请输入渠道名称以确认", "Type the channel's name to confirm";
    danger_zone = "危险操作", "Danger zone";
    unsaved_title = "放弃未保存的修改？", "Discard unsaved changes?";
    unsaved_detail = "您的修改还没有保存，离开后将会丢失。", "Your changes are not saved yet and will be lost.";
    unsaved_leave = "放弃修改", "Discard";
    unsaved_stay = "继续编辑", "Keep editing";
    unsaved_mark = "有未保存的修改", "Unsaved changes";
    channel_gone = "该渠道不存在或已被删除", "The channel does not exist, or has been deleted";
    admins_edit_only = "只有管理员可以修改渠道。", "Only admins can change channels.";
}
