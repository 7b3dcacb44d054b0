// Issue of input methods: Chinese and Japanese, with real composition events, through every text field that there is. Enter
// and Escape while a word is being composed, and in Safari those that end it, belong to the input method: they send nothing, save
// nothing, close nothing, lead nowhere.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "@playwright/test";
import { InputMethod } from "../../fixtures/ime.ts";
import { expect, test } from "../../fixtures/test.ts";
import { PLACES, type Typed, WITHOUT_TEXT } from "./places.ts";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Whatever draws a field into which one could write: the pages' own primitives, and elements. */
const FIELD = /<(input|textarea|TextField|TextArea|SearchBox)\b|contenteditable=/;

/** Fields that take text, by what the browser knows of them. */
const TEXT_FIELDS = ["text", "search", "email", "password", "tel", "url"]
  .map((type) => `input[type=${type}]`)
  .concat("input:not([type])", "textarea", "[contenteditable=true]")
  .map((field) => `${field}:visible`)
  .join(", ");

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(rs|js|ts)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

test("every file that draws a text field belongs to a place that is walked through", () => {
  const drawn = [...sources("frontend/src"), ...sources("widget")]
    // The primitives draw what the pages ask for.
    .filter((file) => !file.startsWith("frontend/src/ui/"))
    .filter((file) => FIELD.test(readFileSync(join(ROOT, file), "utf8").replaceAll(/^\s*\/\/.*$/gm, "")));
  const walked = PLACES.flatMap(({ files }) => files).concat(WITHOUT_TEXT);
  expect(drawn.sort()).toEqual(walked.sort());
});

/** Words as they stand in a field before the input method has made them into what is meant. */
const HALF = /nihao|にほん/;

const WORDS: Typed[] = [
  { letters: ["n", "ni", "nihao"], word: "你好" },
  { letters: ["n", "に", "にほん"], word: "日本" },
];

/** What the page does that such a key could have set off. */
interface Deeds {
  submissions: number;
  /** Requests that carry half a word, or that choose what it finds. */
  requests: string[];
  messages: string[];
  address: string;
}

/** An address without what is searched for: that follows the last word whenever one has paused. */
function placeOf(url: string): string {
  const address = new URL(url);
  address.searchParams.delete("q");
  return address.href;
}

/** Watches a page from here on. */
async function watch(page: Page): Promise<() => Promise<Deeds>> {
  const requests: string[] = [];
  page.on("request", (request) => {
    // What one searches for is asked as one types.
    const acts = HALF.test(request.postData() ?? "") || request.url().endsWith("/tags");
    if (request.method() !== "GET" && acts) requests.push(`${request.method()} ${request.url()}`);
  });
  await page.evaluate(() => {
    const counted = window as unknown as { submissions: number };
    counted.submissions = 0;
    window.addEventListener("submit", () => (counted.submissions += 1), true);
  });
  return async () => {
    // Whatever a key sets off has begun two frames later.
    const submissions = await page.evaluate(
      () =>
        new Promise<number>((seen) => {
          requestAnimationFrame(() => requestAnimationFrame(() => seen((window as unknown as { submissions: number }).submissions)));
        }),
    );
    const messages = await page.getByRole("log").getByRole("article").allTextContents();
    return { submissions, requests: [...requests], messages, address: placeOf(page.url()) };
  };
}

/** How the Enter that takes a word comes to the page: while the composition goes on, or, in Safari, after it. */
type Accept = "acceptByEnter" | "acceptBeforeEnter";

/** Types a word by an input method into a field, with Enter and Escape in every way that input methods have. */
async function compose(field: Locator, ime: InputMethod, { letters, word }: Typed, accept: Accept, deeds: () => Promise<Deeds>): Promise<void> {
  const before = await deeds();
  const expectNothingDone = async (value: string) => {
    expect(await deeds()).toEqual(before);
    await expect(field).toBeFocused();
    await expect(field).toHaveValue(value);
  };
  for (const letter of letters) {
    await ime.compose(letter);
  }
  const half = letters.at(-1) ?? "";
  await expect(field).toHaveValue(half);
  await ime.enterWhileComposing();
  await ime.enterWhileComposing("control");
  await ime.escapeWhileComposing();
  await expectNothingDone(half);
  await ime.compose(half);
  await ime[accept](word);
  await expectNothingDone(word);
  // What stood there before stays when what is being composed is given up.
  await ime.compose("n");
  await ime.giveUpBeforeEscape();
  await expectNothingDone(word);
}

for (const { name, finds = [], open } of PLACES) {
  test(`in no field of “${name}” does Enter or Escape act while a word is being composed`, async ({ browsers, website, admin, server, shop }) => {
    const place = await open({ browsers, website, admin, server, shop });
    const page = place.page();
    const deeds = await watch(page);
    const ime = await InputMethod.of(page);
    const fields = place.locator(TEXT_FIELDS).and(page.locator(":enabled:not([readonly])"));
    const count = await fields.count();
    expect(count).toBeGreaterThan(0);
    for (let at = 0; at < count; at += 1) {
      const field = fields.nth(at);
      for (const typed of [...WORDS, ...finds]) {
        for (const accept of ["acceptByEnter", "acceptBeforeEnter"] as const) {
          await field.fill("");
          await compose(field, ime, typed, accept, deeds);
        }
      }
    }
  });
}
