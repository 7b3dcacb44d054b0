// CONV-5: images, videos and files from the agent's side.

import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";
import { type MadeFile, paper, picture } from "../../fixtures/files.ts";
import type { ConsolePage } from "../../pages/console.ts";

/** An agent and a visitor who have said hello. */
async function talking({ browsers, shop }: { browsers: import("../../fixtures/test.ts").Browsers; shop: string }) {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("请发一下图片");
  const agent = await browsers.console();
  await agent.open("请发一下图片");
  await agent.ready("请发一下图片");
  return { agent, visitor };
}

/** Enough answers to fill more than the screen. */
async function answerAtLength(agent: ConsolePage): Promise<void> {
  for (let n = 1; n <= 14; n += 1) {
    await agent.say(`第 ${n} 条答复\n说得长一点\n好让它占地方`);
  }
  await expect(agent.messages.mark("第 14 条答复", "sent").or(agent.messages.mark("第 14 条答复", "read"))).toBeVisible();
}

async function choose(agent: ConsolePage, button: string, files: MadeFile[]): Promise<void> {
  const chooser = agent.page.waitForEvent("filechooser");
  await agent.page.getByRole("button", { name: button, exact: true }).click();
  await (await chooser).setFiles(files);
}

/** A drag of files over the conversation, or their drop. */
async function drag(page: Page, kind: "dragenter" | "drop", files: MadeFile[]): Promise<void> {
  const made = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  const data = await page.evaluateHandle((made) => {
    const data = new DataTransfer();
    for (const { name, mimeType, base64 } of made) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mimeType }));
    }
    return data;
  }, made);
  await page.getByRole("log").dispatchEvent(kind, { dataTransfer: data });
}

/** Pastes a picture into what the agent writes, as a screenshot is. */
async function paste(agent: ConsolePage, { name, buffer }: MadeFile): Promise<void> {
  await agent.composer.evaluate((field, { name, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], name, { type: "image/png" }));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, { name, base64: buffer.toString("base64") });
}

/** Whether a picture is drawn. */
const isDrawn = (picture: HTMLImageElement | SVGElement | HTMLElement) => (picture as HTMLImageElement).naturalWidth > 0;

test("an agent sends pictures and they are seen on both sides, large ones in a viewer", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  await choose(agent, agent.labels.image, [picture("一.png"), picture("二.png", 300, 500, [40, 90, 200])]);
  const sent = agent.messages.log.getByRole("button", { name: /^图片：/ });
  await expect(sent).toHaveCount(2);
  await expect.poll(() => sent.first().locator("img").evaluate(isDrawn)).toBe(true);
  const seen = visitor.messages.log.getByRole("img", { name: /^图片/ });
  await expect(seen).toHaveCount(2);
  await expect.poll(() => seen.last().evaluate(isDrawn)).toBe(true);
  await expect(agent.entry("[图片]")).toBeVisible();

  await sent.first().click();
  const viewer = agent.page.getByRole("dialog", { name: agent.labels.imageViewer });
  await expect(viewer.getByText("1 / 2")).toBeVisible();
  await expect.poll(() => viewer.getByRole("img", { name: "一.png" }).evaluate(isDrawn)).toBe(true);
  await agent.page.keyboard.press("ArrowRight");
  await expect(viewer.getByRole("img", { name: "二.png" })).toBeVisible();
  await agent.page.keyboard.press("ArrowRight");
  await expect(viewer.getByText("2 / 2")).toBeVisible();
  await agent.page.keyboard.press("Escape");
  await expect(viewer).toBeHidden();
  await expect(sent.first()).toBeFocused();
});

test("a picture that is larger than the viewer grows to its own size by a press, keys and the wheel, and is moved by dragging", async ({ browsers, shop }) => {
  const { agent } = await talking({ browsers, shop });
  await choose(agent, agent.labels.image, [picture("大.png", 2600, 1800), picture("小.png", 300, 200)]);
  await agent.messages.log.getByRole("button", { name: "图片：大.png" }).click();
  const viewer = agent.page.getByRole("dialog", { name: agent.labels.imageViewer });
  const large = viewer.getByRole("img", { name: "大.png" });
  await expect.poll(() => large.evaluate(isDrawn)).toBe(true);
  const width = () => large.evaluate((shown) => Math.round(shown.getBoundingClientRect().width));
  const fits = await width();
  expect(fits).toBeLessThan(agent.page.viewportSize()!.width);
  await large.click();
  await expect.poll(width).toBe(2600);
  const left = () => large.evaluate((shown) => shown.getBoundingClientRect().left);
  const before = await left();
  await agent.page.mouse.move(600, 400);
  await agent.page.mouse.down();
  await agent.page.mouse.move(500, 400, { steps: 4 });
  await agent.page.mouse.up();
  await expect.poll(left).toBe(before - 100);
  // The end of a drag is no press.
  expect(await width()).toBe(2600);
  await expect(viewer).toBeVisible();
  await large.click({ position: { x: 1300, y: 900 } });
  await expect.poll(width).toBe(fits);
  await agent.page.keyboard.press("+");
  await expect.poll(width).toBeGreaterThan(fits);
  await agent.page.keyboard.press("-");
  await expect.poll(width).toBe(fits);
  await agent.page.mouse.wheel(0, -100);
  await expect.poll(width).toBeGreaterThan(fits);
  // One that is shown in its own size has nothing to grow to.
  await agent.page.keyboard.press("ArrowRight");
  const small = viewer.getByRole("img", { name: "小.png" });
  const own = () => small.evaluate((shown) => Math.round(shown.getBoundingClientRect().width));
  await expect.poll(() => small.evaluate(isDrawn)).toBe(true);
  await expect.poll(own).toBe(300);
  await small.click();
  await agent.page.keyboard.press("+");
  expect(await own()).toBe(300);
  await agent.page.keyboard.press("Escape");
  await expect(viewer).toBeHidden();
});

test("on a phone a swipe leads to the next picture and back, but not one on a picture that is larger than the screen", async ({ browsers, shop }) => {
  const { agent: desk } = await talking({ browsers, shop });
  await choose(desk, desk.labels.image, [picture("一.png", 1600, 1200), picture("二.png", 300, 500, [40, 90, 200])]);
  await expect(desk.messages.log.getByRole("button", { name: /^图片：/ })).toHaveCount(2);
  const agent = await browsers.console({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await agent.open("[图片]");
  await agent.messages.log.getByRole("button", { name: "图片：一.png" }).tap();
  const viewer = agent.page.getByRole("dialog", { name: agent.labels.imageViewer });
  const first = viewer.getByRole("img", { name: "一.png" });
  await expect.poll(() => first.evaluate(isDrawn)).toBe(true);
  const session = await agent.page.context().newCDPSession(agent.page);
  const swipe = async (from: number, to: number, down = 0) => {
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints });
    await touch("touchStart", [{ x: from, y: 400 }]);
    for (let step = 1; step <= 8; step += 1) {
      await touch("touchMove", [{ x: from + ((to - from) * step) / 8, y: 400 + (down * step) / 8 }]);
    }
    await touch("touchEnd", []);
  };
  await swipe(300, 100);
  await expect(viewer.getByText("2 / 2")).toBeVisible();
  // There is no further one, and neither a small move nor one down is a swipe.
  await swipe(300, 100);
  await swipe(100, 120);
  await swipe(100, 160, 200);
  await expect(viewer.getByText("2 / 2")).toBeVisible();
  await swipe(100, 300);
  await expect(viewer.getByText("1 / 2")).toBeVisible();
  await expect(viewer).toBeVisible();
  // Larger than the screen it is moved.
  await expect.poll(() => first.evaluate(isDrawn)).toBe(true);
  await first.click();
  const left = () => first.evaluate((shown) => shown.getBoundingClientRect().left);
  await expect.poll(() => first.evaluate((shown) => Math.round(shown.getBoundingClientRect().width))).toBe(1600);
  const before = await left();
  await swipe(300, 100);
  await expect.poll(left).toBeLessThan(before - 100);
  await expect(viewer.getByText("1 / 2")).toBeVisible();
});

test("a file is a card that saves it under its name", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  const file = paper("报价单.pdf");
  await choose(agent, agent.labels.file, [file]);
  for (const page of [agent, visitor]) {
    const card = page.messages.log.getByRole("link", { name: "下载 报价单.pdf" });
    await expect(card).toContainText("4 KB");
    const download = page.page.waitForEvent("download");
    await card.click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe("报价单.pdf");
    expect(await readFile(await saved.path())).toEqual(file.buffer);
  }
});

test("files are dropped anywhere on the conversation, and a screenshot is pasted", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  const file = picture("拖放.png");
  await drag(agent.page, "dragenter", [file]);
  await expect(agent.page.getByText("松开即可添加")).toBeVisible();
  await expect(agent.page.getByText("单个文件不超过 50 MB")).toBeVisible();
  await drag(agent.page, "drop", [file, paper("附.pdf")]);
  await expect(agent.page.getByText("松开即可添加")).toBeHidden();
  await expect(agent.composer).toBeFocused();
  await agent.send.click();
  await expect(visitor.messages.log.getByRole("img", { name: /拖放/ })).toBeVisible();
  await expect(visitor.messages.log.getByRole("link", { name: /附\.pdf/ })).toBeVisible();

  await paste(agent, picture("image.png", 200, 100));
  await agent.composer.press("Control+Enter");
  await expect(visitor.messages.log.getByRole("img", { name: "图片 image.png" })).toBeVisible();
});

test("what is pasted or dropped waits to be sent, can be taken out, and goes with what is written", async ({ browsers, shop, server, website }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  await (await newVisitor(server.url, website.key)).say("另一位访客");
  const tray = agent.page.getByRole("list", { name: "要发送的文件" });
  await expect(agent.send).toBeDisabled();
  await paste(agent, picture("密码.png"));
  await drag(agent.page, "drop", [picture("价格.png"), paper("附.pdf")]);
  await expect(tray.getByRole("listitem")).toHaveText([/密码\.png.*待发送/, /价格\.png.*待发送/, /附\.pdf.*待发送/]);
  await expect.poll(() => tray.locator("img").first().evaluate(isDrawn)).toBe(true);
  await expectAccessible(agent.page, "files that wait to be sent");
  await agent.page.getByRole("button", { name: "移除 密码.png" }).click();
  await expect(tray.getByRole("listitem")).toHaveCount(2);
  // They are a draft of the conversation, in which the other one has no part.
  await agent.open("另一位访客");
  await expect(tray).toBeHidden();
  await expect(agent.send).toBeDisabled();
  await expect(agent.entry("[草稿] 价格.png")).toBeVisible();
  await agent.entry("[草稿] 价格.png").click();
  await expect(tray.getByRole("listitem")).toHaveCount(2);

  await agent.composer.fill("这是报价");
  await agent.composer.press("Control+Enter");
  await expect(visitor.messages.message("这是报价")).toBeVisible();
  await expect(visitor.messages.log.getByRole("img", { name: /价格/ })).toBeVisible();
  await expect(visitor.messages.log.getByRole("link", { name: /附\.pdf/ })).toBeVisible();
  await expect(tray).toBeHidden();
  await expect(agent.composer).toBeFocused();
  await expect(visitor.messages.log.getByRole("img", { name: /密码/ })).toHaveCount(0);
});

test("a file that is given to a note goes nowhere, and the agent is told", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  await agent.page.getByRole("button", { name: "内部备注", exact: true }).click();
  await drag(agent.page, "dragenter", [picture("截图.png")]);
  await expect(agent.page.getByText("松开即可添加")).toBeHidden();
  await drag(agent.page, "drop", [picture("截图.png")]);
  await expect(agent.page.getByText("内部备注不能带文件")).toBeVisible();
  await expect(agent.page.getByRole("list", { name: "要发送的文件" })).toBeHidden();
  await agent.page.getByRole("button", { name: "回复", exact: true }).click();
  await drag(agent.page, "drop", [picture("截图.png")]);
  await agent.send.click();
  await expect(visitor.messages.log.getByRole("img", { name: /截图/ })).toHaveCount(1);
});

test("an upload shows how far it is, is given up, fails and is tried again", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  let held: (() => void) | undefined;
  await agent.page.route("**/attachments?*", async (route) => {
    await new Promise<void>((go) => (held = go));
    // The request may have been given up meanwhile.
    await route.continue().catch(() => undefined);
  });
  await choose(agent, agent.labels.image, [picture("大.png")]);
  const tray = agent.page.getByRole("list", { name: "要发送的文件" });
  await expect(tray.getByRole("progressbar", { name: "大.png" })).toBeVisible();
  await agent.page.getByRole("button", { name: "取消发送 大.png" }).click();
  await expect(tray).toBeHidden();
  await expect(agent.composer).toBeFocused();
  held?.();

  await agent.page.unroute("**/attachments?*");
  await agent.page.route("**/attachments?*", (route) => route.abort());
  await choose(agent, agent.labels.image, [picture("断.png")]);
  await expect(tray.getByRole("alert")).toContainText("上传中断，请重试");
  await agent.page.unroute("**/attachments?*");
  await agent.page.getByRole("button", { name: "重新发送 断.png" }).click();
  await expect(visitor.messages.log.getByRole("img", { name: /断/ })).toBeVisible();
  await expect(tray).toBeHidden();
  await expect(visitor.messages.log.getByRole("img", { name: /大/ })).toHaveCount(0);
});

test("a file that is chosen without a connection, and one that broke off with it, go their way when it is back", async ({ browsers, shop }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  const tray = agent.page.getByRole("list", { name: "要发送的文件" });
  await agent.page.route("**/attachments?*", (route) => route.abort());
  await choose(agent, agent.labels.image, [picture("断.png")]);
  await expect(tray.getByText("上传中断，请重试")).toBeVisible();
  await agent.page.unroute("**/attachments?*");
  await agent.page.context().setOffline(true);
  await agent.reconnecting.waitFor();
  await choose(agent, agent.labels.image, [picture("等.png")]);
  await expect(tray.getByText("等待上传")).toBeVisible();
  await agent.page.context().setOffline(false);
  for (const name of [/断/, /等/]) {
    await expect(visitor.messages.log.getByRole("img", { name })).toBeVisible();
  }
  await expect(tray).toBeHidden();
});

test("an upload that ends while one reads elsewhere carries nobody off, and one that fails says so in the list", async ({ browsers, shop, server, website }) => {
  const { agent, visitor } = await talking({ browsers, shop });
  const other = await newVisitor(server.url, website.key);
  await other.say("另一位访客");
  await answerAtLength(agent);
  let go: (() => void) | undefined;
  await agent.page.route("**/attachments?*", async (route) => {
    await new Promise<void>((done) => (go = done));
    await route.continue();
  });
  await choose(agent, agent.labels.image, [picture("慢.png")]);
  await expect(agent.page.getByRole("progressbar", { name: "慢.png" })).toBeVisible();
  const top = agent.messages.message("请发一下图片");
  await agent.messages.log.evaluate((log) => log.scrollTo(0, 0));
  await expect(top).toBeInViewport();
  await expect.poll(() => go).toBeDefined();
  go?.();
  await expect(visitor.messages.log.getByRole("img", { name: /慢/ })).toBeVisible();
  await expect(agent.page.getByRole("list", { name: "要发送的文件" })).toBeHidden();
  await expect(agent.messages.log.getByRole("button", { name: "图片：慢.png" })).toHaveCount(1);
  await expect(top).toBeInViewport();

  await agent.page.unroute("**/attachments?*");
  let breakOff: (() => void) | undefined;
  await agent.page.route("**/attachments?*", async (route) => {
    await new Promise<void>((done) => (breakOff = done));
    await route.abort();
  });
  await choose(agent, agent.labels.image, [picture("断.png")]);
  await expect.poll(() => breakOff).toBeDefined();
  await agent.open("另一位访客");
  breakOff?.();
  await expect(agent.page.getByText("“断.png”没有发出，请打开会话重试")).toBeVisible();
  await expect(agent.entry("[图片]").getByRole("img", { name: "有消息发送失败" })).toBeVisible();
});

test("on a narrow window Esc closes the viewer and leaves the conversation open", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.page.locator("input[type=file]").setInputFiles([picture("图.png")]);
  const agent = await browsers.console({ viewport: { width: 640, height: 800 } });
  await agent.open("[图片]");
  await agent.messages.log.getByRole("button", { name: "图片：图.png" }).click();
  const viewer = agent.page.getByRole("dialog", { name: agent.labels.imageViewer });
  await expect(viewer.getByRole("img", { name: "图.png" })).toBeVisible();
  await agent.page.keyboard.press("Escape");
  await expect(viewer).toBeHidden();
  await expect(agent.composer).toBeVisible();
});

test("a file is saved also after its pass has ended, and what could not be asked for is asked again", async ({ browsers, shop }) => {
  const { agent } = await talking({ browsers, shop });
  await choose(agent, agent.labels.file, [paper("报价单.pdf")]);
  const card = agent.messages.log.getByRole("link", { name: "下载 报价单.pdf" });
  await expect(card).toBeVisible();
  // Three hours later, by the page's clock; the first try to come by another pass fails.
  await agent.page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 3 * 60 * 60 * 1000;
  });
  const asked: string[] = [];
  await agent.page.route("**/file-access", async (route) => {
    asked.push(route.request().url());
    await (asked.length === 1 ? route.abort() : route.continue());
  });
  await card.click();
  await expect(agent.page.getByText("暂时无法下载，请稍后重试")).toBeVisible();
  const download = agent.page.waitForEvent("download");
  await card.click();
  expect((await download).suggestedFilename()).toBe("报价单.pdf");
  expect(asked).toHaveLength(2);
});

test.describe("with a small limit", () => {
  test.use({ ownServer: true, serverSettings: { PARLOR_UPLOADS__MAX_MEGABYTES: "1" } });

  test("a file that is too large is refused by name before it is sent", async ({ browsers, shop }) => {
    const { agent, visitor } = await talking({ browsers, shop });
    await expect(agent.page.getByRole("button", { name: "文件", exact: true })).toHaveAttribute("title", "文件（不超过 1 MB）");
    await choose(agent, agent.labels.file, [paper("大.pdf", 1_100_000), paper("小.pdf")]);
    await expect(agent.page.getByText("“大.pdf”超过 1 MB，未发送")).toBeVisible();
    await expect(visitor.messages.log.getByRole("link", { name: /小\.pdf/ })).toBeVisible();
    await visitor.page.locator("input[type=file]").setInputFiles([paper("更大.pdf", 1_100_000)]);
    await expect(visitor.page.getByText("未发送：文件超过 1 MB")).toBeVisible();
  });
});
