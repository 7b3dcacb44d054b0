// The samples of docs/integrators.md run, as they stand there, against a server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { makeToken, patient, quickstart } from "../samples/quickstart.ts";
import { newChannel, newOrganisation, newVisitor, type Organisation, startServer, type TestServer } from "../testing/index.ts";

const run = promisify(execFile);
let server: TestServer;
let organisation: Organisation;
let token: string;
before(async () => {
  // So few that the samples have to wait.
  server = await startServer({ PARLOR_LIMITS__TOKEN_REQUESTS_PER_MINUTE: "30" });
  organisation = await newOrganisation(server.url);
  const { key } = await newChannel(organisation.admin);
  for (let visitors = 0; visitors < 25; visitors += 1) {
    await (await newVisitor(server.url, key)).say("在吗");
  }
  token = await makeToken(organisation.admin);
});
after(() => server.remove());

/** What agents have said in the latest conversation. */
async function said(): Promise<string[]> {
  const { admin } = organisation;
  const { items: [latest] } = await admin.ok(admin.api.GET("/api/v1/conversations"));
  const params = { path: { conversation_id: latest?.id ?? "" } };
  const { items } = await admin.ok(admin.api.GET("/api/v1/conversations/{conversation_id}/messages", { params }));
  return items.filter((message) => message.author.kind === "agent").map((message) => message.id);
}

test("the sample in TypeScript reads every page and answers", async () => {
  const { count, sent } = await quickstart(server.url, token);
  assert.equal(count, 25);
  assert.deepEqual(await said(), [sent]);
});

test("the sample for the shell reads every page and answers once", async () => {
  const env = { ...process.env, PARLOR_URL: server.url, PARLOR_TOKEN: token };
  const { stdout } = await run("sh", [join(process.cwd(), "samples/quickstart.sh")], { env });
  const lines = stdout.trim().split("\n");
  assert.equal(lines.length, 26);
  const [before = "", ...more] = await said();
  assert.deepEqual([lines.at(-1)], more.map((id) => `sent ${id}`), before);
});

test("who asks too often waits as told", async () => {
  let refused = 0;
  const ask = async (): Promise<number> => {
    const response = await fetch(`${server.url}/api/v1/tag-groups`, { headers: { authorization: `Bearer ${token}` } });
    refused += Number(response.status === 429);
    return response.status;
  };
  while ((await ask()) !== 429) {
    // The token has not got the scope, and is counted all the same.
  }
  assert.equal(refused, 1);
  const waited = await patient(new Request(`${server.url}/api/v1/conversations?limit=1`, { headers: { authorization: `Bearer ${token}` } }));
  assert.equal(waited.status, 200);
});
