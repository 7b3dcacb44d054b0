//! Merging contacts who are one person.

use crate::i18n::texts;

texts! {
    merge_contacts = "合并重复联系人", "Merge duplicates";
    merge_question(name: &str) = "合并“{name}”", "Merge “{name}”";
    merge_choose_hint = "选择同一个人的另一位联系人。", "Choose the other contact who is the same person.";
    merge_likely = "可能重复的联系人", "Likely duplicates";
    merge_likely_none = "没有发现可能重复的联系人，可以在下方搜索。", "No likely duplicates were found. Search for the other contact below.";
    merge_same_account = "账号相同", "Same account";
    merge_same_phone = "电话相同", "Same phone";
    merge_same_name = "姓名相同", "Same name";
    merge_search = "搜索要合并的联系人", "Search for the contact to merge";
    merge_found = "搜索结果", "Search results";
    merge_found_none = "没有符合条件的联系人", "No contact matches";
    merge_back = "选择其他联系人", "Choose another contact";
    merge_explained(survivor: &str, other: &str) = "“{other}”将并入“{survivor}”：会话、标签和资料归到“{survivor}”名下，原链接指向该联系人。每段会话仍属于各自的访客，他们看不到对方的聊天。7 天内可以撤销。", "“{other}” becomes part of “{survivor}”: conversations, tags and details are shown with “{survivor}”, and old links lead there. Each conversation stays its own visitor's, and neither sees what was said with the other. You can undo this for 7 days.";
    merge_turned(survivor: &str) = "“{survivor}”已通过企业账号验证，因此保留该联系人。", "“{survivor}” has proven an account at your company, so that contact is the one that stays.";
    merge_two_accounts = "两位联系人已验证的企业账号不同，是两个人，不能合并。", "The two have proven different accounts at your company: they are two people and cannot be merged.";
    merge_blocked = "其中一位在黑名单中，合并后的联系人也在黑名单中。", "One of the two is on the blacklist, and so is the merged contact.";
    merge_keep(field: &str) = "保留哪个{field}", "Which {field} to keep";
    merge_own = "保留的联系人", "The contact that stays";
    merge_theirs = "并入的联系人", "The other contact";
    merge_result = "合并后", "After merging";
    merge_nothing = "未填写", "Nothing";
    merge_confirm = "合并", "Merge";
    merge_changed = "联系人刚刚有变化，请核对后再合并。", "One of the two has just changed. Look again before you merge.";
    merge_already = "两位联系人刚刚已被合并。", "The two have just been merged.";
    merge_done(name: &str) = "已合并到“{name}”", "Merged into “{name}”";
    merge_undo = "撤销合并", "Undo merge";
    merge_undone = "已撤销合并", "The merge was undone";
    merge_undo_first = "该联系人之后又被合并，请先撤销那次合并。", "The contact was merged again since. Undo that merge first.";
    merge_undo_gone = "合并已撤销，或联系人的数据已被删除。", "The merge was undone, or one of the two was deleted.";
    merge_undo_late = "已超过 7 天，不能再撤销。", "More than 7 days have passed: it cannot be undone any more.";
    merge_told(name: &str, by: &str, at: &str) = "“{name}”由 {by} 于 {at} 合并到此联系人", "“{name}” was merged into this contact by {by}, {at}";
    merge_list = "合并记录", "Merged contacts";
    merge_list_failed = "合并记录没有加载出来", "The merged contacts could not be loaded";
}
