// A socket that checks every frame, both ways, against `asyncapi.yaml`.

import assert from "node:assert/strict";
import { once } from "node:events";
import WebSocket from "ws";
import { checkFrame } from "./contract.ts";

/** A frame as JSON. */
export type Frame = { type: string } & Record<string, unknown>;

/** An open socket. */
export class CheckedSocket {
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  readonly #closed: Promise<number>;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
    this.#closed = new Promise((done) => {
      socket.on("close", (code) => {
        done(code);
        this.#wake();
      });
    });
  }

  /** Opens the socket at this path with this ticket. */
  static async open(baseUrl: string, path: string, ticket: string): Promise<CheckedSocket> {
    const url = new URL(path, baseUrl.replace(/^http/, "ws"));
    url.searchParams.set("ticket", ticket);
    const socket = new WebSocket(url);
    const checked = new CheckedSocket(socket);
    await once(socket, "open");
    return checked;
  }

  /** Says something that the document allows. */
  say(frame: Frame): void {
    checkFrame("ClientFrame", frame);
    this.#socket.send(JSON.stringify(frame));
  }

  /** Says something that the document forbids, to hear what comes of it. */
  sayForbidden(frame: Frame): void {
    assert.throws(() => checkFrame("ClientFrame", frame));
    this.#socket.send(JSON.stringify(frame));
  }

  /** Waits for a frame that fits; every frame on the way is checked as well. */
  async hear(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        checkFrame("ServerFrame", frame);
        if (fits(frame)) {
          return frame;
        }
      }
      if (this.#socket.readyState === WebSocket.CLOSED) {
        throw new Error("the socket closed");
      }
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Waits until the socket is closed, and says with which code. */
  closed(): Promise<number> {
    return this.#closed;
  }

  /** Hangs up. */
  close(): void {
    this.#socket.terminate();
  }
}
