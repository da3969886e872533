// @ts-check
/**
 * Asks for the snapshot again and again, and for the events since where they are wanted, never twice at a time,
 * until it is refused or the line breaks. A transport (see transport.js).
 */

import { lost, refused } from './close-reasons.js';
import { missedFrames } from './missed-events.js';

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
  #bringsEvents;
  #cursor;
  #greeted = false;
  /** @type {any} */
  #timer = null;

  /**
   * @param {Api} api
   * @param {number} interval  milliseconds from one answer to the next question
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   * @param {boolean} [bringsEvents]
   */
  constructor(api, interval, handlers, environment, bringsEvents = false) {
    this.#api = api;
    this.#interval = interval;
    this.#handlers = handlers;
    this.#environment = environment;
    this.#bringsEvents = bringsEvents;
    this.#cursor = handlers.lastEventId;
    this.#poll();
  }

  close() {
    this.#abort.abort();
    this.#environment.clearTimeout(this.#timer);
  }

  /** Whoever looks again sees what is true now. */
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
      if (!signal.aborted) this.#take(snapshot);
      if (this.#bringsEvents && !signal.aborted) await this.#fetchEvents(signal);
      if (!signal.aborted) this.#timer = this.#environment.setTimeout(() => this.#poll(), this.#interval);
    } catch (error) {
      if (!signal.aborted) this.#end(error);
    }
  }

  /** @param {Snapshot} snapshot */
  #take({ data, meta }) {
    // Figures do not move the cursor: the events up to there have not been brought.
    const id = this.#cursor;
    if (!this.#greeted)
      this.#handlers.onFrame({ event: 'connected', data: { ...meta, mode: 'polling' }, id });
    this.#greeted = true;
    if (this.#bringsEvents) this.#cursor ||= meta.lastEventId; // from now on
    if (!this.#abort.signal.aborted) this.#handlers.onFrame({ event: 'stats', data, id });
  }

  /** @param {AbortSignal} signal */
  async #fetchEvents(signal) {
    for (const frame of await missedFrames(this.#api, this.#cursor, signal)) {
      if (signal.aborted) return;
      this.#cursor = frame.id;
      this.#handlers.onFrame(frame);
    }
  }

  /** @param {any} error */
  #end(error) {
    this.#handlers.onEnd(error.status >= 300 ? refused(error) : lost(error));
  }
}
