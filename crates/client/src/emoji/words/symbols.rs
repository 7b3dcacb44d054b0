//! Marks, arrows, numbers, colours and flags.

pub(super) const SYMBOLS: &str = "\
✔️ 打勾 对 tick check yes
☑️ 勾选 已选 checkbox checked
⭕ 圆圈 对 circle correct
🚫 禁止 不可以 forbidden no
⛔ 禁止通行 entry no
🛑 停止 停 stop
♻️ 回收 环保 recycle
🔄 刷新 重试 换货 refresh retry exchange
➕ 加 加号 plus add
➖ 减 减号 minus
💬 聊天 消息 对话 chat message speech
💭 想法 思考 thought think
💤 睡觉 困 zzz sleep
💢 怒 生气 anger
🆕 新 新品 上新 new
🆓 免费 free
🆗 可以 好的 ok
🆙 升级 upgrade up
🆘 求救 救命 sos help
🆚 对比 vs versus
🔝 置顶 顶部 top
🔜 即将 马上 soon
🔙 返回 back
⬆️ 向上 上 arrow up
⬇️ 向下 下 arrow down
⬅️ 向左 左 arrow left
➡️ 向右 右 arrow right
1️⃣ 一 1 one
2️⃣ 二 2 two
3️⃣ 三 3 three
4️⃣ 四 4 four
5️⃣ 五 5 five
6️⃣ 六 6 six
7️⃣ 七 7 seven
8️⃣ 八 8 eight
9️⃣ 九 9 nine
🔟 十 10 ten
0️⃣ 零 0 zero
🔴 红色 红点 red circle
🟠 橙色 orange circle
🟡 黄色 yellow circle
🟢 绿色 在线 green circle online
🔵 蓝色 blue circle
🟣 紫色 purple circle
⚫ 黑色 black circle
⚪ 白色 white circle
🔗 链接 网址 link url
🌐 网络 网站 web internet
🔊 音量 大声 volume loud
🔇 静音 mute
♿ 无障碍 轮椅 accessible wheelchair
🅿️ 停车 停车场 parking
🚻 卫生间 厕所 restroom toilet
🚭 禁烟 no smoking
🚩 旗 红旗 标记 flag red
🏁 终点 完成 finish flag";
