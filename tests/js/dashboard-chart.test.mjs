/** The chart: what is asked for, its data, its growth with the stream, its text. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BarSelection } from '../../static/js/pages/dashboard/bar-selection.js';
import {
  amountsData, barsIn, bucketAt, bucketRange, finerTime, grown, levelsData, levelsText, lonePoints, total, verticalRange,
} from '../../static/js/pages/dashboard/chart-data.js';
import { chartQuery, isCounted } from '../../static/js/pages/dashboard/chart-query.js';
import { amountStep, lastHour, shownRange, withStep } from '../../static/js/pages/dashboard/chart-range.js';
import { barText, keyText, selectionText } from '../../static/js/pages/dashboard/chart-text.js';
import { readView } from '../../static/js/pages/dashboard/page-state.js';

const NOW = Date.parse('2025-12-06T12:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEPT = { minutesFor: 48 * 3600, tick: 5 };
const iso = (moment) => new Date(moment).toISOString();
const span = (hours, before = 0) => ({ since: NOW - (before + hours) * HOUR, until: NOW - before * HOUR });

describe('step', () => {
  test('of amounts is as fine as bars can be', () =>
    assert.deepEqual([1, 8, 24, 7 * 24, 30 * 24].map((hours) => amountStep(span(hours))), ['1m', '5m', '15m', '1h', '1d']));

  test('of levels is minutes for hours, hours for weeks', () => {
    assert.equal(lastHour(NOW, KEPT).step, '1m');
    assert.deepEqual([4, 24, 168].map((hours) => withStep(span(hours), NOW, KEPT).step), ['1m', '5m', '1h']);
  });

  test('of levels is hours once minutes are dropped', () => {
    assert.equal(withStep(span(3, 50), NOW, KEPT).step, '1h');
    assert.equal(withStep(span(24), NOW, { ...KEPT, minutesFor: 6 * 3600 }).step, '1h');
    assert.equal(withStep(span(24), NOW, { ...KEPT, minutesFor: 30 * 3600 }, 24 * HOUR).step, '1h');
  });

  test('no step is shorter than a tick', () => {
    const steps = (tick) => [1, 24].map((hours) => withStep(span(hours), NOW, { ...KEPT, tick }).step);
    assert.deepEqual([steps(60), steps(300)], [['5m', '5m'], ['1h', '1h']]);
  });
});

describe('a short range', () => {
  const shown = (minutes, isOpen = false) => {
    const { since, until } = shownRange({ since: NOW - HOUR - minutes * MINUTE, until: NOW - HOUR, isOpen }, NOW);
    return (until - since) / MINUTE;
  };

  test('is shown within its hour, unless it still grows', () =>
    assert.deepEqual([shown(1), shown(10), shown(11), shown(5, true)], [59, 60, 11, 5]));

  test('does not reach into the future', () =>
    assert.equal(shownRange({ since: NOW - 5 * MINUTE, until: NOW, isOpen: false }, NOW).until, NOW + MINUTE));
});

describe('query', () => {
  const ask = (query, hours = 1) =>
    chartQuery(readView(new URLSearchParams(query)), { ...span(hours), isOpen: true }, NOW, 'UTC', KEPT);

  test('the default is messages, in bars', () => {
    const { kind, metric, time } = ask('');
    assert.deepEqual([kind, metric, time.step], ['amounts', 'messages', '1m']);
  });

  test('amounts obey the filter, and count the type that is chosen', () => {
    const { metric, filter } = ask('metric=messagesLastHour&type=task.created&user=u-1');
    assert.deepEqual([metric, filter], ['task.created', { type: 'task.created', user: 'u-1', channel: '' }]);
  });

  test('levels have a line, whatever the filter', () => {
    const { kind, metric, filter, compared } = ask('metric=onlineUsers&user=u-1&compare=yesterday', 24);
    assert.deepEqual([kind, metric, filter.user], ['levels', 'onlineUsers', '']);
    assert.deepEqual(compared, { ...span(24, 24), step: '5m' });
  });

  test('an event counts by metric, person and channel', () => {
    const event = { eventType: 'message.sent', userId: 'u-1', channelId: 'general' };
    const counts = (query, other = {}) => isCounted(ask(query), { ...event, ...other });
    assert.deepEqual([counts(''), counts('', { eventType: 'task.created' }), counts('metric=onlineUsers')], [true, false, false]);
    assert.ok(counts('metric=events', { eventType: 'task.created' }));
    assert.ok(counts('type=task.created', { eventType: 'task.created' }));
    assert.ok(counts('user=u-1&channel=general'));
    assert.ok(!counts('user=u-2'));
    assert.ok(!counts('channel=general', { channelId: undefined }));
  });
});

const amounts = (counts, { step = '1h', previous, partial = 0 } = {}) => {
  const points = counts.map((count, hour) => ({ at: iso(NOW + hour * HOUR), count, ...(hour < partial && { partial: true }) }));
  return amountsData({ points, total: 0, ...(previous && { previous: { points: previous.map((count) => ({ at: '', count })) } }) }, step);
};

describe('data', () => {
  const history = (value, more = {}) => ({
    at: value.map((_, hour) => iso(NOW + hour * HOUR)),
    series: [{ kind: 'level', last: value, min: value, max: value, ...more }],
  });

  test('amounts and what they are compared with', () => {
    const data = amounts([5, 0, 7], { previous: [1, 3] });
    assert.deepEqual([data.at[1], data.until], [NOW + HOUR, NOW + 3 * HOUR]);
    assert.deepEqual([data.value, data.earlier], [[5, 0, 7], [1, 3, null]]);
    assert.deepEqual([total(data.value), total(data.value, 1, 1), total([null])], [12, 0, null]);
  });

  test('a chart begins where the log does', () => {
    assert.deepEqual(amounts([0, 0, 0, 4, 0], { partial: 3, previous: [1, 2, 3, 4, 5] }).earlier, [4, 5]);
    assert.deepEqual(amounts([0, 4], { partial: 1 }).value, [0, 4]); // the clipped beginning of a range
    assert.deepEqual(amounts([0, 0, 0]).value, [0, 0, 0]);
    assert.deepEqual(amounts([0, 0, 4], { partial: 2, step: '15m' }).value, [0, 0, 4]); // a day is shown as a whole
    assert.deepEqual(levelsData(history([null, null, 3, null]), null, { step: '1h' }).value, [3, null]);
  });

  test('a young log is counted in a finer step', () => {
    const month = { since: NOW - 30 * 24 * HOUR, until: NOW + 30 * HOUR, step: '1d' };
    assert.deepEqual(finerTime(amounts([4]), month), { since: NOW, until: month.until, step: '1h' });
    assert.equal(finerTime(amounts([4]), { ...month, since: NOW - 2 * HOUR }), null);
  });

  test('the highest level is the highest that there was', () => {
    const data = levelsData(history([3, null, 1200.456], { min: [1, null, 1000], max: [627, null, 1300] }), null, { step: '1h' });
    assert.equal(levelsText(data, 0, 2, 'en'), 'lowest 1, highest 1,300, last 1,200.46');
    assert.equal(levelsText(data, 0, 1, 'en'), 'lowest 1, highest 627, last 3');
    assert.equal(levelsText(data, 1, 1), 'nothing is recorded');
  });

  test('a bucket is found by its time', () => {
    const data = amounts([1, 2, 3]);
    assert.deepEqual([-1, 0, HOUR - 1, 2.5 * HOUR, 3 * HOUR].map((later) => bucketAt(data, NOW + later)), [null, 0, 0, 2, null]);
    assert.deepEqual(bucketRange(data, 1, 2), { since: NOW + HOUR, until: NOW + 3 * HOUR });
    assert.deepEqual(barsIn(data, bucketRange(data, 1, 2)), { from: 1, to: 2 });
    assert.equal(barsIn(data, { since: NOW - HOUR, until: NOW + HOUR }), null);
  });

  test('lone points between gaps are found', () => assert.deepEqual(lonePoints([1, null, 2, null, 3, 4]), [0, 2]));

  test('the axis begins at zero', () => {
    assert.deepEqual(verticalRange(40, 100), [0, 108]);
    assert.deepEqual(verticalRange(null, null), [0, 1]);
    assert.deepEqual(verticalRange(-50, -10), [-54, 0]);
  });
});

describe('an event of the stream', () => {
  test('grows its bar', () => assert.deepEqual(grown(amounts([1, 2]), NOW + 1.5 * HOUR).value, [1, 3]));

  test('begins the next bar', () => {
    const data = grown(amounts([1, 2], { previous: [5, 6] }), NOW + 2.1 * HOUR);
    assert.deepEqual([data.value, data.earlier, data.until], [[1, 2, 1], [5, 6, null], NOW + 3 * HOUR]);
  });

  test('before the chart changes nothing, far behind it a reload', () => {
    const data = amounts([1, 2]);
    assert.deepEqual(grown(data, NOW - 1), data);
    assert.equal(grown(data, NOW + 5 * HOUR), null);
    assert.equal(grown(amounts([1], { step: '1d' }), NOW + 25 * HOUR), null);
  });
});

describe('text', () => {
  const context = { now: NOW + 20 * HOUR, zone: 'UTC', compare: 'yesterday', locale: 'en-GB', until: NOW + 3 * HOUR };

  test('a total and of when it is', () => {
    const data = amounts([500, 94, 1406]);
    assert.equal(selectionText(data, { from: 0, to: 1 }, context), '594, Yesterday 12:00–14:00');
    assert.equal(selectionText(data, { from: 0, to: 1 }, { ...context, now: NOW }), '594, 12:00–14:00');
    assert.equal(selectionText(data, null, context), '2,000, Yesterday 12:00–15:00');
    assert.equal(selectionText(amounts([]), null, context), 'Nothing is recorded');
  });

  test('what it is compared with', () => {
    const data = amounts([500, 94, 1], { previous: [1, 2, 3] });
    assert.equal(selectionText(data, { from: 0, to: 1 }, context), '594, Yesterday 12:00–14:00 · 3 yesterday');
    assert.equal(barText(data, 1, context), '94, 6 Dec, 13:00 · 2 yesterday');
  });

  test('a level with its band', () => {
    const data = { ...amounts([4.5, 3]), areAmounts: false, areLevels: true, lowest: [1, 3], highest: [9, 3] };
    assert.equal(barText(data, 0, context), '1 to 9, last 4.5, 6 Dec, 12:00');
    assert.equal(barText({ ...data, areLevels: false }, 0, context), '4.5, 6 Dec, 12:00');
    assert.equal(barText(data, 1, context), '3, 6 Dec, 13:00');
    assert.equal(selectionText(data, null, context), 'lowest 1, highest 9, last 3, Yesterday 12:00–15:00');
  });
});

describe('what is usual', () => {
  const context = { now: NOW, zone: 'UTC', compare: 'none', locale: 'en-GB', until: NOW + 2 * HOUR };
  const usual = { expected: [11, null], low: [-2.27, null], high: [24.27, null], learning: false };
  const of = (more) => {
    const series = { kind: 'level', last: [15, 9], min: [13, 9], max: [16, 9], ...more };
    return levelsData({ at: [iso(NOW), iso(NOW + HOUR)], series: [series] }, null, { step: '1h' });
  };

  test('is in whole numbers, not below zero', () => {
    assert.deepEqual(of(usual).usual?.low, [0, null]);
    assert.equal(barText(of(usual), 0, context), '13 to 16, last 15, 6 Dec, 12:00 · usually 0 to 24');
    assert.equal(barText(of(usual), 1, context), '9, 6 Dec, 13:00');
    assert.deepEqual(of({ ...usual, min: [-5, 9] }).usual?.low, [-2.27, null]);
  });

  test('is explained once three weeks are known', () => {
    assert.match(keyText(of(usual)), /lowest and the highest.*what is usual/);
    assert.doesNotMatch(keyText(of({ ...usual, learning: true })), /usual/);
    assert.equal(keyText(amounts([1])), '');
  });
});

describe('selection by keyboard', () => {
  const moved = (...steps) => {
    const selection = new BarSelection();
    for (const [step, isExtended = false] of steps) selection.move(step, 10, isExtended);
    return selection.bars;
  };

  test('begins at the newest bar, or at the first', () => {
    assert.deepEqual(moved([-1]), { from: 9, to: 9 });
    assert.deepEqual(moved([-Infinity]), { from: 0, to: 0 });
    assert.equal(moved(), null);
  });

  test('moves within the chart', () => {
    assert.deepEqual(moved([-1], [1], [-1], [-1]), { from: 7, to: 7 });
    assert.deepEqual(moved([-1], [-10], [-10]), { from: 0, to: 0 });
  });

  test('is extended both ways from its anchor', () => {
    assert.deepEqual(moved([-1], [-3], [-1, true], [-1, true]), { from: 4, to: 6 });
    assert.deepEqual(moved([-1], [-3], [-1, true], [1, true], [1, true]), { from: 6, to: 7 });
    assert.deepEqual(moved([-1], [-3], [-1, true], [-1]), { from: 4, to: 4 });
  });
});
