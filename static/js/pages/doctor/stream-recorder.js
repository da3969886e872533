// @ts-check
/** Records one stream for the diagnosis: the response's head, each frame and the end, with their times. */

import { SseParser } from '../../client/sse-parser.js';

/** @import {Environment} from '../../client/environment.js' */

/**
 * @typedef {{at: number, status: number, type: string, encoding: string}} ResponseHead
 * @typedef {{event: string, data: FrameFields, at: number}} RecordedFrame
 *
 * @typedef {object} FrameFields  what is used of the frames' data
 * @property {string} timestamp
 * @property {number} heartbeatInterval  seconds; of `connected` frames
 * @property {string} [lastEventId]  of `connected` frames
 * @property {string} [reason]  of `bye` frames
 */

export class StreamRecorder {
  /** @type {ResponseHead | null} */
  head = null;
  /** @type {RecordedFrame[]} */
  frames = [];
  /** @type {number | null} when it ended, on either side */
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
      .catch(() => {}) // cut, or closed by us: only the time is of interest
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

/** Milliseconds after which a silent stream is given up, as the dashboard does too. */
export const SILENT_AFTER = 10_000;

/**
 * The frames after the first ones, each with its delay by the server's clock, whatever its offset is. Pure.
 * @param {StreamRecorder} stream
 * @returns {{at: number, took: number}[]}
 */
export function laterFrames(stream) {
  const greeting = stream.first('connected');
  if (!greeting) return [];
  const begun = Date.parse(greeting.data.timestamp);
  return stream.frames
    .filter(({ event }) => event === 'stats' || event === 'ping')
    .map(({ data, at }) => ({ at, sentAt: new Date(data.timestamp).getTime() }))
    .filter(({ sentAt }) => sentAt > begun)
    .map(({ at, sentAt }) => ({ at, took: at - sentAt }));
}
