// VIS-1: images, videos and files from the visitor's side.

import { expect, test } from "../../fixtures/test.ts";
import { paper, picture } from "../../fixtures/files.ts";

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
  const give = (kind: "drop" | "paste", name: string) =>
    visitor.composer.evaluate(
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
  await give("drop", "放.png");
  await give("paste", "贴.png");
  for (const name of ["放.png", "贴.png"]) {
    await expect(visitor.messages.log.getByRole("img", { name: `图片 ${name}` })).toBeVisible();
  }

  await visitor.page.route("**/widget/v1/attachments*", (route) => route.abort());
  await give("drop", "断.png");
  await expect(visitor.page.getByText("上传失败")).toBeVisible();
  await expect(visitor.page.getByText("断.png")).toBeVisible();
  await visitor.page.unroute("**/widget/v1/attachments*");
  await visitor.page.getByRole("button", { name: "重试" }).click();
  await expect(visitor.messages.log.getByRole("img", { name: "图片 断.png" })).toBeVisible();
  await expect(visitor.page.getByText("上传失败")).toBeHidden();
});
