// @ts-check
/** The panel of the live feed: connects list, controls, filter in the address, and event log. */

import { query } from '../../ui/dom.js';
import { EventDialog } from './event-dialog.js';
import { FeedControls } from './feed-controls.js';
import { isEmptyFilter, readFilter, withFilter } from './feed-filter.js';
import { FeedGate } from './feed-gate.js';
import { FeedSource } from './feed-source.js';
import { Feed, MAX_ROWS } from './feed.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {AnalyticsEvent} from '../../client/options.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {FeedRow} from './feed-row.js'
 */

export class FeedPanel {
  #feed;
  #gate;
  #controls;

  /**
   * @param {HTMLElement} root
   * @param {object} use
   * @param {string} use.workspace
   * @param {HTMLDialogElement} use.dialog  for one event
   * @param {(event: AnalyticsEvent) => FeedRow} use.describe
   * @param {Clock} use.clock
   * @param {(events: AnalyticsEvent[]) => void} use.onDrawn
   * @param {Environment} use.environment
   */
  constructor(root, { workspace, dialog, describe, clock, onDrawn, environment }) {
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
          root.toggleAttribute('data-filtered', !isEmptyFilter(this.#controls.filter));
          this.#feed.replaceAll(events);
        },
        onWaiting: (count) => this.#controls.showWaiting(count),
        onError: (message) => (errorLine.textContent = message),
      },
      { limit: MAX_ROWS, filter: readFilter(new URLSearchParams()), setTimeout: environment.setTimeout },
    );
    this.#controls = new FeedControls(root, {
      onPause: () => this.#gate.pause(),
      onPlay: () => this.#gate.play(),
      onChoose: (filter) => {
        const parameters = withFilter(new URLSearchParams(location.search), filter).toString();
        const search = parameters && `?${parameters}`;
        history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`);
        this.#gate.setFilter(filter);
      },
      channels: () => source.channels(),
    });
    addEventListener('popstate', () => this.#applyAddress());
  }

  /**
   * @param {AnalyticsEvent[]} events  those of the page's data, oldest first
   * @param {Iterable<string>} types  that can be chosen
   */
  start(events, types) {
    this.#controls.addTypes(types);
    if (isEmptyFilter(readFilter(new URLSearchParams(location.search)))) this.#feed.addOld(events);
    else this.#applyAddress();
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

  #applyAddress() {
    const filter = readFilter(new URLSearchParams(location.search));
    const shown = this.#controls.filter;
    if (filter.type === shown.type && filter.user === shown.user && filter.channel === shown.channel) return;
    this.#controls.show(filter);
    this.#gate.setFilter(filter);
  }
}
