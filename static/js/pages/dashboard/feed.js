// @ts-check
/** The live feed: the newest events on top, 500 rows at most, drawn once a frame at most. Text goes in as text. */

import { Backlog } from './backlog.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {FeedRow} from './feed-row.js'
 */

export const MOST_ROWS = 500;

export class Feed {
  #scroll;
  #rows;
  #template;
  #describe;
  /** @type {Backlog<AnalyticsEvent>} */
  #backlog = new Backlog(MOST_ROWS);
  /** @type {WeakMap<Element, AnalyticsEvent>} */
  #events = new WeakMap();
  #frame = 0;
  #isUnseen = false;
  #onDrawn;

  /**
   * @param {HTMLElement} root  with `.feed-scroll`, `.rows` and a row's `template`
   * @param {(event: AnalyticsEvent) => FeedRow} describe
   * @param {object} use
   * @param {(event: AnalyticsEvent, row: HTMLElement) => void} use.onOpen  a row was pressed
   * @param {(events: AnalyticsEvent[]) => void} use.onDrawn  these have arrived on the screen, as soon as they could
   */
  constructor(root, describe, { onOpen, onDrawn }) {
    this.#onDrawn = onDrawn;
    this.#scroll = /** @type {HTMLElement} */ (root.querySelector('.feed-scroll'));
    this.#rows = /** @type {HTMLElement} */ (root.querySelector('.rows'));
    this.#template = /** @type {HTMLTemplateElement} */ (root.querySelector('template'));
    this.#describe = describe;
    this.#rows.addEventListener('click', ({ target }) => {
      const row = /** @type {Element} */ (target).closest('.row-button');
      const event = row && this.#events.get(row);
      if (event) onOpen(event, /** @type {HTMLElement} */ (row));
    });
    this.#scroll.addEventListener('keydown', (event) => this.#walk(event));
  }

  /**
   * Begins anew with these.
   * @param {AnalyticsEvent[]} events  oldest first
   */
  restart(events) {
    this.#backlog = new Backlog(MOST_ROWS);
    this.#rows.replaceChildren();
    this.#scroll.scrollTop = 0;
    this.begin(events);
  }

  /**
   * Rows that are not news, from before the page or from a pause: drawn at once and without a stir.
   * @param {AnalyticsEvent[]} events  oldest first
   */
  begin(events) {
    for (const event of events) this.#backlog.add(event);
    this.#draw(false);
  }

  /** @param {AnalyticsEvent} event */
  add(event) {
    if (!this.#backlog.add(event)) return;
    this.#isUnseen ||= document.hidden; // drawn when somebody looks again, which says nothing about the line
    this.#frame ||= requestAnimationFrame(() => this.#draw(true));
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
    if (arriving && !this.#isUnseen) this.#onDrawn(events);
    this.#isUnseen = false;
  }

  /**
   * One stop for the Tab key, and the arrows from there: 500 stops would be a trap.
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const buttons = /** @type {HTMLElement[]} */ ([...this.#rows.querySelectorAll('.row-button')]);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (buttons.length === 0 || at + step >= buttons.length) return;
    event.preventDefault();
    if (at + step < 0) this.#scroll.focus();
    else buttons[at + step].focus();
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
    this.#events.set(part('.row-button'), event);
    return element;
  }
}
