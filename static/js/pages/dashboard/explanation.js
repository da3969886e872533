// @ts-check
/** Why a figure is what it is, told by the server: definition, window, source, and the last events that count. */

import { feedRow } from './feed-row.js';

/** @import {Clock} from '../../ui/clock.js' */

export class Explanation {
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

  /** @param {string} words  instead of an explanation */
  say(words) {
    this.#root.toggleAttribute('data-empty', true);
    this.#part('.explanation-meaning').textContent = words;
    this.#part('.explanation-events').replaceChildren();
  }

  /** @param {any} answer  of GET …/analytics/explain */
  show({ data }) {
    const { window: span, source, stale } = data;
    this.#root.toggleAttribute('data-empty', false);
    const until = this.#clock.time(span.until);
    const age = stale ? `${until}, and ${Math.round(stale)} s old then` : until;
    this.#part('.explanation-meaning').textContent = data.meaning;
    this.#part('.explanation-window').textContent = span.since
      ? `${span.words}: ${this.#clock.day(Date.parse(span.since))} to ${until}`
      : span.words;
    this.#part('.explanation-source').textContent = source.words;
    this.#part('.explanation-age').textContent = age;
    this.#part('.explanation-head').textContent = data.events.length
      ? 'The last events that count'
      : 'No recent event counts towards it';
    this.#part('.explanation-events').replaceChildren(...data.events.map(this.#event, this));
  }

  /** @param {any} event */
  #event(event) {
    const { time, iso, fullTime, type, hue, who } = feedRow(event, this.#members, this.#clock);
    const row = part('li', 'row', '');
    const when = /** @type {HTMLTimeElement} */ (part('time', 'row-time', time));
    when.dateTime = iso;
    when.title = fullTime;
    const chip = part('span', 'chip', type);
    chip.dataset.hue = String(hue);
    const kind = part('span', 'row-type', '');
    kind.append(chip);
    row.append(when, kind, part('span', 'row-who', who));
    return row;
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}

/**
 * @param {string} tag
 * @param {string} name
 * @param {string} text
 */
function part(tag, name, text) {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
