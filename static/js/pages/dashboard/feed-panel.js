// @ts-check
/** The panel of the feed: connects list, controls, the page's range and filter, and event log. */

import { query } from '../../ui/dom.js';
import { fullNumber } from '../../ui/number-format.js';
import { EventDialog } from './event-dialog.js';
import { FeedControls } from './feed-controls.js';
import { filterOf, isEmptyFilter } from './feed-filter.js';
import { asFeedEvent, FeedGate } from './feed-gate.js';
import { FeedSource } from './feed-source.js';
import { Feed, MAX_ROWS } from './feed.js';
import { timeRangeOf, viewText } from './page-range.js';
import { isSameFilter, isSameRange } from './page-state.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedFilter} from './feed-filter.js'
 * @import {FeedEvent} from './feed.js'
 * @import {FeedRow} from './feed-row.js'
 * @import {PageRange} from './page-range.js'
 * @import {PageState} from './page-state.js'
 */

export class FeedPanel {
  #feed;
  #gate;
  #controls;
  #state;
  #clock;
  #root;
  #source;
  #errorLine;
  #dialog;
  #countEvents;
  /** @type {number | null} where the next older page begins; null at the end of the log */
  #before = null;
  #isLoading = false;
  #version = 0; // of the filter
  /** @type {FeedEvent | null} the one that was clicked last */
  #clicked = null;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {string} use.workspace
   * @param {PageState} use.state
   * @param {HTMLDialogElement} use.dialog  for one event
   * @param {(event: FeedEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   * @param {(events: FeedEvent[]) => void} use.onDrawn
   * @param {(filter: FeedFilter, range: PageRange) => Promise<number>} use.countEvents
   * @param {Environment} use.environment
   */
  constructor(root, { workspace, state, dialog, describe, clock, onDrawn, countEvents, environment }) {
    this.#state = state;
    this.#clock = clock;
    const source = new FeedSource(workspace, environment);
    this.#root = root;
    this.#source = source;
    this.#dialog = new EventDialog(dialog, { source, describe, clock, onClose: () => state.close('event') });
    this.#countEvents = countEvents;
    const errorLine = query(root, '.feed-trouble');
    this.#errorLine = errorLine;
    this.#feed = new Feed(root, describe, {
      clock,
      onOpen: (event) => this.#open(event),
      onDrawn,
      onEnd: () => this.#loadOlder(),
    });
    this.#gate = new FeedGate(
      source,
      {
        pass: (event) => this.#feed.add(event),
        release: (events) => this.#feed.addOld(events),
        restart: (events, before) => {
          root.toggleAttribute('data-filtered', !isEmptyFilter(this.#filter()));
          this.#feed.replaceAll(events);
          this.#showOlder(before);
        },
        onWaiting: (count) => this.#controls.showWaiting(count),
        onError: (message) => (errorLine.textContent = message),
      },
      { limit: MAX_ROWS, filter: this.#filter() },
    );
    this.#controls = new FeedControls(root, {
      onPause: () => this.#gate.pause(),
      onPlay: () => this.#gate.play(),
    });
    state.subscribe((view, before) => {
      if (!isSameFilter(view, before) || !isSameRange(view, before) || view.q !== before.q) this.#applyFilter();
      if (view.event !== before.event) this.#showEvent();
    });
  }

  /** @param {FeedEvent[]} events  those of the page's data, oldest first */
  start(events) {
    this.#bindSearch();
    this.#showTitle();
    if (isEmptyFilter(this.#filter())) {
      this.#feed.replaceAll(events); // of the server's rows, which cannot be opened
      const oldest = events[0]?.seq ?? 1;
      this.#showOlder(oldest > 1 ? oldest : null);
    } else this.#applyFilter();
    if (this.#state.view.event) this.#showEvent();
  }

  /** @param {FeedEvent} event */
  add(event) {
    this.#gate.receive(event);
  }

  /** @param {string} text */
  addGap(text) {
    this.#feed.addGap(text);
  }

  togglePause() {
    this.#controls.toggle();
  }

  /** @param {FeedEvent} event */
  #open(event) {
    this.#clicked = event;
    this.#state.change({ event: event.eventId });
  }

  #showEvent() {
    const { event } = this.#state.view;
    if (event) this.#dialog.open(event, this.#clicked?.eventId === event ? this.#clicked : null);
    else this.#dialog.close();
  }

  #bindSearch() {
    const form = query(this.#root, '.feed-search', HTMLFormElement);
    const input = query(form, 'input', HTMLInputElement);
    const show = () => (input.value = this.#state.view.q);
    const search = () => this.#state.change({ q: input.value.trim() });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      search();
    });
    input.addEventListener('change', search);
    this.#state.subscribe(show);
    show();
  }

  /** @param {number | null} before */
  #showOlder(before) {
    this.#version += 1;
    this.#isLoading = false;
    this.#setOlder(before);
  }

  /** @param {number | null} before */
  #setOlder(before) {
    this.#before = before;
    this.#feed.showEnd(before === null ? '' : 'Older events', true);
  }

  async #loadOlder() {
    const before = this.#feed.trimmedBelow ?? this.#before;
    if (this.#isLoading || before === null) return;
    const version = this.#version;
    this.#isLoading = true;
    this.#feed.showEnd('Loading older events …', false);
    try {
      const page = await this.#source.page(this.#filter(), before);
      if (version !== this.#version) return; // another filter meanwhile
      this.#feed.addOlder(page.events.map(asFeedEvent));
      this.#setOlder(page.before);
    } catch (error) {
      if (version !== this.#version) return;
      this.#errorLine.textContent = /** @type {Error} */ (error).message;
      this.#setOlder(before);
    }
    this.#isLoading = false;
  }

  #applyFilter() {
    this.#version += 1;
    this.#showTitle();
    this.#gate.setFilter(this.#filter());
  }

  #showTitle() {
    const { view } = this.#state;
    for (const format of /** @type {const} */ (['csv', 'ndjson'])) {
      query(this.#root, `.feed-${format}`, HTMLAnchorElement).href = this.#source.exportUrl(this.#filter(), format);
    }
    const isLive = view.range === 'live';
    const name = isLive ? 'Live feed' : `Events · ${viewText(view, Date.now(), this.#clock.zone)}`;
    this.#controls.showTitle(name, this.#range().isOpen);
    this.#showCount();
  }

  /** How many events there were in a range that is over. */
  async #showCount() {
    const { view } = this.#state;
    const range = this.#range();
    this.#controls.showCount('');
    if (range.isOpen) return;
    const count = await this.#countEvents(this.#filter(), range).catch(() => null); // too many to count by person
    if (count !== null && view === this.#state.view) this.#controls.showCount(`· ${fullNumber(count)}`);
  }

  #range() {
    return timeRangeOf(this.#state.view, Date.now(), this.#clock.zone);
  }

  #filter() {
    return filterOf(this.#state.view, this.#range());
  }
}
