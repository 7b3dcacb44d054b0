// The loader's own words. The widget's are in `src/texts.rs`; those that both need must read the same.

export const texts = {
  "zh-CN": {
    open: "打开聊天",
    close: "关闭聊天",
    connecting: "正在连接…",
    failed: "加载失败，请检查网络",
    retry: "重试",
    unread: " 条未读消息",
  },
  en: {
    open: "Open chat",
    close: "Close chat",
    connecting: "Connecting…",
    failed: "The chat could not be loaded.",
    retry: "Try again",
    unread: " unread",
  },
};
