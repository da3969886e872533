// @ts-check
/** The base class of the streaming and the polling client: stats, state, callbacks and tracking of events. */

import { isActive } from './connection-state.js';
import { Callbacks } from './callbacks.js';
import { Outbox } from './outbox.js';
import { PageLifecycle } from './page-lifecycle.js';

/**
 * @import {Api, Stats, TrackedEvent} from './api.js'
 * @import {CallbackCall} from './callbacks.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {ConnectionListener} from './connection.js'
 * @import {Environment} from './environment.js'
 * @import {CallbackOptions} from './options.js'
 * @import {Frame} from './transport.js'
 */

/**
 * @typedef {object} ClientConnection  this tab's own, or its part in one that tabs share
 * @property {ConnectionState} state
 * @property {() => void} start
 * @property {() => void} stop
 * @property {() => void} sleep
 * @property {() => void} wake
 * @property {() => void} retryIfGivenUp
 */

/**
 * @typedef {object} AnalyticsClientParts
 * @property {Api} api
 * @property {(listener: ConnectionListener) => ClientConnection} connect
 * @property {{enabled: boolean} & CallbackOptions} options
 * @property {Environment} environment
 */

export class AnalyticsClient {
  /** @protected */
  _connection;
  #api;
  #callbacks;
  #outbox;
  #pageLifecycle;
  /** @type {Stats | null} */
  #stats = null;

  /** @param {AnalyticsClientParts} parts */
  constructor({ api, connect, options, environment }) {
    this.#api = api;
    this.#callbacks = new Callbacks(options, environment.report);
    this.#outbox = new Outbox(api, environment, (event) => this.#callbacks.dispatch(['onEventDropped', event]));
    this._connection = connect({
      onState: this.#stateChanged.bind(this),
      onFrame: this.#receive.bind(this),
    });
    this.#pageLifecycle = new PageLifecycle(environment, this._connection);
    // Not before the constructor returns: a callback may use the page's variable for this object.
    if (options.enabled) queueMicrotask(() => this.state.phase === 'idle' && this._connection.start());
  }

  /** The newest stats, null before the first. They stay when the connection is lost: `stats.timestamp` is their age. */
  get stats() {
    return this.#stats;
  }

  get isConnected() {
    return this.state.phase === 'connected';
  }

  /** What is wrong with the connection, for a person to read in `error.message`; null if nothing is. */
  get error() {
    return this.state.error;
  }

  /** @returns {ConnectionState} a frozen object, replaced at every change */
  get state() {
    return this._connection.state;
  }

  /** How many tracked events the server has not acknowledged yet. */
  get unsentEvents() {
    return this.#outbox.size;
  }

  /**
   * Sends an event; needs no open stream. It is stored until the server has acknowledged it, and sent again under the
   * same id while the server cannot be reached: also after a reload of the page, once this client has been connected
   * and therefore knows whose event it is.
   *
   * @param {string} type  such as "message.sent"
   * @param {Record<string, unknown>} [data]
   * @returns {Promise<TrackedEvent>} once the event is committed; rejects with a PulseError if it never
   *     will be, when `onEventDropped` is called too
   */
  trackEvent(type, data) {
    return this.#outbox.track(type, data);
  }

  /**
   * @param {ConnectionState} state
   * @param {ConnectionState} before
   */
  #stateChanged(state, before) {
    this.#pageLifecycle.listen(state.phase !== 'closed');
    const { hello } = state;
    if (hello?.userId && hello !== before.hello) this.#outbox.setOwner(hello.workspaceId, hello.userId);
    this.#callbacks.dispatch(...callbacksFor(state, before));
  }

  /** @param {Frame} frame */
  #receive({ event, data, id }) {
    if (event === 'stats') this.#setStats(data);
    else if (event === 'event') this.#callbacks.dispatch(['onEvent', data, id]);
    else if (event === 'annotation') this.#callbacks.dispatch(['onAnnotation', data]);
    else if (event === 'reset') this.#reloadSnapshot(data, id);
  }

  /** @param {Stats} stats */
  #setStats(stats) {
    this.#stats = stats;
    this.#callbacks.dispatch(['onStatsUpdate', stats]);
  }

  /**
   * @param {Record<string, unknown>} reset
   * @param {string} id
   */
  async #reloadSnapshot(reset, id) {
    this.#callbacks.dispatch(['onReset', reset, id]);
    try {
      const { data } = await this.#api.snapshot();
      if (this.isConnected && isNewer(data, this.#stats)) this.#setStats(data);
    } catch {
      // The stream's own next stats are at most a tick away.
    }
  }
}

/**
 * @param {ConnectionState} state
 * @param {ConnectionState} before
 * @returns {CallbackCall[]}
 */
function callbacksFor(state, before) {
  /** @type {CallbackCall[]} */
  const calls = [['onStateChange', state]];
  const [is, was] = [state.phase === 'connected', before.phase === 'connected'];
  if (is && state.hello !== before.hello) calls.push(['onConnect', state.hello]);
  if (was && !is) calls.push(['onDisconnect', { reason: state.reason, willReconnect: isActive(state) }]);
  if (state.error && state.error !== before.error) calls.push(['onError', state.error]);
  return calls;
}

/**
 * @param {Stats} stats
 * @param {Stats | null} current
 */
const isNewer = (stats, current) => current === null || Date.parse(stats.timestamp) > Date.parse(current.timestamp);
