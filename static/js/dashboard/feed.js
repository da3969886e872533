// @ts-check
/** The live feed: the newest events on top, 500 rows at most, drawn once a frame at most. Text goes in as text. */

import { Backlog } from './backlog.js';

export const MOST_ROWS = 500;

/**
 * @typedef {import('../options.js').AnalyticsEvent} AnalyticsEvent
 * @typedef {import('./feed-row.js').FeedRow} FeedRow
 */

export class Feed {
  #scroll;
  #rows;
  #template;
  #describe;
  /** @type {Backlog<AnalyticsEvent>} */
  #backlog = new Backlog(MOST_ROWS);
  #frame = 0;

  /**
   * @param {HTMLElement} root  with `.feed-scroll`, `.rows` and a row's `template`
   * @param {(event: AnalyticsEvent) => FeedRow} describe
   */
  constructor(root, describe) {
    this.#scroll = /** @type {HTMLElement} */ (root.querySelector('.feed-scroll'));
    this.#rows = /** @type {HTMLElement} */ (root.querySelector('.rows'));
    this.#template = /** @type {HTMLTemplateElement} */ (root.querySelector('template'));
    this.#describe = describe;
  }

  /**
   * Rows that were there before the page was: drawn at once and without a stir.
   * @param {AnalyticsEvent[]} events  oldest first
   */
  begin(events) {
    for (const event of events) this.#backlog.add(event);
    this.#draw(false);
  }

  /** @param {AnalyticsEvent} event */
  add(event) {
    if (this.#backlog.add(event)) this.#frame ||= requestAnimationFrame(() => this.#draw(true));
  }

  /**
   * Says in the list itself that something is missing there.
   * @param {string} words
   */
  addGap(words) {
    this.#draw(false);
    const row = document.createElement('li');
    row.className = 'row row-gap';
    row.textContent = words;
    this.#prepend([row]);
  }

  /** @param {boolean} arriving */
  #draw(arriving) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const events = this.#backlog.take();
    if (events.length > 0) this.#prepend(events.reverse().map((event) => this.#row(event, arriving)));
  }

  /** @param {HTMLElement[]} rows  newest first */
  #prepend(rows) {
    const { scrollTop, scrollHeight } = this.#scroll;
    this.#rows.prepend(...rows);
    // Whoever has scrolled down is reading: what they read stays where it is.
    if (scrollTop > 0) this.#scroll.scrollTop = scrollTop + this.#scroll.scrollHeight - scrollHeight;
    while (this.#rows.childElementCount > MOST_ROWS) this.#rows.lastElementChild?.remove();
  }

  /**
   * @param {AnalyticsEvent} event
   * @param {boolean} arriving
   */
  #row(event, arriving) {
    const row = this.#describe(event);
    const element = /** @type {HTMLElement} */ (this.#template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ name) => /** @type {any} */ (element.querySelector(name));
    const [time, chip, who] = [part('.row-time'), part('.chip'), part('.row-who')];
    time.textContent = row.time;
    time.dateTime = row.iso;
    time.title = row.fullTime;
    chip.textContent = chip.title = row.type;
    chip.dataset.hue = row.hue;
    who.textContent = who.title = row.who;
    who.toggleAttribute('data-unknown', !row.isNamed);
    element.classList.toggle('row-new', arriving);
    return element;
  }
}
