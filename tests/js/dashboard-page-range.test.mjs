/** What a range means in time, days of 23 and 25 hours included, and its text. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparedRange, rangeText, timeRangeOf, viewText } from '../../static/js/pages/dashboard/page-range.js';
import { addDays, inputValue, momentOf, momentOfInput, startOfDay, wallTime } from '../../static/js/ui/zone-time.js';

const at = (text) => Date.parse(text);
const BERLIN = 'Europe/Berlin';
const range = (name, now, zone = 'UTC') => {
  const { since, until, isOpen } = timeRangeOf({ range: name, since: null, until: null }, at(now), zone);
  return [new Date(since).toISOString().slice(0, 16), new Date(until).toISOString().slice(0, 16), isOpen];
};

describe('zone', () => {
  test('days begin at midnight of the zone, whatever their length', () => {
    assert.equal(startOfDay(at('2025-10-26T22:00Z'), BERLIN), at('2025-10-25T22:00Z')); // 25 hours
    assert.equal(addDays(at('2025-10-25T22:00Z'), 1, BERLIN), at('2025-10-26T23:00Z'));
    assert.equal(addDays(at('2025-03-29T23:00Z'), 1, BERLIN), at('2025-03-30T22:00Z')); // 23 hours
    assert.equal(startOfDay(at('2025-12-06T10:00Z'), 'Asia/Kolkata'), at('2025-12-05T18:30Z'));
  });

  test('of a repeated time the first, after a skipped one the next', () => {
    assert.equal(momentOf(at('2025-10-26T02:30Z'), BERLIN), at('2025-10-26T00:30Z'));
    assert.equal(wallTime(momentOf(at('2025-03-30T02:30Z'), BERLIN), BERLIN), at('2025-03-30T03:30Z'));
  });

  test('fields of date and time are in the zone', () => {
    assert.equal(inputValue(at('2025-12-06T23:30Z'), BERLIN), '2025-12-07T00:30');
    assert.equal(momentOfInput('2025-12-07T00:30', BERLIN), at('2025-12-06T23:30Z'));
    assert.equal(momentOfInput('', BERLIN), null);
  });
});

describe('named range', () => {
  const NOW = '2025-12-06T12:00:30Z';

  test('ends with the running minute, or is over', () => {
    assert.deepEqual(range('live', NOW), ['2025-12-06T11:01', '2025-12-06T12:01', true]);
    assert.deepEqual(range('today', NOW), ['2025-12-06T00:00', '2025-12-06T12:01', true]);
    assert.deepEqual(range('yesterday', NOW), ['2025-12-05T00:00', '2025-12-06T00:00', false]);
    assert.deepEqual(range('24h', NOW), ['2025-12-05T12:01', '2025-12-06T12:01', true]);
    assert.deepEqual(range('7d', NOW), ['2025-11-30T00:00', '2025-12-06T12:01', true]);
    assert.deepEqual(range('30d', NOW), ['2025-11-07T00:00', '2025-12-06T12:01', true]);
  });

  test('is in days of the zone', () =>
    assert.deepEqual(range('yesterday', '2025-10-27T12:00Z', BERLIN), ['2025-10-25T22:00', '2025-10-26T23:00', false]));
});

describe('custom range', () => {
  const custom = (since, until) =>
    timeRangeOf({ range: 'custom', since: at(since), until: until && at(until) }, at('2025-12-06T12:00:30Z'), 'UTC');

  test('is closed once it is over', () => {
    assert.equal(custom('2025-12-06T09:00Z', '2025-12-06T10:00Z').isOpen, false);
    assert.equal(custom('2025-12-06T09:00Z', '2025-12-06T13:00Z').isOpen, true);
    assert.deepEqual(custom('2025-12-06T09:00Z', null), { since: at('2025-12-06T09:00Z'), until: at('2025-12-06T12:01Z'), isOpen: true });
  });
});

test('comparisons are by the clocks on the wall', () => {
  const day = { since: at('2025-10-26T23:00Z'), until: at('2025-10-27T23:00Z') };
  const compared = (how) => Object.values(comparedRange(day, how, BERLIN) ?? {}).map((one) => new Date(one).toISOString().slice(5, 16));
  assert.deepEqual(compared('none'), []);
  assert.deepEqual(compared('previous'), ['10-25T23:00', '10-26T23:00']);
  assert.deepEqual(compared('yesterday'), ['10-25T22:00', '10-26T23:00']);
  assert.deepEqual(compared('lastWeek'), ['10-19T22:00', '10-20T22:00']);
});

test('a range as text', () => {
  const text = (since, until) => rangeText({ since: at(since), until: at(until) }, at('2025-12-06T12:00Z'), 'UTC', 'en-GB');
  assert.equal(text('2025-12-06T09:20Z', '2025-12-06T09:30Z'), 'Today 09:20–09:30');
  assert.equal(text('2025-12-05T09:20Z', '2025-12-05T09:30Z'), 'Yesterday 09:20–09:30');
  assert.equal(text('2025-12-04T09:20Z', '2025-12-05T00:00Z'), '4 Dec 09:20–00:00');
  assert.equal(text('2025-12-04T00:00Z', '2025-12-05T00:00Z'), '4 Dec');
  assert.equal(text('2025-12-01T00:00Z', '2025-12-05T00:00Z'), '1 Dec – 4 Dec');
  assert.equal(text('2025-12-04T23:00Z', '2025-12-05T01:00Z'), '4 Dec 23:00 – 5 Dec 01:00');
  assert.equal(viewText({ range: '7d', since: null, until: null }, 0, 'UTC'), 'Last 7 days');
});
