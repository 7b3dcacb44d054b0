//! Forgotten passwords and the second factor.

use crate::i18n::texts;

texts! {
    forgot_password = "忘记密码", "Forgotten password";
    forgot_password_question = "忘记密码？", "Forgotten your password?";
    forgot_password_hint = "我们会把验证码发送到该账号登记的手机号或邮箱。", "We send a code to the mobile number or email address that the account has.";
    reset_by = "验证方式", "Send the code by";
    reset_by_mobile = "短信", "Text message";
    reset_by_email = "邮件", "Email";
    reset_sent = "如果该账号存在且登记了相应的地址，验证码将很快送达，5 分钟内有效", "If there is such an account with such an address, a code is on its way; valid for 5 minutes";
    reset_submit = "重置密码", "Reset password";
    reset_note = "重置后，所有已登录的设备都会退出。", "Every signed-in device is signed out.";
    reset_done = "密码已重置，请使用新密码登录。", "Password reset. Sign in with the new one.";
    back_to_sign_in = "返回登录", "Back to sign in";
    second_factor = "两步验证", "Two-step verification";
    second_factor_code = "动态验证码", "Authentication code";
    second_factor_code_hint = "打开验证器 App，输入其中显示的 6 位数字。", "Open your authenticator app and enter the 6 digits it shows.";
    second_factor_either_hint = "验证器 App 中的 6 位数字，或一个恢复码。", "The 6 digits of your authenticator app, or a recovery code.";
    recovery_code = "恢复码", "Recovery code";
    recovery_code_hint = "形如 abcd-efgh-jkmn-pqrs，每个只能使用一次。", "Like abcd-efgh-jkmn-pqrs; each is good once.";
    use_recovery_code = "使用恢复码", "Use a recovery code";
    use_app_code = "使用动态验证码", "Use the app’s code";
    second_step_over = "验证已超时，请重新输入密码", "This took too long. Enter your password again.";
    second_factor_note = "开启后，登录时除密码外还需输入验证器 App 中的动态验证码。", "Signing in then asks for a code of your authenticator app as well as the password.";
    second_factor_off = "未开启", "Off";
    second_factor_on_since(date: String) = "已于 {date} 开启", "On since {date}";
    second_factor_enable = "开启两步验证", "Turn on two-step verification";
    second_factor_disable = "关闭两步验证", "Turn off two-step verification";
    second_factor_begin_note = "请先输入登录密码。", "First, your password.";
    second_factor_scan = "用验证器 App（如 Microsoft Authenticator、Google Authenticator）扫描二维码，再输入其中显示的验证码。", "Scan this with an authenticator app (such as Microsoft or Google Authenticator), then enter the code it shows.";
    second_factor_qr = "两步验证二维码", "QR code for two-step verification";
    second_factor_secret = "密钥", "Secret key";
    second_factor_secret_hint = "无法扫描时，在 App 中手动输入此密钥。", "If you cannot scan, type this into the app.";
    second_factor_enabled = "两步验证已开启", "Two-step verification is on";
    second_factor_disabled = "两步验证已关闭", "Two-step verification is off";
    second_factor_confirm = "确认开启", "Turn on";
    recovery_codes = "恢复码", "Recovery codes";
    recovery_codes_note = "手机丢失时可用恢复码登录，每个只能使用一次。它们只显示这一次，请妥善保存。", "They let you in without your phone, each once. They are shown this once only: keep them in a safe place.";
    recovery_codes_left(count: u32) = "还剩 {count} 个恢复码", "{count} recovery code left" | "{count} recovery codes left";
    recovery_codes_renew = "重新生成恢复码", "Make new recovery codes";
    recovery_codes_renew_note = "原有的恢复码将全部失效。", "Those you have are good for nothing any more.";
    recovery_codes_saved = "我已保存", "I have saved them";
    copy_codes = "复制", "Copy";
    password_again_note = "修改手机号或邮箱需要验证登录密码，因为忘记密码时凭它们重置。", "Needed to change mobile or email: a forgotten password is reset by them.";
    devices_sign_out_others = "退出其他设备", "Sign out the others";
    devices_others_signed_out = "其他设备已退出", "The other devices are signed out";
    device_last_used_in(time: String, ip: String, place: String) = "{time} · {ip} · {place}", "{time} · {ip} · {place}";
}
