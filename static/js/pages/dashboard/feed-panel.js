// @ts-check
/** The panel of the feed: connects list, controls, the page's range and filter, and event log. */

import { query } from '../../ui/dom.js';
import { fullNumber } from '../../ui/number-format.js';
import { EventDialog } from './event-dialog.js';
import { FeedControls } from './feed-controls.js';
import { filterOf, isEmptyFilter } from './feed-filter.js';
import { FeedGate } from './feed-gate.js';
import { FeedSource } from './feed-source.js';
import { Feed, MAX_ROWS } from './feed.js';
import { timeRangeOf, viewText } from './page-range.js';
import { isSameFilter, isSameRange } from './page-state.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedFilter} from './feed-filter.js'
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
  #dialog;
  #countEvents;
  /** @type {AnalyticsEvent | null} the one that was clicked last */
  #clicked = null;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {string} use.workspace
   * @param {PageState} use.state
   * @param {HTMLDialogElement} use.dialog  for one event
   * @param {(event: AnalyticsEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   * @param {(events: AnalyticsEvent[]) => void} use.onDrawn
   * @param {(filter: FeedFilter, range: PageRange) => Promise<number>} use.countEvents
   * @param {Environment} use.environment
   */
  constructor(root, { workspace, state, dialog, describe, clock, onDrawn, countEvents, environment }) {
    this.#state = state;
    this.#clock = clock;
    const source = new FeedSource(workspace, environment);
    this.#dialog = new EventDialog(dialog, { source, describe, clock, onClose: () => state.close('event') });
    this.#countEvents = countEvents;
    const errorLine = query(root, '.feed-trouble');
    this.#feed = new Feed(root, describe, { onOpen: (event) => this.#open(event), onDrawn });
    this.#gate = new FeedGate(
      source,
      {
        pass: (event) => this.#feed.add(event),
        release: (events) => this.#feed.addOld(events),
        restart: (events) => {
          root.toggleAttribute('data-filtered', !isEmptyFilter(this.#filter()));
          this.#feed.replaceAll(events);
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
      if (!isSameFilter(view, before) || !isSameRange(view, before)) this.#applyFilter();
      if (view.event !== before.event) this.#showEvent();
    });
  }

  /** @param {AnalyticsEvent[]} events  those of the page's data, oldest first */
  start(events) {
    this.#showTitle();
    if (isEmptyFilter(this.#filter())) this.#feed.replaceAll(events); // of the server's rows, which cannot be opened
    else this.#applyFilter();
    if (this.#state.view.event) this.#showEvent();
  }

  /** @param {AnalyticsEvent} event */
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

  /** @param {AnalyticsEvent} event */
  #open(event) {
    this.#clicked = event;
    this.#state.change({ event: event.eventId });
  }

  #showEvent() {
    const { event } = this.#state.view;
    if (event) this.#dialog.open(event, this.#clicked?.eventId === event ? this.#clicked : null);
    else this.#dialog.close();
  }

  #applyFilter() {
    this.#showTitle();
    this.#gate.setFilter(this.#filter());
  }

  #showTitle() {
    const { view } = this.#state;
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
