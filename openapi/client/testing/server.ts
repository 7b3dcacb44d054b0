// A real server for tests: the built binary on a free port, with a data folder that is thrown away.

import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** A running server. */
export interface TestServer {
  /** Its address, without a trailing slash. */
  readonly url: string;
  /** What it wrote so far, for the report of a failed test. */
  log(): string;
  /** Ends the process as an operator would; the data stays. */
  halt(): Promise<void>;
  /** Ends the process as a power cut would; the data stays. */
  kill(): Promise<void>;
  /** Starts the process again at the same address with the same data. */
  start(): Promise<void>;
  /** Runs a command of the binary on the same data, as the operator does beside the running server. Answers what it says. */
  command(args: readonly string[], input?: string): Promise<string>;
  /** Ends the process and throws the data away. */
  remove(): Promise<void>;
}

/** Settings that make tests quick and keep them out of each other's way; everything else is as shipped. */
const SETTINGS: Record<string, string> = {
  PARLOR_REGISTRATION__CHALLENGE_BITS: "4",
  PARLOR_REGISTRATION__CODES_PER_IP_PER_DAY: "100000",
  PARLOR_LIMITS__REQUESTS_PER_MINUTE: "100000",
  PARLOR_LIMITS__VISITOR_REQUESTS_PER_IP_PER_MINUTE: "100000",
  PARLOR_LIMITS__NEW_VISITORS_PER_IP_PER_MINUTE: "100000",
  PARLOR_LIMITS__VISITOR_MESSAGES_PER_MINUTE: "100000",
  PARLOR_LIMITS__LOGIN_FAILURES_PER_IP: "1000",
  PARLOR_LOG__FORMAT: "text",
};

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** Starts a server. `settings` are `PARLOR_*` variables on top of the tests' own. */
export async function startServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const binary = process.env["PARLOR_SERVER_BIN"] ?? builtBinary();
  const folder = await mkdtemp(join(tmpdir(), "parlor-test-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLOR_"));
  const env = {
    ...Object.fromEntries(inherited),
    ...SETTINGS,
    ...settings,
    PARLOR_LISTEN: `127.0.0.1:${port}`,
    PARLOR_PUBLIC_URL: url,
    PARLOR_DATA_DIR: join(folder, "data"),
  };
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn(binary, ["--development"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    // A test run that is broken off leaves no server behind.
    process.once("exit", () => started.kill("SIGKILL"));
    const listens = new Promise<void>((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`the server did not start:\n${lines.join("\n")}`)), START_LIMIT_MS);
      for (const stream of [started.stdout, started.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          lines.push(line);
          if (line.startsWith("Parlor listens on")) {
            clearTimeout(limit);
            done();
          }
        });
      }
      started.once("error", fail);
      started.once("exit", (code) => {
        clearTimeout(limit);
        fail(new Error(`the server ended with ${code}:\n${lines.join("\n")}`));
      });
    });
    await listens;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
      return;
    }
    const gone = once(running, "exit");
    running.kill(signal);
    const limit = setTimeout(() => running.kill("SIGKILL"), STOP_LIMIT_MS);
    await gone;
    clearTimeout(limit);
  }

  await start();
  return {
    url,
    log: () => lines.join("\n"),
    halt: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    start,
    async command(args, input = "") {
      const ran = spawn(binary, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
      let said = "";
      for (const stream of [ran.stdout, ran.stderr]) {
        stream.on("data", (part) => {
          said += String(part);
        });
      }
      ran.stdin.end(input);
      const [code] = await once(ran, "close");
      if (code !== 0) {
        throw new Error(`${args.join(" ")} ended with ${code}:\n${said}`);
      }
      return said;
    },
    async remove() {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `cargo build` made, seen from the folder of whichever package asks. */
function builtBinary(): string {
  for (let folder = process.cwd(); folder !== dirname(folder); folder = dirname(folder)) {
    const binary = join(folder, "target", "debug", "parlor");
    if (existsSync(binary)) {
      return binary;
    }
  }
  throw new Error("build the server first: cargo build -p server");
}

/**
 * A port that nobody listens on. It stays ours across restarts, which a port chosen by the server would not.
 *
 * It lies below the range from which the system hands out ports. One of those could go to somebody else, to an outgoing
 * connection even, whenever our server does not hold it: until it starts, and while it is down.
 */
async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    const probe = createServer();
    const free = new Promise<boolean>((done) => {
      probe.once("listening", () => done(true));
      probe.once("error", () => done(false));
    });
    probe.listen(port, "127.0.0.1");
    if (await free) {
      probe.close();
      await once(probe, "close");
      return port;
    }
  }
  throw new Error("no port");
}
