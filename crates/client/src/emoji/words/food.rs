//! What one eats and drinks.

pub(super) const FOOD: &str = "\
🍎 苹果 apple
🍊 橘子 橙子 orange
🍋 柠檬 lemon
🍉 西瓜 吃瓜 watermelon
🍇 葡萄 grapes
🍓 草莓 strawberry
🍒 樱桃 cherry
🍑 桃子 peach
🥭 芒果 mango
🍍 菠萝 凤梨 pineapple
🍌 香蕉 banana
🥑 牛油果 avocado
🍅 西红柿 番茄 tomato
🥦 蔬菜 西兰花 broccoli vegetable
🥕 胡萝卜 carrot
🌽 玉米 corn
🌶️ 辣 辣椒 spicy chili pepper
🍞 面包 bread
🥚 鸡蛋 egg
🍳 煎蛋 早餐 fried egg breakfast
🧀 奶酪 芝士 cheese
🍗 鸡腿 drumstick chicken
🥩 牛排 牛肉 steak beef
🍚 米饭 饭 rice
🍱 便当 盒饭 bento lunch
🍜 面条 拉面 noodles ramen
🍝 意面 spaghetti pasta
🍲 火锅 汤 炖菜 hotpot stew soup
🥟 饺子 dumpling
🍣 寿司 sushi
🍤 虾 炸虾 shrimp
🥗 沙拉 轻食 salad
🍕 披萨 pizza
🍔 汉堡 burger
🍟 薯条 fries
🥪 三明治 sandwich
🎂 生日 蛋糕 birthday cake
🍰 甜点 蛋糕 dessert cake
🥮 月饼 中秋 mooncake
🍦 冰淇淋 ice cream
🍩 甜甜圈 donut doughnut
🍪 饼干 曲奇 cookie biscuit
🍫 巧克力 chocolate
🍬 糖果 糖 candy sweet
🍿 爆米花 看戏 popcorn
🍯 蜂蜜 honey
🥛 牛奶 milk
🍵 茶 tea
🧋 奶茶 珍珠奶茶 boba bubble tea
🥤 饮料 可乐 drink soda cola
🍺 啤酒 beer
🍻 干杯 啤酒 beer cheers
🍷 红酒 葡萄酒 wine
🍹 果汁 juice drink
🥂 碰杯 干杯 toast cheers
🍴 餐具 吃饭 刀叉 fork knife eat";
