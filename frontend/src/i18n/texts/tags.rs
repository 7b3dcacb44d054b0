//! Tags: on contacts, as a filter of the list, and where they are managed.

use crate::i18n::texts;

texts! {
    tags = "标签", "Tags";
    tags_edit = "选择标签", "Choose tags";
    tags_none_yet = "未打标签", "No tags";
    tags_more(count: usize) = "还有 {count} 个标签", "{count} more tag" | "{count} more tags";
    tags_search = "搜索标签", "Search tags";
    tags_nothing = "没有匹配的标签", "No tag found";
    tags_empty = "还没有标签", "There are no tags yet";
    tags_empty_ask = "请管理员先在“标签管理”中添加。", "Ask an admin to add some.";
    tags_too_many(most: i64) = "一位联系人最多 {most} 个标签", "A contact has at most {most} tags";
    tag_any = "不限标签", "Any tag";
    tag_chosen(name: &str) = "标签：{name}", "Tag: {name}";
    tag_gone = "标签已删除", "Tag deleted";
    tag_single = "单选", "One of these";
    tag_multiple = "可多选", "Several";

    tags_manage = "标签管理", "Manage tags";
    tags_manage_hint = "为联系人分组打标签；所有客服都能看到并使用。", "Groups of tags for contacts; every agent sees and uses them.";
    tags_admins_only = "只有管理员可以管理标签。", "Only admins manage tags.";
    tag_group_add = "添加分组", "Add group";
    tag_group_name = "分组名称", "Group name";
    tag_group_none = "先添加一个分组，例如“客户级别”，再往里面添加标签。", "Add a group first, such as “Customer level”, then tags to it.";
    tag_group_single = "单选", "Single choice";
    tag_group_single_note = "一位联系人最多带此分组的一个标签", "A contact has at most one tag of this group";
    tag_drag = "拖动可排序", "Drag to reorder";
    tag_group_rename(name: &str) = "重命名分组 {name}", "Rename group {name}";
    tag_group_delete(name: &str) = "删除分组 {name}", "Delete group {name}";
    tag_group_delete_question(name: &str) = "删除分组“{name}”？", "Delete the group {name}?";
    tag_group_several(count: u64) = "有 {count} 位联系人带有此分组的多个标签，请先为他们只保留一个。", "{count} contact has several tags of this group. Leave them one each first." | "{count} contacts have several tags of this group. Leave them one each first.";
    tag_up(name: &str) = "上移 {name}", "Move {name} up";
    tag_down(name: &str) = "下移 {name}", "Move {name} down";
    tag_add = "添加", "Add";
    tag_name = "标签名称", "Tag name";
    tag_new(group: &str) = "在“{group}”中添加标签", "New tag in {group}";
    tag_rename(name: &str) = "重命名标签 {name}", "Rename tag {name}";
    tag_delete(name: &str) = "删除标签 {name}", "Delete tag {name}";
    tag_delete_question(name: &str) = "删除标签“{name}”？", "Delete the tag “{name}”?";
    tag_delete_loses(count: u64) = "{count} 位联系人将失去此标签。", "{count} contact loses it." | "{count} contacts lose it.";
    tag_group_delete_loses(count: u64) = "分组中的标签会一并删除，{count} 位联系人将失去标签。", "Its tags go with it; {count} contact loses tags." | "Its tags go with it; {count} contacts lose tags.";
    tag_color(name: &str) = "{name} 的颜色", "Colour of {name}";
    tag_deleted(name: &str) = "已删除“{name}”", "{name} deleted";
    color_blue = "蓝色", "Blue";
    color_teal = "青色", "Teal";
    color_green = "绿色", "Green";
    color_yellow = "黄色", "Yellow";
    color_orange = "橙色", "Orange";
    color_red = "红色", "Red";
    color_purple = "紫色", "Purple";
    color_gray = "灰色", "Gray";
}
