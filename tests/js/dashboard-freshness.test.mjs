/** How old the figures are, by the page's own clock. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Freshness } from '../../static/js/pages/dashboard/freshness.js';

const TICK = 5; // seconds
const connected = () => {
  const freshness = new Freshness('then', 0);
  freshness.expectEvery(TICK, 0);
  return freshness;
};

test('figures are not late before the server says how often they come', () => {
  assert.equal(new Freshness('then', 0).areFiguresLate(3_600_000), false);
});

test('three ticks without figures are too many, one or two are not', () => {
  assert.equal(connected().areFiguresLate(15_000), false);
  assert.equal(connected().areFiguresLate(15_001), true);
});

test('new figures are on time again', () => {
  const freshness = connected();
  freshness.heard('now', 20_000);
  assert.equal(freshness.areFiguresLate(35_000), false);
  assert.equal(freshness.timestamp, 'now');
});

test('a new connection gets the time to send its first', () => {
  const freshness = connected();
  freshness.expectEvery(TICK, 60_000);
  assert.equal(freshness.areFiguresLate(61_000), false);
});
