//! The audit log. What its entries say is in `rules::audit`, which the table that is carried out has too.

use crate::i18n::texts;

texts! {
    audit_log = "操作日志", "Audit log";
    audit_log_hint = "谁在何时、从哪里做了什么。", "Who did what, when and from where.";
    audit_admins_only = "只有管理员可以查看操作日志。", "Only admins see the audit log.";
    audit_admins_only_hint = "需要查询时请联系管理员。", "Ask an admin when you need to know.";
    audit_search = "搜索姓名或名称", "Search names";
    audit_who = "操作人", "Who";
    audit_anybody = "所有人", "Anybody";
    audit_what = "操作", "What";
    audit_anything = "所有操作", "Anything";
    audit_all_of(group: &str) = "{group}：全部", "{group}: all";
    audit_from = "开始日期", "From";
    audit_to = "结束日期", "To";
    audit_clear = "清除筛选", "Clear filters";
    audit_subject_only = "只看一个对象", "One subject only";
    audit_export = "导出表格", "Export as a table";
    audit_exporting = "正在下载表格", "The table is being downloaded";
    audit_refresh = "刷新", "Refresh";
    audit_when = "时间", "When";
    audit_subject = "对象", "To what";
    audit_where = "来源", "From where";
    audit_token = "API 令牌", "API token";
    audit_nobody_known = "已移除的用户", "Somebody who was removed";
    audit_search_clear = "清空搜索", "Clear the search";
    audit_unknown_where = "未记录", "Not recorded";
    audit_only_person = "只看此人的操作", "Only what they did";
    audit_only_subject = "只看此对象", "Only about this";
    audit_open = "打开", "Open";
    audit_empty = "还没有记录", "Nothing yet";
    audit_empty_hint = "管理操作和登录会记录在这里。", "Administrative deeds and sign-ins are kept here.";
    audit_none_found = "没有符合条件的记录", "No entry found";
    audit_none_found_hint = "换个条件试试。", "Try other filters.";
    audit_more = "加载更多", "Show more";
    audit_looking = "较早的记录还没有查找", "Earlier entries were not looked at yet";
}
