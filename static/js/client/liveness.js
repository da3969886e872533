// @ts-check
/** A watchdog for one connection: calls back, once, when nothing has arrived for too long. */

/** @import {Environment} from './environment.js' */

export class Liveness {
  #limit;
  #onSilence;
  #environment;
  #lastReceivedAt;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {number} limit  milliseconds of silence after which the connection counts as dead
   * @param {(silence: number) => void} onSilence  called with the milliseconds of silence
   * @param {Environment} environment
   */
  constructor(limit, onSilence, environment) {
    this.#limit = limit;
    this.#onSilence = onSilence;
    this.#environment = environment;
    this.#lastReceivedAt = environment.now();
    this.#schedule(limit);
  }

  /** Something has arrived. */
  touch() {
    this.#lastReceivedAt = this.#environment.now();
  }

  /** @param {number} limit  milliseconds */
  setLimit(limit) {
    this.#limit = limit;
    this.check();
  }

  /**
   * Called by the timer, and when a page wakes: timers stand still while a laptop sleeps.
   * @param {number} [limit]  milliseconds, for this check only
   */
  check(limit = this.#limit) {
    const silence = this.#environment.now() - this.#lastReceivedAt;
    if (silence >= limit) {
      this.stop();
      this.#onSilence(silence);
    } else {
      // A clock that is set back makes the silence negative: never wait longer than the limit.
      this.#schedule(Math.min(this.#limit - silence, this.#limit));
    }
  }

  stop() {
    this.#environment.clearTimeout(this.#timer);
  }

  /** @param {number} milliseconds */
  #schedule(milliseconds) {
    this.stop();
    this.#timer = this.#environment.setTimeout(() => this.check(), milliseconds);
  }
}
