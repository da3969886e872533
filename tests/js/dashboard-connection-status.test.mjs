/** When stats count as stale, and the line below them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { areStale, asOf } from '../../static/js/pages/dashboard/connection-status.js';

const after = (milliseconds, condition) => areStale({ condition }, { since: 1_000_000 }, 1_000_000 + milliseconds);

describe('stats', () => {
  test('current while connected', () => {
    assert.equal(after(3_600_000, 'live'), false);
    assert.equal(after(3_600_000, 'slow'), false);
  });

  for (const condition of ['connecting', 'reconnecting']) {
    test(`stale once ${condition} outlasts the grace`, () => {
      assert.equal(after(3000, condition), false);
      assert.equal(after(3001, condition), true);
    });
  }

  for (const condition of ['late', 'offline', 'signed-out', 'failed', 'closed']) {
    test(`stale at once when ${condition}`, () => assert.equal(after(0, condition), true));
  }
});

test('the line shows the age, else the zone', () => {
  assert.equal(asOf(false, '12:04:05', 'Europe/Berlin'), 'Times are in Europe/Berlin');
  assert.equal(asOf(true, '12:04:05', 'Europe/Berlin'), 'Figures from 12:04:05: newer ones have not arrived');
});
