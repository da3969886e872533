// @ts-check
/** The list of metrics, or what is said while there is none. A row stays the same element, so focus stays too. */

/** @typedef {import('./metric-api.js').Metric} Metric */
/** @typedef {import('./metric-api.js').Figures} Figures */
/** @typedef {(metric: Metric) => void} Act */

const FIGURE = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

export class MetricList {
  #list;
  #empty;
  #template;
  #acts;
  /** @type {Map<string, {row: HTMLElement, metric: Metric}>} in the order shown */
  #shown = new Map();

  /** How often this page itself has changed the list: an answer asked for before such a change is too old. */
  changes = 0;

  /**
   * @param {HTMLElement} root
   * @param {{onChange: Act, onPause: Act, onRemove: Act}} acts
   */
  constructor(root, acts) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#list = part('.metric-list');
    this.#empty = part('.empty');
    this.#template = /** @type {HTMLTemplateElement} */ (part('template'));
    this.#acts = acts;
  }

  /** @param {Metric[]} metrics  all there are */
  show(metrics) {
    const before = this.#shown;
    const sorted = [...metrics].sort((one, other) => (one.name < other.name ? -1 : 1));
    this.#shown = new Map(
      sorted.map((metric) => [metric.name, { metric, row: before.get(metric.name)?.row ?? this.#newRow(metric.name) }]),
    );
    for (const [name, { row }] of before) if (!this.#shown.has(name)) row.remove();
    [...this.#shown.values()].forEach(({ row, metric }, at) => {
      fill(row, metric);
      if (this.#list.children[at] !== row) this.#list.insertBefore(row, this.#list.children[at] ?? null);
    });
    this.#list.hidden = this.#shown.size === 0;
    this.#empty.hidden = this.#shown.size > 0;
  }

  /** @param {Metric} metric  new, or changed */
  put(metric) {
    this.changes += 1;
    this.show([...this.#metrics().filter(({ name }) => name !== metric.name), metric]);
    if (metric.value !== undefined) this.tell({ custom: { [metric.name]: metric.value } });
  }

  /** @param {string} name */
  remove(name) {
    this.changes += 1;
    this.show(this.#metrics().filter((metric) => metric.name !== name));
  }

  /** @param {Figures} figures */
  tell({ custom = {}, stale = {} }) {
    for (const [name, { row }] of this.#shown) {
      const value = custom[name];
      if (value === undefined) continue; // made since these figures
      const age = stale[`custom.${name}`];
      part(row, '.metric-value').textContent = value === null ? '–' : FIGURE.format(value);
      part(row, '.metric-age').textContent = age ? `as of ${Math.round(age)} s ago` : '';
    }
  }

  #metrics() {
    return [...this.#shown.values()].map(({ metric }) => metric);
  }

  /** @param {string} name */
  #newRow(name) {
    const copy = /** @type {DocumentFragment} */ (this.#template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    part(row, '.metric-value').textContent = '–';
    const { onChange, onPause, onRemove } = this.#acts;
    for (const [selector, act] of /** @type {[string, Act][]} */ ([
      ['.metric-change', onChange], ['.metric-pause', onPause], ['.metric-remove', onRemove],
    ])) {
      part(row, selector).addEventListener('click', () => {
        const shown = this.#shown.get(name);
        if (shown) act(shown.metric);
      });
    }
    return row;
  }
}

/**
 * @param {HTMLElement} row
 * @param {Metric} metric
 */
function fill(row, metric) {
  const called = metric.title || metric.name;
  part(row, '.metric-title').textContent = called;
  part(row, '.metric-name').textContent = `custom.${metric.name}`;
  part(row, '.metric-meaning').textContent = metric.meaning;
  part(row, '.metric-unit').textContent = metric.unit;
  part(row, '.metric-paused').hidden = !metric.paused;
  part(row, '.metric-paused span').textContent = metric.paused ? `Paused. ${metric.pausedBecause ?? ''}` : '';
  part(row, '.metric-pause').textContent = metric.paused ? 'Resume' : 'Pause';
  for (const [selector, verb] of [['change', 'Change'], ['pause', metric.paused ? 'Resume' : 'Pause'], ['remove', 'Remove']]) {
    part(row, `.metric-${selector}`).ariaLabel = `${verb} ${called}`;
  }
}

/**
 * @param {HTMLElement} row
 * @param {string} selector
 */
const part = (row, selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
