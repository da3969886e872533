// @ts-check
/**
 * The list of the feed: the newest events on top with a line between two days, older ones below as far as one scrolls.
 * Rows that are read, pointed at or focused stay where they are. Many events at once are drawn in batches.
 */

import { cloneTemplate, createElement, query } from '../../ui/dom.js';
import { moveFocus } from '../../ui/list-focus.js';
import { BoundedBuffer } from './bounded-buffer.js';
import { dayText } from './feed-row.js';

/**
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedRow} from './feed-row.js'
 */

/** @typedef {AnalyticsEvent & {seq?: number}} FeedEvent  with its number in the log, where it is known */

export const MAX_ROWS = 500; // beside the older ones that were scrolled to
const MAX_ANIMATED = 5; // events a second; more are drawn in batches, without animation
const SECOND = 1000;
const BATCH_INTERVAL = 500; // milliseconds
const NEAR_END = '0px 0px 200px'; // from here on, older events are fetched

export class Feed {
  #scroll;
  #rows;
  #template;
  #older;
  #describe;
  #clock;
  /** @type {BoundedBuffer<FeedEvent>} */
  #buffer = new BoundedBuffer(MAX_ROWS);
  /** @type {WeakMap<Element, FeedEvent>} */
  #events = new WeakMap();
  #limit = MAX_ROWS;
  #isTrimmed = false;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #drawnAt = 0;
  /** @type {number[]} when the latest events came */
  #arrivals = [];
  #wasHidden = false;
  #isPointedAt = false;
  #isReturning = false; // to the top, in the next frame
  #wasAtTop = false; // before rows were held
  #onDrawn;

  /**
   * @param {HTMLElement} root  with `.feed-scroll`, `.rows`, `.feed-older` and a row's `template`
   * @param {(event: FeedEvent) => FeedRow} describe
   * @param {object} use
   * @param {Clock} use.clock
   * @param {(event: FeedEvent, row: HTMLElement) => void} use.onOpen  a row was clicked
   * @param {(events: FeedEvent[]) => void} use.onDrawn  these are on the screen, without a delay by a hidden page or a batch
   * @param {() => void} use.onEnd  the end of the list came into view
   */
  constructor(root, describe, { clock, onOpen, onDrawn, onEnd }) {
    this.#onDrawn = onDrawn;
    this.#clock = clock;
    this.#older = query(root, '.feed-older', HTMLButtonElement);
    this.#scroll = query(root, '.feed-scroll');
    this.#rows = query(root, '.rows');
    this.#template = query(root, 'template', HTMLTemplateElement);
    this.#describe = describe;
    this.#rows.addEventListener('click', ({ target }) => {
      const row = /** @type {Element} */ (target).closest('.row-button');
      const event = row && this.#events.get(row);
      if (event) onOpen(event, /** @type {HTMLElement} */ (row));
    });
    this.#scroll.addEventListener('keydown', (event) => moveFocus(event, this.#rows.querySelectorAll('button'), this.#scroll));
    this.#bindHolding();
    this.#older.addEventListener('click', onEnd);
    const observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && onEnd(), {
      root: this.#scroll,
      rootMargin: NEAR_END,
    });
    observer.observe(this.#older);
  }

  /** The number of the oldest event that is shown, if rows below it were removed and could be fetched again. */
  get trimmedBelow() {
    if (!this.#isTrimmed) return undefined;
    const buttons = this.#rows.querySelectorAll('.row-button');
    const last = buttons[buttons.length - 1];
    return last && this.#events.get(last)?.seq;
  }

  /**
   * Shows these instead of all others.
   * @param {FeedEvent[]} events  oldest first
   */
  replaceAll(events) {
    this.#buffer = new BoundedBuffer(MAX_ROWS);
    this.#limit = MAX_ROWS;
    this.#isTrimmed = false;
    this.#rows.replaceChildren();
    this.#scroll.scrollTop = 0;
    this.addOld(events);
  }

  /**
   * Adds events from before the page or from a pause: drawn at once and without animation.
   * @param {FeedEvent[]} events  oldest first
   */
  addOld(events) {
    for (const event of events) this.#buffer.add(event);
    this.#draw(false);
  }

  /**
   * Adds older events below all others.
   * @param {FeedEvent[]} events  newest first
   */
  addOlder(events) {
    this.#rows.append(...events.map((event) => this.#newRow(event, false)));
    this.#limit = Math.max(this.#limit, this.#rows.childElementCount + events.length);
    this.#isTrimmed = false;
    this.#divideDays();
  }

  /**
   * What the end of the list says: a button for older events, or that there are none.
   * @param {string} text  empty: nothing
   * @param {boolean} isButton
   */
  showEnd(text, isButton) {
    this.#older.textContent = text;
    this.#older.hidden = text === '';
    this.#older.setAttribute('aria-disabled', String(!isButton)); // a disabled one would lose the focus
  }

  /** @param {FeedEvent} event */
  add(event) {
    if (!this.#buffer.add(event)) return;
    this.#wasHidden ||= document.hidden; // drawn when the page is visible again, which is no measure of the latency
    const now = performance.now();
    this.#arrivals.push(now);
    while (this.#arrivals[0] < now - SECOND) this.#arrivals.shift();
    if (!this.#isBusy || now - this.#drawnAt >= BATCH_INTERVAL) {
      this.#frame ||= requestAnimationFrame(() => this.#draw(true));
    } else {
      this.#timer ??= setTimeout(() => this.#draw(false), 2 * BATCH_INTERVAL); // in case that nothing follows
    }
  }

  get #isBusy() {
    return this.#arrivals.length > MAX_ANIMATED;
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
    clearTimeout(this.#timer);
    [this.#frame, this.#timer, this.#drawnAt] = [0, undefined, performance.now()];
    const events = this.#buffer.drain().reverse();
    const isAnimated = isNew && !this.#isBusy;
    if (events.length > 0) this.#prepend(events.map((event) => this.#newRow(event, isAnimated)));
    // Of a batch the newest has just come; the others have waited for it.
    if (isNew && !this.#wasHidden) this.#onDrawn(isAnimated ? events : events.slice(0, 1));
    this.#wasHidden = false;
  }

  /** @param {HTMLElement[]} rows  newest first */
  #prepend(rows) {
    const { scrollTop, scrollHeight } = this.#scroll;
    const isAtTop = scrollTop === 0 || this.#isReturning;
    this.#rows.prepend(...rows);
    this.#divideDays();
    // The rows in view stay where they are. From the top the list then scrolls to the new ones: what scrolling moves
    // is no layout shift.
    this.#scroll.scrollTop = scrollTop + this.#scroll.scrollHeight - scrollHeight;
    if (isAtTop && this.#isHeld) this.#wasAtTop = true;
    else if (isAtTop) this.#returnToTop();
    this.#trim();
  }

  #returnToTop() {
    this.#limit = MAX_ROWS;
    if (this.#isReturning) return;
    this.#isReturning = true;
    requestAnimationFrame(() => {
      this.#isReturning = false;
      this.#scroll.scrollTop = 0;
    });
  }

  #trim() {
    while (this.#rows.childElementCount > this.#limit) {
      this.#rows.lastElementChild?.remove();
      this.#isTrimmed = true;
    }
  }

  /** Whether a row is pointed at or has the focus: it must not be another one when it is pressed. */
  get #isHeld() {
    return this.#isPointedAt || this.#rows.contains(document.activeElement);
  }

  #bindHolding() {
    this.#rows.addEventListener('pointerenter', ({ pointerType }) => (this.#isPointedAt = pointerType === 'mouse'));
    const release = () => {
      if (!this.#wasAtTop || this.#isHeld) return;
      this.#wasAtTop = false;
      this.#returnToTop();
    };
    this.#rows.addEventListener('pointerleave', () => {
      this.#isPointedAt = false;
      release();
    });
    this.#rows.addEventListener('focusout', () => setTimeout(release)); // once the focus has arrived elsewhere
    // After scrolling by hand the list stays there.
    this.#scroll.addEventListener('wheel', () => (this.#wasAtTop = false), { passive: true });
  }

  /** A line above the rows of each day, but for today's at the top. */
  #divideDays() {
    const now = Date.now();
    let date = this.#clock.date(now);
    /** @type {HTMLElement | null} the line above the row that is looked at */
    let line = null;
    for (const row of /** @type {HTMLElement[]} */ ([...this.#rows.children])) {
      if (row.classList.contains('row-day')) {
        line?.remove();
        line = row;
      } else if (row.dataset.date) {
        if (row.dataset.date === date) line?.remove();
        else {
          const { dataset } = row;
          const text = dayText({ date: row.dataset.date, weekday: dataset.weekday ?? '' }, this.#clock, now);
          if (line) line.textContent = text;
          else row.before(createElement('li', 'row-day', text));
        }
        [date, line] = [row.dataset.date, null];
      }
    }
    line?.remove();
  }

  /**
   * @param {FeedEvent} event
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
    const where = query(element, '.row-where');
    where.textContent = row.where;
    where.title = row.where;
    Object.assign(element.dataset, { date: row.date, weekday: row.weekday });
    element.classList.toggle('row-new', isNew);
    this.#events.set(query(element, '.row-button'), event);
    return element;
  }
}
