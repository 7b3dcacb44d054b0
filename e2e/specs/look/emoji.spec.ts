// Emoji in messages have their colours, also where a text font has pale ones of its own; figures beside them stay text.

import type { Locator, Page } from "@playwright/test";
import { answer, newVisitor } from "@parlor/client/testing";
import { expect, test } from "../../fixtures/test.ts";

/** How much of a picture of this is as yellow as a smiling face, of one. */
async function yellowOf(target: Locator, blank: Page): Promise<number> {
  const picture = (await target.screenshot()).toString("base64");
  return blank.evaluate(async (picture) => {
    const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const drawing = new OffscreenCanvas(image.width, image.height).getContext("2d");
    if (drawing === null) {
      throw new Error("no canvas");
    }
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    let yellow = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.slice(at, at + 3);
      yellow += red > 200 && green > 150 && blue < 120 ? 1 : 0;
    }
    return yellow / (image.width * image.height);
  }, picture);
}

test("in the console and in the widget", async ({ browsers, website, server, admin, shop }) => {
  const earlier = await newVisitor(server.url, website.key);
  const { conversation_id } = await earlier.say("😀😀😀 12:30");
  const agent = await browsers.console({ path: `/inbox/${conversation_id}` });
  const blank = await (await browsers.context()).newPage();
  const heard = agent.messages.message("12:30").getByText("😀😀😀 12:30");
  await expect(heard).toBeVisible();
  expect(await yellowOf(heard, blank)).toBeGreaterThan(0.05);
  await answer(admin, conversation_id, "😀😀😀 18:00");
  const visitor = await browsers.visitor();
  const identity = { slot: `parlor:${website.key}`, token: earlier.session.visitor_token };
  await visitor.page.addInitScript(({ slot, token }) => localStorage.setItem(slot, token), identity);
  await visitor.page.goto(shop);
  await visitor.open();
  const answered = visitor.messages.message("18:00").getByText("😀😀😀 18:00");
  await expect(answered).toBeVisible();
  expect(await yellowOf(answered, blank)).toBeGreaterThan(0.05);
});
