//! The setup wizard and the help menu.

use crate::i18n::texts;

texts! {
    help = "帮助", "Help";
    setup_wizard = "设置向导", "Setup wizard";
    setup_steps = "设置步骤", "Setup steps";
    setup_done = "已完成", "done";
    setup_profile = "完善资料", "Your profile";
    setup_profile_hint = "访客和同事看到的是姓名；邮箱和手机号用于同事之间联系。", "Visitors and colleagues see the name; email and mobile are for colleagues.";
    setup_channel = "添加网站渠道", "Website channel";
    setup_channel_hint = "添加渠道后，把代码贴到网页的 <body> 中，访客就能从那里给您发消息。", "Add a channel and paste its code into the <body> of your pages: visitors can then write to you from there.";
    setup_channel_ready(name: &str) = "渠道“{name}”已就绪。复制下面的代码，贴到网页的 <body> 中。", "The channel {name} is ready. Copy the code below and paste it into the <body> of your pages.";
    setup_colleague = "邀请同事", "Invite a colleague";
    setup_colleague_hint = "为同事创建账号，再把登录信息发给对方。", "Make an account for a colleague, then send them what they sign in with.";
    setup_colleagues = "现有客服", "Who works here";
    setup_colleague_add = "添加同事", "Add colleague";
    setup_colleague_more = "再添加一位", "Add another";
    setup_colleague_added(name: &str) = "已添加 {name}。把下面的登录信息发给对方；关闭后密码不再显示。", "{name} was added. Send them what is below; once closed, the password is not shown again.";
    setup_sign_in_details = "登录信息", "Sign-in details";
    setup_sign_in_details_note = "对方登录后可在“个人账号”中修改密码。", "They can change the password under My account.";
    setup_copy_details = "复制登录信息", "Copy the details";
    setup_details(address: &str, account: &str, password: &str) = "登录地址：{address}\n账号：{account}\n密码：{password}", "Address: {address}\nAccount: {account}\nPassword: {password}";
    first_password = "初始密码", "First password";
    make_password = "生成", "Generate";
    optional = "选填", "Optional";
    setup_role_agent = "客服：只能看到自己的会话", "Agent: sees only own conversations";
    setup_role_supervisor = "督导：可以看到全部会话", "Supervisor: sees all conversations";
    setup_welcome = "设置欢迎语", "Welcome message";
    setup_welcome_hint = "新访客打开聊天时会看到欢迎语；开始会话后，它是第一条消息。", "New visitors see it when they open the chat; once they write, it is the first message.";
    welcome_text = "欢迎语", "Welcome";
    welcome_placeholder = "您好，欢迎光临！请问有什么可以帮您？", "Hello and welcome! How can we help?";
    welcome_note = "留空则不发送欢迎语。", "Leave it empty to send none.";
    setup_saved = "已保存", "Saved";
    setup_dismiss = "不再提醒", "Don't show again";
    setup_back = "上一步", "Back";
    setup_next = "下一步", "Next";
    setup_skip = "跳过", "Skip";
    setup_finish = "完成", "Finish";
}
