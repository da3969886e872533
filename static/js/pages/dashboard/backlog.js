// @ts-check
/** What waits to be drawn: the newest of a bounded number, each event once. Pure. */

/**
 * @template {{eventId: string}} T
 */
export class Backlog {
  #limit;
  /** @type {T[]} */
  #waiting = [];
  /** @type {Set<string>} */
  #seen = new Set();

  /** @param {number} limit  a hidden page draws nothing, however much arrives: older ones are let go */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * @param {T} item
   * @returns {boolean} false where it has been here before
   */
  add(item) {
    if (this.#seen.has(item.eventId)) return false;
    this.#remember(item.eventId);
    this.#waiting.push(item);
    if (this.#waiting.length > this.#limit) this.#waiting.shift();
    return true;
  }

  /** @returns {T[]} oldest first; nothing waits afterwards */
  take() {
    return this.#waiting.splice(0);
  }

  /** @param {string} id */
  #remember(id) {
    this.#seen.add(id);
    // A set lists its members in the order they came.
    if (this.#seen.size > 2 * this.#limit) this.#seen.delete(this.#seen.values().next().value ?? '');
  }
}
