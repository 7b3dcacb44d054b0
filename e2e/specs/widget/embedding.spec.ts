// The widget on other people's pages: lazy, under a strict policy, under hostile styles and scripts, twice, in the head.

import type { Locator } from "@playwright/test";
import { answer, newChannel } from "@parlor/client/testing";
import { atRest } from "../../fixtures/moments.ts";
import { expect, onlyConversation, requestsOf, test } from "../../fixtures/test.ts";
import { WidgetPage } from "../../pages/widget.ts";

const heavy = (url: URL) => url.pathname.endsWith(".wasm") || url.pathname.startsWith("/assets/widget");

test("nothing heavy is loaded before the chat is opened", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor();
  const loaded = requestsOf(visitor.page, heavy);
  await visitor.page.goto(shop, { waitUntil: "networkidle" });
  await expect(visitor.launcher).toBeVisible();
  expect(loaded).toEqual([]);
  await visitor.open();
  await expect.poll(() => loaded.filter((url) => url.endsWith(".wasm")).length).toBe(1);
});

test("an unread answer is counted on the launcher when the visitor comes back", async ({ browsers, shop, admin, website }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("等会儿再来看");
  await expect(visitor.messages.mark("等会儿再来看", "sent")).toBeVisible();
  await visitor.close.click();
  await expect(visitor.panel(website.name)).toBeHidden();
  await answer(admin, await onlyConversation(admin), "您要的蓝色到货了");
  await expect(visitor.unread(1)).toBeVisible();
  const next = new WidgetPage(await visitor.page.context().newPage());
  await visitor.page.close();
  const loaded = requestsOf(next.page, heavy);
  await next.page.goto(shop);
  await expect(next.unread(1)).toBeVisible();
  await expect.poll(() => loaded.filter((url) => url.endsWith(".wasm")).length).toBe(1);
  await next.open();
  await expect(next.messages.message("您要的蓝色到货了")).toBeVisible();
  await next.close.click();
  await expect(next.unread(1)).toHaveCount(0);
  await expect.poll(async () => (await admin.ok(admin.api.GET("/api/v1/conversations"))).items[0]?.visitor_read_seq).toBe(2);
});

test("a strict policy with the documented directives is enough", async ({ browsers, site, website, server }) => {
  const { origin, host } = new URL(server.url);
  const csp = [
    "default-src 'none'",
    `script-src ${origin} 'wasm-unsafe-eval'`,
    `connect-src ${origin} ws://${host}`,
    `img-src ${origin} data:`,
    `media-src ${origin}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
  const url = site.publish({ body: website.embed_code, csp });
  const visitor = await browsers.visitor();
  const violations: string[] = [];
  await visitor.page.exposeFunction("noteViolation", (text: string) => violations.push(text));
  await visitor.page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { noteViolation } = window as unknown as { noteViolation: (text: string) => void };
      noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await visitor.page.goto(url);
  await visitor.open();
  await visitor.emoji.click();
  await expect(visitor.picker).toBeVisible();
  await visitor.page.keyboard.press("Escape");
  await expect(visitor.picker).toBeHidden();
  await visitor.say("严格的网页");
  await expect(visitor.messages.mark("严格的网页", "sent")).toBeVisible();
  expect(violations).toEqual([]);
});

/** What somebody sees of the widget, in numbers. */
async function looks(visitor: WidgetPage): Promise<unknown> {
  const texts = ["color", "font-size", "font-family", "line-height", "direction", "text-transform", "letter-spacing"];
  const names = [...texts, "display", "visibility", "background-color", "border-radius", "opacity", "transform", "filter"];
  const measure = (locator: Locator) =>
    locator.evaluate(
      (element, properties) => {
        const computed = getComputedStyle(element);
        const { width, height, right, bottom } = element.getBoundingClientRect();
        const shown = Object.fromEntries(properties.map((name) => [name, computed.getPropertyValue(name)]));
        return { ...shown, width, height, fromRight: innerWidth - right, fromBottom: innerHeight - bottom };
      },
      names,
    );
  const closed = await measure(visitor.launcher);
  await visitor.open();
  await visitor.say("看看样子");
  await expect(visitor.messages.mark("看看样子", "sent")).toBeVisible();
  // Nobody is on duty: the line that tells the place in the queue takes room from the log as soon as it comes.
  await expect(visitor.page.getByText(/您是下一位|前面还有/)).toBeVisible();
  // The panel and the message slide in; half-way they stand elsewhere every time.
  await atRest(visitor.page);
  return {
    closed,
    composer: await measure(visitor.composer),
    log: await measure(visitor.messages.log),
    message: await measure(visitor.messages.message("看看样子")),
  };
}

test("hostile styles of the host page change nothing", async ({ browsers, site, website }) => {
  const friendly = site.publish({ body: website.embed_code }, "/friendly");
  const head = `<style>
    html, body { zoom: 1; }
    *, *::before, *::after {
      all: unset !important; display: none !important; color: red !important; background: lime !important;
      font: 5px/1 monospace !important; text-transform: uppercase !important; letter-spacing: 9px !important;
      opacity: 0.1 !important; transform: rotate(9deg) !important; filter: blur(4px) !important;
      visibility: hidden !important;
    }
    html, body, h1 {
      display: block !important; visibility: visible !important;
      opacity: 1 !important; transform: none !important; filter: none !important;
    }
    div, button, textarea { position: static !important; width: 3px !important; height: 3px !important; }
  </style>`;
  const hostile = site.publish({ body: website.embed_code, head, htmlAttributes: 'lang="zh-CN" dir="rtl"' }, "/hostile");
  const calm = await looks(await browsers.visitor({ url: friendly }));
  const shouted = await looks(await browsers.visitor({ url: hostile }));
  expect(shouted).toEqual(calm);
});

test("scripts of the host page that spoil the built-ins do no harm", async ({ browsers, site, website, admin }) => {
  const form = { enabled: true, title: "", fields: [{ kind: "name" as const, required: true }] };
  const params = { path: { channel_id: website.id } };
  await admin.ok(admin.api.PATCH("/api/v1/channels/{channel_id}", { params, body: { style: { ...website.style, form } } }));
  const head = `<script>
    Array.prototype.toJSON = function () { return "spoilt"; };
    String.prototype.toJSON = function () { return "spoilt"; };
    Array.prototype.last = function () { return this[this.length - 1]; };
    Object.prototype.extend = function () {};
    window.define = function () { throw new Error("not for you"); };
    window.define.amd = {};
    window.module = { exports: {} };
  </script>`;
  const visitor = await browsers.visitor({ url: site.publish({ body: website.embed_code, head }) });
  await visitor.launcher.click();
  // The form's script writes JSON, too.
  await visitor.page.getByRole("textbox", { name: "姓名" }).fill("林小满");
  await visitor.page.getByRole("button", { name: "开始聊天" }).click();
  await visitor.say("老网站");
  await expect(visitor.messages.mark("老网站", "sent")).toBeVisible();
  await expect(visitor.messages.message("老网站")).toHaveCount(1);
});

test("the page keeps its looks and its globals but for one name", async ({ browsers, site, website }) => {
  const globals = () => Object.getOwnPropertyNames(window).filter((name) => !name.startsWith("__playwright")).sort();
  const bare = await browsers.visitor({ url: site.publish({ body: "" }, "/bare") });
  const before = await bare.page.evaluate(globals);
  const visitor = await browsers.visitor({ url: site.publish({ body: website.embed_code }, "/chat") });
  await visitor.open();
  const after = await visitor.page.evaluate(globals);
  expect(after.filter((name) => !before.includes(name))).toEqual(["Parlor"]);
  const heading = (page: typeof visitor.page) => page.getByRole("heading", { level: 1 }).boundingBox();
  expect(await heading(visitor.page)).toEqual(await heading(bare.page));
});

test("the tag works in the head, and twice", async ({ browsers, site, website }) => {
  const url = site.publish({ head: website.embed_code, body: website.embed_code });
  const visitor = await browsers.visitor({ url });
  await expect(visitor.launcher).toHaveCount(1);
  await visitor.open();
  await visitor.say("只有一个");
  await expect(visitor.messages.message("只有一个")).toHaveCount(1);
});

test("the page's script can open and close the chat, even before the loader is there", async ({ browsers, site, website }) => {
  const early = `<script>
    window.Parlor = window.Parlor || function () { (Parlor.q = Parlor.q || []).push(arguments); };
    Parlor("open");
  </script>`;
  const visitor = await browsers.visitor({ url: site.publish({ body: early + website.embed_code }) });
  await expect(visitor.panel(website.name)).toBeVisible();
  await visitor.page.evaluate(() => (window as unknown as { Parlor: (call: string) => void }).Parlor("close"));
  await expect(visitor.panel(website.name)).toBeHidden();
});

test("a script that did not arrive leaves no dead button", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor();
  let broken = true;
  await visitor.page.route(/\/assets\/widget.*/, (route) => (broken ? route.abort() : route.continue()));
  await visitor.page.goto(shop);
  await visitor.launcher.click();
  const retry = visitor.page.getByRole("button", { name: visitor.labels.retry });
  await expect(retry).toBeVisible();
  broken = false;
  await retry.click();
  await expect(visitor.composer).toBeVisible();
});

test("two channels on two pages of one site are two conversations", async ({ browsers, site, website, admin }) => {
  const second = await newChannel(admin, "售后");
  const [one, two] = [site.publish({ body: website.embed_code }, "/1"), site.publish({ body: second.embed_code }, "/2")];
  const visitor = await browsers.visitor({ url: one });
  await visitor.open();
  await visitor.say("问售前");
  await expect(visitor.messages.mark("问售前", "sent")).toBeVisible();
  await visitor.page.goto(two);
  await visitor.open();
  await expect(visitor.messages.message("问售前")).toHaveCount(0);
  await visitor.say("问售后");
  await expect(visitor.messages.mark("问售后", "sent")).toBeVisible();
  // Only now the widget has asked what was said before.
  await expect(visitor.messages.all).toHaveCount(1);
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  expect(items.map((item) => item.channel_id).sort()).toEqual([website.id, second.id].sort());
});
