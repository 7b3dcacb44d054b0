// Webhooks, as the walk of the contract asks for them; what arrives is verified with the samples that integrators take along.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { isFromParlor } from "../samples/verify-webhook.ts";
import type { Fetch } from "../src/index.ts";
import { newChannel, newOrganisation, newVisitor } from "../testing/index.ts";

const PYTHON_SAMPLE = join(process.cwd(), "samples/verify_webhook.py");

/** With these settings webhooks may lead to this machine. */
export const WEBHOOK_SETTINGS = { PARLOR_WEBHOOKS__ALLOW_PRIVATE: "true" };

interface Told {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Asks each of these operations once with success. */
export async function walkWebhooks(url: string, fetch: Fetch): Promise<void> {
  const told: Told[] = [];
  let tell: () => void = () => undefined;
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      told.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
      tell();
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const next = async (): Promise<Told> => {
    for (;;) {
      const first = told.shift();
      if (first !== undefined) return first;
      await new Promise<void>((resolve) => (tell = resolve));
    }
  };
  try {
    const { admin } = await newOrganisation(url, {}, fetch);
    const hook = `http://127.0.0.1:${(http.address() as AddressInfo).port}/parlor`;
    const { webhook, secret } = await admin.ok(
      admin.api.POST("/api/v1/webhooks", { body: { url: hook, events: ["message_created"], description: "客户系统" } }),
    );
    const params = { path: { webhook_id: webhook.id } };
    const channel = await newChannel(admin);
    const said = await (await newVisitor(url, channel.key, { fetch })).say("你好");
    const first = await next();
    const read = JSON.parse(first.body);
    assert.deepEqual([read.id, read.type, read.data.message], [first.headers["webhook-id"], "message_created", said]);
    assert.ok(isFromParlor(secret, first.headers, first.body));
    assert.ok(!isFromParlor(secret, first.headers, first.body.replace("你好", "您好")), "nobody has changed it");
    assert.ok(!isFromParlor(secret, first.headers, first.body, Date.now() + 3_600_000), "it is not an old one");

    const rotated = await admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/secret", { params }));
    const test = await admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/test", { params }));
    const second = await next();
    assert.equal(second.headers["webhook-id"], test.id);
    for (const known of [secret, rotated.secret]) {
      assert.ok(isFromParlor(known, second.headers, second.body), "both secrets count for a day");
      const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
      const given = [PYTHON_SAMPLE, known, ...names.map((name) => String(second.headers[name]))];
      // Not all at once: a connection that ends meanwhile has to be noticed.
      const verified = async (input: string): Promise<number> => {
        const program = spawn("python3", given, { stdio: ["pipe", "ignore", "ignore"] });
        program.stdin.end(input);
        const [status] = await once(program, "close");
        return status;
      };
      assert.deepEqual([await verified(second.body), await verified(`${second.body} `)], [0, 1]);
    }

    const log = () => admin.ok(admin.api.GET("/api/v1/webhooks/{webhook_id}/deliveries", { params }));
    let { items } = await log();
    while (items.some(({ state }) => state !== "delivered")) {
      ({ items } = await log());
    }
    assert.deepEqual(items.map(({ id }) => id).sort(), [read.id, test.id].sort());
    const of = { path: { webhook_id: webhook.id, delivery_id: test.id } };
    const contents = await admin.ok(admin.api.GET("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", { params: of }));
    assert.equal(contents.body, second.body);
    await admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params: of }));
    assert.equal((await next()).headers["webhook-id"], test.id);
    const body = { since: webhook.created_at };
    const replayed = await admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/replay", { params, body }));
    assert.deepEqual(replayed, { replayed: 0, has_more: false });

    const paused = await admin.ok(admin.api.PATCH("/api/v1/webhooks/{webhook_id}", { params, body: { paused: true } }));
    assert.deepEqual([paused.state, paused.paused_for], ["paused", "by_admin"]);
    await assert.rejects(admin.ok(admin.api.POST("/api/v1/webhooks/{webhook_id}/test", { params })));
    assert.deepEqual(await admin.ok(admin.api.GET("/api/v1/webhooks/{webhook_id}", { params })), paused);
    assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/webhooks"))).items, [paused]);
    await admin.ok(admin.api.DELETE("/api/v1/webhooks/{webhook_id}", { params }));
    assert.deepEqual((await admin.ok(admin.api.GET("/api/v1/webhooks"))).items, []);
  } finally {
    http.close();
    http.closeAllConnections();
  }
}
