// VIS-1: images, videos and files from the visitor's side.

import { expectAccessible } from "../../fixtures/axe.ts";
import { expect, test } from "../../fixtures/test.ts";
import { paper, picture } from "../../fixtures/files.ts";
import type { WidgetPage } from "../../pages/widget.ts";

/** Drops a picture into the chat, or pastes it. */
async function give(visitor: WidgetPage, kind: "drop" | "paste", name: string): Promise<void> {
  await visitor.composer.evaluate(
    (field, { kind, name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { type: "image/png" }));
      const about = { bubbles: true, cancelable: true, composed: true };
      const event =
        kind === "drop"
          ? new DragEvent("drop", { ...about, dataTransfer: data })
          : new ClipboardEvent("paste", { ...about, clipboardData: data });
      field.dispatchEvent(event);
    },
    { kind, name, base64: picture(name, 200, 150).buffer.toString("base64") },
  );
}

test("a visitor begins with a picture, and the agent sees it after a reload as well", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles([picture("坏了.png"), paper("发票.pdf")]);
  await expect(visitor.messages.log.getByRole("img", { name: "图片 坏了.png" })).toBeVisible();
  await expect(visitor.messages.log.getByRole("link", { name: "下载 发票.pdf" })).toBeVisible();

  const agent = await browsers.console();
  await agent.open("[文件] 发票.pdf");
  const seen = agent.messages.log.getByRole("button", { name: "图片：坏了.png" }).locator("img");
  const isDrawn = () => seen.evaluate((picture) => (picture as HTMLImageElement).naturalWidth > 0);
  await expect.poll(isDrawn).toBe(true);
  await agent.page.reload();
  await expect.poll(isDrawn).toBe(true);
  // The panel stays as it was.
  await visitor.page.reload();
  await expect(visitor.messages.log.getByRole("img", { name: "图片 坏了.png" })).toBeVisible();
});

test("what is dropped or pasted is sent, and what breaks off is tried again", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("你好");
  await visitor.messages.message("你好").waitFor();
  await give(visitor, "drop", "放.png");
  await give(visitor, "paste", "贴.png");
  for (const name of ["放.png", "贴.png"]) {
    await expect(visitor.messages.log.getByRole("img", { name: `图片 ${name}` })).toBeVisible();
  }

  await visitor.page.route("**/widget/v1/attachments*", (route) => route.abort());
  await give(visitor, "drop", "断.png");
  await expect(visitor.page.getByText("上传失败")).toBeVisible();
  await expect(visitor.page.getByText("断.png")).toBeVisible();
  await visitor.page.unroute("**/widget/v1/attachments*");
  await visitor.page.getByRole("button", { name: "重试" }).click();
  await expect(visitor.messages.log.getByRole("img", { name: "图片 断.png" })).toBeVisible();
  await expect(visitor.page.getByText("上传失败")).toBeHidden();
});

test("a file that is given without a line, and one that broke off with it, go their way when it is back", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor();
  // Before the first session is open nobody knows yet how large a file may be.
  let opens: (() => void) | undefined;
  const opened = new Promise<void>((go) => (opens = go));
  await visitor.page.route("**/widget/v1/sessions", async (route) => {
    await opened;
    await route.continue();
  });
  await visitor.page.goto(shop);
  await visitor.open();
  await give(visitor, "drop", "早.png");
  await expect(visitor.page.getByText("早.png")).toBeVisible();
  await expect(visitor.page.getByText("等待发送")).toBeVisible();
  opens?.();
  const shown = (name: string) => visitor.messages.log.getByRole("img", { name: `图片 ${name}` });
  await expect(shown("早.png")).toBeVisible();

  await visitor.page.route("**/widget/v1/attachments*", (route) => route.abort());
  await give(visitor, "drop", "断.png");
  await expect(visitor.page.getByText("上传失败", { exact: true })).toBeVisible();
  await visitor.page.unroute("**/widget/v1/attachments*");
  await visitor.page.context().setOffline(true);
  await expect(visitor.offline).toBeVisible();
  await give(visitor, "paste", "等.png");
  await expect(visitor.page.getByText("等待发送", { exact: true })).toBeVisible();
  await visitor.page.context().setOffline(false);
  for (const name of ["断.png", "等.png"]) await expect(shown(name)).toBeVisible();
});

test("whoever would lose an upload by leaving is asked, and why one was refused is said", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("你好");
  await expect(visitor.messages.mark("你好", "sent")).toBeVisible();
  for (const [status, words] of [[429, "上传失败：操作过于频繁，请稍后再试"], [503, "上传失败：服务器暂时无法接收，请稍后再试"]] as const) {
    await visitor.page.route("**/widget/v1/attachments*", (route) => route.fulfill({ status, body: "{}" }));
    await give(visitor, "drop", "票.png");
    await expect(visitor.page.getByText(words)).toBeVisible();
    await visitor.page.unroute("**/widget/v1/attachments*");
    if (status === 429) await visitor.page.getByRole("button", { name: "取消" }).click();
  }
  const asked: string[] = [];
  visitor.page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await visitor.page.evaluate(() => location.reload());
  await expect.poll(() => asked).toEqual(["beforeunload"]);
  await visitor.page.getByRole("button", { name: "重试" }).click();
  await expect(visitor.messages.log.getByRole("img", { name: "图片 票.png" })).toBeVisible();
  // Nothing is lost any more, so nobody is asked.
  await visitor.page.reload();
  await expect(visitor.messages.log.getByRole("img", { name: "图片 票.png" })).toBeVisible();
  expect(asked).toEqual(["beforeunload"]);
});

test("a picture opens large inside the window, arrows lead on, and Escape back to where one was", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles([picture("一.png"), picture("二.png", 300, 700)]);
  const links = visitor.messages.log.getByRole("link");
  await expect(links).toHaveCount(2);
  await links.first().click();
  const viewer = visitor.page.getByRole("dialog", { name: "图片 一.png" });
  await expect(viewer.getByRole("img")).toBeVisible();
  await expect(viewer.getByRole("button", { name: "关闭图片" })).toBeFocused();
  await expect(viewer.getByRole("button", { name: "上一张" })).toBeHidden();
  await expectAccessible(visitor.page, "a picture shown large");
  await visitor.page.keyboard.press("ArrowRight");
  const second = visitor.page.getByRole("dialog", { name: "图片 二.png" });
  await expect(second.getByRole("img")).toBeVisible();
  await expect(second.getByRole("button", { name: "下一张" })).toBeHidden();
  await visitor.page.keyboard.press("Escape");
  await expect(second).toHaveCount(0);
  await expect(links.nth(1)).toBeFocused();
  await expect(visitor.composer, "the chat is still open").toBeVisible();
  await links.nth(1).press("Enter");
  await second.getByRole("button", { name: "上一张" }).click();
  await viewer.getByRole("button", { name: "关闭图片" }).click();
  await expect(links.first()).toBeFocused();
});

test("a picture that was lost on its way is asked for again by a button", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.page.route("**/files/**", (route) => route.abort());
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles(picture("断.png"));
  const again = visitor.messages.log.getByRole("button", { name: "重试" });
  await expect(again).toBeVisible();
  await visitor.page.unroute("**/files/**");
  await again.click();
  await expect(again).toBeHidden();
  const shown = visitor.messages.log.getByRole("img", { name: "图片 断.png" });
  await expect.poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
});
