// @ts-check
/**
 * The tabs that share a stream: one leads, the others follow and see to it that it lives. A leader that closes or
 * crashes leaves its lock to the next; one that is frozen or hangs stops answering, and is robbed of it.
 */

import { Leadership } from './leadership.js';

/** @import {Environment} from './environment.js' */

const LOOK_EVERY = 350; // milliseconds
const MUTE_AFTER = 1200;

/**
 * @typedef {{type: string, from: string, term: number, [part: string]: any}} Message
 *
 * @typedef {object} Member
 * @property {() => void} onLead  hold the stream now
 * @property {() => void} onFollow  another tab holds it: let go of one's own, and say where one is
 * @property {(message: Message) => void} onMessage  to a leader from its followers, to a follower from its leader
 */

export class TabGroup {
  /** Whether this tab holds the stream. */
  leads = false;
  #member;
  #environment;
  #leadership;
  #channel;
  /** This tab, by the name that its messages carry. */
  self;
  #term = 0; // of the leader that counts: each names a later one than those it has heard of
  #heardAt;
  #lookedAt;
  /** @type {any} */
  #timer = null;

  /**
   * @param {string} name
   * @param {Member} member
   * @param {Environment} environment
   */
  constructor(name, member, environment) {
    this.#member = member;
    this.#environment = environment;
    this.self = environment.uuid();
    this.#heardAt = this.#lookedAt = environment.now();
    this.#channel = channelOrNull(name, environment);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#receive(data);
    const candidate = {
      onWon: () => this.#lead(),
      onLost: () => this.#stepDown(),
      onRefused: () => this.#goAlone(),
    };
    this.#leadership = new Leadership(name, candidate, environment);
  }

  join() {
    if (!this.#channel) return this.#goAlone();
    this.#leadership.stand();
    this.#watch();
  }

  leave() {
    this.leads = false;
    this.#environment.clearTimeout(this.#timer);
    this.#closeChannel();
    this.#leadership.resign();
  }

  #closeChannel() {
    if (!this.#channel) return;
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#channel = null;
  }

  /** Holds a stream of its own, beside the group: locks or messages exist here, but the browser refuses them. */
  #goAlone() {
    const led = this.leads;
    this.#environment.clearTimeout(this.#timer);
    this.#closeChannel();
    this.leads = true;
    if (!led) this.#member.onLead();
  }

  /**
   * From a leader to all, from a follower to its leader.
   *
   * @param {string} type
   * @param {Record<string, unknown>} [parts]
   */
  send(type, parts) {
    try {
      this.#channel?.postMessage({ type, from: this.self, term: this.leads ? this.#term : 0, ...parts });
    } catch {
      this.#goAlone();
    }
  }

  /** The visible tabs' questions are a hidden leader's clock too: its own timers may be minutes late. */
  look() {
    const { now } = this.#environment;
    const silence = now() - this.#heardAt;
    // Late itself: it has slept, or is hidden. The leader gets the time to answer.
    if (now() - this.#lookedAt > 2 * LOOK_EVERY) this.#heardAt = now();
    else if (silence >= MUTE_AFTER) this.#leadership.seize(() => now() - this.#heardAt >= MUTE_AFTER);
    if (silence >= LOOK_EVERY) this.send('ask');
    this.#lookedAt = now();
  }

  #watch() {
    this.#timer = this.#environment.setTimeout(() => {
      this.look();
      this.#watch();
    }, LOOK_EVERY);
  }

  #lead() {
    this.#environment.clearTimeout(this.#timer);
    this.leads = true;
    this.#term = Math.max(this.#term + 1, this.#environment.now());
    this.send('lead');
    this.#member.onLead();
  }

  #stepDown() {
    this.leads = false;
    this.#heardAt = this.#lookedAt = this.#environment.now();
    this.#member.onFollow();
    this.join();
  }

  /** @param {Message} message */
  #receive(message) {
    if (message.term === 0) return this.#hearFollower(message);
    if (message.term < this.#term) return; // one that was robbed, and does not know it yet
    const isNew = message.term > this.#term;
    this.#term = message.term;
    this.#heardAt = this.#environment.now();
    if (this.leads) {
      this.#leadership.resign();
      return this.#stepDown();
    }
    if (isNew) this.#member.onFollow();
    this.#member.onMessage(message);
  }

  /** @param {Message} message */
  #hearFollower(message) {
    if (!this.leads) return;
    this.send('here');
    this.#member.onMessage(message);
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
    return null; // there is a BroadcastChannel, but not for this page
  }
}
