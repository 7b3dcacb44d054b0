// Bundles the tests (Node 20 does not read TypeScript) and runs them with Node's own runner.

import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
// Inside this folder, so that the bundles find the packages.
const out = join(here, "node_modules", ".tests");
const entries = readdirSync(join(here, "test")).filter((name) => name.endsWith(".test.ts"));

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: entries.map((name) => join(here, "test", name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});

const only = process.argv.slice(2);
const run = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", ...only, ...entries.map((name) => join(out, name.replace(/\.ts$/, ".mjs")))],
  { stdio: "inherit", cwd: here },
);
process.exit(run.status ?? 1);
