/** How old the figures are, by the page's own clock. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatsAge } from '../../static/js/pages/dashboard/timeliness.js';

const TICK = 5; // seconds
const connected = () => {
  const age = new StatsAge('then', 0);
  age.expectEvery(TICK, 0);
  return age;
};

test('figures are not late before the server says how often they come', () => {
  assert.equal(new StatsAge('then', 0).areLate(3_600_000), false);
});

test('three ticks without figures are too many, one or two are not', () => {
  assert.equal(connected().areLate(15_000), false);
  assert.equal(connected().areLate(15_001), true);
});

test('new figures are on time again', () => {
  const age = connected();
  age.received('now', 20_000);
  assert.equal(age.areLate(35_000), false);
  assert.equal(age.timestamp, 'now');
});

test('a new connection gets the time to send its first', () => {
  const age = connected();
  age.expectEvery(TICK, 60_000);
  assert.equal(age.areLate(61_000), false);
});
