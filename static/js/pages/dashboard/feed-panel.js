// @ts-check
/** The panel of the live feed: connects list, controls, the page's filter, and event log. */

import { query } from '../../ui/dom.js';
import { EventDialog } from './event-dialog.js';
import { FeedControls } from './feed-controls.js';
import { filterOf, isEmptyFilter } from './feed-filter.js';
import { FeedGate } from './feed-gate.js';
import { FeedSource } from './feed-source.js';
import { Feed, MAX_ROWS } from './feed.js';
import { timeRangeOf } from './page-range.js';
import { isSameFilter, isSameRange } from './page-state.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedRow} from './feed-row.js'
 * @import {PageState} from './page-state.js'
 */

export class FeedPanel {
  #feed;
  #gate;
  #controls;
  #state;
  #clock;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {string} use.workspace
   * @param {PageState} use.state
   * @param {HTMLDialogElement} use.dialog  for one event
   * @param {(event: AnalyticsEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   * @param {(events: AnalyticsEvent[]) => void} use.onDrawn
   * @param {Environment} use.environment
   */
  constructor(root, { workspace, state, dialog, describe, clock, onDrawn, environment }) {
    this.#state = state;
    this.#clock = clock;
    const source = new FeedSource(workspace, environment);
    const details = new EventDialog(dialog, { source, describe, clock });
    const errorLine = query(root, '.feed-trouble');
    this.#feed = new Feed(root, describe, { onOpen: (event) => details.open(event), onDrawn });
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
      { limit: MAX_ROWS, filter: this.#filter(), setTimeout: environment.setTimeout },
    );
    this.#controls = new FeedControls(root, {
      onPause: () => this.#gate.pause(),
      onPlay: () => this.#gate.play(),
      onChoose: (filter) => state.change(filter),
      channels: () => source.channels(),
    });
    state.subscribe((view, before) => (isSameFilter(view, before) && isSameRange(view, before)) || this.#applyFilter());
  }

  /**
   * @param {AnalyticsEvent[]} events  those of the page's data, oldest first
   * @param {Iterable<string>} types  that can be chosen
   */
  start(events, types) {
    this.#controls.addTypes(types);
    if (isEmptyFilter(this.#filter())) this.#feed.addOld(events);
    else this.#applyFilter();
  }

  /** @param {AnalyticsEvent} event */
  add(event) {
    this.#gate.receive(event);
  }

  /** @param {Iterable<string>} types */
  addTypes(types) {
    this.#controls.addTypes(types);
  }

  /** @param {string} text */
  addGap(text) {
    this.#feed.addGap(text);
  }

  togglePause() {
    this.#controls.toggle();
  }

  focusFilter() {
    this.#controls.focusFilter();
  }

  #applyFilter() {
    this.#controls.show(this.#state.view);
    this.#gate.setFilter(this.#filter());
  }

  #filter() {
    const { view } = this.#state;
    return filterOf(view, timeRangeOf(view, Date.now(), this.#clock.zone));
  }
}
