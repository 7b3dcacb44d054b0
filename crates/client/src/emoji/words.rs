//! The words by which the console's picker finds emoji, in both languages, and what it offers beside the widget's few.

use super::{COLUMNS, Section};

/// How many are kept that were picked last: two rows.
const RECENT_MAX: usize = 2 * COLUMNS;

/// The sections, one emoji a line with its words. The first four are the widget's, emoji by emoji.
const WORDS: [(Section, &str); 7] = [
    (
        Section::Smileys,
        "😀 笑 开心 高兴 grin smile happy
😄 大笑 开心 laugh smile happy
😁 露齿笑 嘻嘻 beam grin
😅 汗 尴尬 苦笑 sweat awkward
😂 笑哭 哈哈 joy tears lol
🤣 笑翻 打滚 哈哈 rofl rolling lol
🙂 微笑 smile slight
😉 眨眼 wink
😊 害羞 微笑 blush smile
😇 天使 乖 angel innocent halo
🥰 喜欢 爱 幸福 love hearts adore
😍 花痴 爱 色 love eyes
😘 飞吻 亲亲 kiss
😋 好吃 馋 yum delicious tongue
😎 酷 墨镜 cool sunglasses
🤔 思考 想 疑问 think hmm
😐 无语 面无表情 neutral
😴 睡 困 晚安 sleep tired
😢 哭 难过 伤心 cry sad
😭 大哭 伤心 sob cry
😤 生气 哼 huff angry proud
😱 惊吓 害怕 尖叫 scream shock fear
🥺 可怜 求求 拜托 plead please
😷 口罩 生病 mask sick",
    ),
    (
        Section::Gestures,
        "👍 赞 好 棒 顶 thumbs up good like yes
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
🫡 敬礼 收到 遵命 salute yes
🤗 拥抱 抱抱 hug
🙋 举手 我 提问 raise hand question
🙇 鞠躬 抱歉 对不起 bow sorry
🤷 不知道 摊手 无奈 shrug unknown
🤦 捂脸 无语 facepalm
💁 客服 介绍 information help
🏃 跑 马上 快 run hurry",
    ),
    (
        Section::Hearts,
        "❤️ 爱心 红心 爱 heart love red
🧡 橙心 爱心 heart orange
💛 黄心 爱心 heart yellow
💚 绿心 爱心 heart green
💙 蓝心 爱心 heart blue
💜 紫心 爱心 heart purple
🖤 黑心 爱心 heart black
🤍 白心 爱心 heart white
💔 心碎 伤心 broken heart
💕 两颗心 爱心 hearts love
💯 满分 一百分 hundred perfect
✨ 闪亮 星光 sparkles shine
🔥 火 热门 爆款 fire hot
⭐ 星星 收藏 star
🌟 闪星 star glow
🎉 庆祝 撒花 恭喜 party congratulations tada
🎊 彩球 庆祝 confetti party
🎁 礼物 礼品 赠品 gift present
🎈 气球 balloon
🌹 玫瑰 花 送花 rose flower
🌸 樱花 花 blossom flower
🌻 向日葵 花 sunflower
🍀 四叶草 幸运 clover luck
☀️ 太阳 晴天 sun sunny",
    ),
    (
        Section::Things,
        "✅ 完成 对 勾 已办 done check yes
❌ 错 不行 取消 cross wrong no
⚠️ 注意 警告 warning attention
❓ 问号 疑问 question
❗ 感叹号 重要 exclamation important
💡 灯泡 主意 提示 idea light bulb
📌 图钉 置顶 pin
📎 回形针 附件 paperclip attachment
📞 电话 来电 phone call
📱 手机 mobile phone
💻 电脑 笔记本 computer laptop
📧 邮件 邮箱 email mail
📦 包裹 快递 发货 package parcel box
🚚 物流 送货 快递 truck delivery shipping
🛒 购物车 下单 cart shopping order
💰 钱 付款 退款 money refund
💳 银行卡 支付 信用卡 card payment credit
🧾 发票 收据 小票 receipt invoice
📅 日历 日期 预约 calendar date
⏰ 闹钟 时间 准时 alarm clock time
📷 照片 相机 拍照 camera photo
🔧 维修 修理 扳手 repair wrench fix
☕ 咖啡 休息 coffee tea break
🏠 家 地址 房子 home house address",
    ),
    (
        Section::Nature,
        "🐶 狗 小狗 dog
🐱 猫 小猫 cat
🐭 老鼠 mouse
🐰 兔子 rabbit
🦊 狐狸 fox
🐻 熊 bear
🐼 熊猫 panda
🐯 老虎 tiger
🦁 狮子 lion
🐮 牛 cow ox
🐷 猪 pig
🐸 青蛙 frog
🐵 猴子 monkey
🐔 鸡 chicken
🐧 企鹅 penguin
🐟 鱼 fish
🐢 乌龟 慢 turtle slow
🦋 蝴蝶 butterfly
🐝 蜜蜂 bee
🐉 龙 dragon
🌲 树 tree
🌙 月亮 晚上 moon night
🌧️ 下雨 雨 rain
❄️ 雪 冷 冬天 snow cold winter",
    ),
    (
        Section::Food,
        "🍎 苹果 apple
🍊 橘子 橙子 orange
🍋 柠檬 lemon
🍉 西瓜 watermelon
🍇 葡萄 grapes
🍓 草莓 strawberry
🍑 桃子 peach
🍌 香蕉 banana
🥦 蔬菜 西兰花 broccoli vegetable
🌶️ 辣 辣椒 spicy chili pepper
🍞 面包 bread
🥚 鸡蛋 egg
🍚 米饭 饭 rice
🍜 面条 拉面 noodles ramen
🥟 饺子 dumpling
🍣 寿司 sushi
🍕 披萨 pizza
🍔 汉堡 burger
🍟 薯条 fries
🍰 蛋糕 甜点 cake dessert
🎂 生日 蛋糕 birthday cake
🍦 冰淇淋 ice cream
🍵 茶 tea
🍻 啤酒 干杯 beer cheers",
    ),
    (
        Section::Travel,
        "🚗 汽车 车 car
🚕 出租车 打车 taxi
🚌 公交车 巴士 bus
🚇 地铁 subway metro
🚄 高铁 火车 train
✈️ 飞机 航班 plane flight
🚢 船 轮船 ship
🚲 自行车 bicycle bike
🛵 外卖 电动车 摩托 scooter takeaway
🏨 酒店 宾馆 hotel
🏢 公司 办公楼 office company building
🏥 医院 hospital
🏫 学校 school
🏦 银行 bank
🏪 商店 便利店 门店 shop store
🗺️ 地图 map
📍 位置 地点 定位 location place
🌏 地球 世界 全球 earth world globe
🎫 票 门票 优惠券 ticket coupon
🎵 音乐 歌 music song
🎮 游戏 game
⚽ 足球 football soccer
🏆 奖杯 冠军 trophy winner
🧧 红包 新年 red envelope lucky money",
    ),
];

/// An emoji with its words.
type Entry = (&'static str, &'static str);

fn entries(lines: &'static str) -> impl Iterator<Item = Entry> {
    lines.lines().filter_map(|line| line.split_once(' '))
}

/// The console's sections, each with its emoji.
pub fn console_sections() -> impl Iterator<Item = (Section, Vec<&'static str>)> {
    WORDS.into_iter().map(|(section, lines)| (section, entries(lines).map(|(emoji, _)| emoji).collect()))
}

/// The emoji that every word of `text` is about: Latin words from their beginning, Chinese ones anywhere. Those that are called
/// so exactly come first.
#[must_use]
pub fn search(text: &str) -> Vec<&'static str> {
    let text = text.trim().to_lowercase();
    let wanted: Vec<&str> = text.split_whitespace().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let fits = |words: &str, wanted: &str| {
        words.split(' ').any(|word| if word.is_ascii() { word.starts_with(wanted) } else { word.contains(wanted) })
    };
    let found = WORDS.into_iter().flat_map(|(_, lines)| entries(lines));
    let found = found.filter(|(emoji, words)| *emoji == text || wanted.iter().all(|wanted| fits(words, wanted)));
    let (exact, rest): (Vec<Entry>, Vec<Entry>) =
        found.partition(|(_, words)| words.split(' ').any(|word| word == text));
    exact.into_iter().chain(rest).map(|(emoji, _)| emoji).collect()
}

/// The emoji that were picked last, as they were kept; those that are not offered any more are left out.
#[must_use]
pub fn recent(kept: &str) -> Vec<&'static str> {
    let offered =
        |kept: &str| WORDS.into_iter().flat_map(|(_, lines)| entries(lines)).find(|(emoji, _)| *emoji == kept);
    let mut recent = Vec::new();
    for (emoji, _) in kept.split_whitespace().filter_map(offered) {
        if !recent.contains(&emoji) {
            recent.push(emoji);
        }
    }
    recent.truncate(RECENT_MAX);
    recent
}

/// What is to be kept after one more was picked.
#[must_use]
pub fn remember(recent: &[&'static str], picked: &'static str) -> String {
    let before = recent.iter().copied().filter(|emoji| *emoji != picked);
    std::iter::once(picked).chain(before).take(RECENT_MAX).collect::<Vec<_>>().join(" ")
}

/// Where an arrow key leads from `at`, in sections of these lengths one below the other, each in rows of [`COLUMNS`]; nothing
/// for other keys, and for "up" in the first row.
#[must_use]
pub fn walk(sections: &[usize], at: usize, key: &str) -> Option<usize> {
    let mut rows = Vec::new();
    let mut from = 0_usize;
    for length in sections {
        let end = from.saturating_add(*length);
        while from < end {
            let next = from.saturating_add(COLUMNS).min(end);
            rows.push(from..next);
            from = next;
        }
    }
    let last = from.checked_sub(1)?;
    let row = rows.iter().position(|row| row.contains(&at))?;
    let column = at.saturating_sub(rows.get(row)?.start);
    let beside = |row: usize| {
        let row = rows.get(row)?;
        Some(row.start.saturating_add(column).min(row.end.saturating_sub(1)))
    };
    match key {
        "ArrowRight" => Some(at.saturating_add(1).min(last)),
        "ArrowLeft" => Some(at.saturating_sub(1)),
        "ArrowDown" => beside(row.saturating_add(1)).or(Some(at)),
        "ArrowUp" => row.checked_sub(1).and_then(beside),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_first_sections_are_the_widgets_and_every_emoji_has_words_in_both_languages() {
        let widget: Vec<(Section, Vec<&str>)> =
            super::super::sections().map(|(section, emoji)| (section, emoji.collect())).collect();
        let console: Vec<_> = console_sections().collect();
        assert_eq!(console[..widget.len()], widget);
        for (emoji, words) in WORDS.into_iter().flat_map(|(_, lines)| entries(lines)) {
            assert!(!emoji.is_ascii(), "{emoji}");
            assert!(words.split(' ').any(str::is_ascii), "{emoji} in English");
            assert!(words.split(' ').any(|word| !word.is_ascii()), "{emoji} in Chinese");
            assert_eq!(words, words.to_lowercase());
        }
        let all: Vec<&str> = console.iter().flat_map(|(_, emoji)| emoji.iter().copied()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "none is there twice");
        assert!(console.iter().all(|(_, emoji)| emoji.len() % COLUMNS == 0), "whole rows");
    }

    #[test]
    fn emoji_are_found_by_words_of_either_language() {
        for (text, first) in [
            ("谢", "🙏"),
            ("谢谢", "🙏"),
            ("发票", "🧾"),
            ("thank", "🙏"),
            ("Heart", "❤️"),
            ("thumbs down", "👎"),
            ("down thumbs", "👎"),
            (" 快递 ", "📦"),
            ("🎉", "🎉"),
        ] {
            assert_eq!(search(text).first().copied(), Some(first), "{text}");
        }
        assert!(search("ank").is_empty(), "Latin words from their beginning");
        assert!(search("").is_empty() && search("  ").is_empty() && search("没有这个").is_empty());
        assert_eq!(search("red")[..2], ["❤️", "🧧"], "what is called so exactly comes first");
    }

    #[test]
    fn what_was_picked_last_comes_first_and_once() {
        let kept = remember(&recent("😀 👍 ?? 😀"), "👍");
        assert_eq!(kept, "👍 😀");
        let many: Vec<&str> = console_sections().flat_map(|(_, emoji)| emoji).collect();
        let mut kept = String::new();
        for emoji in &many {
            kept = remember(&recent(&kept), emoji);
        }
        let last: Vec<&str> = many.iter().rev().take(RECENT_MAX).copied().collect();
        assert_eq!(recent(&kept), last);
    }

    #[test]
    fn arrows_go_through_rows_of_any_length_and_leave_at_the_top_only() {
        // Three picked last, then two whole rows.
        let sections = [3, 16];
        assert_eq!(walk(&sections, 1, "ArrowDown"), Some(4));
        assert_eq!(walk(&sections, 8, "ArrowUp"), Some(2), "the shorter row ends before");
        assert_eq!(walk(&sections, 1, "ArrowUp"), None);
        assert_eq!(walk(&sections, 18, "ArrowRight"), Some(18));
        assert_eq!(walk(&sections, 18, "ArrowDown"), Some(18));
        assert_eq!(
            [walk(&sections, 9, "Home"), walk(&sections, 9, "End"), walk(&sections, 9, "a")],
            [Some(0), Some(18), None]
        );
        assert_eq!(walk(&[], 0, "ArrowDown"), None);
        for at in 0..19 {
            for key in ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"] {
                assert!(walk(&sections, at, key).is_none_or(|to| to < 19));
            }
        }
    }
}
