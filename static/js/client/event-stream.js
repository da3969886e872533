// @ts-check
/** One event stream, from its request to its end. A transport (see transport.js). */

import { bye, dismissed, lost, refused, silent } from './close-reasons.js';
import { PulseError, errorFromAnswer } from './errors.js';
import { Liveness } from './liveness.js';
import { SseParser } from './sse-parser.js';

/**
 * @import {Ending} from './close-reasons.js'
 * @import {Environment} from './environment.js'
 * @import {SseFrame} from './sse-parser.js'
 * @import {TransportHandlers} from './transport.js'
 */

// The server greets at once, so this is time enough for a slow line; what is held back longer (by a proxy that
// buffers, or as a browser's seventh stream over HTTP/1.1) does not come at all.
const GREETING_LIMIT = 10_000;
const MISSED_HEARTBEATS = 2;
const MISSED_TICKS = 3; // of the figures: they come more often, but a server in trouble leaves them out

/**
 * fetch() and not EventSource: that one reconnects by itself, so that two owners would make two streams, and
 * it hides the status of a refusal.
 */
export class EventStream {
  #handlers;
  #environment;
  #liveness;
  #abort = new AbortController();
  #ended = false;
  #limitOnWaking = GREETING_LIMIT;

  /**
   * @param {string} url
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   */
  constructor(url, handlers, environment) {
    this.#handlers = handlers;
    this.#environment = environment;
    this.#liveness = new Liveness(GREETING_LIMIT, (silence) => this.#end(silent(silence)), environment);
    this.#run(url).then(
      (ending) => this.#end(ending),
      (error) => this.#end(lost(error)),
    );
  }

  close() {
    this.#ended = true;
    this.#liveness.stop();
    this.#abort.abort();
  }

  /** Whoever has slept on it does not wait for the next heartbeat: opening another stream costs little. */
  wake() {
    if (!this.#ended) this.#liveness.check(this.#limitOnWaking);
  }

  /** @param {Ending} ending */
  #end(ending) {
    if (this.#ended) return;
    this.close();
    this.#handlers.onEnd(ending);
  }

  /** @param {string} url */
  async #run(url) {
    const response = await this.#environment.fetch(url, this.#request());
    if (!response.ok) return refused(await errorFromAnswer(response, this.#environment.now()));
    if (response.status === 204) return dismissed;
    if (!isEventStream(response)) return lost(notAStream(response));
    await this.#read(/** @type {ReadableStream<Uint8Array>} */ (response.body));
    return lost();
  }

  /** @returns {RequestInit} */
  #request() {
    const { lastEventId } = this.#handlers;
    return {
      headers: { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: this.#abort.signal,
    };
  }

  /** @param {ReadableStream<Uint8Array>} body */
  async #read(body) {
    const parser = new SseParser({
      lastEventId: this.#handlers.lastEventId,
      onFrame: (frame) => this.#take(frame),
      onRetry: (milliseconds) => this.#ended || this.#handlers.onRetry(milliseconds),
    });
    const reader = body.getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      this.#liveness.heard();
      parser.push(chunk.value);
    }
  }

  /** @param {SseFrame} frame */
  #take({ event, data, id }) {
    if (this.#ended) return; // closed by what an earlier frame of the same chunk caused
    const frame = { event, data: this.#parse(event, data), id };
    if (frame.data === undefined) return;
    if (event === 'bye') return this.#end(bye(frame.data?.reason));
    if (event === 'connected') this.#expect(frame.data);
    this.#handlers.onFrame(frame);
  }

  /**
   * @param {string} event
   * @param {string} data
   */
  #parse(event, data) {
    try {
      return JSON.parse(data);
    } catch (cause) {
      this.#environment.report(new Error(`The server sent an unreadable "${event}" frame.`, { cause }));
    }
  }

  /** @param {any} hello */
  #expect(hello) {
    const heartbeats = millisecondsOf(hello?.heartbeatInterval, MISSED_HEARTBEATS);
    const ticks = millisecondsOf(hello?.statsInterval, MISSED_TICKS);
    this.#limitOnWaking = ticks ?? heartbeats ?? GREETING_LIMIT;
    if (heartbeats !== null) this.#liveness.allow(heartbeats);
  }
}

/**
 * @param {unknown} seconds
 * @param {number} times
 */
const millisecondsOf = (seconds, times) =>
  typeof seconds === 'number' && seconds > 0 ? times * seconds * 1000 : null;

/** @param {Response} response */
const isEventStream = ({ status, headers, body }) =>
  status === 200 && body !== null && isEventStreamType(headers.get('content-type') ?? '');

/**
 * Whether a Content-Type is that of an event stream: parameters aside, and not just its beginning.
 * @param {string} type
 */
export const isEventStreamType = (type) => /^\s*text\/event-stream\s*(;|$)/i.test(type);

/** @param {Response} response */
const notAStream = ({ status, headers }) =>
  new PulseError('Something between this page and the server answered in its place.', {
    code: 'UNEXPECTED_ANSWER',
    status,
    cause: headers.get('content-type'),
  });
