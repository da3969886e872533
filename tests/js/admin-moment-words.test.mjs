/** A token's moments in words. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MomentWords } from '../../static/js/pages/admin/moment-words.js';

const NOW = Date.parse('2025-12-06T12:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const words = new MomentWords('UTC', 'en-GB');
const after = (distance) => new Date(NOW + distance).toISOString();

describe('last used', () => {
  for (const [ago, text] of [
    [-MINUTE, 'Just now'], // of a clock that runs ahead of ours
    [0, 'Just now'],
    [2 * MINUTE - 1, 'Just now'],
    [2 * MINUTE, '2 minutes ago'],
    [HOUR - 1, '59 minutes ago'],
    [HOUR, '1 hour ago'],
    [DAY - 1, '23 hours ago'],
    [DAY, '1 day ago'],
    [400 * DAY, '400 days ago'],
  ]) {
    test(`${ago / SECOND} s ago is "${text}"`, () => assert.equal(words.used(after(-ago), NOW), text));
  }

  test('not at all is "Never"', () => assert.equal(words.used(null, NOW), 'Never'));
});

describe('expires', () => {
  for (const [ahead, text, detail, tone] of [
    [90 * DAY - 3 * SECOND, '6 Mar 2026', 'in 90 days', ''],
    [7 * DAY, '13 Dec 2025', 'in 7 days', ''],
    [7 * DAY - 1, '13 Dec 2025', 'in 7 days', 'warn'],
    [5 * HOUR, '6 Dec 2025', 'in 5 hours', 'warn'],
    [SECOND, '6 Dec 2025', 'in 1 minute', 'warn'],
    [0, 'Expired', 'on 6 Dec 2025', 'bad'],
    [-DAY, 'Expired', 'on 5 Dec 2025', 'bad'],
  ]) {
    test(`${ahead / SECOND} s ahead is "${text} ${detail}"`, () => {
      assert.deepEqual(words.expires(after(ahead), NOW), { text, detail, tone });
    });
  }

  test('never is "Never"', () => {
    assert.deepEqual(words.expires(null, NOW), { text: 'Never', detail: '', tone: '' });
  });
});

test('days are those of the workspace, not of the reader', () => {
  const late = '2025-12-06T23:30:00Z';
  assert.equal(new MomentWords('Europe/Berlin', 'en-GB').day(late), '7 Dec 2025');
  assert.equal(new MomentWords('America/New_York', 'en-GB').day(late), '6 Dec 2025');
});

test('a tooltip names time and zone, and is empty for what has not happened', () => {
  assert.match(words.full('2025-12-06T12:00:00Z'), /^Saturday,? 6 December 2025 at 12:00:00 UTC$/);
  assert.equal(words.full(null), '');
});
