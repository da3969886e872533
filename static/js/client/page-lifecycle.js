// @ts-check
/**
 * When the page falls asleep (frozen, or kept by the browser for the way back) and when it wakes: a laptop that
 * was opened again, a tab that is looked at again, a network that is there again.
 */

/** @import {Environment} from './environment.js' */

const SLEEP = ['pagehide', 'freeze'];
const WAKE = ['pageshow', 'resume', 'visibilitychange', 'online'];
const PERSON = ['focus', 'click'];

export class PageLife {
  #events;
  #isVisible;
  #sleeper;
  #listening = false;
  #slept = () => this.#sleeper.sleep();
  #woke = (/** @type {Event} */ { type }) => {
    if (type !== 'visibilitychange' || this.#isVisible()) this.#sleeper.wake();
  };

  #touched = () => this.#sleeper.revive();

  /**
   * @param {Environment} environment
   * @param {{sleep(): void, wake(): void, revive(): void}} sleeper  `revive` is told of a person at the page: a stream
   *     that has given up tries again
   */
  constructor({ events, isVisible }, sleeper) {
    this.#events = events;
    this.#isVisible = isVisible;
    this.#sleeper = sleeper;
  }

  /** @param {boolean} wanted */
  listen(wanted) {
    if (wanted === this.#listening) return;
    this.#listening = wanted;
    const act = (wanted ? this.#events.addEventListener : this.#events.removeEventListener).bind(this.#events);
    // Some are events of the document that do not bubble: at the window they can be captured only.
    for (const type of SLEEP) act(type, this.#slept, true);
    for (const type of WAKE) act(type, this.#woke, true);
    for (const type of PERSON) act(type, this.#touched, true);
  }
}
