// The two documents as judges: every answer and every frame of the running server is compared with what they promise.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { load } from "js-yaml";
import type { Fetch } from "../src/session.ts";

/** The folder of the checked-in documents; tests run in `openapi/client`. */
const FOLDER = join(process.cwd(), "..");
const METHODS = ["get", "post", "put", "patch", "delete"] as const;

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, unknown> }>;
}

/** `openapi.json`. */
export const openapi = JSON.parse(readFileSync(join(FOLDER, "openapi.json"), "utf8")) as {
  openapi: string;
  paths: Record<string, Partial<Record<(typeof METHODS)[number], Operation>>>;
};
/** `asyncapi.yaml`. */
export const asyncapi = load(readFileSync(join(FOLDER, "asyncapi.yaml"), "utf8")) as Record<string, unknown>;

// Formats such as int64 say which integer it is, not what it may be; ours fit into a double.
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(openapi, "openapi");
ajv.addSchema(asyncapi, "asyncapi");

/** Every operation id with its method and path. */
export const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [{ id: operation.operationId, method, path, operation }];
  }),
);

/** Throws unless the value is what the schema at this place of the document says. */
function check(pointer: string, value: unknown, what: string): void {
  let validate: ValidateFunction | undefined;
  try {
    validate = ajv.getSchema(pointer);
  } catch (error) {
    throw new Error(`${pointer} is not a schema`, { cause: error });
  }
  if (validate === undefined) {
    throw new Error(`${pointer} is not in the document`);
  }
  if (validate(value) !== true) {
    throw new Error(`${what} breaks the contract: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value, null, 2)}`);
  }
}

/** Throws unless the frame is one that `asyncapi.yaml` describes. */
export function checkFrame(direction: "ClientFrame" | "ServerFrame", frame: unknown): void {
  check(`asyncapi#/components/schemas/${direction}`, frame, `a ${direction}`);
}

/** A `fetch` that compares every answer with `openapi.json` and notes which operations succeeded. */
export function watching(succeeded: Set<string>): Fetch {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const found = operationOf(request.method, pathname);
    if (found === undefined) {
      throw new Error(`${request.method} ${pathname} is not in openapi.json`);
    }
    const response = await fetch(request);
    await checkAnswer(found, response.clone());
    if (response.ok) {
      succeeded.add(found.id);
    }
    return response;
  };
}

type Found = (typeof operations)[number];

function operationOf(method: string, pathname: string): Found | undefined {
  const parts = pathname.split("/");
  return operations
    .filter((operation) => operation.method === method.toLowerCase())
    .filter((operation) => {
      const template = operation.path.split("/");
      return template.length === parts.length && template.every((part, i) => part.startsWith("{") || part === parts[i]);
    })
    // A fixed path goes before a template that matches it as well.
    .sort((a, b) => a.path.split("{").length - b.path.split("{").length)[0];
}

async function checkAnswer({ id, method, path, operation }: Found, response: Response): Promise<void> {
  const documented = operation.responses[String(response.status)];
  if (documented === undefined) {
    throw new Error(`${id} answers ${response.status}, which is not documented: ${await response.text()}`);
  }
  const text = await response.text();
  const kind = response.headers.get("content-type")?.split(";")[0]?.trim();
  if (documented.content === undefined) {
    if (text !== "") {
      throw new Error(`${id} answers ${response.status} with a body, which is not documented: ${text}`);
    }
    return;
  }
  if (kind === undefined || documented.content[kind] === undefined) {
    throw new Error(`${id} answers ${response.status} as ${kind}, documented: ${Object.keys(documented.content)}`);
  }
  if (kind.endsWith("json")) {
    const steps = ["paths", path, method, "responses", String(response.status), "content", kind, "schema"];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    check(`openapi#/${pointer}`, JSON.parse(text), `${id} ${response.status}`);
  }
}
