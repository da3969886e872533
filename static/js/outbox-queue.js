// @ts-check
/** What waits to be sent: in order, bounded, and cut into requests. Pure. */

const MOST_EVENTS = 1000;
const MOST_TEXT = 1_000_000; // characters of all bodies
const BATCH_EVENTS = 100;
const BATCH_TEXT = 250_000; // characters, at most three bytes each: below the server's 1 MiB

/**
 * @typedef {object} Entry
 * @property {string} eventId
 * @property {string} eventType
 * @property {string} body  the event as JSON; the same at every attempt, or the server takes it for another one
 * @property {number} madeAt  milliseconds since 1970
 * @property {boolean} [alone]  has to be judged by itself
 */

export class OutboxQueue {
  /** @type {Map<string, Entry>} by id; a map keeps the order */
  #entries = new Map();
  #text = 0;

  get size() {
    return this.#entries.size;
  }

  /**
   * @param {Entry} entry
   * @returns {boolean}  false where there is no room
   */
  add(entry) {
    if (this.#entries.has(entry.eventId)) return true;
    if (this.size >= MOST_EVENTS || this.#text + entry.body.length > MOST_TEXT) return false;
    this.#entries.set(entry.eventId, entry);
    this.#text += entry.body.length;
    return true;
  }

  /** @param {Entry} entry */
  remove({ eventId, body }) {
    if (this.#entries.delete(eventId)) this.#text -= body.length;
  }

  /**
   * The next to send: one, or as many of the oldest as fit into a batch.
   *
   * @param {number} [mostText]  characters
   * @param {Entry[]} [except]  those under way
   * @returns {Entry[]}
   */
  next(mostText = BATCH_TEXT, except = []) {
    /** @type {Entry[]} */
    const batch = [];
    let text = 0;
    for (const entry of this.#entries.values()) {
      if (except.includes(entry)) continue;
      text += entry.body.length;
      if (batch.length > 0 && (entry.alone || text > mostText || batch.length === BATCH_EVENTS)) break;
      batch.push(entry);
      if (entry.alone) break;
    }
    return batch;
  }

  /** @param {number} moment */
  madeBefore(moment) {
    return [...this.#entries.values()].filter(({ madeAt }) => madeAt < moment);
  }
}
