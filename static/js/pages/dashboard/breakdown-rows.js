// @ts-check
/** The rows of a breakdown, and the query that asks for it. Pure. */

import { fullNumber } from '../../ui/number-format.js';
import { typeColour } from '../../ui/type-colour.js';

/**
 * @import {Clock} from '../../ui/clock.js'
 * @import {CompareWith, PageView} from './page-state.js'
 * @import {PageRange} from './page-range.js'
 */

/**
 * @typedef {'type' | 'user' | 'channel' | 'hour'} Dimension
 * @typedef {{count: number, previous?: number, change?: number}} Counted  compared or not
 *
 * @typedef {object} BreakdownData
 * @property {Array<Counted & {key: string, name?: string | null}>} top
 * @property {Counted & {keys: number}} other
 * @property {number} none
 * @property {number} forgotten
 * @property {number} total
 * @property {{none: number, forgotten: number, total: number}} [previous]
 * @property {number} [change]
 *
 * @typedef {{data: BreakdownData, meta: {timestamp: string}}} BreakdownResponse
 *
 * @typedef {object} PartRow
 * @property {string | null} key  null of what is no single part, and sets no filter
 * @property {string} name
 * @property {string} count
 * @property {number} share  of the largest part: 0 to 1
 * @property {number | null} colour  of an event type
 * @property {string} change  "▲ 14"; empty if not compared
 * @property {string} changeWords  "14 more than before"
 */

const SHORT_ID = 8; // characters of an id that tell people apart

/** @type {Record<Dimension, string>} */
export const DIMENSIONS = { type: 'Types', user: 'People', channel: 'Channels', hour: 'Hours' };
/** @type {Record<Dimension, string>} */
const SINGULAR = { type: 'type', user: 'person', channel: 'channel', hour: 'hour' };
/** @type {Record<CompareWith, string>} */
const EARLIER = { none: '', previous: 'just before', yesterday: 'a day earlier', lastWeek: 'a week earlier' };

/**
 * @param {BreakdownData} data
 * @param {Dimension} by
 * @param {{compare: CompareWith, clock: Clock, isOneDay: boolean}} use
 * @returns {PartRow[]}
 */
export function partRows({ top, other, none, forgotten, previous }, by, { compare, clock, isOneDay }) {
  // Of events that are stored as sums only, nothing is known by channel or person: their changes would mislead.
  const known = previous?.forgotten ? 'none' : compare;
  const most = Math.max(1, ...top.map(({ count }) => count));
  /** @param {Counted} counted @param {string | null} key @param {string} name @returns {PartRow} */
  const row = (counted, key, name) => ({
    key,
    name,
    count: fullNumber(counted.count),
    share: key === null ? 0 : counted.count / most,
    colour: by === 'type' && key !== null ? typeColour(key) : null,
    ...changeText(counted, known),
  });
  /** @param {number} count @param {number | undefined} before @returns {Counted} */
  const counted = (count, before) => (before === undefined ? { count } : { count, previous: before, change: count - before });
  const rests = /** @type {Array<[Counted, string]>} */ ([
    [counted(none, previous?.none), `Without a ${by}`],
    [other, othersText(other.keys, by)],
    [counted(forgotten, previous?.forgotten), 'No longer stored one by one'],
  ]);
  return [
    ...top.map((part) => row(part, part.key, partName(part, by, clock, isOneDay))),
    ...rests.filter(([{ count, previous: before }]) => count || before).map(([rest, name]) => row(rest, null, name)),
  ];
}

/** "3 other channels", "1 other person". @param {number} keys @param {Dimension} by */
export const othersText = (keys, by) =>
  `${fullNumber(keys)} other ${keys === 1 ? SINGULAR[by] : DIMENSIONS[by].toLowerCase()}`;

/**
 * "general" of a channel is "#general", of a person it is the name, of an hour "09:00" or "6 Dec, 09:00".
 * @param {{key: string, name?: string | null}} part
 * @param {Dimension} by
 * @param {Clock} clock
 * @param {boolean} isOneDay
 */
export function partName({ key, name }, by, clock, isOneDay) {
  if (by === 'channel') return `#${key}`;
  if (by === 'user') return name || key.slice(0, SHORT_ID);
  if (by === 'hour') return isOneDay ? clock.time(key).slice(0, 5) : clock.day(key);
  return key;
}

/**
 * @param {Counted} counted
 * @param {CompareWith} compare
 * @returns {{change: string, changeWords: string}}
 */
export function changeText({ count, previous, change }, compare) {
  if (change === undefined || compare === 'none') return { change: '', changeWords: '' };
  const earlier = EARLIER[compare];
  if (change === 0) return { change: '=', changeWords: `as many as ${earlier}` };
  const amount = fullNumber(Math.abs(change));
  if (previous === 0) return { change: `▲ ${amount}`, changeWords: `none ${earlier}` };
  if (count === 0) return { change: `▼ ${amount}`, changeWords: `${amount} ${earlier}, none now` };
  return change > 0
    ? { change: `▲ ${amount}`, changeWords: `${amount} more than ${earlier}` }
    : { change: `▼ ${amount}`, changeWords: `${amount} fewer than ${earlier}` };
}

/**
 * The parameters of a range and filter; of a range that is open no end, so that what is just happening counts.
 * @param {Readonly<PageView>} view
 * @param {PageRange} range
 */
export function countQuery({ type, user, channel }, { since, until, isOpen }) {
  const query = new URLSearchParams({ since: new Date(since).toISOString() });
  if (!isOpen) query.set('until', new Date(until).toISOString());
  for (const [name, value] of Object.entries({ type, user, channel })) if (value) query.set(name, value);
  return query;
}

/**
 * The change of the page that a click on a row makes: its filter, or none if it is that already; of an hour, the range.
 * @param {Dimension} by
 * @param {string} key
 * @param {Readonly<PageView>} view
 * @returns {Partial<PageView>}
 */
export function changeOnClick(by, key, view) {
  if (by !== 'hour') return { [by]: view[by] === key ? '' : key };
  const since = Date.parse(key);
  return { since, until: since + 3_600_000 };
}

/** Whether a part is the page's filter. @param {Dimension} by @param {string} key @param {Readonly<PageView>} view */
export const isChosen = (by, key, view) => by !== 'hour' && view[by] === key;
