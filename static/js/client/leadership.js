// @ts-check
/** The right to hold the one stream of a browser: a Web Lock, which passes on when its holder closes or dies. */

/** @import {Environment} from './environment.js' */

const TIME_TO_SAY_SO = 300; // milliseconds in which the other tabs hear of a leader that took over

/**
 * @typedef {object} Candidate
 * @property {() => void} onWon
 * @property {() => void} onLost  another tab has taken it: this one was frozen, or hung
 * @property {() => void} onRefused  the browser has Web Locks but gives none to this page: an embedded view, a privacy
 *     setting
 */

export class Leadership {
  #name;
  #candidate;
  #locks;
  #environment;
  #abort = new AbortController();
  /** @type {((value?: unknown) => void) | null} */
  #release = null;

  /**
   * @param {string} name
   * @param {Candidate} candidate
   * @param {Environment} environment
   */
  constructor(name, candidate, environment) {
    this.#name = name;
    this.#candidate = candidate;
    this.#locks = /** @type {LockManager} */ (environment.locks);
    this.#environment = environment;
  }

  /** Queues for it. */
  stand() {
    this.#request({ signal: this.#abort.signal });
  }

  /**
   * Takes it from a leader that does not answer, unless another tab is doing just that.
   * @param {() => boolean} isStillMute
   */
  async seize(isStillMute) {
    const take = async (/** @type {Lock | null} */ lock) => {
      if (!lock || this.#release || !isStillMute()) return;
      this.resign();
      this.#request({ steal: true });
      await new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), TIME_TO_SAY_SO));
    };
    try {
      await this.#locks.request(`${this.#name} succession`, { ifAvailable: true }, take);
    } catch {
      // Refused: stand() is told so too.
    }
  }

  /** Gives it up, and leaves the queue. */
  resign() {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#release?.();
    this.#release = null;
  }

  /** @param {LockOptions} options */
  async #request(options) {
    const { signal } = this.#abort;
    try {
      await this.#locks.request(this.#name, options, () => this.#hold(signal));
    } catch {
      if (signal.aborted) return;
      const held = this.#release !== null;
      this.resign();
      if (held) this.#candidate.onLost();
      else this.#candidate.onRefused();
    }
  }

  /** @param {AbortSignal} signal */
  #hold(signal) {
    if (signal.aborted) return null;
    const held = new Promise((resolve) => (this.#release = resolve));
    this.#candidate.onWon();
    return held;
  }
}
