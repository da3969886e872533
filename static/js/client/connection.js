// @ts-check
/**
 * The one owner of the stream: holds at most one transport and one timer, both following from the state that
 * reconnection.js decides. Nothing else opens, closes or retries.
 */

import { gaveUp, holdsStream, idleState, isActive } from './connection-state.js';
import { advance } from './reconnection.js';

/**
 * @import {Policy} from './backoff.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {Environment} from './environment.js'
 * @import {Happening} from './reconnection.js'
 * @import {Frame, OpenTransport, Transport, TransportHandlers} from './transport.js'
 */

/**
 * @typedef {object} Owner
 * @property {(state: ConnectionState, before: ConnectionState) => void} onState
 * @property {(frame: Frame) => void} onFrame
 */

export class Connection {
  #transport;
  #policy;
  #owner;
  #environment;
  #state;
  #serverRetry = 0;
  /** @type {OpenTransport | null} */
  #open = null;
  /** @type {any} */
  #timer = null;
  #asleep = false;
  #listening = false;
  #wentOffline = () => this.#happened({ type: 'offline' });
  #cameOnline = () => this.#happened({ type: 'online' });

  /**
   * @param {Transport} transport
   * @param {Policy} policy
   * @param {Owner} owner
   * @param {Environment} environment
   * @param {string} [lastEventId]  where the first stream begins; "" = from now on
   */
  constructor(transport, policy, owner, environment, lastEventId = '') {
    this.#transport = transport;
    this.#policy = policy;
    this.#owner = owner;
    this.#environment = environment;
    this.#state = idleState(policy.maxAttempts, lastEventId, environment.now());
  }

  get state() {
    return this.#state;
  }

  /**
   * Connects now: a present stream is closed first, a wait is cut short, attempts count from 1.
   * @param {string | null} [reason]  why, where it is not the page's own wish
   */
  start(reason = null) {
    this.#asleep = false;
    this.#close();
    this.#happened({ type: 'start', reason });
  }

  /** Lets go of the line without a word: the page is being frozen or left, and nobody looks at it. */
  sleep() {
    if (this.#state.phase === 'idle' || this.#state.phase === 'closed') return;
    this.#asleep = true;
    this.#close();
    this.#environment.clearTimeout(this.#timer);
  }

  /** The page may have slept, and timers with it. */
  wake() {
    if (this.#asleep) return this.start('slept');
    this.revive();
    this.tick();
    this.#open?.wake();
  }

  /** Tries again after the last attempt: there is a person at the page, or a network. */
  revive() {
    if (gaveUp(this.#state)) this.start();
  }

  /** Does what is due: a timer of a hidden page may be minutes late. */
  tick() {
    const { retryAt } = this.#state;
    if (!this.#asleep && retryAt !== null && this.#environment.now() >= retryAt) this.#happened({ type: 'due' });
  }

  /** Cuts a wait short, unless the server asked for it. */
  hurry() {
    if (!this.#asleep) this.#happened({ type: 'online' });
  }

  stop() {
    this.#asleep = false;
    this.#happened({ type: 'stop' });
  }

  /** @param {Happening} happening */
  #happened(happening) {
    const before = this.#state;
    const { now, random, isOnline } = this.#environment;
    this.#state = advance(before, happening, {
      policy: this.#policy,
      now: now(),
      random: random(),
      online: isOnline(),
      serverRetry: this.#serverRetry,
    });
    this.#follow();
    if (this.#state !== before) this.#owner.onState(this.#state, before);
  }

  /** Brings transport, timer and listeners in line with the state. */
  #follow() {
    if (!holdsStream(this.#state)) this.#close();
    else this.#open ??= this.#transport(this.#handlers());
    this.#wait();
    this.#listen(isActive(this.#state));
  }

  #close() {
    this.#open?.close();
    this.#open = null;
  }

  /** @returns {TransportHandlers} */
  #handlers() {
    return {
      lastEventId: this.#state.lastEventId,
      onFrame: (frame) => this.#receive(frame),
      onRetry: (milliseconds) => (this.#serverRetry = milliseconds),
      onEnd: (ending) => this.#happened({ type: 'ended', ending }),
    };
  }

  /** @param {Frame} frame */
  #receive(frame) {
    const open = this.#open;
    this.#moveCursor(frame);
    if (frame.event === 'connected') this.#happened({ type: 'greeted', hello: frame.data });
    if (frame.event === 'degraded') this.#happened({ type: 'health', degraded: true });
    if (frame.event === 'recovered') this.#happened({ type: 'health', degraded: false });
    if (this.#open === open) this.#owner.onFrame(frame); // else the page has just closed it
  }

  /**
   * In silence, and before anybody is told of the frame: a cursor that moves is no news about the connection.
   * A greeting says where its stream begins. Without that, a line lost before its first event would resume from
   * nowhere, and leave a gap that nobody sees.
   *
   * @param {Frame} frame
   */
  #moveCursor({ event, data, id }) {
    const known = this.#state.lastEventId;
    const lastEventId = id || known || (event === 'connected' && data?.lastEventId) || '';
    if (lastEventId !== known) this.#state = Object.freeze({ ...this.#state, lastEventId });
  }

  #wait() {
    const { clearTimeout, setTimeout, now } = this.#environment;
    clearTimeout(this.#timer);
    if (this.#state.retryAt === null) return;
    this.#timer = setTimeout(() => this.#happened({ type: 'due' }), this.#state.retryAt - now());
  }

  /** @param {boolean} wanted */
  #listen(wanted) {
    if (wanted === this.#listening) return;
    this.#listening = wanted;
    const { events } = this.#environment;
    const act = (wanted ? events.addEventListener : events.removeEventListener).bind(events);
    act('offline', this.#wentOffline);
    act('online', this.#cameOnline);
  }
}
