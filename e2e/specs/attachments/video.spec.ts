// CONV-5, VIS-1: videos from both sides, with a still picture that the sender's browser makes; and files from a phone.

import type { Locator } from "@playwright/test";
import { newVisitor } from "@parlor/client/testing";
import { picture } from "../../fixtures/files.ts";
import { expect, test } from "../../fixtures/test.ts";
import { video } from "../../fixtures/video.ts";

/** The still picture of a video, as far as it can be drawn. */
const stillOf = (shown: Locator) =>
  shown.evaluate(async (element) => {
    const still = new Image();
    still.src = (element as HTMLVideoElement).poster;
    await still.decode();
    return [still.naturalWidth, still.naturalHeight];
  });

test("an agent's video has a still picture and its length, and plays on both sides", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  await visitor.say("怎么用");
  const agent = await browsers.console();
  await agent.open("怎么用");
  await agent.ready("怎么用");
  const chooser = agent.page.waitForEvent("filechooser");
  await agent.page.getByRole("button", { name: agent.labels.video, exact: true }).click();
  await (await chooser).setFiles([video("演示.mp4")]);
  for (const side of [agent, visitor]) {
    const shown = side.messages.log.locator("video");
    await expect(shown).toHaveAttribute("poster", /\/preview$/);
    expect(await stillOf(shown)).toEqual([128, 96]);
    await shown.evaluate((element) => (element as HTMLVideoElement).play());
    await expect.poll(() => shown.evaluate((element) => (element as HTMLVideoElement).duration)).toBe(3);
  }
  await expect(agent.entry("[视频]")).toBeVisible();
});

test("a video goes on from where it broke off, however often its pass has ended meanwhile", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles([video("长.mp4")]);
  const agent = await browsers.console();
  await agent.open("[视频]");
  const shown = agent.messages.log.locator("video");
  const place = () => shown.evaluate((element) => (element as HTMLVideoElement).currentTime);
  await shown.evaluate(async (element) => {
    const video = element as HTMLVideoElement;
    await video.play();
    video.pause();
    video.currentTime = 2;
  });
  for (const hours of [3, 6]) {
    await expect.poll(place).toBe(2);
    const asked = agent.page.waitForResponse((response) => response.url().endsWith("/file-access"));
    await shown.evaluate((element, hours) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + hours * 60 * 60 * 1000;
      element.dispatchEvent(new ErrorEvent("error"));
    }, hours);
    await asked;
  }
  await expect.poll(place).toBe(2);
  await expect(agent.messages.log.getByRole("link", { name: "下载 长.mp4" })).toHaveCount(0);
});

test("a visitor's video has a still picture, on the chat page too", async ({ browsers, website }) => {
  const visitor = await browsers.visitor({ url: website.chat_url });
  await visitor.composer.waitFor();
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles([video("开箱.mp4")]);
  const agent = await browsers.console();
  await agent.open("[视频]");
  for (const side of [visitor, agent]) {
    const shown = side.messages.log.locator("video");
    await expect(shown).toHaveAttribute("poster", /\/preview$/);
    expect(await stillOf(shown)).toEqual([128, 96]);
  }
});

test("a video that this browser cannot play is a file", async ({ browsers, shop }) => {
  const visitor = await browsers.visitor({ url: shop });
  await visitor.open();
  const broken = video("坏的.mp4");
  broken.buffer.fill(0xff, broken.buffer.indexOf("avcC"), broken.buffer.indexOf("avcC") + 12);
  const chooser = visitor.page.waitForEvent("filechooser");
  await visitor.page.getByRole("button", { name: visitor.labels.attach }).click();
  await (await chooser).setFiles([broken]);
  const agent = await browsers.console();
  await agent.open("[视频]");
  await expect(agent.messages.log.getByRole("link", { name: "下载 坏的.mp4" })).toBeVisible();
});

test("on a phone one button brings the others that attach", async ({ browsers, website, server }) => {
  const visitor = await newVisitor(server.url, website.key);
  await visitor.say("拍一张给我");
  const agent = await browsers.console({ viewport: { width: 390, height: 844 } });
  await agent.open("拍一张给我");
  await expect(agent.page.getByRole("button", { name: agent.labels.image, exact: true })).toBeHidden();
  await agent.page.getByRole("button", { name: agent.labels.attachMore }).click();
  // A finger sees no tooltip: the limit stands beside the buttons.
  await expect(agent.page.getByText("每个不超过 50 MB")).toBeVisible();
  const chooser = agent.page.waitForEvent("filechooser");
  await agent.page.getByRole("button", { name: agent.labels.image, exact: true }).click();
  await (await chooser).setFiles([picture("手机.png", 300, 400)]);
  await expect(agent.messages.log.getByRole("button", { name: "图片：手机.png" })).toBeVisible();
});
