// A translation service that speaks LibreTranslate's interface.

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What was asked of the service. */
export interface AskedTranslation {
  readonly q: string;
  readonly target: string;
}

/** A translation as the service answers. */
export interface SaidTranslation {
  readonly text: string;
  readonly from: string;
}

/** A translation service on a port of its own. Unless it knows better, it translates every text into `[<language>] <text>`, from French. */
export class TranslationService {
  readonly #http: Server;
  readonly #known = new Map<string, SaidTranslation>();
  readonly #asked: AskedTranslation[] = [];
  readonly #failures: number[] = [];
  #waiting: (() => void)[] | undefined;

  private constructor() {
    this.#http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.#answer(JSON.parse(Buffer.concat(chunks).toString()) as AskedTranslation, response));
    });
  }

  static async open(): Promise<TranslationService> {
    const service = new TranslationService();
    await new Promise<void>((done) => service.#http.listen(0, "127.0.0.1", done));
    return service;
  }

  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  /** The settings of a server that asks this service. */
  get settings(): Record<string, string> {
    const { port } = this.#http.address() as AddressInfo;
    return { PARLOR_TRANSLATION__PROVIDER: "libretranslate", PARLOR_TRANSLATION__URL: `http://127.0.0.1:${port}` };
  }

  /** Everything that was asked. */
  get asked(): readonly AskedTranslation[] {
    return this.#asked;
  }

  /** Knows a text from now on. */
  learn(original: string, said: SaidTranslation): void {
    this.#known.set(original, said);
  }

  /** Fails once with this status. */
  fail(status: number): void {
    this.#failures.push(status);
  }

  /** Answers nothing until `goOn`. */
  hold(): void {
    this.#waiting ??= [];
  }

  goOn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const answer of waiting) answer();
  }

  #answer(asked: AskedTranslation, response: ServerResponse): void {
    this.#asked.push(asked);
    const send = () => {
      const failure = this.#failures.shift();
      const { text, from } = this.#known.get(asked.q) ?? { text: `[${asked.target}] ${asked.q}`, from: "fr" };
      const body = failure ? { error: "no" } : { translatedText: text, detectedLanguage: { language: from, confidence: 90 } };
      response.writeHead(failure ?? 200, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (this.#waiting) {
      this.#waiting.push(send);
    } else {
      send();
    }
  }
}
