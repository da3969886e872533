// @ts-check
/**
 * The connection's side effects: holds at most one transport and one timer, as the state of reconnection.js demands.
 * Nothing else opens, closes or retries, so there can never be two streams.
 */

import { gaveUp, holdsStream, idleState, isActive } from './connection-state.js';
import { nextState } from './reconnection.js';

/**
 * @import {RetryPolicy} from './backoff.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {Environment} from './environment.js'
 * @import {ConnectionEvent} from './reconnection.js'
 * @import {Frame, OpenTransport, Transport, TransportHandlers} from './transport.js'
 */

/**
 * @typedef {object} ConnectionListener
 * @property {(state: ConnectionState, before: ConnectionState) => void} onState
 * @property {(frame: Frame) => void} onFrame
 */

export class Connection {
  #openTransport;
  #policy;
  #listener;
  #environment;
  #state;
  #serverRetry = 0;
  /** @type {OpenTransport | null} */
  #transport = null;
  /** @type {number | null} */
  #timer = null;
  #isAsleep = false;
  #isListening = false;
  #onOffline = () => this.#apply({ type: 'offline' });
  #onOnline = () => this.#apply({ type: 'online' });

  /**
   * @param {Transport} openTransport
   * @param {RetryPolicy} policy
   * @param {ConnectionListener} listener
   * @param {Environment} environment
   * @param {string} [lastEventId]  where the first stream begins; "" = from now on
   */
  constructor(openTransport, policy, listener, environment, lastEventId = '') {
    this.#openTransport = openTransport;
    this.#policy = policy;
    this.#listener = listener;
    this.#environment = environment;
    this.#state = idleState(policy.maxAttempts, lastEventId, environment.now());
  }

  get state() {
    return this.#state;
  }

  /**
   * Connects now: a present stream is closed first, a wait is cut short, attempts count from 1.
   * @param {string | null} [reason]  if the page did not ask for it: 'slept', 'handover'
   */
  start(reason = null) {
    this.#isAsleep = false;
    this.#close();
    this.#apply({ type: 'start', reason });
  }

  /** Closes the transport without a change of state: the page is frozen or left, and not visible. */
  sleep() {
    if (this.#state.phase === 'idle' || this.#state.phase === 'closed') return;
    this.#isAsleep = true;
    this.#close();
    this.#environment.clearTimeout(this.#timer);
  }

  /** The page may have slept, and its timers with it. */
  wake() {
    if (this.#isAsleep) return this.start('slept');
    this.retryIfGivenUp();
    this.retryIfDue();
    this.#transport?.wake();
  }

  /** Starts anew after the last attempt has failed: a person uses the page, or the network is back. */
  retryIfGivenUp() {
    if (gaveUp(this.#state)) this.start();
  }

  /** Retries if it is time to: the timer of a hidden page may be minutes late. */
  retryIfDue() {
    const { retryAt } = this.#state;
    if (!this.#isAsleep && retryAt !== null && this.#environment.now() >= retryAt) this.#apply({ type: 'due' });
  }

  /** Cuts a wait short, unless the server demanded it. */
  retryNow() {
    if (!this.#isAsleep) this.#apply({ type: 'online' });
  }

  stop() {
    this.#isAsleep = false;
    this.#apply({ type: 'stop' });
  }

  /** @param {ConnectionEvent} event */
  #apply(event) {
    const before = this.#state;
    const { now, random, isOnline } = this.#environment;
    this.#state = nextState(before, event, {
      policy: this.#policy,
      now: now(),
      random: random(),
      online: isOnline(),
      serverRetry: this.#serverRetry,
    });
    this.#syncResources();
    if (this.#state !== before) this.#listener.onState(this.#state, before);
  }

  /** Opens and closes the transport, the timer and the listeners as the state demands. */
  #syncResources() {
    if (!holdsStream(this.#state)) this.#close();
    else this.#transport ??= this.#openTransport(this.#handlers());
    this.#scheduleRetry();
    this.#listenForNetwork(isActive(this.#state));
  }

  #close() {
    this.#transport?.close();
    this.#transport = null;
  }

  /** @returns {TransportHandlers} */
  #handlers() {
    return {
      lastEventId: this.#state.lastEventId,
      onFrame: (frame) => this.#handleFrame(frame),
      onRetry: (milliseconds) => (this.#serverRetry = milliseconds),
      onEnd: (closeReason) => this.#apply({ type: 'ended', closeReason }),
    };
  }

  /** @param {Frame} frame */
  #handleFrame(frame) {
    const transport = this.#transport;
    this.#advanceCursor(frame);
    if (frame.event === 'connected') this.#apply({ type: 'greeted', hello: frame.data });
    if (frame.event === 'degraded') this.#apply({ type: 'health', degraded: true });
    if (frame.event === 'recovered') this.#apply({ type: 'health', degraded: false });
    if (this.#transport === transport) this.#listener.onFrame(frame); // else the page has closed it in a callback
  }

  /**
   * Before the listener gets the frame, and without `onState`, since the connection itself has not changed. The
   * greeting says where its stream begins; without that cursor, a connection lost before its first event would resume
   * from "now" and leave a gap that goes unnoticed.
   *
   * @param {Frame} frame
   */
  #advanceCursor({ event, data, id }) {
    const known = this.#state.lastEventId;
    const lastEventId = id || known || (event === 'connected' && data?.lastEventId) || '';
    if (lastEventId !== known) this.#state = Object.freeze({ ...this.#state, lastEventId });
  }

  #scheduleRetry() {
    const { clearTimeout, setTimeout, now } = this.#environment;
    clearTimeout(this.#timer);
    if (this.#state.retryAt === null) return;
    this.#timer = setTimeout(() => this.#apply({ type: 'due' }), this.#state.retryAt - now());
  }

  /** @param {boolean} wanted */
  #listenForNetwork(wanted) {
    if (wanted === this.#isListening) return;
    this.#isListening = wanted;
    const { events } = this.#environment;
    const act = (wanted ? events.addEventListener : events.removeEventListener).bind(events);
    act('offline', this.#onOffline);
    act('online', this.#onOnline);
  }
}
