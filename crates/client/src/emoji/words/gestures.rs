//! Hands, parts of the body, and people.

pub(super) const GESTURES: &str = "\
👍 赞 好 棒 顶 thumbs up good like yes
👎 踩 差 不好 thumbs down bad no
👌 好的 没问题 ok fine
✌️ 耶 胜利 剪刀手 victory peace
🤞 好运 祈祷 fingers crossed luck
🤝 握手 合作 成交 handshake deal
👏 鼓掌 掌声 clap applause
🙌 欢呼 万岁 hooray raise hands
🙏 谢谢 拜托 感谢 祈祷 thanks please pray
💪 加油 强 力量 strong muscle
👋 你好 再见 挥手 hello bye wave
✋ 停 举手 stop hand
👆 上 看上面 up above point
👇 下 看下面 down below point
👈 左 left point
👉 右 right point
☝️ 食指 一 注意 finger one point
✊ 拳头 团结 fist power
👊 碰拳 打 拳头 punch fist bump
🤘 摇滚 rock horns
🤙 联系我 打电话 shaka call
🤏 一点点 捏 少 pinch little small
✍️ 写字 写 签字 记录 write sign
💅 美甲 指甲油 nails manicure
🤳 自拍 selfie
🫡 敬礼 收到 遵命 salute yes
🤗 拥抱 抱抱 hug
🙋 举手 我 提问 raise hand question
🙆 可以 没问题 ok gesture
🙅 不行 不可以 拒绝 no refuse
🙇 鞠躬 抱歉 对不起 bow sorry
🤷 不知道 摊手 无奈 shrug unknown
🤦 捂脸 无语 facepalm
💁 客服 介绍 information help
🏃 跑 马上 快 run hurry
🚶 走路 走 行人 walk
💃 跳舞 舞蹈 dance
🧘 冥想 瑜伽 冷静 meditate yoga calm
👀 眼睛 看 关注 围观 eyes look see watch
👂 耳朵 听 ear listen hear
🧠 大脑 脑子 聪明 brain smart
👶 宝宝 婴儿 baby
👦 男孩 boy
👧 女孩 girl
👨 男人 先生 man sir
👩 女人 女士 woman lady
👴 爷爷 老人 grandpa old man
👵 奶奶 老人 grandma old woman
👪 家人 家庭 一家 family
👥 人们 用户 团队 people users team
👨‍💻 程序员 技术 developer programmer coder
👷 工人 施工 worker builder
👮 警察 police officer
👩‍⚕️ 医生 护士 doctor nurse health
👨‍🍳 厨师 做饭 chef cook
🎅 圣诞老人 圣诞节 santa christmas";
