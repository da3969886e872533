/** Numbers and durations as text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactNumber, durationText, fullNumber } from '../../static/js/ui/number-format.js';

test('grouped by locale', () => {
  assert.equal(compactNumber(12_480, 'en'), '12,480');
  assert.equal(compactNumber(12_480, 'de'), '12.480');
});

test('all digits below a million', () => assert.equal(compactNumber(999_999, 'en'), '999,999'));

test('shortened from a million on', () => assert.equal(compactNumber(1_234_567, 'en'), '1.2M'));

test('fullNumber: all digits', () => assert.equal(fullNumber(1_234_567, 'en'), '1,234,567'));

test('zero is a number', () => assert.equal(compactNumber(0, 'en'), '0'));

for (const unknown of [null, undefined, NaN, '42']) {
  test(`${typeof unknown} ${unknown} is a dash, not a number`, () => assert.equal(compactNumber(unknown, 'en'), '–'));
}

test('durations in milliseconds or seconds', () => {
  assert.deepEqual([0, 37.6, 994, 995, 1240].map(durationText), ['0 ms', '38 ms', '994 ms', '1.0 s', '1.2 s']);
});
