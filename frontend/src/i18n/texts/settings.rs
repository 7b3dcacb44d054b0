//! Settings of one's own account.

use crate::i18n::texts;

texts! {
    profile = "账号信息", "Profile";
    organisation = "所属组织", "Organisation";
    role = "角色", "Role";
    name = "姓名", "Name";
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
    appearance = "界面", "Interface";
    appearance_note = "只影响当前浏览器。", "Applies to this browser only.";
}
