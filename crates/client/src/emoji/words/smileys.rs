//! Faces, and what looks like one.

pub(super) const SMILEYS: &str = "\
😀 笑 开心 高兴 grin smile happy
😄 大笑 开心 laugh smile happy
😃 开心 高兴 哈哈 smiley happy haha
😁 露齿笑 嘻嘻 beam grin
😆 眯眼笑 大笑 哈哈 squint laugh haha
😅 汗 尴尬 苦笑 sweat awkward
😂 笑哭 哈哈 joy tears lol
🤣 笑翻 打滚 哈哈 rofl rolling lol
🙂 微笑 呵呵 smile slight
🙃 倒脸 呵呵 反话 upside down irony
😉 眨眼 wink
😊 害羞 微笑 blush smile
😇 天使 乖 angel innocent halo
🥰 喜欢 爱 幸福 love hearts adore
😍 花痴 爱 色 love heart eyes
🤩 星星眼 崇拜 惊艳 starstruck star eyes wow
😘 飞吻 亲亲 kiss
🥲 含泪笑 感动 苦笑 bittersweet touched tear
😋 好吃 馋 yum delicious tongue
😛 吐舌 调皮 tongue playful
😜 鬼脸 调皮 吐舌 joking tongue wink
🤪 搞怪 疯 滑稽 zany crazy silly
😝 略略略 吐舌 调皮 teasing tongue squint
🤑 发财 财迷 钱 rich money greedy
🤭 偷笑 捂嘴 giggle oops
🤫 嘘 安静 保密 shush quiet secret
🤔 思考 想 疑问 think hmm
🤐 闭嘴 拉链 保密 zipper mute secret
🤨 怀疑 挑眉 真的吗 suspicious doubt eyebrow
😐 无语 面无表情 neutral
😑 冷漠 无语 expressionless
😶 沉默 无话可说 speechless silent
😏 得意 坏笑 smirk
😒 嫌弃 不爽 无聊 unamused annoyed
🙄 白眼 翻白眼 无语 eyeroll roll eyes
😬 呲牙 尴尬 紧张 grimace awkward nervous
🤥 撒谎 说谎 骗子 liar lie pinocchio
😌 放心 安心 轻松 relieved calm
😔 失落 沮丧 难过 pensive sad
😪 瞌睡 困 sleepy tired
🤤 流口水 馋 drool
😴 睡 困 晚安 sleep tired
🥱 哈欠 困 无聊 yawn bored tired
😷 口罩 生病 mask sick
🤒 发烧 生病 体温 fever sick ill
🤕 受伤 头疼 绷带 hurt injured headache bandage
🤢 恶心 反胃 nauseous sick disgusting
🤮 呕吐 吐 恶心 vomit puke sick
🤧 喷嚏 感冒 sneeze cold flu
🥵 热 中暑 hot heat
🥶 冻 冷 freezing cold
🥴 迷糊 醉 晕 woozy drunk dizzy
😵 晕 眩晕 昏 dizzy faint
🤯 震惊 烧脑 爆炸 mindblown exploding head shocked
🤠 牛仔 cowboy
🥳 派对 庆祝 生日 celebrate party birthday
😎 酷 墨镜 cool sunglasses
🤓 书呆子 学霸 眼镜 nerd geek glasses
🧐 审视 仔细 研究 monocle inspect
😕 困惑 疑惑 confused
😟 担心 忧虑 worried
☹️ 不高兴 难过 不满 frown sad unhappy
😮 哇 惊讶 wow surprised
😲 吃惊 震惊 astonished shocked
😳 脸红 尴尬 害羞 flushed embarrassed
🥺 可怜 求求 拜托 plead please
😨 恐惧 害怕 fearful scared afraid
😰 冷汗 焦虑 紧张 anxious nervous sweat
😢 哭 难过 伤心 cry sad
😭 大哭 伤心 sob cry
😱 惊吓 害怕 尖叫 scream shock fear
😞 失望 伤心 disappointed sad
😓 流汗 辛苦 汗 downcast sweat
😩 疲惫 累 崩溃 weary tired
😫 受不了 累 抓狂 exhausted tired
😡 生气 发火 愤怒 angry mad furious
😠 恼火 生气 angry annoyed mad
😤 生气 哼 huff angry proud
🤬 骂人 脏话 爆粗 swearing cursing angry
😈 恶魔 坏笑 魔鬼 devil evil
💀 骷髅 笑死 skull dead
💩 便便 屎 poop shit
🤡 小丑 clown
👻 鬼 幽灵 ghost boo
🤖 机器人 robot bot
🙈 捂眼 非礼勿视 猴子 shy see monkey
🙉 捂耳 非礼勿听 猴子 deaf hear monkey
🙊 捂嘴 非礼勿言 猴子 oops speak monkey";
