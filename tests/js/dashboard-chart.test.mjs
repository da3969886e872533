/** The chart of a metric: range, step, range before, data, and parameters of the address. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chartData, lonePoints, stepText, summary, verticalRange } from '../../static/js/pages/dashboard/chart-data.js';
import { comparableRange, previousRange, rangeOf, rangeUpTo, zoomedRange } from '../../static/js/pages/dashboard/chart-range.js';
import { panelInAddress, addressWithPanel } from '../../static/js/pages/dashboard/metric-panel.js';

const NOW = Date.parse('2025-12-06T12:00:00.000Z');
const HOUR = 3_600_000;
const KEPT = { minutesFor: 48 * 3600, tick: 5 };

describe('range', () => {
  test('minutes for hours, hours for weeks', () => {
    const steps = ['1h', '24h', '7d', '30d'].map((range) => rangeUpTo(range, NOW, KEPT).step);
    assert.deepEqual(steps, ['1m', '5m', '1h', '1h']);
  });

  test('an invalid range is the default', () => {
    for (const name of [null, '', '2h', 'toString']) assert.equal(rangeOf(name), '24h');
  });

  test('the previous range has length and step', () => {
    const { since, until, step } = previousRange(rangeUpTo('7d', NOW, KEPT), '7d');
    assert.deepEqual([NOW - until, until - since, step], [7 * 24 * HOUR, 7 * 24 * HOUR, '1h']);
  });

  test('a zoom is finer while minutes are kept', () => {
    assert.equal(zoomedRange(NOW - 3 * HOUR, NOW - HOUR, NOW, KEPT).step, '1m');
    assert.equal(zoomedRange(NOW - 30 * HOUR, NOW - 6 * HOUR, NOW, KEPT).step, '5m');
    assert.equal(zoomedRange(NOW - 90 * HOUR, NOW - 80 * HOUR, NOW, KEPT).step, '1h');
    assert.equal(zoomedRange(NOW - 60_000, NOW, NOW, KEPT), null);
  });
});

describe('step by retention', () => {
  const steps = (kept) => ['1h', '24h'].map((range) => rangeUpTo(range, NOW, { ...KEPT, ...kept }).step);

  test('hours if minutes are dropped sooner', () => assert.deepEqual(steps({ minutesFor: 6 * 3600 }), ['1m', '1h']));

  test('no step is shorter than a tick', () => {
    assert.deepEqual(steps({ tick: 60 }), ['5m', '5m']);
    assert.deepEqual(steps({ tick: 300 }), ['1h', '1h']);
  });

  test('the previous range counts if compared', () => {
    const day = rangeUpTo('24h', NOW, KEPT);
    assert.equal(comparableRange(day, '24h', NOW, KEPT).step, '5m');
    assert.equal(comparableRange(day, '24h', NOW, { ...KEPT, minutesFor: 30 * 3600 }).step, '1h');
    assert.equal(comparableRange(zoomedRange(NOW - 3 * HOUR, NOW - HOUR, NOW, KEPT), '7d', NOW, KEPT).step, '1h');
  });
});

describe('data', () => {
  const history = (at, value) => ({ at: at.map((hour) => new Date(NOW + hour * HOUR).toISOString()), series: [{ kind: 'level', last: value, min: value, max: value }] });

  test('the previous range is aligned in time', () => {
    const data = chartData(history([0, 1, 2], [5, null, 7]), history([-24, -22], [1, 3]), 24 * HOUR);
    assert.equal(data.at[0], NOW / 1000);
    assert.deepEqual([data.value, data.earlier], [[5, null, 7], [1, null, 3]]);
  });

  test('no previous range, no earlier values', () => assert.deepEqual(chartData(history([0], [5]), null, HOUR).earlier, []));

  test('summary as text', () => {
    const data = { value: [3, null, 9, 4, null], lowest: [1, null, 8, 4, null], highest: [7, null, 1200.456, 5, null] };
    assert.equal(summary(data, 'en'), 'lowest 1, highest 1,200.46, last 4');
    assert.equal(summary({ value: [null], lowest: [null], highest: [null] }), 'nothing is recorded');
    assert.equal(summary({ value: [24, 12], lowest: [null, null], highest: [null, null] }), 'last 12', 'days of another zone');
  });

  test('the highest does not fall when the range grows', () => {
    const day = { value: [5, 12, 4], lowest: [5, 9, 4], highest: [6, 20, 11] };
    const week = { value: [3, 4], lowest: [1, 4], highest: [8, 20] };
    assert.match(summary(day), /highest 20/);
    assert.match(summary(week), /highest 20/);
  });

  const usual = { expected: [11, null], low: [-2.27, null], high: [24.27, null], learning: false };
  const series = (kind, more) => ({ kind, last: [15, 9], min: [13, 9], max: [16, 9], value: [14.2, 9], ...more });
  const of = (kind, more) => chartData({ at: [new Date(NOW).toISOString(), new Date(NOW + HOUR).toISOString()], series: [series(kind, more)] }, null, HOUR);

  test('a step is last, lowest and highest, not a mean', () => {
    assert.equal(stepText(of('level'), 0), '13 to 16, last 15');
    assert.equal(stepText(of('level'), 1), '9');
    assert.equal(stepText(of('amount'), 0), '15');
  });

  test('what is usual is in whole numbers, not below zero', () => {
    assert.deepEqual(of('level', usual).usual?.low, [0, null]);
    assert.equal(stepText(of('level', usual), 0), '13 to 16, last 15 · usually 0 to 24');
    assert.equal(stepText(of('level', usual), 1), '9');
    assert.equal(of('level', { ...usual, learning: true }).usual, null);
    assert.deepEqual(of('level', { ...usual, min: [-5, 9] }).usual?.low, [-2.27, null]);
  });

  test('lone points between gaps are found', () => assert.deepEqual(lonePoints([1, null, 2, null, 3, 4]), [0, 2]));

  test('the axis begins at zero', () => {
    assert.deepEqual(verticalRange(40, 100), [0, 108]);
    assert.deepEqual(verticalRange(null, null), [0, 1]);
    assert.deepEqual(verticalRange(-50, -10), [-54, 0]);
  });
});

describe('address', () => {
  const URL = 'http://pulse.test/w/acme?type=task.created';

  test('names the panel, keeps other parameters', () => {
    const shown = { metric: 'custom.orders', range: '7d', before: true };
    const address = addressWithPanel(URL, shown);
    assert.deepEqual(panelInAddress(address), shown);
    assert.match(address, /type=task\.created/);
    assert.equal(addressWithPanel(address, null), URL);
  });

  test('no panel without parameters', () => assert.equal(panelInAddress(URL), null));
});
