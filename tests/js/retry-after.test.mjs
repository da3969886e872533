/** Retry-After in seconds or as an HTTP date; anything else counts as absent. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRetryAfter } from '../../static/js/client/errors.js';

const NOW = Date.parse('1994-11-06T08:49:07Z');
const of = (value, date) =>
  parseRetryAfter(new Headers({ ...(value && { 'retry-after': value }), ...(date && { date }) }), NOW);

describe('valid', () => {
  for (const [value, milliseconds] of [
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ]) {
    test(value, () => assert.equal(of(value), milliseconds));
  }
});

test('a date is relative to the Date header', () => {
  assert.equal(of('Sun, 06 Nov 1994 10:00:45 GMT', 'Sun, 06 Nov 1994 10:00:00 GMT'), 45_000);
});

describe('invalid', () => {
  for (const value of [
    '',
    'soon',
    '-5',
    '1.5',
    '10s',
    'Mon',
    'Monday, the day after',
    '1994-11-06T08:49:37Z',
  ]) {
    test(JSON.stringify(value), () => assert.equal(of(value), null));
  }
});
