// @ts-check
/** Who is here now, and where and by whom most has happened: asked for again and again while the page is seen. */

import { askJson } from '../../ui/json-api.js';
import { exact } from '../../ui/figure.js';
import { hereWords, livelyRows } from './presence-words.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {PresenceData, Row} from './presence-words.js'
 */

const EVERY = 30_000; // milliseconds
const OLD = 3 * EVERY;

export class Presence {
  #lists;
  #template;
  #asOf;
  #here;
  #words;
  #clock;
  #environment;
  #url;
  #shownAt = 0;
  #timestamp = '';
  /** @type {any} */
  #timer;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} here  the line of names
   * @param {object} use
   * @param {string} use.workspace  slug or id
   * @param {Clock} use.clock
   * @param {Environment} use.environment
   */
  constructor(root, here, { workspace, clock, environment }) {
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#lists = /** @type {const} */ (['channels', 'people']).map((of) => ({ of, list: part(`[data-of="${of}"]`) }));
    this.#template = /** @type {HTMLTemplateElement} */ (part('template'));
    this.#asOf = part('.lively-as-of');
    this.#here = here;
    this.#words = /** @type {HTMLElement} */ (here.querySelector('.here-words'));
    this.#clock = clock;
    this.#environment = environment;
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/presence`;
    environment.events.addEventListener('visibilitychange', () => this.#askIfOld());
  }

  /** @param {{data: PresenceData, meta: {timestamp: string}}} answer */
  show({ data, meta }) {
    this.#shownAt = this.#environment.now();
    this.#timestamp = meta.timestamp;
    this.#words.textContent = this.#words.title = hereWords(data);
    this.#here.toggleAttribute('data-anybody', data.onlineUsers > 0);
    for (const { of, list } of this.#lists) this.#fill(list, livelyRows(data, of));
    this.#asOf.textContent = '';
    this.#askLater();
  }

  #askLater() {
    this.#environment.clearTimeout(this.#timer);
    // Not all dashboards at the same time.
    const wait = EVERY * (0.8 + 0.4 * this.#environment.random());
    this.#timer = this.#environment.setTimeout(() => this.#ask(), wait);
  }

  #askIfOld() {
    if (this.#environment.isVisible() && this.#environment.now() - this.#shownAt > EVERY) this.#ask();
  }

  async #ask() {
    this.#askLater();
    if (!this.#environment.isVisible()) return;
    try {
      this.show(await askJson(this.#environment, this.#url));
    } catch {
      // The badge tells what is wrong with the connection; here it counts only how old this is.
      if (this.#environment.now() - this.#shownAt > OLD) {
        this.#asOf.textContent = `as of ${this.#clock.time(this.#timestamp)}`;
      }
    }
  }

  /**
   * @param {HTMLElement} list
   * @param {Row[]} rows
   */
  #fill(list, rows) {
    while (list.childElementCount > rows.length) list.lastElementChild?.remove();
    while (list.childElementCount < rows.length) list.append(this.#template.content.cloneNode(true));
    rows.forEach(({ name, count }, at) => {
      const row = /** @type {HTMLElement} */ (list.children[at]);
      const [words, value] = /** @type {any} */ (row.children);
      row.classList.toggle('is-words', count === null);
      words.textContent = words.title = name;
      value.textContent = count === null ? '' : exact(count);
    });
  }
}
