/** Numbers and durations as text. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactNumber, durationText, fullNumber } from '../../static/js/ui/number-format.js';

for (const [name, number, locale, text] of [
  ['grouped by locale', 12_480, 'en', '12,480'],
  ['grouped by another', 12_480, 'de', '12.480'],
  ['all digits below a million', 999_999, 'en', '999,999'],
  ['shortened from a million on', 1_234_567, 'en', '1.2M'],
  ['zero is a number', 0, 'en', '0'],
  ['decimals of a small number', 12.3456, 'en', '12.346'],
  ['one decimal from a thousand on', 1234.56, 'en', '1,234.6'],
  ['no decimals from ten thousand on', 10_324.17, 'en', '10,324'],
  ['rounded up to the next form', 999_999.999, 'en', '1M'],
  ['negative', -123_456.789, 'en', '-123,457'],
]) {
  test(name, () => assert.equal(compactNumber(number, locale), text));
}

test('fullNumber: all digits', () => assert.equal(fullNumber(1_234_567, 'en'), '1,234,567'));

for (const unknown of [null, undefined, NaN, '42']) {
  test(`${typeof unknown} ${unknown} is a dash, not a number`, () => assert.equal(compactNumber(unknown, 'en'), '–'));
}

test('durations in milliseconds or seconds', () => {
  assert.deepEqual([0, 37.6, 994, 995, 1240].map(durationText), ['0 ms', '38 ms', '994 ms', '1.0 s', '1.2 s']);
});
