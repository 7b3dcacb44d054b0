//! The days of the list, and the views that the agent keeps.

use crate::i18n::texts;

texts! {
    dates = "日期", "Date";
    dates_chosen(name: &str) = "日期：{name}", "Date: {name}";
    any_date = "不限日期", "Any date";
    last_days(count: u16) = "近 {count} 天", "Last {count} day" | "Last {count} days";
    dates_choose = "自定义日期…", "Custom dates…";
    dates_title = "自定义日期", "Custom dates";
    dates_hint = "按最后一条消息的日期筛选；只填一项则另一端不限。", "By the date of the last message. Leave one empty to keep that side open.";
    dates_first = "开始日期", "From";
    dates_last = "结束日期", "To";
    dates_missing = "请至少选择一个日期", "Choose at least one date";
    dates_backwards = "结束日期不能早于开始日期", "The last day must not be before the first";
    dates_apply = "应用", "Apply";
    days_from(day: String) = "{day} 起", "From {day}";
    days_until(day: String) = "{day} 前（含）", "Until {day}";

    views = "视图", "Views";
    views_chosen(name: &str) = "视图：{name}", "View: {name}";
    views_none = "选好渠道、筛选条件或日期后，可在这里保存为视图。", "Choose a channel, a filter or dates, and keep them here as a view.";
    view_save = "保存当前筛选…", "Save current filters…";
    view_save_title = "保存视图", "Save view";
    view_name = "视图名称", "View name";
    views_full(most: i64) = "最多保存 {most} 个视图，请先删除不用的视图。", "At most {most} views can be kept. Delete one first.";
    views_manage = "管理视图…", "Manage views…";
    views_manage_title = "管理视图", "Manage views";
    view_up(name: &str) = "上移 {name}", "Move {name} up";
    view_down(name: &str) = "下移 {name}", "Move {name} down";
    view_rename(name: &str) = "重命名 {name}", "Rename {name}";
    view_replace(name: &str) = "用当前筛选更新 {name}", "Update {name} to the current filters";
    view_replace_question(name: &str, filters: &str) = "将“{name}”更新为当前筛选（{filters}）？", "Update {name} to the current filters ({filters})?";
    view_replace_do = "更新", "Update";
    view_delete(name: &str) = "删除 {name}", "Delete {name}";
    view_delete_question(name: &str) = "删除视图“{name}”？会话不受影响。", "Delete the view “{name}”? No conversation is touched.";
    view_channel_gone = "渠道已删除", "Channel deleted";
}
