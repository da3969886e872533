// @ts-check
/** The list of the live feed: the newest events on top, 500 rows at most, drawn once a frame at most. */

import { cloneTemplate, createElement, query } from '../../ui/dom.js';
import { BoundedBuffer } from './bounded-buffer.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {FeedRow} from './feed-row.js'
 */

export const MAX_ROWS = 500;

export class Feed {
  #scroll;
  #rows;
  #template;
  #describe;
  /** @type {BoundedBuffer<AnalyticsEvent>} */
  #buffer = new BoundedBuffer(MAX_ROWS);
  /** @type {WeakMap<Element, AnalyticsEvent>} */
  #events = new WeakMap();
  #frame = 0;
  #wasHidden = false;
  #onDrawn;

  /**
   * @param {HTMLElement} root  with `.feed-scroll`, `.rows` and a row's `template`
   * @param {(event: AnalyticsEvent) => FeedRow} describe
   * @param {object} use
   * @param {(event: AnalyticsEvent, row: HTMLElement) => void} use.onOpen  a row was clicked
   * @param {(events: AnalyticsEvent[]) => void} use.onDrawn  these are on the screen, without a delay by a hidden page
   */
  constructor(root, describe, { onOpen, onDrawn }) {
    this.#onDrawn = onDrawn;
    this.#scroll = query(root, '.feed-scroll');
    this.#rows = query(root, '.rows');
    this.#template = query(root, 'template', HTMLTemplateElement);
    this.#describe = describe;
    this.#rows.addEventListener('click', ({ target }) => {
      const row = /** @type {Element} */ (target).closest('.row-button');
      const event = row && this.#events.get(row);
      if (event) onOpen(event, /** @type {HTMLElement} */ (row));
    });
    this.#scroll.addEventListener('keydown', (event) => this.#moveFocus(event));
  }

  /**
   * Shows these instead of all others.
   * @param {AnalyticsEvent[]} events  oldest first
   */
  replaceAll(events) {
    this.#buffer = new BoundedBuffer(MAX_ROWS);
    this.#rows.replaceChildren();
    this.#scroll.scrollTop = 0;
    this.addOld(events);
  }

  /**
   * Adds events from before the page or from a pause: drawn at once and without animation.
   * @param {AnalyticsEvent[]} events  oldest first
   */
  addOld(events) {
    for (const event of events) this.#buffer.add(event);
    this.#draw(false);
  }

  /** @param {AnalyticsEvent} event */
  add(event) {
    if (!this.#buffer.add(event)) return;
    this.#wasHidden ||= document.hidden; // drawn when the page is visible again, which is no measure of the latency
    this.#frame ||= requestAnimationFrame(() => this.#draw(true));
  }

  /**
   * A row that says that events are missing at this place.
   * @param {string} text
   */
  addGap(text) {
    this.#draw(false);
    this.#prepend([createElement('li', 'row row-gap', text)]);
  }

  /** @param {boolean} isNew */
  #draw(isNew) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const events = this.#buffer.drain();
    if (events.length > 0) this.#prepend(events.reverse().map((event) => this.#newRow(event, isNew)));
    if (isNew && !this.#wasHidden) this.#onDrawn(events);
    this.#wasHidden = false;
  }

  /**
   * Arrow keys move between the rows, which are one tab stop together: 500 would trap the keyboard.
   * @param {KeyboardEvent} event
   */
  #moveFocus(event) {
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
    // If the list is scrolled, the rows in view stay in place.
    if (scrollTop > 0) this.#scroll.scrollTop = scrollTop + this.#scroll.scrollHeight - scrollHeight;
    while (this.#rows.childElementCount > MAX_ROWS) this.#rows.lastElementChild?.remove();
  }

  /**
   * @param {AnalyticsEvent} event
   * @param {boolean} isNew
   */
  #newRow(event, isNew) {
    const row = this.#describe(event);
    const element = cloneTemplate(this.#template);
    const time = query(element, '.row-time', HTMLTimeElement);
    const [chip, who] = [query(element, '.chip'), query(element, '.row-who')];
    time.textContent = row.time;
    time.dateTime = row.iso;
    time.title = row.fullTime;
    chip.textContent = row.type;
    chip.title = row.type;
    chip.dataset.hue = String(row.colour);
    who.textContent = row.who;
    who.title = row.who;
    who.toggleAttribute('data-unknown', !row.isNamed);
    element.classList.toggle('row-new', isNew);
    this.#events.set(query(element, '.row-button'), event);
    return element;
  }
}
