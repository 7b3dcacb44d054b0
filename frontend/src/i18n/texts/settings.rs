//! Settings of one's own account.

use crate::i18n::texts;

texts! {
    profile = "账号信息", "Profile";
    organisation = "所属组织", "Organisation";
    role = "角色", "Role";
    name = "姓名", "Name";
    profile_edit = "个人资料", "Profile details";
    profile_note = "访客和同事看到的是姓名；手机号和邮箱只有同组织的人可见。", "Visitors and colleagues see the name; mobile and email stay within the organisation.";
    profile_saved = "个人资料已保存", "Profile saved";
    about = "关于", "About";
    version = "版本", "Version";
    documentation = "文档", "Documentation";
    api_documentation = "接口文档", "API documentation";
    devices = "已登录设备", "Signed-in devices";
    devices_note = "如有不认识的设备，请将其退出并修改密码。", "If you do not recognise one, sign it out and change your password.";
    device_current = "当前设备", "This device";
    device_sign_out = "退出", "Sign out";
    device_sign_out_named(device: String) = "退出 {device}", "Sign out {device}";
    device_signed_out = "该设备已退出", "The device is signed out";
    device_last_used(time: String, ip: String) = "{time} · {ip}", "{time} · {ip}";
    device_unknown = "未知设备", "Unknown device";
    change_password = "修改密码", "Change password";
    change_password_note = "修改后，其他已登录的设备会立即退出。", "Every other signed-in device is signed out at once.";
    old_password = "原密码", "Current password";
    new_password = "新密码", "New password";
    repeat_password = "确认新密码", "Repeat the new password";
    passwords_differ = "两次输入的新密码不一致", "The two passwords differ";
    password_changed = "密码已修改，其他设备已退出", "Password changed; other devices are signed out";
    alerts_note = "只影响当前浏览器。挂起时不会收到任何通知。", "Applies to this browser only. While you are away, nothing is announced.";
    alerts_enabled = "新消息通知", "New-message notifications";
    alerts_enabled_note = "访客发来消息时，在页面右下角和系统通知中提醒。", "When a visitor writes, a card on the page and a notification of your system say so.";
    alerts_sound = "提示音", "Sound";
    alerts_sound_note = "新消息到达时播放提示音。", "Plays two soft notes for a new message.";
    alerts_quiet = "免打扰时段", "Quiet hours";
    alerts_quiet_note = "这段时间内没有提示音和系统通知，页面上的提醒照常。", "No sound and no system notification between these times; cards on the page remain.";
    alerts_from = "开始时间", "From";
    alerts_to = "结束时间", "To";
    alerts_granted = "浏览器已允许通知。", "The browser allows notifications.";
    alerts_denied = "浏览器已阻止通知。请点击地址栏左侧的图标，将“通知”改为“允许”，然后刷新页面。", "The browser blocks notifications. Click the icon at the left of the address bar, set Notifications to Allow, and reload.";
    alerts_unsupported = "此浏览器不支持系统通知；页面提醒和提示音仍然有效。", "This browser has no system notifications; cards and sound still work.";
    appearance = "界面", "Interface";
    send_key_setting = "发送消息", "Sending messages";
    ctrl_enter_sends(key: &str) = "{key} + Enter 发送", "{key} + Enter sends";
    ctrl_enter_breaks(key: &str) = "{key} + Enter 换行", "{key} + Enter starts a new line";
    enter_sends = "Enter 发送", "Enter sends";
    enter_breaks = "Enter 换行", "Enter starts a new line";
    send_by_ctrl_enter(key: &str) = "{key} + Enter 发送，Enter 换行", "{key} + Enter sends, Enter starts a new line";
    send_by_enter(key: &str) = "Enter 发送，{key} + Enter 换行", "Enter sends, {key} + Enter starts a new line";
    appearance_note = "只影响当前浏览器。", "Applies to this browser only.";
}
