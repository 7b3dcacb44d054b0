//! Animals, plants and weather.

pub(super) const NATURE: &str = "\
🐶 狗 小狗 dog
🐱 猫 小猫 cat
🐭 老鼠 mouse
🐰 兔子 rabbit
🦊 狐狸 fox
🐻 熊 bear
🐼 熊猫 panda
🐨 考拉 koala
🐯 老虎 tiger
🦁 狮子 lion
🐮 牛 cow ox
🐷 猪 pig
🐸 青蛙 frog
🐵 猴子 monkey
🐴 马 horse
🦄 独角兽 unicorn
🐑 羊 绵羊 sheep
🐘 大象 elephant
🐔 鸡 chicken
🐦 小鸟 鸟 bird
🕊️ 鸽子 和平 dove peace
🐧 企鹅 penguin
🐟 鱼 fish
🐳 鲸鱼 whale
🐬 海豚 dolphin
🦀 螃蟹 crab
🐢 乌龟 慢 turtle slow
🐍 蛇 snake
🐉 龙 dragon
🦖 恐龙 dinosaur
🦋 蝴蝶 butterfly
🐝 蜜蜂 bee
🐛 虫子 毛毛虫 bug caterpillar
🐌 蜗牛 慢 snail slow
🐾 爪印 宠物 paws pet
🌲 树 tree
🌴 棕榈 椰子树 palm tree
🌵 仙人掌 cactus
🌱 发芽 幼苗 成长 seedling sprout plant
🍃 叶子 树叶 leaf
🍁 枫叶 秋天 maple autumn leaf
🍄 蘑菇 mushroom
🌈 彩虹 rainbow
🌞 大太阳 太阳 早安 sun bright morning
🌙 月亮 晚上 moon night
🌚 黑月亮 坏笑 new moon dark
☁️ 云 阴天 cloud
🌧️ 下雨 雨 rain
⛈️ 雷雨 暴雨 thunderstorm storm
⚡ 闪电 电 快 lightning electric fast
☔ 雨伞 伞 下雨 umbrella rain
❄️ 雪 冷 冬天 snow cold winter
⛄ 雪人 冬天 snowman winter
🌊 海浪 海 sea wave ocean
💧 水滴 水 water drop
💦 水花 出汗 splash sweat";
