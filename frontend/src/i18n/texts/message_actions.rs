//! What can be done to a message that was said.

use crate::i18n::texts;

texts! {
    message_actions = "消息操作", "Message actions";
    copy_message = "复制", "Copy";
    quote_message = "引用", "Quote";
    quoted_message = "引用的消息", "Quoted message";
    drop_quote = "取消引用", "Remove the quote";
    to_quoted(name: &str, words: &str) = "引用 {name}：{words}", "Quote of {name}: {words}";
    recall_message = "撤回", "Recall";
    recall_too_late = "已超过 2 分钟，无法撤回", "More than two minutes have passed: it cannot be recalled";
    recalled_mark = "已撤回的消息", "Recalled message";
    recalled_by_me = "你撤回了一条消息", "You recalled a message";
    recalled_by(name: &str) = "{name} 撤回了一条消息", "{name} recalled a message";
    edit_again = "重新编辑", "Edit again";
}
