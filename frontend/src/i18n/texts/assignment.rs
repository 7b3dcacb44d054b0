//! Whose conversations are: handing on, taking over, closing, the queue, and who serves a channel.

use crate::i18n::texts;

texts! {
    take_over = "接管", "Take over";
    transfer = "转接", "Transfer";
    close_chat = "结束会话", "Close conversation";
    reopen_chat = "重新打开会话", "Reopen conversation";
    filter_closed = "已结束", "Closed";
    closed_mark = "已结束", "Closed";
    queue_count(count: usize) = "{count} 位访客在排队", "{count} visitor in the queue" | "{count} visitors in the queue";
    chat_taken = "会话已由您接管", "The conversation is yours";
    chat_closed = "会话已结束", "The conversation was closed";
    chat_reopened = "会话已重新打开", "The conversation is open again";
    chat_transferred = "会话已转接", "The conversation was transferred";
    chat_full = "进行中的会话已达上限", "There are as many open conversations as there may be";

    transfer_to = "转接给", "Transfer to";
    transfer_nobody = "没有可以转接的客服", "There is nobody to transfer to";
    transfer_group(name: &str) = "分组：{name}", "Group: {name}";
    transfer_online(count: u32) = "{count} 人在线", "{count} online";
    transfer_open(count: u32) = "进行中 {count}", "{count} open";
    transfer_open_of(count: u32, most: u32) = "进行中 {count}/{most}", "{count} of {most} open";
    transfer_note = "内部备注（可选）", "Internal note (optional)";
    transfer_note_hint = "访客看不到", "The visitor does not see it";
    transfer_note_too_long(most: usize) = "最多 {most} 个字", "At most {most} characters";
    transfer_full = "对方进行中的会话已达上限，请转接给其他人", "They have as many open conversations as they may have. Choose somebody else.";
    transferred_line(by: &str, name: &str) = "{by} 将会话转接给 {name}", "{by} transferred the conversation to {name}";
    transferred_group_line(by: &str, name: &str) = "{by} 将会话转接到分组 {name}，等待接待", "{by} transferred the conversation to the group {name}, where it waits";
    taken_line(name: &str) = "{name} 接管了会话", "{name} took the conversation over";
    closed_line(name: &str) = "{name} 结束了会话", "{name} closed the conversation";
    reopened_line(name: &str) = "{name} 重新打开了会话", "{name} reopened the conversation";

    why_returning(name: &str) = "分配给 {name}：访客上次由其接待", "Assigned to {name}: the visitor had them last";
    why_level(name: &str, count: u32) = "分配给 {name}：在 {count} 位可接待的客服中按等级轮到", "Assigned to {name}: their turn by level among {count} available agents";
    why_only(name: &str) = "分配给 {name}：只有其可接待", "Assigned to {name}: the only one available";
    why_transferred(name: &str, by: &str) = "分配给 {name}：由 {by} 转接", "Assigned to {name}: transferred by {by}";
    why_taken(name: &str) = "由 {name} 接管", "Taken over by {name}";
    why_nobody_online = "排队中：没有客服在线", "In the queue: nobody is online";
    why_nobody_serving = "排队中：服务分组中没有客服在线", "In the queue: nobody of the serving groups is online";
    why_everybody_full = "排队中：在线客服的会话都已达上限", "In the queue: everybody online has as many as they may have";
    why_by_hand = "排队中：此渠道不自动分配", "In the queue: this channel assigns nothing by itself";

    serving_groups = "服务分组", "Serving groups";
    serving_groups_ask = "由哪些分组接待", "Which groups serve it";
    serving_everybody = "未选择分组时，所有客服都接待", "With none chosen, everybody serves it";
    serving_chosen = "新会话只分配给所选分组的客服", "New conversations come to the chosen groups only";
    serving_save = "保存分配设置", "Save assignment";
    assign_automatically = "自动分配", "Assign automatically";
    assign_automatically_note = "新会话分配给在线客服；关闭后需要有人接管", "New conversations come to agents who are online; otherwise somebody has to take them over";
}
