// @ts-check
/** The server's explanation of a metric's value: definition, window, source, and the last events that count. */

import { createElement, query } from '../../ui/dom.js';
import { feedRow } from './feed-row.js';

/**
 * @import {LogEntry} from '../../client/api.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {ExplanationResponse} from './metrics-api.js'
 */

export class MetricExplanation {
  #root;
  #clock;
  #members;

  /**
   * @param {HTMLElement} root
   * @param {Clock} clock
   * @param {Record<string, string>} members  names by user id
   */
  constructor(root, clock, members) {
    this.#root = root;
    this.#clock = clock;
    this.#members = members;
  }

  /** @param {string} text  instead of an explanation */
  showText(text) {
    this.#root.toggleAttribute('data-empty', true);
    query(this.#root, '.explanation-meaning').textContent = text;
    query(this.#root, '.explanation-events').replaceChildren();
  }

  /** @param {ExplanationResponse} response */
  show({ data }) {
    const { window: span, source, stale } = data;
    this.#root.toggleAttribute('data-empty', false);
    const until = this.#clock.time(span.until);
    const age = stale ? `${until}, and ${Math.round(stale)} s old then` : until;
    query(this.#root, '.explanation-meaning').textContent = data.meaning;
    query(this.#root, '.explanation-window').textContent = span.since
      ? `${span.words}: ${this.#clock.day(Date.parse(span.since))} to ${until}`
      : span.words;
    query(this.#root, '.explanation-source').textContent = source.words;
    query(this.#root, '.explanation-age').textContent = age;
    query(this.#root, '.explanation-head').textContent = data.events.length
      ? 'The last events that count'
      : 'No recent event counts towards it';
    query(this.#root, '.explanation-events').replaceChildren(...data.events.map(this.#eventRow, this));
  }

  /** @param {LogEntry} event */
  #eventRow(event) {
    const { time, iso, fullTime, type, colour, who } = feedRow(event, this.#members, this.#clock);
    const row = createElement('li', 'row');
    const when = /** @type {HTMLTimeElement} */ (createElement('time', 'row-time', time));
    when.dateTime = iso;
    when.title = fullTime;
    const chip = createElement('span', 'chip', type);
    chip.dataset.hue = String(colour);
    const kind = createElement('span', 'row-type');
    kind.append(chip);
    row.append(when, kind, createElement('span', 'row-who', who));
    return row;
  }
}
