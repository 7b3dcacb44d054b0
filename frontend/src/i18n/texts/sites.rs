//! Where a channel's chat may stand, and who its visitors are to the company.

use crate::i18n::texts;

texts! {
    sites_title = "允许的域名与身份验证", "Domains and identity";
    sites_open = "允许的域名、身份验证与 App 接入", "Allowed domains, identity and apps";
    sites_back = "返回渠道设置", "Back to the channel's settings";
    domains_title = "允许的域名", "Allowed domains";
    domains_everywhere = "列表为空：任何网站都可以嵌入此聊天。", "The list is empty: any site can embed this chat.";
    domains_listed = "只有以下网站可以嵌入此聊天，其他网站上的聊天无法打开。", "Only these sites can embed this chat. On other sites it cannot be opened.";
    domains_label = "域名，每行一个", "Domains, one per line";
    domains_note = "例如 example.com；*.example.com 表示其全部子域名，不含 example.com 本身。可以带端口。聊天链接不受影响。", "For example example.com. *.example.com means every subdomain, but not example.com itself. A port may follow. The chat link is not affected.";
    domains_placeholder = "www.example.com", "www.example.com";
    domains_save = "保存域名", "Save domains";
    domain_wrong(line: String) = "“{line}”不是有效的域名。请填写 example.com 或 *.example.com；中文域名请使用 xn-- 开头的写法。", "“{line}” is not a domain. Write example.com or *.example.com; names in other scripts as xn--….";
    identity_title = "身份验证", "Identity verification";
    identity_note = "您的服务器用身份密钥证明访客是谁：同一用户在任何设备上都是同一位访客，别人无法冒充。", "Your server proves who a visitor is with the identity secret: the same user is one contact on every device, and nobody can pretend to be them.";
    identity_none = "此渠道还没有身份密钥，访客都是匿名的。", "This channel has no identity secret: its visitors are anonymous.";
    identity_create = "生成身份密钥", "Create the identity secret";
    identity_since(when: String) = "身份密钥生成于 {when}。", "The identity secret was made on {when}.";
    identity_previous(when: String) = "旧密钥在 {when} 之前仍然有效。", "The one before it is good until {when}.";
    identity_rotate = "更换密钥", "New secret";
    identity_rotate_question = "更换身份密钥？", "Make a new identity secret?";
    identity_rotate_text = "新密钥立即生效，旧密钥 24 小时后失效。请在此期间更新您的服务器，否则用户将无法被识别。", "The new secret counts at once; the old one stops working in 24 hours. Update your server meanwhile, or your users are no longer recognised.";
    identity_remove = "移除密钥", "Remove the secret";
    identity_remove_question = "移除身份密钥？", "Remove the identity secret?";
    identity_remove_text = "移除后立即无法再识别任何用户，所有访客都将是匿名的。已有的会话保留。", "From then on nobody is recognised, at once: all visitors are anonymous. Conversations stay.";
    identity_removed = "身份密钥已移除", "The identity secret was removed";
    identity_secret = "身份密钥", "Identity secret";
    identity_secret_note = "只显示这一次，请立即保存到您的服务器。不要放进网页或 App。", "Shown only this once: keep it on your server now. Never put it into a page or an app.";
    identity_copy = "复制密钥", "Copy secret";
    identity_kept = "我已保存", "I have saved it";
    identity_server = "您的服务器使用的语言", "Your server's language";
    identity_code = "计算 user_hash", "Computing user_hash";
    identity_code_note = "在您的服务器上计算，把结果随网页或 App 一起下发。", "Runs on your server; hand the result to your page or app.";
    identity_page = "在网页中", "On your page";
    identity_page_note = "放在嵌入代码之后；用户退出登录时调用 Parlor(\"logout\")。", "After the embed code. Call Parlor(\"logout\") when the user signs out.";
    identity_app = "在 App 中", "In your app";
    identity_app_note = "在 App 的网页视图中打开此地址，参数需要 URL 编码。", "Open this address in the app's web view; encode the parameters for URLs.";
}
