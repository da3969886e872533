/** The offset of the server's clock, estimated from its responses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock } from '../../static/js/client/server-clock.js';

const NOW = 1_764_978_000_000;

test('offset is unknown before the first response', () => {
  assert.equal(new ServerClock().offset, null);
});

test('server time lies halfway between request and response', () => {
  const clock = new ServerClock();
  clock.addSample(NOW, NOW + 100, NOW + 3_600_050);
  assert.equal(clock.offset, 3_600_000);
});

test('shortest round trip wins for half an hour', () => {
  const clock = new ServerClock();
  clock.addSample(NOW, NOW + 10, NOW + 5);
  clock.addSample(NOW + 1000, NOW + 1400, NOW + 9999);
  assert.equal(clock.offset, 0);
  clock.addSample(NOW + 2_000_000, NOW + 2_000_400, NOW + 2_000_250);
  assert.equal(clock.offset, 50);
});

test('Date header counts until an exact sample', () => {
  const clock = new ServerClock();
  clock.addDateHeader('Sat, 06 Dec 2025 15:00:00 GMT', Date.parse('2025-12-06T15:00:00Z'), Date.parse('2025-12-06T15:00:00Z'));
  assert.equal(clock.offset, 500);
  const later = Date.parse('2025-12-06T15:01:00Z');
  clock.addSample(later, later + 100, later + 150);
  assert.equal(clock.offset, 100);
  clock.addDateHeader('Sat, 06 Dec 2025 15:02:00 GMT', later + 60_000, later + 60_000);
  assert.equal(clock.offset, 100);
});

test('offset is replaced when a clock is set', () => {
  const clock = new ServerClock();
  clock.addSample(NOW, NOW + 10, NOW + 5);
  clock.addSample(NOW - 3_600_000, NOW - 3_599_900, NOW + 50);
  assert.equal(clock.offset, 3_600_000);
});
