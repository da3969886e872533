/** The watchdog calls back once when a connection has been silent for too long. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Liveness } from '../../static/js/client/liveness.js';
import { FakeClock } from './support/clock.mjs';

function watch(t, limit) {
  const clock = new FakeClock(0);
  const alarms = [];
  const liveness = new Liveness(limit, (silence) => alarms.push([clock.now(), silence]), clock);
  t.after(() => {
    liveness.stop();
    assert.equal(clock.pending, 0);
  });
  return { clock, alarms, liveness };
}

describe('silence', () => {
  test('a clock set back waits one limit at most', async (t) => {
    const { clock, alarms, liveness } = watch(t, 1000);
    clock.jump(-3_600_000);
    liveness.check();
    await clock.advance(1000);
    assert.deepEqual(alarms, []);
    liveness.touch();
    await clock.advance(1000);
    assert.equal(alarms.length, 1);
  });
});

describe('the limit', () => {
  test('can grow', async (t) => {
    const { clock, alarms, liveness } = watch(t, 1000);
    liveness.setLimit(5000);
    await clock.advance(4999);
    assert.deepEqual(alarms, []);
    await clock.advance(1);
    assert.equal(alarms.length, 1);
  });

  test('can shrink below the present silence', async (t) => {
    const { clock, alarms, liveness } = watch(t, 10_000);
    await clock.advance(3000);
    liveness.setLimit(2000);
    assert.deepEqual(alarms, [[3000, 3000]]);
  });
});
