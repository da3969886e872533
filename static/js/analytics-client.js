// @ts-check
/** What the live client and the polling one have in common: figures, state, callbacks and tracking. */

import { isActive } from './connection-state.js';
import { Callbacks } from './callbacks.js';
import { Connection } from './connection.js';

/**
 * @typedef {import('./connection-state.js').ConnectionState} ConnectionState
 * @typedef {import('./api.js').Stats} Stats
 */

/**
 * @typedef {object} Parts
 * @property {import('./api.js').Api} api
 * @property {import('./transport.js').Transport} transport
 * @property {import('./backoff.js').Policy} policy
 * @property {{enabled: boolean, lastEventId?: string} & import('./options.js').CallbackOptions} options
 * @property {import('./environment.js').Environment} environment
 */

export class AnalyticsClient {
  /** @protected */
  _connection;
  #api;
  #callbacks;
  /** @type {Stats | null} */
  #stats = null;

  /** @param {Parts} parts */
  constructor({ api, transport, policy, options, environment }) {
    this.#api = api;
    this.#callbacks = new Callbacks(options, environment.report);
    const owner = {
      onState: this.#stateChanged.bind(this),
      onFrame: this.#receive.bind(this),
    };
    this._connection = new Connection(transport, policy, owner, environment, options.lastEventId);
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

  /**
   * Sends an event; needs no open stream.
   *
   * @param {string} type  such as "message.sent"
   * @param {Record<string, unknown>} [data]
   * @returns {Promise<import('./api.js').Tracked>} once the event is committed; rejects with a PulseError
   */
  trackEvent(type, data) {
    return this.#api.track(type, data);
  }

  /**
   * @param {ConnectionState} state
   * @param {ConnectionState} before
   */
  #stateChanged(state, before) {
    this.#callbacks.tell(...newsOf(state, before));
  }

  /** @param {import('./transport.js').Frame} frame */
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
 * @returns {import('./callbacks.js').News[]}
 */
function newsOf(state, before) {
  /** @type {import('./callbacks.js').News[]} */
  const news = [['onStateChange', state]];
  const [is, was] = [state.phase === 'connected', before.phase === 'connected'];
  if (is && !was) news.push(['onConnect', state.hello]);
  if (was && !is) news.push(['onDisconnect', { reason: state.reason, willReconnect: isActive(state) }]);
  if (state.error && state.error !== before.error) news.push(['onError', state.error]);
  return news;
}

/**
 * @param {Stats} stats
 * @param {Stats | null} known
 */
const isNewer = (stats, known) => known === null || Date.parse(stats.timestamp) > Date.parse(known.timestamp);
