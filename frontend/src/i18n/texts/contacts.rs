//! The page of contacts.

use crate::i18n::texts;

texts! {
    contacts = "联系人", "Contacts";
    contacts_hint = "所有渠道的访客；可按姓名、电话、备注搜索。", "The visitors of all channels; search by name, phone or remark.";
    contacts_search = "搜索联系人", "Search contacts";
    contacts_search_hint = "姓名、电话、备注或编号", "Name, phone, remark or number";
    contacts_search_clear = "清除搜索", "Clear search";
    contacts_of = "渠道联系人", "Contacts by channel";
    contacts_all_channels = "全部渠道", "All channels";
    contacts_who = "联系人状态", "Which contacts";
    contacts_everybody = "全部联系人", "All contacts";
    contacts_not_blocked = "不含黑名单", "Without the blacklist";
    contacts_blocked = "仅黑名单", "Only the blacklist";
    contacts_empty = "还没有联系人", "No contacts yet";
    contacts_empty_hint = "访客发来第一条消息后会出现在这里。", "Visitors appear here once they have written.";
    contacts_none_found = "没有符合条件的联系人", "No contact matches";
    contacts_none_found_hint = "换个关键词，或放宽筛选条件。", "Try other words or fewer filters.";
    contacts_more = "加载更多", "Load more";
    contact_column_name = "姓名", "Name";
    contact_column_first_seen = "首次来访", "First seen";
    contact_column_last_seen = "最近来访", "Last seen";
    contact_column_select = "选择", "Selection";
    contact_column_conversation = "会话", "Conversation";
    contact_open_conversation = "打开会话", "Open conversation";
    contact_open_conversation_of(name: &str) = "打开与 {name} 的会话", "Open the conversation with {name}";
    contact_details_of(name: &str) = "查看 {name} 的详情", "Details of {name}";
    contact_without_conversation = "暂无会话", "No conversation";
    contact_is_blocked = "黑名单", "Blacklist";
    contacts_select(name: &str) = "选择 {name}", "Select {name}";
    contacts_select_page = "全选本页", "Select this page";
    contacts_selected(count: usize) = "已选择 {count} 位联系人", "{count} contact selected" | "{count} contacts selected";
    contacts_all_selected = "已选择符合条件的全部联系人", "All matching contacts are selected";
    contacts_select_all = "选择符合条件的全部联系人", "Select all that match";
    contacts_select_none = "取消选择", "Clear selection";
    contacts_actions = "更多操作", "More actions";
    contacts_export = "导出 CSV", "Export CSV";
    contacts_exporting = "开始下载联系人表格", "The table of contacts is being downloaded";
    contacts_select_first = "请先勾选联系人", "Select contacts first";
    contacts_too_many_selected(most: i64) = "一次最多勾选 {most} 位；更多请选择符合条件的全部联系人。", "At most {most} at a time; for more, select all that match.";
    batch_tagging = "批量打标签", "Batch tag";
    batch_tagging_hint = "所选标签会添加到每位联系人；单选分组中原有的标签会被替换。", "The chosen tags are added to every contact; in a single-choice group they replace the one that was there.";
    batch_tagging_start = "开始打标签", "Start tagging";
    batch_tagging_choose = "请至少选择一个标签", "Choose at least one tag";
    batch_tagging_busy = "上一个批量打标签还在进行，请等待完成或先停止它。", "Another batch is still running. Wait for it, or stop it first.";
    batch_tagging_progress(percent: u8) = "正在批量打标签 {percent}%", "Tagging {percent}%";
    batch_tagging_stop = "停止", "Stop";
    batch_tagging_finished = "批量打标签已完成", "Batch tagging finished";
    batch_tagging_cancelled = "批量打标签已停止", "Batch tagging stopped";
    batch_tagging_done(tagged: u32, unchanged: u32) = "已添加 {tagged} 位，原已有 {unchanged} 位", "{tagged} tagged, {unchanged} had the tags already";
    batch_tagging_no_room(count: u32) = "{count} 位失败：标签已达上限", "{count} failed: they have as many tags as fit";
    batch_tagging_missing(count: u32) = "{count} 位失败：联系人不存在或无权查看", "{count} failed: not there, or not yours to see";
}
