//! The tree of channels: its groups, and putting them into an order.

use crate::i18n::texts;

texts! {
    channel_group = "分组", "Group";
    channel_group_none = "不分组", "No group";
    channel_group_add = "添加分组", "Add group";
    channel_group_name = "分组名称", "Group name";
    channel_group_hint = "例如：公众号、海外网站", "For example: official accounts";
    channel_group_rename(name: &str) = "重命名分组 {name}", "Rename group {name}";
    channel_group_delete(name: &str) = "删除分组 {name}", "Delete group {name}";
    channel_group_question(name: &str) = "删除分组“{name}”？", "Delete the group “{name}”?";
    channel_group_moves(count: usize) = "其中的 {count} 个渠道不会被删除，会移到顶层。", "Its {count} channel is kept and moves to the top level." | "Its {count} channels are kept and move to the top level.";
    channel_group_empty = "分组里没有渠道。", "There are no channels in it.";
    channel_group_deleted(name: &str) = "已删除分组“{name}”", "Group {name} deleted";
    channel_group_added(name: &str) = "已添加分组“{name}”", "Group {name} added";
    tree_edit = "编辑", "Edit";
    tree_finish = "完成编辑", "Finish editing";
    tree_arrange = "调整渠道顺序", "Arrange the channels";
    tree_help = "拖动手柄可移动；键盘：空格拿起，方向键移动，空格放下，Esc 取消。", "Drag by the handle. Keyboard: Space picks up, arrows move, Space drops, Esc cancels.";
    tree_move(name: &str) = "移动 {name}", "Move {name}";
    tree_top = "顶层", "the top level";
    tree_grabbed(name: &str, place: &str) = "已拿起 {name}，{place}。用方向键移动，空格放下，Esc 取消。", "{name} picked up, {place}. Arrows move it, Space drops it, Esc cancels.";
    tree_moved(name: &str, place: &str) = "{name}：{place}", "{name}: {place}";
    tree_dropped(name: &str, place: &str) = "已放下 {name}，{place}", "{name} dropped, {place}";
    tree_returned(name: &str, place: &str) = "已取消移动，{name} 回到{place}", "Cancelled. {name} is back, {place}";
    tree_place(group: &str, at: usize, count: usize) = "{group}第 {at} 位，共 {count} 位", "{at} of {count} in {group}";
    tree_group_place(at: usize, count: usize) = "第 {at} 个分组，共 {count} 个", "group {at} of {count}";
    tree_clash = "其他人刚刚调整了渠道的顺序或分组。", "Somebody else has just arranged the channels.";
    tree_clash_theirs = "采用对方的", "Take theirs";
    tree_clash_mine = "保留我的", "Keep mine";
    tree_saved = "渠道顺序已保存", "The order of the channels is saved";
    channel_picture = "头像", "Picture";
    channel_picture_note = "JPEG、PNG 或 WebP，不超过 5 MB，取正中的方形；不选则使用默认图标。只有客服能看到。", "JPEG, PNG or WebP of at most 5 MB; the square in its middle is taken. Without one, the default icon is shown. Only agents see it.";
    channel_picture_too_large = "图片过大，请选择 5 MB 以内的图片", "The picture is too large: at most 5 MB";
    channel_picture_choose = "更换头像", "Change picture";
    channel_picture_remove = "使用默认图标", "Use the default icon";
}
