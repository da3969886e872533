// @ts-check
/**
 * A transport (see transport.js) that polls the snapshot, and the events since if they are wanted, one request at a
 * time, until one fails.
 */

import { lost, refused } from './close-reasons.js';
import { PulseError } from './errors.js';
import { fetchMissedFrames } from './missed-events.js';

/**
 * @import {Api, Snapshot} from './api.js'
 * @import {Environment} from './environment.js'
 * @import {TransportHandlers} from './transport.js'
 */

export class SnapshotPolling {
  #api;
  #interval;
  #handlers;
  #environment;
  #abort = new AbortController();
  #withEvents;
  #cursor;
  #hasGreeted = false;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {Api} api
   * @param {number} interval  milliseconds from a response to the next request
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   * @param {boolean} [withEvents]
   */
  constructor(api, interval, handlers, environment, withEvents = false) {
    this.#api = api;
    this.#interval = interval;
    this.#handlers = handlers;
    this.#environment = environment;
    this.#withEvents = withEvents;
    this.#cursor = handlers.lastEventId;
    this.#poll();
  }

  close() {
    this.#abort.abort();
    this.#environment.clearTimeout(this.#timer);
  }

  /** Polls at once, so that a page that becomes visible is up to date. */
  wake() {
    if (this.#timer === null) return;
    this.#environment.clearTimeout(this.#timer);
    this.#poll();
  }

  async #poll() {
    const { signal } = this.#abort;
    this.#timer = null;
    try {
      const snapshot = await this.#api.snapshot(signal);
      if (!signal.aborted) this.#deliver(snapshot);
      if (this.#withEvents && !signal.aborted) await this.#fetchEvents(signal);
      if (!signal.aborted) this.#timer = this.#environment.setTimeout(() => this.#poll(), this.#interval);
    } catch (error) {
      if (!signal.aborted) this.#end(error);
    }
  }

  /** @param {Snapshot} snapshot */
  #deliver({ data, meta }) {
    // Stats do not move the cursor: the events up to there have not been delivered.
    const id = this.#cursor;
    if (!this.#hasGreeted)
      this.#handlers.onFrame({ event: 'connected', data: { ...meta, mode: 'polling' }, id });
    this.#hasGreeted = true;
    if (this.#withEvents) this.#cursor ||= meta.lastEventId; // from now on
    if (!this.#abort.signal.aborted) this.#handlers.onFrame({ event: 'stats', data, id });
  }

  /** @param {AbortSignal} signal */
  async #fetchEvents(signal) {
    for (const frame of await fetchMissedFrames(this.#api, this.#cursor, signal)) {
      if (signal.aborted) return;
      this.#cursor = frame.id;
      this.#handlers.onFrame(frame);
    }
  }

  /** @param {unknown} error */
  #end(error) {
    const isRefusal = error instanceof PulseError && (error.status ?? 0) >= 300;
    this.#handlers.onEnd(isRefusal ? refused(error) : lost(error));
  }
}
