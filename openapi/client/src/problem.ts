// Error answers as exceptions: `application/problem+json` (RFC 9457) with Parlor's closed list of codes.

import type { components } from "./schema.d.ts";

/** The body of an error answer. */
export type Problem = components["schemas"]["Problem"];
/** Why a request failed; the list is closed. */
export type ErrorCode = components["schemas"]["ErrorCode"];
/** What is wrong with one field of a request. */
export type FieldError = components["schemas"]["FieldError"];

/** A request that the server answered with a problem. */
export class ParlorError extends Error {
  override readonly name = "ParlorError";

  constructor(
    /** The whole answer. */
    readonly problem: Problem,
  ) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }

  /** The machine-readable code, for translation and for decisions. */
  get code(): ErrorCode {
    return this.problem.code;
  }

  /** The HTTP status. */
  get status(): number {
    return this.problem.status;
  }

  /** The fields at fault, when the code is `invalid`. */
  get errors(): readonly FieldError[] {
    return this.problem.errors ?? [];
  }

  /** Seconds to wait before trying again, when the code is `rate_limited` or `busy`. */
  get retryAfter(): number | undefined {
    return this.problem.retry_after ?? undefined;
  }

  /** What is wrong with the field, if anything is. */
  field(name: string): FieldError | undefined {
    return this.errors.find((error) => error.field === name);
  }
}

/** An answer that is neither what the contract promises nor a problem: something between us and the server spoke. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The body's beginning. */
    readonly excerpt: string,
  ) {
    super(`${status} is not an answer of Parlor: ${excerpt}`);
  }
}

/** The error that goes with a failed answer's body. */
export function errorOf(status: number, body: unknown): ParlorError | UnexpectedAnswer {
  if (isProblem(body)) {
    return new ParlorError(body);
  }
  const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
  return new UnexpectedAnswer(status, text.slice(0, 200));
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "status" in body && "detail" in body;
}
