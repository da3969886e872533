// @ts-check
/**
 * The tabs that share one stream: a leader, and followers that check that it responds. A leader that closes or crashes
 * leaves its lock to the next tab; one that is frozen or hangs stops responding, and its lock is stolen.
 */

import { TabLeadership } from './leadership.js';

/**
 * @import {SerializedState} from './connection-state.js'
 * @import {Environment} from './environment.js'
 * @import {Frame} from './transport.js'
 */

const CHECK_INTERVAL = 350; // milliseconds
const LEADER_TIMEOUT = 1200;

/**
 * @typedef {{type: 'join' | 'restart' | 'ask' | 'here' | 'lead'}
 *   | {type: 'state', state: SerializedState, cursor: string}
 *   | {type: 'welcome', to: string, figures: Frame | null, state: SerializedState, cursor: string}
 *   | {type: 'frame', frame: Frame, after: string}} TabMessageBody
 *
 * A message between tabs, which may run different versions of this client: what the messages are called stays the same
 * as long as PROTOCOL (shared-connection.js) does. `ask` is a ping, `here` its response; `term` is 0 from a follower.
 * @typedef {TabMessageBody & {from: string, term: number}} TabMessage
 *
 * @typedef {object} TabGroupHandlers
 * @property {() => void} onLead  open the stream
 * @property {() => void} onFollow  another tab leads: close the own stream, and send `join`
 * @property {(message: TabMessage) => void} onMessage  from the followers to the leader, from the leader to the
 *     followers
 */

export class TabGroup {
  /** Whether this tab is the leader, which holds the stream. */
  leads = false;
  #handlers;
  #environment;
  #leadership;
  #channel;
  /** This tab's id, in `from` of its messages. */
  self;
  #term = 0; // of the present leader; each leader picks a later one than all it has seen
  #lastMessageAt;
  #lastCheckAt;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {string} name
   * @param {TabGroupHandlers} handlers
   * @param {Environment} environment
   */
  constructor(name, handlers, environment) {
    this.#handlers = handlers;
    this.#environment = environment;
    this.self = environment.uuid();
    this.#lastMessageAt = this.#lastCheckAt = environment.now();
    this.#channel = channelOrNull(name, environment);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#receive(data);
    const leadershipHandlers = {
      onAcquired: () => this.#lead(),
      onLost: () => this.#stepDown(),
      onRefused: () => this.#leadAlone(),
    };
    this.#leadership = new TabLeadership(name, leadershipHandlers, environment);
  }

  join() {
    if (!this.#channel) return this.#leadAlone();
    this.#leadership.queue();
    this.#scheduleCheck();
  }

  leave() {
    this.leads = false;
    this.#environment.clearTimeout(this.#timer);
    this.#closeChannel();
    this.#leadership.release();
  }

  #closeChannel() {
    if (!this.#channel) return;
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#channel = null;
  }

  /** Leads outside of the group: the browser has locks and channels, but denies them to this page. */
  #leadAlone() {
    const led = this.leads;
    this.#environment.clearTimeout(this.#timer);
    this.#closeChannel();
    this.leads = true;
    if (!led) this.#handlers.onLead();
  }

  /**
   * Sends from the leader to all, or from a follower to the leader.
   *
   * @param {TabMessageBody} body
   */
  send(body) {
    try {
      this.#channel?.postMessage({ ...body, from: this.self, term: this.leads ? this.#term : 0 });
    } catch {
      this.#leadAlone();
    }
  }

  /**
   * Pings the leader if it has been silent, and takes over if it does not respond. The pings of visible tabs are a
   * hidden leader's clock too: its own timers may be minutes late.
   */
  checkLeader() {
    const { now } = this.#environment;
    const silence = now() - this.#lastMessageAt;
    // This check is itself late (the tab slept, or is hidden), so the leader gets the time to respond.
    if (now() - this.#lastCheckAt > 2 * CHECK_INTERVAL) this.#lastMessageAt = now();
    else if (silence >= LEADER_TIMEOUT) this.#leadership.takeOver(() => now() - this.#lastMessageAt >= LEADER_TIMEOUT);
    if (silence >= CHECK_INTERVAL) this.send({ type: 'ask' });
    this.#lastCheckAt = now();
  }

  #scheduleCheck() {
    this.#timer = this.#environment.setTimeout(() => {
      this.checkLeader();
      this.#scheduleCheck();
    }, CHECK_INTERVAL);
  }

  #lead() {
    this.#environment.clearTimeout(this.#timer);
    this.leads = true;
    this.#term = Math.max(this.#term + 1, this.#environment.now());
    this.send({ type: 'lead' });
    this.#handlers.onLead();
  }

  #stepDown() {
    this.leads = false;
    this.#lastMessageAt = this.#lastCheckAt = this.#environment.now();
    this.#handlers.onFollow();
    this.join();
  }

  /** @param {TabMessage} message */
  #receive(message) {
    if (message.term === 0) return this.#receiveFromFollower(message);
    if (message.term < this.#term) return; // a former leader, which does not know yet that its lock was stolen
    const isNew = message.term > this.#term;
    this.#term = message.term;
    this.#lastMessageAt = this.#environment.now();
    if (this.leads) {
      this.#leadership.release();
      return this.#stepDown();
    }
    if (isNew) this.#handlers.onFollow();
    this.#handlers.onMessage(message);
  }

  /** @param {TabMessage} message */
  #receiveFromFollower(message) {
    if (!this.leads) return;
    this.send({ type: 'here' });
    this.#handlers.onMessage(message);
  }
}

/**
 * @param {string} name
 * @param {Environment} environment
 */
function channelOrNull(name, { channel }) {
  try {
    return channel?.(name) ?? null;
  } catch {
    return null; // BroadcastChannel exists, but is denied to this page
  }
}
