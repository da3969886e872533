// @ts-check
/**
 * A bounded buffer that drops duplicates, and the oldest beyond its limit: a hidden page draws nothing for hours.
 * Pure.
 */

/** @template {{eventId: string}} Item */
export class BoundedBuffer {
  #limit;
  /** @type {Item[]} */
  #items = [];
  /** @type {Set<string>} */
  #seen = new Set();

  /** @param {number} limit  items */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * @param {Item} item
   * @returns {boolean} false for a duplicate of any of the latest items, drained or not
   */
  add(item) {
    if (this.#seen.has(item.eventId)) return false;
    this.#remember(item.eventId);
    this.#items.push(item);
    if (this.#items.length > this.#limit) this.#items.shift();
    return true;
  }

  /** @returns {Item[]} all, oldest first; the buffer is empty afterwards */
  drain() {
    return this.#items.splice(0);
  }

  /** @param {string} id */
  #remember(id) {
    this.#seen.add(id);
    // A set iterates in the order of insertion.
    if (this.#seen.size > 2 * this.#limit) this.#seen.delete(this.#seen.values().next().value ?? '');
  }
}
