//! The style editor.

use crate::i18n::texts;

texts! {
    style_open = "设置样式", "Set style";
    style_back = "返回渠道设置", "Back to the channel";
    style_states = "状态", "States";
    style_state = "选择要编辑的状态", "State to edit";
    style_pc_small = "PC 小窗", "PC small";
    style_pc_medium = "PC 中窗", "PC medium";
    style_pc_large = "PC 大窗", "PC large";
    style_mobile_small = "手机小窗", "Mobile small";
    style_mobile_large = "手机大窗", "Mobile large";
    style_pc_small_rule = "宽屏网页上聊天关闭时：只显示聊天按钮。", "On wide pages while the chat is closed: the button only.";
    style_pc_medium_rule = "宽屏网页上点击按钮后：停靠在网页一侧的窗口。", "On wide pages once the chat is opened: a window beside the page.";
    style_pc_large_rule = "宽屏网页上点击窗口里的“放大窗口”后：居中的大窗口。", "On wide pages once the visitor enlarges the window: in the middle of the page.";
    style_mobile_small_rule = "宽度不超过 480 像素的屏幕上聊天关闭时：只显示聊天按钮。", "On screens up to 480 pixels wide while the chat is closed: the button only.";
    style_mobile_large_rule = "宽度不超过 480 像素的屏幕上打开聊天后：从底部展开。", "On screens up to 480 pixels wide once the chat is opened: from the bottom up.";
    style_background = "背景颜色", "Background";
    style_text = "文字颜色", "Text colour";
    style_code = "色值", "code";
    style_follow = "自动", "Automatic";
    style_follow_of(field: &str) = "{field}：自动", "{field}: automatic";
    style_bottom = "距底部", "Distance from the bottom";
    style_right = "距右侧", "Distance from the right";
    style_left = "距左侧", "Distance from the left";
    style_width = "窗口宽度", "Window width";
    style_height = "窗口高度", "Window height";
    style_between(least: u16, most: u16) = "须为 {least} 到 {most} 之间的整数", "Must be a whole number from {least} to {most}";
    style_slider = "滑块", "slider";
    style_contrast_good(times: &str) = "文字对比度 {times} : 1，清晰可读", "Contrast {times} : 1, easy to read";
    style_contrast_poor(times: &str) = "文字对比度 {times} : 1，低于 4.5 : 1，难以辨认", "Contrast {times} : 1, below 4.5 : 1: hard to read";
    style_mend = "修正文字颜色", "Fix the text colour";
    style_general = "通用", "General";
    style_launcher_text = "按钮文字", "Button text";
    style_launcher_text_note = "显示在聊天按钮上，最多 12 个字；留空则只显示图标。", "Stands on the chat button, at most 12 characters. Left empty, there is the sign only.";
    style_language = "聊天窗口语言", "Language of the chat";
    style_language_auto = "跟随访客的浏览器", "As the visitor's browser";
    style_language_note = "已打开的窗口在下一个页面生效。", "Open chats change it on their next page.";
    style_undo = "撤销", "Undo";
    style_redo = "重做", "Redo";
    style_reset = "恢复默认", "Reset to default";
    style_published(revision: i32) = "已发布版本 {revision}", "Version {revision} published";
    style_newer = "同事刚刚发布了新的样式。保存会用您的修改取代它；它仍保留在历史版本中。", "A colleague has just published another style. Saving replaces it by yours; it stays among the versions.";
    style_take_newer = "载入新样式", "Load theirs";
    style_versions = "历史版本", "Versions";
    style_versions_failed = "未能加载历史版本", "The versions could not be loaded";
    style_version(revision: i32) = "版本 {revision}", "Version {revision}";
    style_current = "当前", "Current";
    style_restored_from(revision: i32) = "恢复自版本 {revision}", "Restored from version {revision}";
    style_restore = "恢复此版本", "Restore this version";
    style_take = "载入编辑器", "Load into the editor";
    style_restored(revision: i32) = "已恢复版本 {revision}", "Version {revision} restored";
}
