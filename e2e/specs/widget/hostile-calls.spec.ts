// Whatever a page calls `Parlor` with, or writes at its tag: nothing throws, what waits is done, in the language that was asked for.

import { expect, test } from "../../fixtures/test.ts";

/** Frames are made this many at a time, and so often. */
const [AT_ONCE, ROUNDS] = [10, 4];

test("no call and no parameter throws into the page or holds up what waits", async ({ browsers, shop, website, server }) => {
  const visitor = await browsers.visitor({ url: shop });
  const { page } = visitor;
  const thrown: string[] = [];
  page.on("pageerror", (error) => thrown.push(String(error)));
  // What waits is seen by the module being fetched, which here is as good as having it.
  await page.route("**/assets/widget*", (route) => route.abort());
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcome = await page.evaluate(
      async ({ round, count, key, loader }) => {
        // Mulberry32: a failing round is the same round again.
        let seed = 0x9e3779b9 * (round + 1);
        const dice = (sides: number) => {
          seed = (seed + 0x6d2b79f5) | 0;
          let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
          mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
          return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
        };
        const refuses = () => {
          throw new Error("refused");
        };
        const commands: (() => unknown)[] = [
          () => undefined,
          () => null,
          () => NaN,
          () => 1n,
          () => Symbol("x"),
          () => "",
          () => "__proto__",
          () => "constructor",
          () => "__defineGetter__",
          () => "toString",
          () => "close",
          () => ({}),
          () => ({ k: null }),
          () => ({ k: "another" }),
          () => [[]],
          () => refuses,
          () => Object.create(null) as unknown,
          () => new Proxy({}, { get: refuses, has: refuses, ownKeys: refuses }),
          () => ({ get k() { return refuses(); } }),
        ];
        const pick = <T>(of: T[]): T => of[dice(of.length)] as T;
        const calls = () => Array.from({ length: dice(6) }, () => pick([null, undefined, 7, [], [pick(commands)()], [pick(commands)()], [pick(commands)(), pick(commands)()]]));
        // What the tag asks for, and what the chat then speaks: where it is neither, the browser's language, or Chinese.
        const languages: [asked: string | undefined, spoken: "en" | "zh-CN"][] = [
          [undefined, "zh-CN"],
          ["", "zh-CN"],
          ["en", "en"],
          ["EN-us", "en"],
          ["en\u0000", "en"],
          ["zh", "zh-CN"],
          ["\ud800", "zh-CN"],
          ["__proto__", "zh-CN"],
          ["english", "zh-CN"],
          ["de", "zh-CN"],
          ["x".repeat(5_000), "zh-CN"],
        ];
        const opens = async (at: number) => {
          const frame = document.createElement("iframe");
          document.body.append(frame);
          const inside = frame.contentWindow as (Window & { Parlor?: unknown }) | null;
          const tag = frame.contentDocument?.createElement("script");
          if (!inside || !tag) return "no frame";
          const queue: unknown[] = calls();
          // What waits: a call behind the others, or a message of an earlier page.
          if (at % 2 === 0) queue.push(["open"]);
          else localStorage.setItem(`parlor:${key}:out`, "1");
          const Parlor = Object.assign(() => undefined, { q: queue });
          Object.assign(inside, { Parlor });
          const description = `lang and ${queue.length} calls of round ${round}, frame ${at}`;
          const [asked, spoken] = pick(languages);
          if (asked !== undefined) tag.dataset.lang = asked;
          if (dice(2)) tag.dataset.mode = pick(["page", "", "Page", "__proto__"]);
          tag.src = loader;
          frame.contentDocument?.body.append(tag);
          const host = () => inside.document.querySelector<HTMLElement>("parlor-chat");
          const chat = () => host()?.shadowRoot;
          const is = async (what: string, there: () => boolean) => {
            const until = performance.now() + 15_000;
            while (!there()) {
              if (performance.now() > until) return `${what} did not come: ${description}`;
              await new Promise((frame) => requestAnimationFrame(frame));
            }
            return "";
          };
          const missing = await is("what waits", () => chat()?.querySelector("[role=alert]") != null);
          for (const call of calls()) {
            try {
              (inside.Parlor as (...call: unknown[]) => void)(...(Array.isArray(call) ? call : []));
            } catch {
              return `a call threw: ${description}`;
            }
          }
          if (host()?.lang !== spoken) return `“${asked?.slice(0, 20)}” is answered in ${host()?.lang}: ${description}`;
          frame.remove();
          sessionStorage.clear();
          localStorage.clear();
          return missing;
        };
        const found: string[] = [];
        // One after the other: they share a store.
        for (let at = 0; at < count; at += 1) found.push(await opens(at));
        return found.filter(Boolean);
      },
      { round, count: AT_ONCE, key: website.key, loader: `${server.url}/w/${website.key}.js` },
    );
    expect(outcome).toEqual([]);
  }
  expect(thrown).toEqual([]);
});
