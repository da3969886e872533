// @ts-check
/**
 * Which of the waiting events the next request carries: fewer after failures, down to one. An event that fails alone
 * while others succeed (a poison message: too slow to upload, cut by a firewall, a fault of the server) is set aside
 * and given up after ten times, so that it does not hold up the rest for a day. Pure.
 */

/** @import {Entry, OutboxQueue} from './outbox-queue.js' */

const MOST_STRIKES = 10; // a bad line can hit the same event several times by chance
const BATCH_EVENTS = 100;

export class OutboxPlan {
  /** Whether the last failure was that of an event which is set aside: others need not wait for the next attempt. */
  othersMayGo = false;
  #queue;
  #mostEvents = BATCH_EVENTS;
  /** @type {Set<Entry>} failed alone since the last success */
  #doubtful = new Set();
  #failures = 0; // in a row

  /** @param {OutboxQueue} queue */
  constructor(queue) {
    this.#queue = queue;
  }

  /** @returns {Entry[]} */
  next() {
    const aside = this.#queue.all().filter((entry) => isAside(entry) || this.#doubtful.has(entry));
    for (const except of [aside, [...this.#doubtful], []]) {
      const batch = this.#queue.next(this.#mostEvents, except);
      if (batch.length > 0) return batch;
    }
    return [];
  }

  /**
   * A request went through.
   * @returns {Entry[]}  those that had failed alone meanwhile, with one more strike
   */
  succeeded() {
    const struck = [...this.#doubtful];
    for (const entry of struck) entry.strikes = (entry.strikes ?? 0) + 1;
    this.#doubtful.clear();
    this.#failures = 0;
    this.#mostEvents = Math.min(2 * this.#mostEvents, BATCH_EVENTS);
    this.othersMayGo = false;
    return struck;
  }

  /**
   * A request failed, and nothing said that it was not about these events.
   * @param {Entry[]} batch
   */
  failed(batch) {
    const [first] = batch;
    const wasProbe = this.#doubtful.size > 0 && !isAside(first);
    this.#failures += 1;
    this.othersMayGo = isAside(first);
    if (wasProbe) this.#doubtful.clear(); // nothing gets through
    else if (isAside(first)) this.#doubtful.add(first);
    else if (this.#failures > 1) this.#narrow(batch);
  }

  /** @param {Entry[]} batch */
  #narrow(batch) {
    this.#mostEvents = Math.ceil(batch.length / 4);
    if (batch.length > 1) return;
    batch[0].alone = true;
    this.#doubtful.add(batch[0]);
  }
}

/** @param {Entry} entry */
export const isHopeless = ({ strikes = 0 }) => strikes >= MOST_STRIKES;

/** @param {Entry} entry */
const isAside = ({ strikes = 0 }) => strikes > 0;
