/** Times in the workspace's time zone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../static/js/ui/clock.js';

const MOMENT = '2025-12-06T23:04:05.678Z';

test('use the time zone of the workspace', () => {
  assert.equal(new Clock('Europe/Berlin', 'en').time(MOMENT), '00:04:05');
  assert.equal(new Clock('America/New_York', 'en').time(MOMENT), '18:04:05');
});

test('accept milliseconds', () => assert.equal(new Clock('UTC', 'en').time(Date.parse(MOMENT)), '23:04:05'));

test('full: with day and zone', () => {
  assert.match(new Clock('Europe/Berlin', 'en').full(MOMENT), /^Sunday, December 7, 2025 at 00:04:05 (GMT\+1|CET)$/);
});

test('an unknown zone falls back to UTC', () => {
  const clock = new Clock('Mars/Olympus_Mons', 'en');
  assert.equal(clock.time(MOMENT), '23:04:05');
  assert.equal(clock.zone, 'UTC');
});

test('empty for an invalid time', () => assert.equal(new Clock('UTC', 'en').time('yesterday'), ''));
