//! Signs and things.

pub(super) const THINGS: &str = "\
✅ 完成 对 勾 已办 done check yes
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
⌨️ 键盘 keyboard
🖱️ 鼠标 click mouse
🖨️ 打印机 打印 printer print
🔋 电池 电量 充电 battery charge
📺 电视 tv television
📷 照片 相机 拍照 camera photo
🎥 视频 摄像机 拍摄 video movie camera
🖼️ 图片 画 相框 picture frame image
📧 邮件 邮箱 email mail
✉️ 信封 信 邮件 envelope letter mail
📥 收件箱 下载 导入 inbox download
📤 发件箱 上传 导出 outbox upload
📦 包裹 快递 发货 package parcel box
🚚 物流 送货 快递 truck delivery shipping
🛒 购物车 下单 cart shopping order
🛍️ 购物 购物袋 逛街 shopping bags
🏷️ 标签 价格 吊牌 label tag price
💰 钱 付款 退款 money refund
💵 现金 美元 钞票 cash dollar money
💸 花钱 破费 spend money
💳 银行卡 支付 信用卡 card payment credit
🧾 发票 收据 小票 receipt invoice
💎 钻石 宝石 diamond gem
📅 日历 日期 预约 calendar date
⏰ 闹钟 时间 准时 alarm clock time
⌚ 手表 时间 watch time
⏳ 沙漏 等待 稍等 hourglass wait time
📝 备注 记录 写 note memo write
✏️ 铅笔 编辑 修改 pencil edit
🖊️ 笔 签字 pen sign
📄 文件 文档 document file page
📋 清单 剪贴板 clipboard list
📊 图表 统计 数据 chart statistics
📈 上涨 增长 趋势 growth rise chart
📉 下跌 下降 decline fall chart
📖 书 读 说明书 book read manual
✂️ 剪刀 剪 scissors cut
📏 尺子 尺寸 长度 ruler size length
🔍 搜索 放大镜 查找 search find magnifier
🔑 钥匙 密码 key password
🔒 锁 锁定 安全 lock secure
🔓 解锁 开锁 unlock open
🛡️ 盾牌 防护 保障 shield protection
🔔 铃 通知 提醒 bell notification reminder
📢 公告 喇叭 通知 announcement loudspeaker
🔧 维修 修理 扳手 repair wrench fix
🛠️ 工具 维修 tools
⚙️ 设置 齿轮 settings gear
🗑️ 垃圾桶 删除 trash delete bin
💊 药 药片 胶囊 pill medicine
💉 打针 疫苗 syringe vaccine injection
👕 衣服 t恤 短袖 shirt tshirt clothes
👗 裙子 连衣裙 dress
👖 裤子 牛仔裤 jeans pants trousers
👟 运动鞋 鞋 sneakers shoes
👠 高跟鞋 鞋 heels shoes
👓 眼镜 glasses
👜 包 手提包 handbag bag
🎒 书包 背包 backpack school bag
💼 公文包 工作 briefcase work business
💄 口红 化妆 lipstick makeup
🧴 洗发水 护肤 乳液 shampoo lotion
🚽 马桶 厕所 toilet
🚿 淋浴 洗澡 shower
🛏️ 床 bed
🛋️ 沙发 sofa couch
🧸 玩具 毛绒玩具 teddy toy bear
☕ 咖啡 休息 coffee tea break
🏠 家 地址 房子 home house address";
