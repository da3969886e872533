// @ts-check
/**
 * The panel of what the events of the page's range and filter are made of: by type, person, channel or hour. While the
 * range is open it is read again when something has happened, at most every 10 seconds, so that it stays calm.
 */

import { query, resizeList, setText } from '../../ui/dom.js';
import { requestJson } from '../../ui/http.js';
import { moveFocus } from '../../ui/list-focus.js';
import { fullNumber } from '../../ui/number-format.js';
import { changeOnClick, changeText, countQuery, isChosen, partRows } from './breakdown-rows.js';
import { isSameFilter, isSameRange } from './page-state.js';
import { timeRangeOf } from './page-range.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {BreakdownResponse, Dimension, PartRow} from './breakdown-rows.js'
 * @import {PageState} from './page-state.js'
 */

const MIN_INTERVAL = 10_000; // milliseconds between two requests
const NEWS_DELAY = 500; // events often come several at a time
const REFRESH_INTERVAL = 60_000; // what leaves the last hour, leaves its rows
const STALE_AFTER = 150_000;
const MAX_PARTS = 50;
const DAY = 86_400_000;

export class BreakdownPanel {
  #root;
  #tabs;
  #panel;
  #list;
  #template;
  #total;
  #note;
  #asOf;
  #state;
  #clock;
  #environment;
  #url;
  /** @type {Dimension} */
  #by = 'type';
  /** @type {AbortController | null} */
  #request = null;
  /** @type {BreakdownResponse | null} */
  #shown = null;
  #loadedAt = 0;
  #askedAt = 0;
  #hasNews = false;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {string} use.workspace  slug or id
   * @param {PageState} use.state
   * @param {Clock} use.clock
   * @param {Environment} use.environment
   */
  constructor(root, { workspace, state, clock, environment }) {
    this.#root = root;
    this.#tabs = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[role="tab"]')]);
    this.#panel = query(root, '[role="tabpanel"]');
    this.#list = query(root, '.parts');
    this.#template = query(root, 'template', HTMLTemplateElement);
    this.#total = query(root, '.parts-total');
    this.#note = query(root, '.parts-note');
    this.#asOf = query(root, '.parts-as-of');
    this.#state = state;
    this.#clock = clock;
    this.#environment = environment;
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/breakdown`;
    for (const tab of this.#tabs) tab.addEventListener('click', () => this.#choose(tab));
    query(root, '[role="tablist"]').addEventListener('keydown', (event) => this.#walk(event));
    this.#list.addEventListener('click', ({ target }) => this.#press(target));
    this.#panel.addEventListener('keydown', (event) =>
      moveFocus(event, this.#list.querySelectorAll('button:enabled'), this.#panel),
    );
    state.subscribe((view, before) => {
      if (isSameRange(view, before) && isSameFilter(view, before) && view.compare === before.compare) return;
      this.#load();
    });
    environment.events.addEventListener('visibilitychange', () => this.#loadIfOld());
  }

  /**
   * What the server rendered into the page; null if that is of another range.
   * @param {BreakdownResponse | null} rendered
   */
  start(rendered) {
    if (!rendered) return void this.#load();
    this.#askedAt = this.#environment.now();
    this.#show(rendered);
    this.#scheduleRefresh();
  }

  /** Something has happened that may belong to the range. */
  notice() {
    if (this.#hasNews) return;
    this.#hasNews = true;
    if (!this.#root.hasAttribute('aria-busy')) this.#scheduleRefresh();
  }

  get #range() {
    return timeRangeOf(this.#state.view, this.#environment.now(), this.#clock.zone);
  }

  /** @param {HTMLButtonElement} tab */
  #choose(tab) {
    this.#by = /** @type {Dimension} */ (tab.dataset.by);
    for (const one of this.#tabs) {
      one.setAttribute('aria-selected', String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
    }
    this.#panel.setAttribute('aria-labelledby', tab.id);
    this.#shown = null;
    this.#load();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const direction = getComputedStyle(this.#root).direction === 'rtl' ? -step : step;
    const at = this.#tabs.findIndex((tab) => tab.dataset.by === this.#by) + direction;
    const tab = this.#tabs[(at + this.#tabs.length) % this.#tabs.length];
    tab.focus();
    this.#choose(tab);
  }

  /** @param {EventTarget | null} target */
  #press(target) {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.dataset.key) this.#state.change(changeOnClick(this.#by, button.dataset.key, this.#state.view));
  }

  #loadIfOld() {
    const age = this.#environment.now() - this.#askedAt;
    if (this.#hasNews || age > REFRESH_INTERVAL) this.#refresh();
  }

  #scheduleRefresh() {
    this.#environment.clearTimeout(this.#timer);
    const age = this.#environment.now() - this.#askedAt;
    const wait = Math.max(NEWS_DELAY, (this.#hasNews ? MIN_INTERVAL : REFRESH_INTERVAL) - age);
    // Jitter, so that dashboards do not ask at the same time.
    this.#timer = this.#environment.setTimeout(() => this.#refresh(), wait * (0.9 + 0.2 * this.#environment.random()));
  }

  /** A hidden page asks when it is seen again; a range that is over does not change. */
  #refresh() {
    if (this.#environment.isVisible() && this.#range.isOpen) this.#load();
  }

  async #load() {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.#hasNews = false;
    this.#askedAt = this.#environment.now();
    const { view } = this.#state;
    const asked = countQuery(view, this.#range);
    asked.set('by', this.#by);
    asked.set('limit', String(MAX_PARTS));
    if (view.compare !== 'none') asked.set('compare', view.compare);
    this.#root.setAttribute('aria-busy', 'true');
    try {
      const { signal } = request;
      const response = await requestJson(this.#environment, `${this.#url}?${asked}`, { signal });
      if (this.#request === request) this.#show(response);
    } catch (error) {
      if (this.#request === request) this.#showError(/** @type {Error} */ (error));
    }
    if (this.#request !== request) return;
    this.#root.removeAttribute('aria-busy');
    this.#scheduleRefresh();
  }

  /** @param {BreakdownResponse} response */
  #show(response) {
    this.#loadedAt = this.#environment.now();
    this.#shown = response;
    const { data } = response;
    const { view } = this.#state;
    const { since, until } = this.#range;
    const use = { compare: view.compare, clock: this.#clock, isOneDay: until - since <= DAY };
    const rows = partRows(data, this.#by, use);
    resizeList(this.#list, this.#template, rows.length);
    rows.forEach((row, at) => this.#fill(/** @type {HTMLElement} */ (this.#list.children[at]), row));
    const { change, changeWords } = changeText(
      { count: data.total, previous: data.previous?.total, change: data.change },
      view.compare,
    );
    setText(this.#total, [fullNumber(data.total), change].filter(Boolean).join(' '));
    this.#total.title = changeWords;
    setText(this.#note, rows.length ? '' : 'Nothing that fits has happened in this time.');
    setText(this.#asOf, '');
  }

  /**
   * Of a part that has vanished from the page nothing stays; figures that could not be renewed say of when they are.
   * @param {Error} error
   */
  #showError(error) {
    if (!this.#shown || !this.#range.isOpen) {
      resizeList(this.#list, this.#template, 0);
      setText(this.#total, '');
      setText(this.#note, error.message);
    } else if (this.#environment.now() - this.#loadedAt > STALE_AFTER) {
      setText(this.#asOf, `as of ${this.#clock.time(this.#shown.meta.timestamp)}`);
    }
  }

  /**
   * @param {HTMLElement} item
   * @param {PartRow} row
   */
  #fill(item, { key, name, count, share, colour, change, changeWords }) {
    const button = query(item, 'button', HTMLButtonElement);
    button.disabled = key === null;
    button.dataset.key = key ?? '';
    if (colour === null) delete button.dataset.hue;
    else button.dataset.hue = String(colour);
    const chosen = key !== null && isChosen(this.#by, key, this.#state.view);
    button.setAttribute('aria-pressed', String(chosen));
    query(button, 'rect', SVGRectElement).setAttribute('width', `${(100 * share).toFixed(2)}%`);
    setText(query(button, '.part-name'), name);
    button.title = [name, changeWords].filter(Boolean).join(': ');
    setText(query(button, '.part-change'), change);
    setText(query(button, '.part-count'), count);
    setText(query(button, '.part-words'), changeWords && `, ${changeWords}`);
  }
}
