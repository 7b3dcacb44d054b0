//! Registration, login, verification codes, legal pages.

use crate::i18n::texts;

texts! {
    sign_in = "登录", "Sign in";
    sign_in_title = "欢迎回来", "Welcome back";
    sign_in_hint = "登录后即可接待来自各个渠道的客户。", "Sign in to answer your customers, wherever they write.";
    sign_up = "注册", "Register";
    sign_up_title = "创建您的组织", "Create your organisation";
    sign_up_hint = "几分钟即可开始接待您的第一位访客。", "A few minutes from here to your first visitor.";
    no_account_yet = "还没有账号？", "No account yet?";
    have_account = "已有账号？", "Already registered?";
    org_name = "组织名称", "Organisation name";
    contact_person = "联系人", "Contact person";
    email = "邮箱", "Email";
    account = "账号", "Account";
    password = "密码", "Password";
    mobile = "手机号", "Mobile";
    code = "验证码", "Verification code";
    get_code = "获取验证码", "Get code";
    resend_in(seconds: i64) = "{seconds} 秒后重新获取", "Resend in {seconds} s";
    proof = "安全校验", "Security check";
    solving_proof = "安全校验中…", "Checking…";
    code_sent_to(mobile: String) = "验证码已发送至 {mobile}，5 分钟内有效", "Code sent to {mobile}; valid for 5 minutes";
    code_sent_to_email(email: String) = "验证码已发送至 {email}，5 分钟内有效", "Code sent to {email}; valid for 5 minutes";
    development_codes_hint = "开发环境：验证码显示在", "Development: codes are shown on";
    development_codes = "开发验证码", "Development codes";
    development_codes_intro = "本页仅在开发模式下提供，显示最近发送的验证码，每隔几秒自动更新。", "Only served in development. Shows the codes sent last and refreshes every few seconds.";
    development_codes_empty = "还没有验证码", "No codes yet";
    development_codes_empty_hint = "在注册页点击“获取验证码”后，验证码会出现在这里。", "Press “Get code” on the registration page and it appears here.";
    development_codes_absent = "此服务器不提供开发验证码", "This server does not show codes";
    sent_at = "发送时间", "Sent";
    have_read = "已阅读", "I have read the ";
    list_and = "和", " and ";
    show_password = "显示密码", "Show password";
    hide_password = "隐藏密码", "Hide password";
    account_note = "4–32 位字母、数字、点、横线或下划线", "4 to 32 letters, digits, dots, hyphens or underscores";
    password_note = "至少 8 位，不要用常用密码，也不要用账号、姓名或手机号", "At least 8 characters; no common password, and not your account, name or mobile";
    login_state = "登录状态", "Login state";
    login_state_normal = "正常", "Normal";
    login_state_normal_hint = "在线，接收消息", "Online: you receive messages";
    login_state_suspended = "挂起", "Suspended";
    login_state_suspended_hint = "离线，不接收消息", "Offline: you receive none";
    registered_title = "注册成功", "Registered";
    registered_hint = "请使用刚才设置的账号和密码登录。", "Sign in with the account and password you just chose.";
    session_over = "登录已失效，请重新登录", "Your session has ended. Please sign in again.";
    brand_headline = "让每一次来访，都有人接待", "Every visitor, properly received";
    brand_text = "一个工作台，实时接待来自网站与各个平台的客户。消息不丢失、不重复。", "One console for everyone who writes to you, in real time. Nothing lost, nothing sent twice.";
    brand_visitor_line = "你好，请问可以开发票吗？", "Hi, can I get an invoice?";
    brand_agent_line = "可以的，我马上为您处理。", "Of course, right away.";
    brand_visitor_thanks = "太好了，谢谢！", "Great, thank you!";
    brand_point_live = "实时双向，已读可见", "Real-time both ways, with read receipts";
    brand_point_durable = "断网也不丢一条消息", "No message lost, even offline";
    brand_point_own = "数据保存在您自己的服务器", "Your data, on your own server";
    legal_others = "其他协议", "Other agreements";
}
