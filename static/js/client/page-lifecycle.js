// @ts-check
/**
 * The browser's page lifecycle events, as calls to a connection: `sleep` when the page is frozen or enters the
 * back/forward cache, `wake` when it may have slept, `retryIfGivenUp` when a person uses it.
 */

/** @import {Environment} from './environment.js' */

const SLEEP_EVENTS = ['pagehide', 'freeze'];
const WAKE_EVENTS = ['pageshow', 'resume', 'visibilitychange', 'online'];
const USER_EVENTS = ['focus', 'click'];

export class PageLifecycle {
  #events;
  #isVisible;
  #connection;
  #isListening = false;
  #onSleep = () => this.#connection.sleep();
  #onWake = (/** @type {Event} */ { type }) => {
    if (type !== 'visibilitychange' || this.#isVisible()) this.#connection.wake();
  };

  #onUserActivity = () => this.#connection.retryIfGivenUp();

  /**
   * @param {Environment} environment
   * @param {{sleep(): void, wake(): void, retryIfGivenUp(): void}} connection
   */
  constructor({ events, isVisible }, connection) {
    this.#events = events;
    this.#isVisible = isVisible;
    this.#connection = connection;
  }

  /** @param {boolean} wanted */
  listen(wanted) {
    if (wanted === this.#isListening) return;
    this.#isListening = wanted;
    const act = (wanted ? this.#events.addEventListener : this.#events.removeEventListener).bind(this.#events);
    // Some are events of the document that do not bubble: at the window they can be captured only.
    for (const type of SLEEP_EVENTS) act(type, this.#onSleep, true);
    for (const type of WAKE_EVENTS) act(type, this.#onWake, true);
    for (const type of USER_EVENTS) act(type, this.#onUserActivity, true);
  }
}
