//! Custom fields of contacts, and what is kept of one visitor.

use crate::i18n::texts;

texts! {
    custom_fields = "自定义字段", "Custom fields";
    custom_fields_hint = "联系人资料中除姓名、电话、备注外需要记录的内容；导出表格时也会包含。", "What is noted of contacts besides name, phone and remark; it is in the exported table too.";
    custom_fields_none = "还没有自定义字段", "No custom fields yet";
    custom_field_add = "添加字段", "Add a field";
    custom_field_name = "字段名称", "Field name";
    custom_field_kind = "字段类型", "Kind";
    custom_field_text = "文本", "Text";
    custom_field_number = "数字", "Number";
    custom_field_date = "日期", "Date";
    custom_field_choice = "单选", "Choice";
    custom_field_choices = "选项", "Choices";
    custom_field_choices_hint = "每行一个", "One per line";
    custom_field_visitors = "访客可填写", "Visitors may fill it";
    custom_field_visitors_note = "允许网站和 App 上的访客写入此字段；任何人都可以借此填写任意内容。", "Visitors of websites and apps write into it; anybody can say anything there.";
    custom_field_unnamed = "新字段", "New field";
    custom_field_up(name: &str) = "上移 {name}", "Move {name} up";
    custom_field_down(name: &str) = "下移 {name}", "Move {name} down";
    custom_field_remove(name: &str) = "删除 {name}", "Delete {name}";
    custom_fields_saved = "自定义字段已保存", "The custom fields are saved";
    custom_fields_overtaken = "同事刚刚修改了自定义字段。您的修改仍保留在此，再次保存会用它取代同事的内容。", "A colleague has just changed the custom fields. Your changes are still here; saving again replaces theirs by yours.";
    custom_fields_take = "载入同事的内容", "Load theirs";
    custom_field_loses(name: &str, count: u64) = "删除「{name}」：{count} 位联系人填写的内容将一并清除，无法恢复。", "Deleting “{name}” takes away for good what contacts have in it. Contacts with something in it: {count}.";
    custom_fields_delete = "删除并保存", "Delete and save";
    custom_value_none = "未选择", "None";
    custom_value_number(name: &str) = "{name}应为数字，最多 15 位", "{name} must be a number of at most 15 digits";
    custom_value_date(name: &str) = "{name}应为有效日期", "{name} must be a valid day";
    contact_data_export = "导出访客数据", "Export visitor's data";
    contact_data_exporting = "开始下载该访客的数据", "The visitor's data are being downloaded";
    contact_delete = "删除访客", "Delete visitor";
    contact_select_one = "请勾选一位联系人", "Select one contact";
    contact_delete_question(name: &str) = "删除访客「{name}」？", "Delete the visitor “{name}”?";
    contact_delete_loses = "该访客的资料、会话、消息、文件、内部备注和标签将被永久删除，操作日志中的姓名也会清除。此操作无法撤销；对方再次来访时会成为新的访客。", "Their details, conversation, messages, files, notes and tags are deleted for good, and their name leaves the audit log. This cannot be undone; if they come back, they are a new visitor.";
    contact_delete_merged(names: &str) = "已并入该访客的联系人也会一并删除，包括他们的会话：{names}", "Whoever was merged into them is deleted as well, with their conversations: {names}";
    contact_delete_changed = "并入该访客的联系人刚刚有变化，请核对后再删除。", "Who is merged into them has just changed. Look again before you delete.";
    contact_delete_confirm(name: &str) = "输入「{name}」以确认", "Type “{name}” to confirm";
    contact_deleted = "访客已删除", "The visitor is deleted";
}
