// @ts-check
/** A stream that is only looked at: what came of it, and when. */

import { SseParser } from '../../client/sse-parser.js';

/** @import {Environment} from '../../client/environment.js' */

/**
 * @typedef {{at: number, status: number, type: string, encoding: string}} Head
 * @typedef {{event: string, data: any, at: number}} Frame
 */

export class StreamWatch {
  /** @type {Head | null} */
  head = null;
  /** @type {Frame[]} */
  frames = [];
  /** @type {number | null}  when it ended, whoever ended it */
  endedAt = null;
  requestedAt;
  #environment;
  #abort = new AbortController();

  /**
   * @param {string} url
   * @param {string} lastEventId  "" = from now on
   * @param {Pick<Environment, 'fetch' | 'now'>} environment
   */
  constructor(url, lastEventId, environment) {
    this.#environment = environment;
    this.requestedAt = environment.now();
    this.#run(url, lastEventId)
      .catch(() => {}) // cut, or closed by us: when, is all there is to know
      .finally(() => (this.endedAt = environment.now()));
  }

  /** @param {string} event */
  first(event) {
    return this.frames.find((frame) => frame.event === event) ?? null;
  }

  close() {
    this.#abort.abort();
  }

  /**
   * @param {string} url
   * @param {string} lastEventId
   */
  async #run(url, lastEventId) {
    const { fetch, now } = this.#environment;
    const headers = { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) };
    const response = await fetch(url, { headers, cache: 'no-store', signal: this.#abort.signal });
    const header = (/** @type {string} */ name) => response.headers.get(name) ?? '';
    this.head = {
      at: now(),
      status: response.status,
      type: header('content-type'),
      encoding: header('content-encoding'),
    };
    if (response.ok && response.body) await this.#read(response.body);
  }

  /** @param {ReadableStream<Uint8Array>} body */
  async #read(body) {
    let at = 0;
    const parser = new SseParser({
      onFrame: ({ event, data }) => this.frames.push({ event, data: JSON.parse(data), at }),
    });
    const reader = body.getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      at = this.#environment.now();
      parser.push(chunk.value);
    }
  }
}
