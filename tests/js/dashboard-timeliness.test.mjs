/** How current the page is: age of the stats, latency of events, backfill. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BackfillProgress, EventLatency, StatsAge } from '../../static/js/pages/dashboard/timeliness.js';

const NOW = 1_764_978_000_000;
const at = (moment) => new Date(moment).toISOString();

const TICK = 5; // seconds
const connected = () => {
  const age = new StatsAge('then', 0);
  age.expectEvery(TICK, 0);
  return age;
};

describe('age of the stats', () => {
  test('stats are never late without an interval', () => {
    assert.equal(new StatsAge('then', 0).areLate(3_600_000), false);
  });

  test('stats are late after three ticks', () => {
    assert.equal(connected().areLate(15_000), false);
    assert.equal(connected().areLate(15_001), true);
  });

  test('new stats are current again', () => {
    const age = connected();
    age.received('now', 20_000);
    assert.equal(age.areLate(35_000), false);
    assert.equal(age.timestamp, 'now');
  });

  test('a new connection restarts the clock', () => {
    const age = connected();
    age.expectEvery(TICK, 60_000);
    assert.equal(age.areLate(61_000), false);
  });
});

describe('event latency', () => {
  function measured(...milliseconds) {
    const latency = new EventLatency();
    milliseconds.forEach((took) => latency.addSample(at(NOW - took), NOW));
    return latency.median(NOW, 0);
  }

  test('median ignores one outlier', () => {
    assert.equal(measured(), null);
    assert.equal(measured(38), 38);
    assert.equal(measured(30, 9000, 40), 40);
  });

  test('median of the latest nine', () => {
    assert.equal(measured(...Array(20).fill(500), ...Array(9).fill(20)), 20);
  });

  test('old events are ignored, never negative', () => {
    assert.equal(measured(3_600_000), null);
    assert.equal(measured(-4), 0);
  });

  test('samples count from before the offset was known', () => {
    const latency = new EventLatency();
    latency.addSample(at(NOW - 20), NOW - 3_600_000); // by a clock that is an hour behind
    assert.equal(latency.median(NOW - 3_600_000, null), null);
    assert.equal(latency.median(NOW - 3_600_000, 3_600_000), 20);
  });

  test('samples expire after five minutes', () => {
    const latency = new EventLatency();
    latency.addSample(at(NOW - 20), NOW);
    assert.equal(latency.median(NOW + 299_000, 0), 20);
    assert.equal(latency.median(NOW + 301_000, 0), null);
  });
});

describe('backfill', () => {
  function missed(count, openedAt = NOW) {
    const backfill = new BackfillProgress();
    backfill.streamOpened(at(openedAt));
    for (let n = 0; n < count; n += 1) backfill.received(at(NOW - 5000), NOW + 100);
    return backfill;
  }

  test('counts missed events from ten on', () => {
    assert.equal(missed(9).count(NOW + 100), 0);
    assert.equal(missed(40).count(NOW + 100), 40);
  });

  test('ends at a newer event or after a second', () => {
    const backfill = missed(40);
    assert.equal(backfill.count(NOW + 1100), 0);
    backfill.received(at(NOW + 50), NOW + 150);
    assert.equal(backfill.count(NOW + 150), 0);
  });

  test('does not begin without missed events', () => {
    assert.equal(missed(40, NOW - 60_000).count(NOW + 100), 0);
  });
});
