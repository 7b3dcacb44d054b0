//! Hearts, flowers and feasts.

pub(super) const HEARTS: &str = "\
❤️ 爱 爱心 红心 heart love red
🧡 橙心 爱心 heart orange
💛 黄心 爱心 heart yellow
💚 绿心 爱心 heart green
💙 蓝心 爱心 heart blue
💜 紫心 爱心 heart purple
🖤 黑心 爱心 heart black
🤍 白心 爱心 heart white
💔 心碎 伤心 broken heart
💕 两颗心 爱心 hearts love
💓 心跳 爱心 heartbeat heart
💗 心动 爱心 growing heart
💖 闪心 爱心 sparkling heart
💘 一见钟情 爱心 丘比特 cupid arrow heart
💝 心意 爱心 礼物 ribbon heart gift
💌 情书 来信 love letter
💋 唇印 吻 亲 kiss lips
💍 戒指 求婚 结婚 ring wedding marry
💯 满分 一百分 hundred perfect 100
✨ 闪亮 星光 sparkles shine
🔥 火 热门 爆款 fire hot
💥 爆炸 砰 boom explosion
⭐ 星星 收藏 star
🌟 闪星 star glow
🎉 庆祝 撒花 恭喜 party congratulations tada
🎊 彩球 庆祝 confetti party
🎁 礼物 礼品 赠品 gift present
🎈 气球 balloon
🎆 烟花 烟火 fireworks
🧨 鞭炮 爆竹 新年 firecracker
🏮 灯笼 元宵 lantern
🎄 圣诞树 圣诞节 christmas tree
🌹 玫瑰 花 送花 rose flower
💐 花束 鲜花 送花 bouquet flowers
🌸 樱花 花 blossom flower
🌷 郁金香 花 tulip flower
🌺 木槿 花 hibiscus flower
🌻 向日葵 花 sunflower
🍀 四叶草 幸运 clover luck
☀️ 太阳 晴天 sun sunny";
