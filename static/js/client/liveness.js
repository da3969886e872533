// @ts-check
/** Watches one line and raises the alarm, once, when nothing has been heard on it for too long. */

/** @import {Environment} from './environment.js' */

export class Liveness {
  #limit;
  #onSilence;
  #environment;
  #heardAt;
  /** @type {any} */
  #timer = null;

  /**
   * @param {number} limit  milliseconds of silence that are too many
   * @param {(silence: number) => void} onSilence
   * @param {Environment} environment
   */
  constructor(limit, onSilence, environment) {
    this.#limit = limit;
    this.#onSilence = onSilence;
    this.#environment = environment;
    this.#heardAt = environment.now();
    this.#wakeIn(limit);
  }

  heard() {
    this.#heardAt = this.#environment.now();
  }

  /** @param {number} limit */
  allow(limit) {
    this.#limit = limit;
    this.check();
  }

  /**
   * Also for whoever knows better than a timer how late it is: timers stand still while a laptop sleeps.
   * @param {number} [limit]  for this once
   */
  check(limit = this.#limit) {
    const silence = this.#environment.now() - this.#heardAt;
    if (silence >= limit) {
      this.stop();
      this.#onSilence(silence);
    } else {
      // Clocks get set back: never wait longer than the limit.
      this.#wakeIn(Math.min(this.#limit - silence, this.#limit));
    }
  }

  stop() {
    this.#environment.clearTimeout(this.#timer);
  }

  /** @param {number} milliseconds */
  #wakeIn(milliseconds) {
    this.stop();
    this.#timer = this.#environment.setTimeout(() => this.check(), milliseconds);
  }
}
