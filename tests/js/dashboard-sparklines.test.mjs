/** The last hour of a metric, and its path in a sparkline. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentHour, sparkPaths } from '../../static/js/pages/dashboard/sparklines.js';

const NOW = Date.parse('2025-12-06T12:00:30.000Z');
const MINUTE = 60_000;
const at = (minutesAgo) => new Date(NOW - 30_000 - minutesAgo * MINUTE).toISOString();

test('an unknown minute is a gap', () => {
  const hour = new RecentHour();
  hour.load([at(2), at(1), at(0)], [4, null, 6], NOW);
  const points = hour.points(NOW);
  assert.equal(points.length, 61);
  assert.deepEqual(points.slice(-4), [null, 4, null, 6]);
});

test('the stream wins in the current minute', () => {
  const hour = new RecentHour();
  hour.add(9, NOW);
  hour.load([at(1), at(0)], [5, 6], NOW);
  assert.deepEqual(hour.points(NOW).slice(-2), [5, 9]);
});

test('the last value of a minute counts', () => {
  const hour = new RecentHour();
  hour.add(1, NOW);
  hour.add(2, NOW + 5000);
  hour.add(null, NOW + 10_000);
  hour.add(3, NOW + MINUTE);
  assert.deepEqual(hour.points(NOW + MINUTE).slice(-2), [2, 3]);
});

test('never more than an hour', () => {
  const hour = new RecentHour();
  for (let minute = 0; minute < 3000; minute += 1) hour.add(minute, NOW + minute * MINUTE);
  const points = hour.points(NOW + 2999 * MINUTE);
  assert.deepEqual([points[0], points[60]], [2939, 2999]);
});

test('the axis is at zero', () => {
  const { line, area } = sparkPaths([5, 10], 60, 20);
  assert.equal(line, 'M0 10L60 1');
  assert.equal(area, 'M0 10L60 1V19H0Z');
});

test('gaps split the line, a lone point is a dot', () => {
  const { line, area } = sparkPaths([2, null, 2, 2], 60, 20);
  assert.equal(line, 'M0 1h0M40 1L60 1');
  assert.equal(area, 'M40 1L60 1V19H40Z');
});

test('zeros lie on the axis', () => assert.equal(sparkPaths([0, 0], 60, 20).line, 'M0 19L60 19'));

test('negative values raise the axis', () => assert.equal(sparkPaths([-10, 10], 60, 20).area, 'M0 19L60 1V10H0Z'));

test('no points, no path', () =>
  assert.deepEqual(sparkPaths([null, null], 60, 20), { line: '', area: '' }));
