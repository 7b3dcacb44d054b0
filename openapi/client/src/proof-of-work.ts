// The puzzle that guards public forms: a number that gives SHA-256 of `<challenge>:<number>` enough leading zero bits.

import type { components } from "./schema.d.ts";

/** A puzzle, as the server sets it. */
export type Challenge = components["schemas"]["Challenge"];
/** A solved puzzle. */
export type Proof = components["schemas"]["Proof"];

/** Solves the puzzle. Takes about 2^bits hashes; yields to other work all the time. */
export async function solveChallenge(challenge: Challenge): Promise<Proof> {
  const encoder = new TextEncoder();
  for (let nonce = 0; ; nonce += 1) {
    const hash = await crypto.subtle.digest("SHA-256", encoder.encode(`${challenge.challenge}:${nonce}`));
    if (leadingZeroBits(new Uint8Array(hash)) >= challenge.bits) {
      return { challenge: challenge.challenge, nonce };
    }
  }
}

/** How many zero bits the bytes begin with. */
export function leadingZeroBits(bytes: Uint8Array): number {
  let bits = 0;
  for (const byte of bytes) {
    if (byte !== 0) {
      return bits + Math.clz32(byte) - 24;
    }
    bits += 8;
  }
  return bits;
}
