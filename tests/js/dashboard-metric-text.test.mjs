/** A figure beside yesterday's, in words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeText } from '../../static/js/pages/dashboard/metric-text.js';

const say = (value, change, percent) => changeText({ value, change, percent }, 'yesterday', 'en');

test('many are told in percent', () => {
  assert.deepEqual(say(100, 12, 12), { shown: '▲ 12 %', spoken: '12 % more than yesterday' });
  assert.equal(say(2000, -500.4, -25.02).shown, '▼ 25 %');
  assert.equal(say(100, 1900, 1900).shown, '▲ 1,900 %');
});

test('few are told as they are', () => {
  assert.deepEqual(say(17, -2, -11.8), { shown: '▼ 2', spoken: '2 less than yesterday' });
  assert.equal(say(0, 40, null).shown, '▲ 40');
});

test('less than half a percent is never told as nothing', () => {
  assert.equal(say(10_000, 3, 0.03).shown, '▲ 3');
});

test('the same is not the unknown', () => {
  assert.deepEqual(say(5, 0, 0), { shown: '=', spoken: 'the same as yesterday' });
  assert.deepEqual(say(null, null, null), { shown: '–', spoken: 'nothing known of yesterday' });
  assert.equal(changeText(undefined, 'yesterday').shown, '–');
});
