// @ts-check
/** The dialog of what changed in the page's range and filter since an earlier one: sentences, and parts by size. */

import { closeOnBackdropClick, createElement, query, resizeList, setText } from '../../ui/dom.js';
import { requestJson } from '../../ui/http.js';
import { fullNumber } from '../../ui/number-format.js';
import { DIMENSIONS, changeOnClick, countQuery, othersText, partName } from './breakdown-rows.js';
import { rangeText, timeRangeOf } from './page-range.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {Clock} from '../../ui/clock.js'
 * @import {Dimension} from './breakdown-rows.js'
 * @import {CompareWith, PageState, PageView} from './page-state.js'
 */

/**
 * @typedef {object} ChangedPart
 * @property {'key' | 'other' | 'none' | 'forgotten'} part
 * @property {string | null} key
 * @property {string | null} [name]
 * @property {number} [keys]
 * @property {number} value
 * @property {number} base
 * @property {number} difference
 * @property {'new' | 'gone' | null} mark
 *
 * @typedef {object} ChangesResponse
 * @property {{by: Partial<Record<Dimension, ChangedPart[]>>, words: string[]}} data
 * @property {{compared: {since: string, until: string}}} meta
 */

const DAY = 86_400_000;
const MAX_PARTS = 8; // of each dimension: what changed most
/** What is read from sums, however much has happened. */
const CHEAP = 'type,hour';

export class ChangesPanel {
  #dialog;
  #range;
  #words;
  #template;
  #state;
  #clock;
  #environment;
  #url;
  /** @type {AbortController | null} */
  #request = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {string} use.workspace  slug or id
   * @param {PageState} use.state
   * @param {Clock} use.clock
   * @param {Environment} use.environment
   */
  constructor(dialog, { workspace, state, clock, environment }) {
    this.#dialog = dialog;
    this.#range = query(dialog, '.changes-range');
    this.#words = query(dialog, '.changes-words');
    this.#template = query(dialog, 'template', HTMLTemplateElement);
    this.#state = state;
    this.#clock = clock;
    this.#environment = environment;
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/analytics/changes`;
    query(dialog, '.changes-close').addEventListener('click', () => dialog.close());
    query(dialog, '.changes-lists').addEventListener('click', ({ target }) => this.#press(target));
    dialog.addEventListener('close', () => this.#request?.abort());
    closeOnBackdropClick(dialog);
  }

  /**
   * Of the page's range, filter and comparison, or of others: `open({range: 'today', compare: 'yesterday'})`.
   * @param {Partial<PageView>} [other]
   */
  async open(other = {}) {
    const view = { ...this.#state.view, ...other };
    const compare = comparisonOf(view);
    const now = this.#environment.now();
    const range = timeRangeOf(view, now, this.#clock.zone);
    const rangeWords = this.#textOf({ since: range.since, until: Math.min(range.until, now) });
    const asked = countQuery(view, range);
    asked.set('compare', compare);
    asked.set('limit', String(MAX_PARTS));
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.#showWords(['Looking at what changed …']);
    this.#showParts({}, true);
    this.#range.textContent = rangeWords;
    if (!this.#dialog.open) this.#dialog.showModal();
    try {
      const { data, meta } = await this.#read(asked, request.signal);
      if (this.#request !== request) return;
      const compared = { since: Date.parse(meta.compared.since), until: Date.parse(meta.compared.until) };
      this.#range.textContent = `${rangeWords}, compared with ${this.#textOf(compared)}`;
      this.#showWords(data.words);
      this.#showParts(data.by, range.until - range.since <= DAY);
    } catch (error) {
      if (this.#request === request) this.#showWords([/** @type {Error} */ (error).message]);
    }
  }

  /**
   * Of too many events to look at one by one, only what their sums show.
   * @param {URLSearchParams} asked
   * @param {AbortSignal} signal
   * @returns {Promise<ChangesResponse>}
   */
  async #read(asked, signal) {
    try {
      return await requestJson(this.#environment, `${this.#url}?${asked}`, { signal });
    } catch (error) {
      const { code, message } = /** @type {Error & {code?: string}} */ (error);
      if (code !== 'TOO_COSTLY' || asked.has('user') || asked.has('channel')) throw error;
      asked.set('by', CHEAP);
      /** @type {ChangesResponse} */
      const response = await requestJson(this.#environment, `${this.#url}?${asked}`, { signal });
      response.data.words.push(message);
      return response;
    }
  }

  /** @param {{since: number, until: number}} range */
  #textOf(range) {
    return rangeText(range, this.#environment.now(), this.#clock.zone);
  }

  /** @param {string[]} words */
  #showWords(words) {
    this.#words.replaceChildren(...words.map((text) => createElement('li', '', text)));
  }

  /**
   * @param {Partial<Record<Dimension, ChangedPart[]>>} by
   * @param {boolean} isOneDay
   */
  #showParts(by, isOneDay) {
    for (const name of /** @type {Dimension[]} */ (Object.keys(DIMENSIONS))) {
      const section = query(this.#dialog, `[data-by="${name}"]`);
      const all = by[name] ?? [];
      // Of what is stored as sums only, nothing is known by channel or person: differences would mislead.
      const isComplete = all.every(({ part }) => part !== 'forgotten');
      const parts = isComplete ? all.filter(({ difference }) => difference !== 0) : [];
      section.hidden = parts.length === 0;
      const list = query(section, '.changes-list');
      resizeList(list, this.#template, parts.length);
      parts.forEach((part, at) => {
        this.#fill(/** @type {HTMLElement} */ (list.children[at]), part, name, isOneDay);
      });
    }
  }

  /**
   * @param {HTMLElement} item
   * @param {ChangedPart} part
   * @param {Dimension} by
   * @param {boolean} isOneDay
   */
  #fill(item, part, by, isOneDay) {
    const button = query(item, 'button', HTMLButtonElement);
    button.disabled = part.key === null;
    button.dataset.key = part.key ?? '';
    const name = part.key === null ? restName(part, by) : partName({ key: part.key, name: part.name }, by, this.#clock, isOneDay);
    setText(query(item, '.change-name'), name);
    const mark = query(item, '.change-mark');
    setText(mark, part.mark ?? '');
    mark.hidden = part.mark === null;
    setText(query(item, '.change-figures'), `${fullNumber(part.value)} after ${fullNumber(part.base)}`);
    setText(query(item, '.change-difference'), signedNumber(part.difference));
  }

  /** @param {EventTarget | null} target */
  #press(target) {
    const button = target instanceof Element ? target.closest('button') : null;
    const section = button?.closest('section');
    if (!button?.dataset.key || !section) return;
    const by = /** @type {Dimension} */ (section.dataset.by);
    this.#dialog.close();
    this.#state.change(changeOnClick(by, button.dataset.key, { ...this.#state.view, [by]: '' }));
  }
}

/**
 * What the page compares with, or where it does not, what is nearest: today with yesterday, else the time before.
 * @param {Pick<PageView, 'range' | 'compare'>} view
 * @returns {CompareWith}
 */
export function comparisonOf({ range, compare }) {
  if (compare !== 'none') return compare;
  return range === 'today' || range === 'yesterday' ? 'yesterday' : 'previous';
}

/** "+14", "−120". @param {number} number */
export const signedNumber = (number) => `${number < 0 ? '−' : '+'}${fullNumber(Math.abs(number))}`;

/** @param {ChangedPart} part @param {Dimension} by */
function restName({ part, keys = 0 }, by) {
  return part === 'other' ? othersText(keys, by) : `Without a ${by}`;
}
