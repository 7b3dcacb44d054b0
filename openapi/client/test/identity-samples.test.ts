// The lines that compute a `user_hash`, as the console shows them, say what every other implementation of HMAC says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const samples = join(process.cwd(), "../../frontend/src/pages/channels/sites/samples");
const secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

for (const [file, program, args] of [
  ["identity.cjs", process.execPath, (code: string) => ["-e", `${code}\nconsole.log(userHash("用户-17"));`]],
  ["identity.py", "python3", (code: string) => ["-c", `${code}\nprint(user_hash("用户-17"))`]],
] as const) {
  test(`${file} computes the hash`, async () => {
    const code = await readFile(join(samples, file), "utf8");
    const { stdout } = await run(program, args(code), { env: { ...process.env, PARLOR_IDENTITY_SECRET: secret } });
    assert.equal(stdout.trim(), createHmac("sha256", secret).update("用户-17").digest("hex"));
  });
}
