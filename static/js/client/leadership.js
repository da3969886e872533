// @ts-check
/** Leader election between tabs by a Web Lock, which passes on when its holder closes or crashes. */

/** @import {Environment} from './environment.js' */

const ANNOUNCEMENT_TIME = 300; // milliseconds for the new leader's message to reach the other tabs

/**
 * @typedef {object} LeadershipHandlers
 * @property {() => void} onAcquired
 * @property {() => void} onLost  another tab has taken it over: this one was frozen, or hung
 * @property {() => void} onRefused  the browser has Web Locks but denies them to this page: an embedded view, a privacy
 *     setting
 */

export class TabLeadership {
  #name;
  #handlers;
  #locks;
  #environment;
  #abort = new AbortController();
  /** @type {((value?: unknown) => void) | null} releases the lock that is held */
  #resolveHeld = null;

  /**
   * @param {string} name
   * @param {LeadershipHandlers} handlers
   * @param {Environment} environment
   */
  constructor(name, handlers, environment) {
    this.#name = name;
    this.#handlers = handlers;
    this.#locks = /** @type {LockManager} */ (environment.locks);
    this.#environment = environment;
  }

  /** Queues for the lock. */
  queue() {
    this.#request({ signal: this.#abort.signal });
  }

  /**
   * Steals the lock from an unresponsive leader, unless another tab is doing so.
   * @param {() => boolean} isStillUnresponsive
   */
  async takeOver(isStillUnresponsive) {
    const steal = async (/** @type {Lock | null} */ lock) => {
      if (!lock || this.#resolveHeld || !isStillUnresponsive()) return;
      this.release();
      this.#request({ steal: true });
      await new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), ANNOUNCEMENT_TIME));
    };
    try {
      await this.#locks.request(`${this.#name} succession`, { ifAvailable: true }, steal);
    } catch {
      // Denied: queue() reports it, through onRefused.
    }
  }

  /** Releases the lock, or leaves the queue. */
  release() {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#resolveHeld?.();
    this.#resolveHeld = null;
  }

  /** @param {LockOptions} options */
  async #request(options) {
    const { signal } = this.#abort;
    try {
      await this.#locks.request(this.#name, options, () => this.#hold(signal));
    } catch {
      if (signal.aborted) return;
      const held = this.#resolveHeld !== null;
      this.release();
      if (held) this.#handlers.onLost();
      else this.#handlers.onRefused();
    }
  }

  /** @param {AbortSignal} signal */
  #hold(signal) {
    if (signal.aborted) return null;
    const held = new Promise((resolve) => (this.#resolveHeld = resolve));
    this.#handlers.onAcquired();
    return held;
  }
}
