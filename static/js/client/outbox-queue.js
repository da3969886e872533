// @ts-check
/** What waits to be sent: in order, bounded, and cut into requests. Pure. */

const MOST_EVENTS = 1000;
const MOST_BYTES = 3_000_000; // of all bodies
const BATCH_EVENTS = 100;
const BATCH_BYTES = 250_000; // below the server's 1 MiB, and what a slow line uploads before the answer is overdue
const COMMA = 1; // byte between two events of a batch
const UTF8 = new TextEncoder();

/**
 * @typedef {object} Entry
 * @property {string} eventId
 * @property {string} eventType
 * @property {string} body  the event as JSON; the same at every attempt, or the server takes it for another one
 * @property {number} madeAt  milliseconds since 1970
 * @property {number} [bytes]  of the body in UTF-8, which is how it is sent: "日" is one character and three bytes
 * @property {boolean} [alone]  has to be judged by itself
 * @property {number} [strikes]  how often it failed while others succeeded, see outbox-plan.js
 */

export class OutboxQueue {
  /** @type {Map<string, Entry>} by id; a map keeps the order */
  #entries = new Map();
  #bytes = 0;

  get size() {
    return this.#entries.size;
  }

  /**
   * @param {Entry} entry
   * @returns {boolean}  false where there is no room
   */
  add(entry) {
    if (this.#entries.has(entry.eventId)) return true;
    const bytes = UTF8.encode(entry.body).length;
    if (this.size >= MOST_EVENTS || this.#bytes + bytes > MOST_BYTES) return false;
    entry.bytes = bytes;
    this.#entries.set(entry.eventId, entry);
    this.#bytes += bytes;
    return true;
  }

  /** @param {Entry} entry */
  remove({ eventId, bytes }) {
    if (this.#entries.delete(eventId)) this.#bytes -= bytes ?? 0;
  }

  /**
   * The next to send: one, or as many of the oldest as fit into a batch.
   *
   * @param {number} [mostEvents]
   * @param {Entry[]} [except]  left out this time
   * @returns {Entry[]}
   */
  next(mostEvents = BATCH_EVENTS, except = []) {
    /** @type {Entry[]} */
    const batch = [];
    let bytes = 0;
    for (const entry of this.#entries.values()) {
      if (except.includes(entry)) continue;
      bytes += entry.bytes ?? 0;
      if (batch.length > 0 && (entry.alone || bytes > BATCH_BYTES || batch.length === mostEvents)) break;
      batch.push(entry);
      if (entry.alone) break;
    }
    return batch;
  }

  /**
   * The oldest that together stay within a hard limit; one that is too large for it is left out, not waited for.
   *
   * @param {number} mostBytes
   * @param {Entry[]} except  those under way
   * @returns {Entry[]}
   */
  within(mostBytes, except) {
    /** @type {Entry[]} */
    const batch = [];
    let left = mostBytes;
    for (const entry of this.#entries.values()) {
      const bytes = (entry.bytes ?? 0) + COMMA;
      if (except.includes(entry) || bytes > left) continue;
      if (batch.push(entry) === BATCH_EVENTS) break;
      left -= bytes;
    }
    return batch;
  }

  /** @returns {Entry[]} */
  all() {
    return [...this.#entries.values()];
  }

  /** @param {number} moment */
  madeBefore(moment) {
    return this.all().filter(({ madeAt }) => madeAt < moment);
  }
}

/**
 * What they take in a request, separators included.
 * @param {Entry[]} entries
 */
export const bytesOf = (entries) => entries.reduce((sum, { bytes = 0 }) => sum + bytes + COMMA, 0);
