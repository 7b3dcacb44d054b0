//! Internal notes, and whom they mention.

use crate::i18n::texts;

texts! {
    reply_mode = "回复", "Reply";
    note_mode = "内部备注", "Internal note";
    note_draft_mark = "备注草稿", "Note draft";
    note_begun = "有未保存的内部备注", "An internal note is not saved yet";
    writing_mode = "输入方式", "What is written";
    note_only_agents = "仅客服可见", "Only agents see it";
    note_tells(names: &str) = "将提醒 {names}", "{names} will be told";
    note_no_files = "内部备注不能带文件；要发给访客，请先切换到“回复”。", "Internal notes take no files. To send it to the visitor, switch to Reply first.";
    note_input = "输入内部备注，用 @ 提醒同事", "Write an internal note; @ tells a colleague";
    save_note = "保存备注", "Save note";
    note_not_saved(reason: &str) = "备注未保存：{reason}", "The note is not saved: {reason}";
    mention_gone = "提到的同事已看不到这个会话", "somebody whom it mentions does not see this conversation any more";
    note_by(name: &str) = "{name} 的内部备注", "Internal note by {name}";
    note_mentions_me = "提到了你", "Mentions you";
    mentioned_mark = "有人@我", "Mentions you";
    mention_list = "提醒同事", "Mention a colleague";
    mention_nobody = "没有可以提醒的同事", "There is no colleague to mention";
    mentioned_by(name: &str, text: &str) = "{name} 提到了你：{text}", "{name} mentioned you: {text}";
}
