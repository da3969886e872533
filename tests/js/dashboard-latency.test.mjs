/** How long events take to the screen, by the server's clock, and whether the page is still catching up. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ServerClock } from '../../static/js/client/server-clock.js';
import { BackfillProgress, EventLatency } from '../../static/js/pages/dashboard/timeliness.js';
import { durationText } from '../../static/js/ui/number-format.js';

const NOW = 1_764_978_000_000;
const at = (moment) => new Date(moment).toISOString();

describe('the server’s clock', () => {
  test('is unknown before the first answer', () => {
    assert.equal(new ServerClock().offset, null);
  });

  test('is taken to have been read halfway', () => {
    const offset = new ServerClock();
    offset.addSample(NOW, NOW + 100, NOW + 3_600_050);
    assert.equal(offset.offset, 3_600_000);
  });

  test('is best told by the answer that came soonest, for half an hour', () => {
    const offset = new ServerClock();
    offset.addSample(NOW, NOW + 10, NOW + 5);
    offset.addSample(NOW + 1000, NOW + 1400, NOW + 9999);
    assert.equal(offset.offset, 0);
    offset.addSample(NOW + 2_000_000, NOW + 2_000_400, NOW + 2_000_250);
    assert.equal(offset.offset, 50);
  });

  test('is told by whole seconds until an answer says it more exactly', () => {
    const clock = new ServerClock();
    clock.addDateHeader('Sat, 06 Dec 2025 15:00:00 GMT', Date.parse('2025-12-06T15:00:00Z'), Date.parse('2025-12-06T15:00:00Z'));
    assert.equal(clock.offset, 500);
    const later = Date.parse('2025-12-06T15:01:00Z');
    clock.addSample(later, later + 100, later + 150);
    assert.equal(clock.offset, 100);
    clock.addDateHeader('Sat, 06 Dec 2025 15:02:00 GMT', later + 60_000, later + 60_000);
    assert.equal(clock.offset, 100);
  });

  test('is learnt anew when this browser’s was set', () => {
    const clock = new ServerClock();
    clock.addSample(NOW, NOW + 10, NOW + 5);
    clock.addSample(NOW - 3_600_000, NOW - 3_599_900, NOW + 50);
    assert.equal(clock.offset, 3_600_000);
  });
});

describe('the latency', () => {
  function measured(...milliseconds) {
    const latency = new EventLatency();
    milliseconds.forEach((took) => latency.addSample(at(NOW - took), NOW));
    return latency.median(NOW, 0);
  }

  test('is the median, so that one straggler changes nothing', () => {
    assert.equal(measured(), null);
    assert.equal(measured(38), 38);
    assert.equal(measured(30, 9000, 40), 40);
  });

  test('is that of the latest nine', () => {
    assert.equal(measured(...Array(20).fill(500), ...Array(9).fill(20)), 20);
  });

  test('leaves out events of the past, and is never below nothing', () => {
    assert.equal(measured(3_600_000), null);
    assert.equal(measured(-4), 0);
  });

  test('is of events that were shown before the server’s clock was known, too', () => {
    const latency = new EventLatency();
    latency.addSample(at(NOW - 20), NOW - 3_600_000); // by a clock that is an hour behind
    assert.equal(latency.median(NOW - 3_600_000, null), null);
    assert.equal(latency.median(NOW - 3_600_000, 3_600_000), 20);
  });

  test('is forgotten after five minutes without an event', () => {
    const latency = new EventLatency();
    latency.addSample(at(NOW - 20), NOW);
    assert.equal(latency.median(NOW + 299_000, 0), 20);
    assert.equal(latency.median(NOW + 301_000, 0), null);
  });

  test('in words', () => {
    assert.deepEqual([0, 37.6, 994, 995, 1240].map(durationText), ['0 ms', '38 ms', '994 ms', '1.0 s', '1.2 s']);
  });
});

describe('catching up', () => {
  function missed(count, openedAt = NOW) {
    const backfill = new BackfillProgress();
    backfill.streamOpened(at(openedAt));
    for (let n = 0; n < count; n += 1) backfill.received(at(NOW - 5000), NOW + 100);
    return backfill;
  }

  test('counts events from before the stream was opened, once there are several', () => {
    assert.equal(missed(9).count(NOW + 100), 0);
    assert.equal(missed(40).count(NOW + 100), 40);
  });

  test('is over with the first newer event, or when none comes any more', () => {
    const backfill = missed(40);
    assert.equal(backfill.count(NOW + 1100), 0);
    backfill.received(at(NOW + 50), NOW + 150);
    assert.equal(backfill.count(NOW + 150), 0);
  });

  test('does not begin while nothing was missed', () => {
    assert.equal(missed(40, NOW - 60_000).count(NOW + 100), 0);
  });
});
