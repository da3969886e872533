// @ts-check
/**
 * Asks for the snapshot again and again, never twice at a time, until it is refused or the line breaks.
 * A transport (see transport.js).
 */

import { lost, refused } from './endings.js';

export class SnapshotPolling {
  #api;
  #interval;
  #handlers;
  #environment;
  #abort = new AbortController();
  #greeted = false;
  /** @type {any} */
  #timer = null;

  /**
   * @param {import('./api.js').Api} api
   * @param {number} interval  milliseconds from one answer to the next question
   * @param {import('./transport.js').TransportHandlers} handlers
   * @param {import('./environment.js').Environment} environment
   */
  constructor(api, interval, handlers, environment) {
    this.#api = api;
    this.#interval = interval;
    this.#handlers = handlers;
    this.#environment = environment;
    this.#poll();
  }

  close() {
    this.#abort.abort();
    this.#environment.clearTimeout(this.#timer);
  }

  async #poll() {
    const { signal } = this.#abort;
    try {
      const snapshot = await this.#api.snapshot(signal);
      if (!signal.aborted) this.#take(snapshot);
    } catch (error) {
      if (!signal.aborted) this.#end(error);
    }
  }

  /** @param {import('./api.js').Snapshot} snapshot */
  #take({ data, meta }) {
    this.#timer = this.#environment.setTimeout(() => this.#poll(), this.#interval);
    // The cursor stays where it was: polling brings no events, so a later stream must still fetch them.
    const id = this.#handlers.lastEventId;
    if (!this.#greeted)
      this.#handlers.onFrame({ event: 'connected', data: { ...meta, mode: 'polling' }, id });
    this.#greeted = true;
    if (!this.#abort.signal.aborted) this.#handlers.onFrame({ event: 'stats', data, id });
  }

  /** @param {any} error */
  #end(error) {
    this.#handlers.onEnd(error.status >= 300 ? refused(error) : lost(error));
  }
}
