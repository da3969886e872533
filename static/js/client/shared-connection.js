// @ts-check
/**
 * The connection of one tab where the tabs of a browser share one stream: the leader holds the stream and forwards its
 * frames and state; for the page, a follower behaves as if it held the stream itself.
 */

import { deserializeState, gaveUp, idleState, isActive, serializeState } from './connection-state.js';
import { CURSOR_FRAMES } from './cursor.js';
import { fetchMissedFrames } from './missed-events.js';
import { nextState } from './reconnection.js';
import { TabGroup } from './tab-group.js';
import { TabReorderBuffer } from './tab-reorder.js';

/**
 * @import {Api} from './api.js'
 * @import {RetryPolicy} from './backoff.js'
 * @import {ConnectionState, SerializedState} from './connection-state.js'
 * @import {Connection, ConnectionListener} from './connection.js'
 * @import {Environment} from './environment.js'
 * @import {ConnectionEvent} from './reconnection.js'
 * @import {TabMessage} from './tab-group.js'
 * @import {Frame} from './transport.js'
 */

// Tabs may run different versions of this client; another number for messages that differ keeps them apart.
const PROTOCOL = 'pulse tabs 1';
const LEADER_ONLY = new Set(['connected', 'ping', 'degraded', 'recovered']); // the followers get the state instead

/**
 * @typedef {object} SharedConnectionParts
 * @property {string} name  the same in all tabs that may share
 * @property {(listener: ConnectionListener, cursor: string) => Connection} connection  makes the connection of a leader
 * @property {Api} api
 * @property {Environment} environment
 */

export class SharedConnection {
  #parts;
  #listener;
  #policy;
  #state;
  #reorder;
  /** @type {TabGroup | null} */
  #group = null;
  /** @type {Connection | null} while this tab is the leader */
  #ownConnection = null;
  /** The cursor of the own stream; the reorder buffer may be behind while it fetches. */
  #streamCursor = '';
  /** @type {Frame | null} */
  #lastStats = null;
  #isAsleep = false;

  /**
   * @param {SharedConnectionParts} parts
   * @param {ConnectionListener} listener
   * @param {RetryPolicy} policy
   * @param {string} lastEventId
   */
  constructor(parts, listener, policy, lastEventId) {
    this.#parts = parts;
    this.#listener = listener;
    this.#policy = policy;
    this.#state = idleState(policy.maxAttempts, lastEventId, parts.environment.now());
    const fetchMissed = (/** @type {string} */ cursor) => fetchMissedFrames(parts.api, cursor);
    this.#reorder = new TabReorderBuffer(lastEventId, (frame) => this.#deliver(frame), fetchMissed);
  }

  get state() {
    return this.#state;
  }

  /** Connects now, for all tabs. */
  start() {
    if (this.#ownConnection) return this.#ownConnection.start();
    const isInGroup = this.#group !== null;
    this.#applyLocally({ type: 'start' });
    if (isInGroup) this.#group?.send({ type: 'restart' });
    else this.#join();
  }

  /** Leaves the group; the other tabs go on. */
  stop() {
    this.#isAsleep = false;
    this.#leave();
    this.#applyLocally({ type: 'stop' });
  }

  /** Leaves the group, so that the stream passes on before the page is frozen. */
  sleep() {
    if (this.#group === null) return;
    this.#leave();
    this.#isAsleep = true;
  }

  wake() {
    if (this.#isAsleep) {
      this.#applyLocally({ type: 'start', reason: 'slept' });
      this.#join();
    } else if (this.#ownConnection) this.#ownConnection.wake();
    else {
      this.retryIfGivenUp();
      this.#group?.checkLeader();
    }
  }

  /** Starts anew after the last attempt has failed, for all tabs. */
  retryIfGivenUp() {
    if (gaveUp(this.#state)) this.start();
  }

  #join() {
    this.#isAsleep = false;
    const handlers = {
      onLead: () => this.#lead(),
      onFollow: () => this.#follow(),
      onMessage: (/** @type {TabMessage} */ message) => this.#receiveMessage(message),
    };
    this.#group = new TabGroup(`${PROTOCOL} ${this.#parts.name}`, handlers, this.#parts.environment);
    this.#group.join();
    this.#announceJoin();
  }

  #leave() {
    this.#closeOwn();
    this.#group?.leave();
    this.#group = null;
  }

  #lead() {
    const { connection } = this.#parts;
    const wasLive = this.#state.phase === 'connected';
    /** @type {ConnectionListener} */
    const listener = { onState: () => this.#publishState(), onFrame: (frame) => this.#receiveOwn(frame) };
    this.#streamCursor = this.#reorder.cursor;
    this.#ownConnection = connection(listener, this.#streamCursor);
    this.#ownConnection.start(wasLive ? 'handover' : null);
  }

  #follow() {
    this.#closeOwn();
    this.#announceJoin();
  }

  #announceJoin() {
    this.#group?.send({ type: 'join' });
  }

  /** Closes the own stream, if any, without a change of the page's state. */
  #closeOwn() {
    const own = this.#ownConnection;
    this.#ownConnection = null;
    own?.stop();
  }

  #publishState() {
    if (!this.#ownConnection) return;
    const { state } = this.#ownConnection;
    this.#setState({ ...state, lastEventId: this.#reorder.cursor || state.lastEventId });
    this.#group?.send({ type: 'state', ...this.#leaderState() });
  }

  #leaderState() {
    return { state: serializeState(this.#state), cursor: this.#ownConnection?.state.lastEventId ?? '' };
  }

  /**
   * A frame of this tab's own stream.
   * @param {Frame} frame
   */
  #receiveOwn(frame) {
    const after = this.#streamCursor;
    this.#streamCursor = this.#ownConnection?.state.lastEventId ?? after;
    // The greeting says where the stream begins: a tab that loses it before the first event resumes there.
    if (frame.event === 'connected') this.#reorder.cursor ||= this.#streamCursor;
    this.#reorderOrDeliver(frame, after);
    if (!LEADER_ONLY.has(frame.event)) this.#group?.send({ type: 'frame', frame, after });
  }

  /** @param {Frame} frame */
  #deliver(frame) {
    if (frame.event === 'stats') this.#lastStats = frame;
    if (this.#state.lastEventId !== this.#reorder.cursor && this.#reorder.cursor)
      this.#state = Object.freeze({ ...this.#state, lastEventId: this.#reorder.cursor });
    this.#listener.onFrame(frame);
  }

  /** @param {TabMessage} message */
  #receiveMessage(message) {
    if (this.#ownConnection) return this.#answerFollower(message);
    const isWelcome = message.type === 'welcome' && message.to === this.#group?.self;
    if (message.type === 'state' || isWelcome) this.#mirrorLeader(message.state, message.cursor);
    if (isWelcome && message.figures) this.#deliver(message.figures);
    if (message.type === 'frame') this.#reorderOrDeliver(message.frame, message.after);
  }

  /**
   * @param {Frame} frame
   * @param {string} after
   */
  #reorderOrDeliver(frame, after) {
    if (CURSOR_FRAMES.has(frame.event)) this.#reorder.receive(frame, after);
    else this.#deliver(frame);
  }

  /** @param {TabMessage} message */
  #answerFollower({ type, from }) {
    if (type === 'restart') return this.#ownConnection?.start();
    this.#ownConnection?.retryIfDue();
    if (type !== 'join') return;
    // A page that was just opened, or signed in on, may succeed where the others gave up.
    if (isActive(this.#state)) this.#ownConnection?.retryNow();
    else this.#ownConnection?.start();
    this.#group?.send({ type: 'welcome', to: from, figures: this.#lastStats, ...this.#leaderState() });
  }

  /**
   * @param {SerializedState} serialized
   * @param {string} cursor
   */
  #mirrorLeader(serialized, cursor) {
    this.#reorder.cursor ||= cursor;
    this.#setState(deserializeState(serialized, this.#state, this.#reorder.cursor));
    if (serialized.phase === 'connected') this.#reorder.catchUpTo(cursor);
  }

  /**
   * Applies the page's own start and stop at once, before another tab responds.
   * @param {ConnectionEvent} event
   */
  #applyLocally(event) {
    const { now, random, isOnline } = this.#parts.environment;
    const context = { policy: this.#policy, now: now(), random: random(), online: isOnline(), serverRetry: 0 };
    this.#setState(nextState(this.#state, event, context));
  }

  /** @param {ConnectionState} state */
  #setState(state) {
    const before = this.#state;
    this.#state = state;
    if (!isSame(state, before)) this.#listener.onState(state, before);
  }
}

/**
 * Whether they differ in the cursor at most, which is no change of the connection.
 *
 * @param {ConnectionState} one
 * @param {ConnectionState} other
 */
const isSame = (one, other) =>
  JSON.stringify({ ...one, lastEventId: '' }) === JSON.stringify({ ...other, lastEventId: '' });
