/** The texts of a card: value, change, age; and the order of the cards. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedItem } from '../../static/js/pages/dashboard/card-chooser.js';
import { ageText, changeText, metricValue } from '../../static/js/pages/dashboard/metric-text.js';

test('metrics are found by name', () => {
  const stats = { activeUsers: 0, custom: { bigOrders: 2.5, unknown: null } };
  assert.equal(metricValue(stats, 'activeUsers'), 0);
  assert.equal(metricValue(stats, 'custom.bigOrders'), 2.5);
  for (const name of ['custom.unknown', 'custom.gone', 'gone']) assert.equal(metricValue(stats, name), null);
  assert.equal(metricValue({}, 'custom.bigOrders'), null);
});

test('age of a stale metric', () => {
  assert.equal(ageText(undefined), '');
  assert.equal(ageText(null), 'not known yet');
  for (const age of [0.2, 9.9]) assert.equal(ageText(age), '', 'as current as what comes with each tick');
  assert.equal(ageText(10), 'as of 10 s ago');
  assert.equal(ageText(40.4), 'as of 40 s ago');
  assert.equal(ageText(150), 'as of 3 min ago');
});

test('a card moves by one place, not beyond the end', () => {
  const cards = ['a', 'b', 'c'];
  assert.deepEqual(movedItem(cards, 0, 1), ['b', 'a', 'c']);
  assert.deepEqual(movedItem(cards, 2, -1), ['a', 'c', 'b']);
  assert.equal(movedItem(cards, 0, -1), cards);
  assert.equal(movedItem(cards, 2, 1), cards);
});

const text = (value, change, percent) => changeText({ value, change, percent }, 'yesterday', 'en');

test('large numbers change in percent', () => {
  assert.deepEqual(text(100, 12, 12), { shown: '▲ 12 %', spoken: '12 % more than yesterday' });
  assert.equal(text(2000, -500.4, -25.02).shown, '▼ 25 %');
  assert.equal(text(100, 1900, 1900).shown, '▲ 1,900 %');
});

test('small numbers change by a count', () => {
  assert.deepEqual(text(17, -2, -11.8), { shown: '▼ 2', spoken: '2 less than yesterday' });
  assert.equal(text(0, 40, null).shown, '▲ 40');
});

test('below half a percent a count is shown', () => {
  assert.equal(text(10_000, 3, 0.03).shown, '▲ 3');
});

test('no change differs from unknown', () => {
  assert.deepEqual(text(5, 0, 0), { shown: '=', spoken: 'the same as yesterday' });
  assert.deepEqual(text(null, null, null), { shown: '–', spoken: 'nothing known of yesterday' });
  assert.equal(changeText(undefined, 'yesterday').shown, '–');
});
