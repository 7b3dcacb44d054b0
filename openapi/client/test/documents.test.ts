// The two documents are what they say they are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { asyncapi, openapi, operations } from "./contract.ts";

test("asyncapi.yaml is an AsyncAPI 3.0 document", () => {
  const specs = createRequire(import.meta.url)("@asyncapi/specs") as { schemasWithoutId: Record<string, object> };
  const schema = specs.schemasWithoutId["3.0.0"];
  assert.ok(schema);
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  assert.ok(validate(asyncapi), ajv.errorsText(validate.errors));
});

test("openapi.json is OpenAPI 3.1 with a name of its own for every operation", () => {
  assert.match(openapi.openapi, /^3\.1\./);
  const ids = operations.map((operation) => operation.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, /^[a-z]+(_[a-z]+)*$/);
  }
});
