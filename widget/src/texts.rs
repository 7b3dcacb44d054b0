//! The widget's words in its two languages. Codes of errors are words too.

use types::error::ErrorCode;

/// Declares every text once, with both languages on the same line, so that neither can lack one.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $zh:literal, $en:literal;)*) => {
        /// Every text in one language.
        #[derive(Debug)]
        pub struct Texts { $($(#[$doc])* pub $name: &'static str,)* }

        /// 简体中文.
        pub static ZH: Texts = Texts { $($name: $zh,)* };
        /// English.
        pub static EN: Texts = Texts { $($name: $en,)* };
    };
}

texts! {
    /// Label of the messages.
    log: "消息记录", "Messages";
    /// Label and placeholder of the text field.
    write: "输入消息", "Write a message";
    /// The sending button.
    send: "发送", "Send";
    /// The emoji button.
    emoji: "表情", "Emoji";
    /// The button that chooses files.
    attach: "发送图片、视频或文件", "Send an image, a video or a file";
    /// In front of the size that a file is larger than.
    large: "未发送：文件超过 ", "Not sent: larger than ";
    /// A file that is empty.
    empty: "未发送：文件为空", "Not sent: the file is empty";
    /// A file that did not get to the server.
    broken: "上传失败", "Upload failed";
    /// A file of a visitor who sends too many.
    slow: "上传失败：操作过于频繁，请稍后再试", "Upload failed: too many at once. Try again later";
    /// A file that the server has no room or no time for.
    full: "上传失败：服务器暂时无法接收，请稍后再试", "Upload failed: the server can't take it right now. Try again later";
    /// Gives a file up that is being uploaded.
    cancel: "取消", "Cancel";
    /// Leads to the picture before.
    back: "上一张", "Previous picture";
    /// Leads to the next picture.
    on: "下一张", "Next picture";
    /// Closes the picture that is shown large.
    shut: "关闭图片", "Close picture";
    /// A picture, for who cannot see it.
    image: "图片", "Image";
    /// Saves a file.
    download: "下载", "Download";
    /// What is dropped into the chat is sent.
    drop: "松开即可发送", "Drop to send";
    /// The form before the chat could not be fetched.
    lack: "加载失败，请检查网络", "The chat could not be loaded.";
    /// Makes the window large, and small again.
    larger: "放大窗口", "Larger window";
    /// The closing button.
    close: "关闭聊天", "Close chat";
    /// An agent writes at this moment.
    typing: "客服正在输入…", "An agent is typing…";
    /// Agents see what the visitor has not sent.
    seen: "客服可以看到您正在输入的内容", "Agents can see what you type before you send it";
    /// The connection is being opened.
    connecting: "正在连接…", "Connecting…";
    /// The connection is lost.
    offline: "网络已断开，恢复后自动发送", "You're offline. Messages will send when you're back.";
    /// The channel was closed.
    closed: "在线咨询已关闭，暂时无法发送消息", "This chat is closed. You can't send messages right now.";
    /// The visitor waits for an agent, and nobody before them.
    next: "您是下一位，请稍候", "You're next in line";
    /// In front of how many wait before the visitor.
    queue: "排队中，前面还有 ", "In line: ";
    /// Behind it.
    ahead: " 位", " ahead of you";
    /// A message on its way.
    sending: "发送中", "Sending";
    /// A message that waits for the connection.
    waiting: "等待发送", "Waiting to send";
    /// A stored message.
    sent: "已发送", "Sent";
    /// A message that an agent has read.
    read: "已读", "Read";
    /// In place of a message that was recalled.
    recalled: "撤回了一条消息", "Message recalled";
    /// A message that was refused.
    failed: "发送失败", "Not sent";
    /// Sends a refused message again.
    retry: "重试", "Try again";
    /// Throws a refused message away.
    discard: "删除", "Delete";
    /// Goes down to the newest messages.
    newest: "回到最新消息", "Latest messages";
    /// Goes down to messages that have not been read.
    news: "新消息", "New messages";
    /// Earlier messages did not come; tries again.
    earlier: "未能加载更早的消息，点击重试", "Earlier messages could not be loaded. Try again";
    /// The author of the visitor's own messages, for who cannot see on which side they stand.
    me: "我", "You";
    /// The line above the first unread message.
    unread: "以下为新消息", "New";
    /// A greeting for channels without an introduction.
    greeting: "您好，请问有什么可以帮您？", "Hello! How can we help?";
    /// Mutes the sound of new messages.
    mute: "关闭提示音", "Turn sound off";
    /// Brings the sound back.
    unmute: "打开提示音", "Turn sound on";
    /// The reason `too_large`, and of texts that are too long.
    too_long: "消息过长", "Message too long";
    /// The reason `forbidden` and its like.
    refused: "服务器拒绝了此消息", "The server refused it";
}

impl Texts {
    /// The texts of a language tag.
    #[must_use]
    pub fn of(lang: &str) -> &'static Self {
        if lang.starts_with("en") { &EN } else { &ZH }
    }

    /// Why a message was refused.
    #[must_use]
    pub fn reason(&self, code: ErrorCode) -> &'static str {
        match code {
            ErrorCode::ChannelDisabled | ErrorCode::NotFound => self.closed,
            ErrorCode::TooLarge | ErrorCode::Invalid => self.too_long,
            _ => self.refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_reason_in_both_languages() {
        for code in ErrorCode::ALL {
            assert!(!ZH.reason(*code).is_ascii());
            assert!(EN.reason(*code).is_ascii());
        }
    }

    #[test]
    fn unknown_languages_are_chinese() {
        assert_eq!(Texts::of("en-GB").send, EN.send);
        assert_eq!(Texts::of("fr").send, ZH.send);
    }
}
