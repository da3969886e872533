// @ts-check
/**
 * Chooses the events of the next request: fewer after failures, down to one. A poison message, which fails alone while
 * others succeed (too slow to upload, cut by a firewall, a fault of the server), is set aside, and given up after ten
 * times, so that it does not block the rest for a day. Pure.
 */

/** @import {OutboxEntry, OutboxQueue} from './outbox-queue.js' */

const MAX_STRIKES = 10; // a bad network can hit the same event several times by chance
const MAX_BATCH_EVENTS = 100;

export class BatchPlan {
  /** Whether the last failure was of an event that is set aside: others need not wait for its next attempt. */
  othersCanSend = false;
  #queue;
  #maxEvents = MAX_BATCH_EVENTS;
  /** @type {Set<OutboxEntry>} that failed alone since the last success */
  #suspects = new Set();
  #failures = 0; // in a row

  /** @param {OutboxQueue} queue */
  constructor(queue) {
    this.#queue = queue;
  }

  /** @returns {OutboxEntry[]} */
  nextBatch() {
    const setAside = this.#queue.all().filter((entry) => hasStrikes(entry) || this.#suspects.has(entry));
    for (const except of [setAside, [...this.#suspects], []]) {
      const batch = this.#queue.nextBatch(this.#maxEvents, except);
      if (batch.length > 0) return batch;
    }
    return [];
  }

  /**
   * A request got a response.
   * @returns {OutboxEntry[]}  those that had failed alone meanwhile, with one more strike
   */
  succeeded() {
    const struck = [...this.#suspects];
    for (const entry of struck) entry.strikes = (entry.strikes ?? 0) + 1;
    this.#suspects.clear();
    this.#failures = 0;
    this.#maxEvents = Math.min(2 * this.#maxEvents, MAX_BATCH_EVENTS);
    this.othersCanSend = false;
    return struck;
  }

  /**
   * A request failed, possibly because of these events.
   * @param {OutboxEntry[]} batch
   */
  failed(batch) {
    const [first] = batch;
    const wasProbe = this.#suspects.size > 0 && !hasStrikes(first);
    this.#failures += 1;
    this.othersCanSend = hasStrikes(first);
    if (wasProbe) this.#suspects.clear(); // no request gets through, so the suspects are not to blame
    else if (hasStrikes(first)) this.#suspects.add(first);
    else if (this.#failures > 1) this.#narrow(batch);
  }

  /** @param {OutboxEntry[]} batch */
  #narrow(batch) {
    this.#maxEvents = Math.ceil(batch.length / 4);
    if (batch.length > 1) return;
    batch[0].alone = true;
    this.#suspects.add(batch[0]);
  }
}

/** @param {OutboxEntry} entry */
export const isUnsendable = ({ strikes = 0 }) => strikes >= MAX_STRIKES;

/** @param {OutboxEntry} entry */
const hasStrikes = ({ strikes = 0 }) => strikes > 0;
