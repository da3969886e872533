// @ts-check
/**
 * A tab's part in the one connection that the tabs of a browser share: the leader holds it and passes on what comes;
 * the others say and get the same as if they held it themselves.
 */

import { gaveUp, idleState, isActive } from './connection-state.js';
import { Inbox } from './tab-reorder.js';
import { missedFrames } from './missed-events.js';
import { advance } from './reconnection.js';
import { packState, unpackState } from './state-message.js';
import { TabGroup } from './tab-group.js';

/**
 * @import {Api} from './api.js'
 * @import {Policy} from './backoff.js'
 * @import {ConnectionState} from './connection-state.js'
 * @import {Connection, Owner} from './connection.js'
 * @import {Environment} from './environment.js'
 * @import {Happening} from './reconnection.js'
 * @import {Message} from './tab-group.js'
 * @import {Frame} from './transport.js'
 */

// Tabs may be of different versions of this client; those whose messages differ keep to themselves.
const PROTOCOL = 'pulse tabs 1';
const FOR_ONE_TAB = new Set(['connected', 'ping', 'degraded', 'recovered']); // the state says it to the others
const MOVES_THE_CURSOR = new Set(['event', 'alert', 'reset']);

/**
 * @typedef {object} Shared
 * @property {string} name  the same in all tabs that may share
 * @property {(owner: Owner, cursor: string) => Connection} connection  makes the one that a leader holds
 * @property {Api} api
 * @property {Environment} environment
 */

export class SharedConnection {
  #shared;
  #owner;
  #policy;
  #state;
  #inbox;
  /** @type {TabGroup | null} */
  #group = null;
  /** @type {Connection | null} while this tab leads */
  #held = null;
  /** How far the held stream has come; the inbox may lag behind while it fetches. */
  #reached = '';
  /** @type {Frame | null} */
  #figures = null;
  #asleep = false;

  /**
   * @param {Shared} shared
   * @param {Owner} owner
   * @param {Policy} policy
   * @param {string} lastEventId
   */
  constructor(shared, owner, policy, lastEventId) {
    this.#shared = shared;
    this.#owner = owner;
    this.#policy = policy;
    this.#state = idleState(policy.maxAttempts, lastEventId, shared.environment.now());
    const missed = (/** @type {string} */ cursor) => missedFrames(shared.api, cursor);
    this.#inbox = new Inbox(lastEventId, (frame) => this.#deliver(frame), missed);
  }

  get state() {
    return this.#state;
  }

  /** Connects now, for all tabs. */
  start() {
    if (this.#held) return this.#held.start();
    const isMember = this.#group !== null;
    this.#show({ type: 'start' });
    if (isMember) this.#group?.send('restart');
    else this.#join();
  }

  /** Leaves the others to themselves. */
  stop() {
    this.#asleep = false;
    this.#leave();
    this.#show({ type: 'stop' });
  }

  /** A page that is frozen or left hands the stream over first. */
  sleep() {
    if (this.#group === null) return;
    this.#leave();
    this.#asleep = true;
  }

  wake() {
    if (this.#asleep) {
      this.#show({ type: 'start', reason: 'slept' });
      this.#join();
    } else if (this.#held) this.#held.wake();
    else {
      this.revive();
      this.#group?.look();
    }
  }

  /** Tries again after the last attempt, for all tabs. */
  revive() {
    if (gaveUp(this.#state)) this.start();
  }

  #join() {
    this.#asleep = false;
    const member = {
      onLead: () => this.#lead(),
      onFollow: () => this.#follow(),
      onMessage: (/** @type {Message} */ message) => this.#hear(message),
    };
    this.#group = new TabGroup(`${PROTOCOL} ${this.#shared.name}`, member, this.#shared.environment);
    this.#group.join();
    this.#sayWhereIAm();
  }

  #leave() {
    this.#drop();
    this.#group?.leave();
    this.#group = null;
  }

  #lead() {
    const { connection } = this.#shared;
    const wasLive = this.#state.phase === 'connected';
    const owner = { onState: () => this.#showHeld(), onFrame: (/** @type {Frame} */ frame) => this.#take(frame) };
    this.#reached = this.#inbox.cursor;
    this.#held = connection(owner, this.#reached);
    this.#held.start(wasLive ? 'handover' : null);
  }

  #follow() {
    this.#drop();
    this.#sayWhereIAm();
  }

  #sayWhereIAm() {
    this.#group?.send('join');
  }

  /** Closes one's own stream, if any, without a word to the page. */
  #drop() {
    const held = this.#held;
    this.#held = null;
    held?.stop();
  }

  #showHeld() {
    if (!this.#held) return;
    this.#become({ ...this.#held.state, lastEventId: this.#inbox.cursor || this.#held.state.lastEventId });
    this.#group?.send('state', this.#whereItIs());
  }

  #whereItIs() {
    return { state: packState(this.#state), cursor: this.#held?.state.lastEventId };
  }

  /**
   * What comes over this tab's own stream.
   * @param {Frame} frame
   */
  #take(frame) {
    const after = this.#reached;
    this.#reached = this.#held?.state.lastEventId ?? after;
    // A greeting says where the stream begins: whoever loses it before the first event resumes there.
    if (frame.event === 'connected') this.#inbox.cursor ||= this.#reached;
    if (MOVES_THE_CURSOR.has(frame.event)) this.#inbox.take(frame, after);
    else this.#deliver(frame);
    if (!FOR_ONE_TAB.has(frame.event)) this.#group?.send('frame', { frame, after });
  }

  /** @param {Frame} frame */
  #deliver(frame) {
    if (frame.event === 'stats') this.#figures = frame;
    if (this.#state.lastEventId !== this.#inbox.cursor && this.#inbox.cursor)
      this.#state = Object.freeze({ ...this.#state, lastEventId: this.#inbox.cursor });
    this.#owner.onFrame(frame);
  }

  /** @param {Message} message */
  #hear({ type, from, to, frame, after, state, cursor, figures }) {
    if (this.#held) return this.#answer(type, from);
    if (type === 'state' || (type === 'welcome' && this.#isFor(to))) this.#mirror(state, cursor);
    if (type === 'welcome' && this.#isFor(to) && figures) this.#deliver(figures);
    if (type !== 'frame') return;
    if (MOVES_THE_CURSOR.has(frame.event)) this.#inbox.take(frame, after);
    else this.#deliver(frame);
  }

  /**
   * @param {string} type
   * @param {string} from
   */
  #answer(type, from) {
    if (type === 'restart') return this.#held?.start();
    this.#held?.tick();
    if (type !== 'join') return;
    // A page that was just opened, or signed in on, has more reason to hope than those that gave up.
    if (isActive(this.#state)) this.#held?.hurry();
    else this.#held?.start();
    this.#group?.send('welcome', { to: from, figures: this.#figures, ...this.#whereItIs() });
  }

  /** @param {string} tab */
  #isFor(tab) {
    return this.#group?.self === tab;
  }

  /**
   * @param {ReturnType<typeof packState>} packed
   * @param {string} cursor
   */
  #mirror(packed, cursor) {
    this.#inbox.cursor ||= cursor;
    this.#become(unpackState(packed, this.#state, this.#inbox.cursor));
    if (packed.phase === 'connected') this.#inbox.reachedElsewhere(cursor);
  }

  /**
   * What the page's own wish makes of the state, before another tab has said anything.
   * @param {Happening} happening
   */
  #show(happening) {
    const { now, random, isOnline } = this.#shared.environment;
    const context = { policy: this.#policy, now: now(), random: random(), online: isOnline(), serverRetry: 0 };
    this.#become(advance(this.#state, happening, context));
  }

  /** @param {ConnectionState} state */
  #become(state) {
    const before = this.#state;
    this.#state = state;
    if (!isSame(state, before)) this.#owner.onState(state, before);
  }
}

/**
 * A cursor that moves is no news about the connection.
 *
 * @param {ConnectionState} one
 * @param {ConnectionState} other
 */
const isSame = (one, other) =>
  JSON.stringify({ ...one, lastEventId: '' }) === JSON.stringify({ ...other, lastEventId: '' });
