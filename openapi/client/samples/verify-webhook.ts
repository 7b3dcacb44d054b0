// Verifies what Parlor sends to a webhook. Take it along: it needs nothing but Node.js.

import { createHmac, timingSafeEqual } from "node:crypto";

/** How many seconds a signature is believed. */
const TOLERANCE = 300;

/** Whether a body was signed with this secret (`whsec_…`), and not long ago. `body` is the body as it came, not read and written again. */
export function isFromParlor(secret: string, headers: Record<string, string | string[] | undefined>, body: string, now = Date.now()): boolean {
  const id = String(headers["webhook-id"]);
  const timestamp = String(headers["webhook-timestamp"]);
  if (!(Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest();
  // There are two while the secret is being changed.
  return String(headers["webhook-signature"])
    .split(" ")
    .filter((signature) => signature.startsWith("v1,"))
    .map((signature) => Buffer.from(signature.slice(3), "base64"))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}
