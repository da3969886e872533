// @ts-check
/** A transport (see transport.js) for one event stream, from its request to its end. */

import { closedByServer, dismissed, lost, refused, silent } from './close-reasons.js';
import { PulseError, errorFromResponse } from './errors.js';
import { Liveness } from './liveness.js';
import { SseParser } from './sse-parser.js';

/**
 * @import {CloseReason} from './close-reasons.js'
 * @import {Environment} from './environment.js'
 * @import {Hello} from './options.js'
 * @import {SseFrame} from './sse-parser.js'
 * @import {Frame, TransportHandlers} from './transport.js'
 */

// The server greets at once, so this is enough for a slow network; a greeting that takes longer (behind a proxy that
// buffers, or on a browser's seventh stream over HTTP/1.1) never comes.
const GREETING_TIMEOUT = 10_000;
const MISSED_HEARTBEATS = 2;
const MISSED_TICKS = 3; // of the stats: they come more often than heartbeats, but an overloaded server skips them

/**
 * By fetch() and not EventSource, which reconnects by itself, beside our own reconnection, and hides the status of a
 * refusal.
 */
export class EventStream {
  #handlers;
  #environment;
  #liveness;
  #abort = new AbortController();
  #hasEnded = false;
  #wakeTimeout = GREETING_TIMEOUT;

  /**
   * @param {string} url
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   */
  constructor(url, handlers, environment) {
    this.#handlers = handlers;
    this.#environment = environment;
    this.#liveness = new Liveness(GREETING_TIMEOUT, (silence) => this.#end(silent(silence)), environment);
    this.#run(url).then(
      (reason) => this.#end(reason),
      (error) => this.#end(lost(error)),
    );
  }

  close() {
    this.#hasEnded = true;
    this.#liveness.stop();
    this.#abort.abort();
  }

  /** After sleep the limit is shorter than a heartbeat: a new stream costs little, a dead one looks live. */
  wake() {
    if (!this.#hasEnded) this.#liveness.check(this.#wakeTimeout);
  }

  /** @param {CloseReason} reason */
  #end(reason) {
    if (this.#hasEnded) return;
    this.close();
    this.#handlers.onEnd(reason);
  }

  /** @param {string} url */
  async #run(url) {
    const response = await this.#environment.fetch(url, this.#request());
    if (!response.ok) return refused(await errorFromResponse(response, this.#environment.now()));
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
      onFrame: (frame) => this.#handleFrame(frame),
      onRetry: (milliseconds) => this.#hasEnded || this.#handlers.onRetry(milliseconds),
    });
    const reader = body.getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      this.#liveness.touch();
      parser.push(chunk.value);
    }
  }

  /** @param {SseFrame} frame */
  #handleFrame({ event, data, id }) {
    if (this.#hasEnded) return; // closed by a callback for an earlier frame of the same chunk
    const parsed = this.#parse(event, data);
    if (parsed === undefined) return;
    if (event === 'bye') return this.#end(closedByServer(parsed?.reason));
    if (event === 'connected') this.#setTimeouts(parsed);
    this.#handlers.onFrame(/** @type {Frame} */ ({ event, data: parsed, id }));
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

  /** @param {Hello | null} hello  anything but an object brings no time-outs */
  #setTimeouts(hello) {
    const heartbeats = millisecondsOf(hello?.heartbeatInterval, MISSED_HEARTBEATS);
    const ticks = millisecondsOf(hello?.statsInterval, MISSED_TICKS);
    this.#wakeTimeout = ticks ?? heartbeats ?? GREETING_TIMEOUT;
    if (heartbeats !== null) this.#liveness.setLimit(heartbeats);
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
