//! Ways, places, pastimes.

pub(super) const TRAVEL: &str = "\
🚗 汽车 车 car
🚕 出租车 打车 taxi
🚌 公交车 巴士 bus
🚑 救护车 急救 ambulance
🚓 警车 police car
🛵 外卖 电动车 摩托 scooter takeaway
🚲 自行车 单车 bicycle bike
🚇 地铁 subway metro
🚄 高铁 火车 train
✈️ 飞机 航班 plane flight
🛫 起飞 出发 departure takeoff
🛬 降落 到达 arrival landing
🚁 直升机 helicopter
🚀 火箭 发射 上线 rocket launch
🚢 船 轮船 ship
⛽ 加油站 加油 fuel gas station
🚦 红绿灯 交通 traffic light
🚧 施工 维护 construction maintenance
🧳 行李 旅行 luggage suitcase travel
🗺️ 地图 map
📍 位置 地点 定位 location place
🌏 地球 世界 全球 earth world globe
🎫 票 门票 优惠券 ticket coupon
🏨 酒店 宾馆 hotel
🏢 公司 办公楼 office company building
🏥 医院 hospital
🏫 学校 school
🏦 银行 bank
🏪 商店 便利店 门店 shop store
🏭 工厂 factory
🏖️ 沙滩 海边 度假 beach holiday vacation
🏝️ 海岛 岛 island
⛰️ 山 爬山 mountain
⛺ 帐篷 露营 tent camping
🌅 日出 早安 sunrise morning
🌇 日落 城市 sunset city
🎡 摩天轮 ferris wheel
⚽ 足球 football soccer
🏀 篮球 basketball
🎾 网球 tennis
🏐 排球 volleyball
🏓 乒乓球 pingpong table tennis
🏸 羽毛球 badminton
🏊 游泳 swim
🚴 骑车 骑行 cycling
🏋️ 健身 举重 gym weights
🎿 滑雪 ski
🏆 奖杯 冠军 trophy winner
🥇 金牌 第一 gold medal first
🥈 银牌 第二 silver medal second
🥉 铜牌 第三 bronze medal third
🎯 目标 靶心 target goal
🎮 游戏 game
🎲 骰子 dice
🧩 拼图 puzzle
🀄 麻将 mahjong
🎵 音乐 歌 music song
🎤 唱歌 话筒 麦克风 microphone sing karaoke
🎧 耳机 headphones headset
🎹 钢琴 piano
🎸 吉他 guitar
🎨 画画 艺术 art paint
🎬 电影 开拍 movie film
🧧 红包 新年 envelope lucky red money";
