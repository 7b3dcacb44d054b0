//! The frame around the signed-in pages.

use crate::i18n::texts;

texts! {
    main_navigation = "主导航", "Main navigation";
    page_navigation = "页面导航", "Pages";
    unread_total(count: i64) = "{count} 条未读消息", "{count} unread message" | "{count} unread messages";
    skip_to_content = "跳到主要内容", "Skip to content";
    conversations = "会话", "Conversations";
    channels = "渠道", "Channels";
    channels_failed = "渠道加载失败", "The channels could not be loaded";
    channels_empty = "还没有渠道", "No channels yet";
    channels_empty_hint = "添加一个网站渠道，把代码贴到您的网页即可开始接待。", "Add a website channel and paste its code into your pages.";
    channels_read_only = "渠道由管理员添加。", "Admins add channels.";
    add = "添加", "Add";
    add_channel = "添加渠道", "Add channel";
    account_menu = "账号菜单", "Account menu";
    own_account = "个人账号", "My account";
    sign_out = "退出登录", "Sign out";
    sign_out_everywhere = "退出所有设备", "Sign out everywhere";
    sign_out_everywhere_question = "退出所有设备？", "Sign out everywhere?";
    sign_out_everywhere_detail = "所有已登录的浏览器（包括当前这个）都会立即退出，需要重新登录。", "Every signed-in browser, this one included, is signed out at once.";
    connected = "已连接", "Connected";
    connecting = "连接中…", "Connecting…";
    reconnecting = "已断开，正在重连…", "Reconnecting…";
    outdated = "页面版本过旧，请刷新", "This page is out of date. Please reload.";
    reload_page = "刷新页面", "Reload";
    crashed = "页面出错了，请刷新。待发送的消息已保存在此浏览器。", "Something broke on this page. Please reload; messages waiting to be sent are kept in this browser.";
    suspended_title = "您处于挂起状态，不会收到新消息。", "You're away and won't get new messages.";
    suspended_resume = "恢复正常", "Go available";
    state_changed_normal = "登录状态已改为正常", "You're now available";
    state_changed_suspended = "登录状态已改为挂起", "You're now away";
    shortcuts = "快捷键", "Keyboard shortcuts";
    shortcut_open_sheet = "显示快捷键", "Show this list";
    shortcut_conversations = "前往会话", "Go to conversations";
    shortcut_account = "前往个人账号", "Go to my account";
    shortcut_send = "发送消息", "Send the message";
    shortcut_newline = "换行", "New line";
    shortcut_search = "搜索会话", "Search conversations";
    shortcut_next_unread = "下一个未读会话", "Next unread conversation";
    shortcut_up = "列表中上移", "Up in a list";
    shortcut_down = "列表中下移", "Down in a list";
    shortcut_close = "关闭弹窗或返回", "Close or go back";
    shortcut_then = "然后", "then";
    open_channels = "打开渠道列表", "Open the channels";
    channel_settings(name: &str) = "{name} 的设置", "Settings of {name}";
    channel_off = "已停用", "Disabled";
    role_agent = "客服", "Agent";
    role_supervisor = "督导", "Supervisor";
    role_admin = "管理员", "Admin";
    dismiss = "关闭提示", "Dismiss";
    notifications = "提示", "Notifications";
}
