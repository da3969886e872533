// @ts-check
/** A list of things, or what is said while there is none. A row stays the same element, so focus stays too. */

/**
 * @template Item
 * @typedef {object} Kind
 * @property {(item: Item) => string} key
 * @property {(row: HTMLElement, item: Item) => void} fill  a row, new or shown already
 * @property {(one: Item, other: Item) => number} [order]  without one, things stay in the server's order
 * @property {Record<string, (item: Item) => void>} [acts]  what the buttons of a row do, by selector
 */

/** @template Item */
export class RowList {
  #root;
  #rows;
  #empty;
  #template;
  #kind;
  /** @type {Map<string, {row: HTMLElement, item: Item}>} in the order shown */
  #shown = new Map();
  /** How often this page itself has changed the list: an answer asked for before such a change is too old. */
  #changes = 0;

  /**
   * @param {HTMLElement} root  holds the rows in `[data-rows]`, `.empty` and the template of a row
   * @param {Kind<Item>} kind
   */
  constructor(root, kind) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#rows = part('[data-rows]');
    this.#root = this.#rows.closest('table') ?? this.#rows;
    this.#empty = part('.empty');
    this.#template = /** @type {HTMLTemplateElement} */ (part('template'));
    this.#kind = kind;
  }

  get items() {
    return [...this.#shown.values()].map(({ item }) => item);
  }

  /** @param {Item[]} items  all there are */
  show(items) {
    const before = this.#shown;
    const { key, fill, order } = this.#kind;
    const ordered = order ? [...items].sort(order) : items;
    this.#shown = new Map(
      ordered.map((item) => [key(item), { item, row: before.get(key(item))?.row ?? this.#newRow(key(item)) }]),
    );
    for (const [name, { row }] of before) if (!this.#shown.has(name)) row.remove();
    for (const { row, item } of this.#shown.values()) fill(row, item);
    this.#arrange();
  }

  /** Shows what `ask` brings, unless the list was changed here meanwhile. @param {() => Promise<Item[]>} ask */
  async renew(ask) {
    const asked = this.#changes;
    const items = await ask();
    if (this.#changes === asked) this.show(items);
  }

  /** @param {Item} item  new, and then the first, or changed */
  put(item) {
    this.#changes += 1;
    const key = this.#kind.key(item);
    const isNew = !this.#shown.has(key);
    this.show(isNew ? [item, ...this.items] : this.items.map((old) => (this.#kind.key(old) === key ? item : old)));
  }

  /**
   * @param {Item} item
   * @returns {HTMLElement | null} the row that now stands in its place, to go on from
   */
  remove(item) {
    this.#changes += 1;
    const name = this.#kind.key(item);
    const at = Math.max([...this.#shown.keys()].indexOf(name), 0);
    this.show(this.items.filter((other) => this.#kind.key(other) !== name));
    const rows = this.#rows.children;
    return /** @type {HTMLElement | null} */ (rows[Math.min(at, rows.length - 1)] ?? null);
  }

  #arrange() {
    [...this.#shown.values()].forEach(({ row }, at) => {
      if (this.#rows.children[at] !== row) this.#rows.insertBefore(row, this.#rows.children[at] ?? null);
    });
    this.#root.hidden = this.#shown.size === 0;
    this.#empty.hidden = this.#shown.size > 0;
  }

  /** @param {string} key */
  #newRow(key) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    for (const [selector, act] of Object.entries(this.#kind.acts ?? {})) {
      row.querySelector(selector)?.addEventListener('click', () => {
        const shown = this.#shown.get(key);
        if (shown) act(shown.item);
      });
    }
    return row;
  }
}

/**
 * Writes only what changes, so that a screen reader and a selection are left alone.
 * @param {HTMLElement} row
 * @param {string} selector
 * @param {string} text
 * @param {string} [title]
 */
export function write(row, selector, text, title = '') {
  const element = /** @type {HTMLElement} */ (row.querySelector(selector));
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== title) element.title = title;
}
