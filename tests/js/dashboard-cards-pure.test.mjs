/** What a card makes of the server's figures: which is its own, how old it is, and where it stands. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedItem } from '../../static/js/pages/dashboard/card-chooser.js';
import { metricValue } from '../../static/js/pages/dashboard/metric-text.js';
import { ageText } from '../../static/js/pages/dashboard/metric-text.js';

test('built-in and own figures are found by name', () => {
  const stats = { activeUsers: 0, custom: { bigOrders: 2.5, unknown: null } };
  assert.equal(metricValue(stats, 'activeUsers'), 0);
  assert.equal(metricValue(stats, 'custom.bigOrders'), 2.5);
  for (const name of ['custom.unknown', 'custom.gone', 'gone']) assert.equal(metricValue(stats, name), null);
  assert.equal(metricValue({}, 'custom.bigOrders'), null);
});

test('an old figure says how old', () => {
  assert.equal(ageText(undefined), '');
  assert.equal(ageText(null), 'not known yet');
  assert.equal(ageText(0.2), 'as of 1 s ago');
  assert.equal(ageText(40.4), 'as of 40 s ago');
  assert.equal(ageText(150), 'as of 3 min ago');
});

test('a card moves by one place, and not over the edge', () => {
  const cards = ['a', 'b', 'c'];
  assert.deepEqual(movedItem(cards, 0, 1), ['b', 'a', 'c']);
  assert.deepEqual(movedItem(cards, 2, -1), ['a', 'c', 'b']);
  assert.equal(movedItem(cards, 0, -1), cards);
  assert.equal(movedItem(cards, 2, 1), cards);
});
