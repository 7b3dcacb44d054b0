//! Words that every area uses.

use crate::i18n::texts;

texts! {
    product_name = "Parlor 客厅", "Parlor";
    save = "保存", "Save";
    cancel = "取消", "Cancel";
    delete = "删除", "Delete";
    close = "关闭", "Close";
    back = "返回", "Back";
    retry = "重试", "Try again";
    copied = "已复制", "Copied";
    copy_failed = "复制失败，请手动选择文本复制", "Could not copy. Select the text and copy it by hand.";
    loading = "加载中…", "Loading…";
    language = "语言", "Language";
    theme = "主题", "Theme";
    theme_system = "跟随系统", "System";
    theme_light = "浅色", "Light";
    theme_dark = "深色", "Dark";
    user_agreement = "用户协议", "User agreement";
    service_agreement = "服务协议", "Service agreement";
    privacy_policy = "隐私政策", "Privacy policy";
    not_found_title = "找不到这个页面", "This page does not exist";
    not_found_hint = "链接可能已失效，或者地址输入有误。", "The link may be out of date, or the address mistyped.";
    go_home = "返回首页", "Go to the start page";
    load_failed = "加载失败", "Could not load";
    characters_of(used: usize, most: usize) = "{used}/{most}", "{used}/{most}";
    yesterday = "昨天", "Yesterday";
    today = "今天", "Today";
    just_now = "刚刚", "just now";
    minutes_ago(count: i64) = "{count} 分钟前", "{count} min ago";
    hours_ago(count: i64) = "{count} 小时前", "{count} h ago";
    minutes(count: i64) = "{count} 分钟", "{count} min";
    hours(count: i64) = "{count} 小时", "{count} h";
    days(count: i64) = "{count} 天", "{count} d";
    days_ago(count: i64) = "{count} 天前", "{count} d ago";

    error_malformed = "请求无法识别，请刷新页面后重试", "The request could not be read. Reload the page and try again.";
    error_unauthenticated = "登录已失效，请重新登录", "Your session has ended. Please sign in again.";
    error_wrong_credentials = "账号或密码不正确", "Incorrect account or password";
    error_forbidden = "您没有权限进行此操作", "You are not allowed to do this";
    error_read_only_view = "当前为只读查看，不能修改", "You only look on here: nothing can be changed";
    error_form_required = "请先填写聊天前的表单", "Fill in the form before the chat first";
    error_channel_disabled = "该渠道已停用", "The channel is disabled";
    error_not_found = "内容不存在或已被删除", "It does not exist, or has been deleted";
    error_insufficient_scope = "令牌没有所需的权限范围", "The token has not got the scope";
    error_proof_required = "安全验证未完成，请重试", "The security check was not completed. Try again.";
    error_repeated = "同一请求已提交过", "This was sent before";
    error_conflict = "内容已发生变化，请刷新后重试", "It has changed in the meantime. Reload and try again.";
    error_too_large = "内容过大", "Too large";
    error_invalid = "请检查填写的内容", "Please check what you entered";
    error_rate_limited = "操作过于频繁，请稍后再试", "Too many attempts. Please try again later.";
    error_rate_limited_for(seconds: u32) = "操作过于频繁，请 {seconds} 秒后再试", "Too many attempts. Try again in {seconds} s.";
    error_internal = "服务器出错了，请稍后重试", "Something went wrong on the server. Please try again later.";
    error_internal_with(id: String) = "服务器出错了，请稍后重试（请求编号 {id}）", "Something went wrong on the server (request {id}). Please try again later.";
    error_upstream = "验证码发送失败，请稍后重试", "The code could not be delivered. Please try again later.";
    error_busy = "服务器繁忙，请稍后重试", "The server is busy. Please try again shortly.";
    error_unavailable = "服务器暂时无法完成，操作可能已生效；请确认后再试", "The server cannot do it at the moment. It may have been done: please look before you try again.";
    error_network = "网络连接失败，请检查网络后重试", "No connection. Check your network and try again.";

    field_required(label: &str) = "{label}不能为空", "{label} is required";
    field_too_short(label: &str, least: i64) = "{label}至少 {least} 个字符", "{label} must have at least {least} characters";
    field_too_long(label: &str, most: i64) = "{label}最多 {most} 个字符", "{label} must have at most {most} characters";
    field_invalid(label: &str) = "{label}格式不正确", "{label} has the wrong format";
    field_out_of_range(label: &str) = "{label}超出允许的范围", "{label} is out of range";
    field_not_accepted(label: &str) = "请先阅读并勾选{label}", "Please read and accept the {label} first";
    field_taken(label: &str) = "该{label}已被使用", "This {label} is already in use";
    field_wrong(label: &str) = "{label}不正确", "{label} is not correct";
    field_expired(label: &str) = "{label}已失效，请重新获取", "{label} has expired. Please get a new one.";
    field_guessable(label: &str) = "{label}太容易被猜到：请避开常用密码以及您的账号、姓名、手机号和组织名称", "{label} is too easy to guess: avoid common passwords and your account, name, mobile and organisation";
    field_exhausted(label: &str) = "{label}错误次数过多，请重新获取", "Too many wrong tries of {label}. Please get a new one.";
    field_mobile_format = "手机号必须是 11 位数字的大陆手机号", "Mobile must be a mainland China number of exactly 11 digits";
    field_email_format = "邮箱格式不正确，例如 name@example.com", "Email must look like name@example.com";
    field_account_format = "账号只能包含字母、数字、点、横线和下划线，并以字母或数字开头", "Account may only contain letters, digits, dots, hyphens and underscores, beginning with a letter or digit";
    field_code_format = "验证码必须是 6 位数字", "Code must have exactly 6 digits";
    field_color_format = "颜色必须形如 #1677ff", "Colour must look like #1677ff";
}
