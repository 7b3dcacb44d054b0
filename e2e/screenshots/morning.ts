// A morning at the shop, so that lists and logs look as they do in life.

import { resolve } from "node:path";
import type { Fetch, ParlorClient } from "@parlor/client";
import { answer, newVisitor } from "@parlor/client/testing";

type Line = ["visitor" | "agent", string];

/** Where a visitor comes from, for a server that believes the proxy in front of it. */
interface Origin {
  ip: string;
  userAgent: string;
}

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";

const VISITORS: { path: string; lines: Line[]; from: Origin }[] = [
  {
    path: "/invoice",
    from: { ip: "202.96.209.5", userAgent: WINDOWS },
    lines: [
      ["visitor", "请问可以开专票吗？"],
      ["agent", "可以的，下单时选择“专用发票”即可。"],
      ["visitor", "好的，谢谢"],
    ],
  },
  {
    path: "/orders",
    from: { ip: "61.139.2.69", userAgent: WINDOWS },
    lines: [["visitor", "我的订单显示已发货，但是物流三天没更新了"]],
  },
  { path: "/pens/9", from: { ip: "211.136.17.107", userAgent: IPHONE }, lines: [["visitor", "👍"]] },
  {
    path: "/en",
    from: { ip: "8.8.8.8", userAgent: WINDOWS },
    lines: [
      ["visitor", "Hi, do you ship to Singapore?"],
      ["agent", "Yes, we do. It takes about five days."],
    ],
  },
  {
    path: "/pens/7",
    from: { ip: "202.96.128.86", userAgent: IPHONE },
    lines: [
      ["visitor", "你好，这支钢笔有蓝色的吗？"],
      ["agent", "您好！七号钢笔有墨蓝、湖蓝和黑色三种，都有现货。"],
      ["visitor", "湖蓝的图片可以看一下吗？"],
      ["agent", "商品页第二张就是湖蓝：\nhttps://shop.example/pens/7?color=lake"],
      ["visitor", "好看！今天下单的话什么时候能到上海？"],
      ["agent", "下午四点前下单当天发出，上海一般次日送达。"],
      ["visitor", "太好了，我现在就下单 😀"],
    ],
  },
];

/** Settings of a server at which such visitors arrive: behind a proxy, with a table of regions. */
export const BEHIND_A_PROXY = {
  PARLOR_TRUSTED_PROXIES: '["127.0.0.1"]',
  PARLOR_GEO__IP2REGION_FILE: resolve("..", "node_modules", "ip2region", "data", "ip2region.db"),
};

/** Lets the morning happen. Returns the conversation that came last. */
export async function aMorning(baseUrl: string, channelKey: string, agent: ParlorClient): Promise<string> {
  let conversation = "";
  for (const { path, lines, from } of VISITORS) {
    const arrive: Fetch = (request) => {
      request.headers.set("x-forwarded-for", from.ip);
      request.headers.set("user-agent", from.userAgent);
      return fetch(request);
    };
    const page = { url: `https://shop.example${path}`, title: "钢笔 · 晨光文具", referrer: "https://search.example/?q=pens" };
    const visitor = await newVisitor(baseUrl, channelKey, { page, fetch: arrive });
    for (const [who, text] of lines) {
      if (who === "visitor") {
        conversation = (await visitor.say(text)).conversation_id;
      } else {
        const { seq } = await answer(agent, conversation, text);
        await visitor.client.ok(visitor.client.api.PUT("/widget/v1/read", { body: { seq } }));
      }
    }
  }
  return conversation;
}
