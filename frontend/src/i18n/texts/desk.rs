//! Conversations that are put off, watched and whispered about.

use crate::i18n::texts;

texts! {
    snooze = "稍后处理", "Snooze";
    snooze_end = "取消稍后处理", "Bring back now";
    snooze_hint = "到时间或访客再次发消息时，会话会回到列表并提醒客服。", "At that time, or with the visitor's next message, it is back in the list and its agent is told.";
    snooze_hour = "1 小时后", "In an hour";
    snooze_tonight = "今晚", "Tonight";
    snooze_tomorrow = "明天上午", "Tomorrow morning";
    snooze_monday = "下周一", "Next Monday";
    snooze_day = "日期", "Date";
    snooze_time = "时间", "Time";
    snooze_day_missing = "请选择日期", "Choose a date";
    snooze_time_missing = "请选择时间", "Choose a time";
    snooze_range = "请选择一年以内的将来时间", "Choose a time that lies ahead, within a year";
    snooze_refused = "只有进行中且已分配的会话可以稍后处理，每位客服最多 500 个", "Only open conversations that somebody has can be snoozed, at most 500 of each agent";
    snoozed_until(at: &str) = "稍后处理至 {at}", "Snoozed until {at}";
    snooze_ended = "会话已回到列表", "The conversation is back in the list";
    snooze_over = "稍后处理的时间到了", "It is time to come back to this";
    undo = "撤销", "Undo";
    filter_snoozed = "稍后处理", "Snoozed";
    snoozed_line(name: &str, at: &str) = "{name} 将会话稍后处理至 {at}", "{name} snoozed the conversation until {at}";
    woken_line(name: &str) = "{name} 取消了稍后处理", "{name} brought the conversation back";
    due_line(name: &str) = "稍后处理的时间到了，会话回到 {name}", "It was time: the conversation came back to {name}";

    watching(name: &str) = "正在旁观 {name} 的会话，对方和访客不会察觉", "Watching {name}'s conversation; neither they nor the visitor notice";
    whisper = "悄悄话", "Whisper";
    whisper_to(name: &str) = "悄悄提醒 {name}", "Whisper to {name}";
    whispered_by(name: &str, text: &str) = "{name} 悄悄对你说：{text}", "{name} whispers to you: {text}";
}
