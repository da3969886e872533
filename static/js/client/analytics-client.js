// @ts-check
/** What the live client and the polling one have in common: figures, state, callbacks and tracking. */

import { isActive } from './connection-state.js';
import { Callbacks } from './callbacks.js';
import { Outbox } from './outbox.js';
import { PageLife } from './page-lifecycle.js';

/**
 * @import {Api, Stats, Tracked} from './api.js'
 * @import {News} from './callbacks.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {Owner} from './connection.js'
 * @import {Environment} from './environment.js'
 * @import {CallbackOptions} from './options.js'
 * @import {Frame} from './transport.js'
 */

/**
 * @typedef {object} Line  a connection: this tab's own, or its part in one that tabs share
 * @property {ConnectionState} state
 * @property {() => void} start
 * @property {() => void} stop
 * @property {() => void} sleep
 * @property {() => void} wake
 * @property {() => void} revive
 */

/**
 * @typedef {object} Parts
 * @property {Api} api
 * @property {(owner: Owner) => Line} connect
 * @property {{enabled: boolean} & CallbackOptions} options
 * @property {Environment} environment
 */

export class AnalyticsClient {
  /** @protected */
  _connection;
  #api;
  #callbacks;
  #outbox;
  #pageLife;
  /** @type {Stats | null} */
  #stats = null;

  /** @param {Parts} parts */
  constructor({ api, connect, options, environment }) {
    this.#api = api;
    this.#callbacks = new Callbacks(options, environment.report);
    this.#outbox = new Outbox(api, environment, (dropped) => this.#callbacks.tell(['onEventDropped', dropped]));
    this._connection = connect({
      onState: this.#stateChanged.bind(this),
      onFrame: this.#receive.bind(this),
    });
    this.#pageLife = new PageLife(environment, this._connection);
    // Not before the page has the object in its hands: a callback may well use it.
    if (options.enabled) queueMicrotask(() => this.state.phase === 'idle' && this._connection.start());
  }

  /** The newest figures, null before the first. They outlive a lost line: `stats.timestamp` says their age. */
  get stats() {
    return this.#stats;
  }

  get isConnected() {
    return this.state.phase === 'connected';
  }

  /** What is wrong with the line, for a person to read in `error.message`; null while all is well. */
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
   * Sends an event; needs no open stream. It has an id, is kept until the server has acknowledged it, and is sent
   * again under the same id while the server cannot be reached: also after a reload, once this client has been
   * connected and therefore knows whose event it is.
   *
   * @param {string} type  such as "message.sent"
   * @param {Record<string, unknown>} [data]
   * @returns {Promise<Tracked>} once the event is committed; rejects with a PulseError where it
   *     never will be, as `onEventDropped` tells too
   */
  trackEvent(type, data) {
    return this.#outbox.track(type, data);
  }

  /**
   * @param {ConnectionState} state
   * @param {ConnectionState} before
   */
  #stateChanged(state, before) {
    this.#pageLife.listen(state.phase !== 'closed');
    const { hello } = state;
    if (hello?.userId && hello !== before.hello) this.#outbox.belongsTo(hello.workspaceId, hello.userId);
    this.#callbacks.tell(...newsOf(state, before));
  }

  /** @param {Frame} frame */
  #receive({ event, data, id }) {
    if (event === 'stats') this.#takeStats(data);
    else if (event === 'event') this.#callbacks.tell(['onEvent', data, id]);
    else if (event === 'reset') this.#startOver(data, id);
  }

  /** @param {Stats} stats */
  #takeStats(stats) {
    this.#stats = stats;
    this.#callbacks.tell(['onStatsUpdate', stats]);
  }

  /**
   * @param {Record<string, unknown>} reset
   * @param {string} id
   */
  async #startOver(reset, id) {
    this.#callbacks.tell(['onReset', reset, id]);
    try {
      const { data } = await this.#api.snapshot();
      if (this.isConnected && isNewer(data, this.#stats)) this.#takeStats(data);
    } catch {
      // The stream's own next figures are at most a tick away.
    }
  }
}

/**
 * @param {ConnectionState} state
 * @param {ConnectionState} before
 * @returns {News[]}
 */
function newsOf(state, before) {
  /** @type {News[]} */
  const news = [['onStateChange', state]];
  const [is, was] = [state.phase === 'connected', before.phase === 'connected'];
  if (is && state.hello !== before.hello) news.push(['onConnect', state.hello]);
  if (was && !is) news.push(['onDisconnect', { reason: state.reason, willReconnect: isActive(state) }]);
  if (state.error && state.error !== before.error) news.push(['onError', state.error]);
  return news;
}

/**
 * @param {Stats} stats
 * @param {Stats | null} known
 */
const isNewer = (stats, known) => known === null || Date.parse(stats.timestamp) > Date.parse(known.timestamp);
