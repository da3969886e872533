// @ts-check
/** A bounded queue of the events that wait to be sent, in order, and its batches. Pure. */

const MAX_EVENTS = 1000;
const MAX_BYTES = 3_000_000; // of all bodies
const MAX_BATCH_EVENTS = 100;
const MAX_BATCH_BYTES = 250_000; // below the server's 1 MiB, and what a slow uplink sends within the request timeout
const SEPARATOR_BYTES = 1; // the comma between two events of a batch
const UTF8 = new TextEncoder();

/**
 * @typedef {object} OutboxEntry
 * @property {string} eventId
 * @property {string} eventType
 * @property {string} body  the event as JSON; the same at every attempt, or the server would take it for another event
 * @property {number} madeAt  milliseconds since 1970
 * @property {number} [bytes]  of the body in UTF-8, as it is sent: "日" is one character and three bytes
 * @property {boolean} [alone]  has to be sent in a request of its own
 * @property {number} [strikes]  how often it failed while others succeeded (outbox-plan.js)
 */

export class OutboxQueue {
  /** @type {Map<string, OutboxEntry>} by id, in order of arrival */
  #entries = new Map();
  #bytes = 0;

  get size() {
    return this.#entries.size;
  }

  /**
   * @param {OutboxEntry} entry
   * @returns {boolean}  false if the queue is full
   */
  add(entry) {
    if (this.#entries.has(entry.eventId)) return true;
    const bytes = UTF8.encode(entry.body).length;
    if (this.size >= MAX_EVENTS || this.#bytes + bytes > MAX_BYTES) return false;
    entry.bytes = bytes;
    this.#entries.set(entry.eventId, entry);
    this.#bytes += bytes;
    return true;
  }

  /** @param {OutboxEntry} entry */
  remove({ eventId, bytes }) {
    if (this.#entries.delete(eventId)) this.#bytes -= bytes ?? 0;
  }

  /**
   * The next batch: as many of the oldest as fit, or one that has to go alone.
   *
   * @param {number} [maxEvents]
   * @param {OutboxEntry[]} [except]  left out this time
   * @returns {OutboxEntry[]}
   */
  nextBatch(maxEvents = MAX_BATCH_EVENTS, except = []) {
    /** @type {OutboxEntry[]} */
    const batch = [];
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      if (except.includes(entry)) continue;
      bytes += entry.bytes ?? 0;
      if (batch.length > 0 && (entry.alone || bytes > MAX_BATCH_BYTES || batch.length === maxEvents)) break;
      batch.push(entry);
      if (entry.alone) break;
    }
    return batch;
  }

  /**
   * The oldest that fit into a hard limit together; one that is too large is skipped, so that it does not block others.
   *
   * @param {number} maxBytes
   * @param {OutboxEntry[]} except  those in flight
   * @returns {OutboxEntry[]}
   */
  batchWithin(maxBytes, except) {
    /** @type {OutboxEntry[]} */
    const batch = [];
    let left = maxBytes;
    for (const entry of this.#entries.values()) {
      const bytes = (entry.bytes ?? 0) + SEPARATOR_BYTES;
      if (except.includes(entry) || bytes > left) continue;
      if (batch.push(entry) === MAX_BATCH_EVENTS) break;
      left -= bytes;
    }
    return batch;
  }

  /** @returns {OutboxEntry[]} */
  all() {
    return [...this.#entries.values()];
  }

  /** @param {number} moment */
  createdBefore(moment) {
    return this.all().filter(({ madeAt }) => madeAt < moment);
  }
}

/**
 * Their bytes in a request, separators included.
 * @param {OutboxEntry[]} entries
 */
export const bytesOf = (entries) => entries.reduce((sum, { bytes = 0 }) => sum + bytes + SEPARATOR_BYTES, 0);
