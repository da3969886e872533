// @ts-check
/** The panel of the live feed: brings the list, its controls, the filter in the address and the log together. */

import { EventDialog } from './event-dialog.js';
import { FeedControls } from './feed-controls.js';
import { filterIn, isOpenFilter, withFilter } from './feed-filter.js';
import { FeedGate } from './feed-gate.js';
import { FeedSource } from './feed-source.js';
import { Feed, MOST_ROWS } from './feed.js';

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
    const whole = new EventDialog(dialog, { source, describe, clock });
    const trouble = /** @type {HTMLElement} */ (root.querySelector('.feed-trouble'));
    this.#feed = new Feed(root, describe, { onOpen: (event) => whole.open(event), onDrawn });
    this.#gate = new FeedGate(
      source,
      {
        pass: (event) => this.#feed.add(event),
        release: (events) => this.#feed.begin(events),
        restart: (events) => {
          root.toggleAttribute('data-filtered', !isOpenFilter(this.#controls.filter));
          this.#feed.restart(events);
        },
        onWaiting: (count) => this.#controls.showWaiting(count),
        onTrouble: (message) => (trouble.textContent = message),
      },
      { limit: MOST_ROWS, filter: filterIn(new URLSearchParams()), setTimeout: environment.setTimeout },
    );
    this.#controls = new FeedControls(root, {
      onPause: () => this.#gate.pause(),
      onPlay: () => this.#gate.play(),
      onChoose: (filter) => {
        const query = withFilter(new URLSearchParams(location.search), filter).toString();
        history.replaceState(history.state, '', `${location.pathname}${query && `?${query}`}${location.hash}`);
        this.#gate.choose(filter);
      },
      channels: () => channelsOf(workspace, environment),
    });
    addEventListener('popstate', () => this.#followAddress());
  }

  /**
   * @param {AnalyticsEvent[]} events  those that the page came with, oldest first
   * @param {Iterable<string>} types  that can be chosen
   */
  begin(events, types) {
    this.#controls.offerTypes(types);
    if (isOpenFilter(filterIn(new URLSearchParams(location.search)))) this.#feed.begin(events);
    else this.#followAddress();
  }

  /** @param {AnalyticsEvent} event */
  add(event) {
    this.#gate.take(event);
  }

  /** @param {Iterable<string>} types */
  offerTypes(types) {
    this.#controls.offerTypes(types);
  }

  /** @param {string} words */
  addGap(words) {
    this.#feed.addGap(words);
  }

  togglePause() {
    this.#controls.toggle();
  }

  focusFilter() {
    this.#controls.focusFilter();
  }

  #followAddress() {
    const filter = filterIn(new URLSearchParams(location.search));
    const shown = this.#controls.filter;
    if (filter.type === shown.type && filter.user === shown.user && filter.channel === shown.channel) return;
    this.#controls.show(filter);
    this.#gate.choose(filter);
  }
}

/**
 * Today's liveliest channels, to choose from; any other can be typed.
 * @param {string} workspace
 * @param {Environment} environment
 * @returns {Promise<string[]>}
 */
async function channelsOf(workspace, { fetch }) {
  const url = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/breakdown?by=channel&limit=50`;
  const response = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!response.ok) return [];
  const { data } = await response.json();
  return data.top.map((/** @type {{key: string}} */ { key }) => key);
}
