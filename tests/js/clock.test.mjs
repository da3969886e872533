/** Times as the workspace's wall clock shows them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../static/js/ui/clock.js';

const MOMENT = '2025-12-06T23:04:05.678Z';

test('are those of the workspace, not of the reader', () => {
  assert.equal(new Clock('Europe/Berlin', 'en').time(MOMENT), '00:04:05');
  assert.equal(new Clock('America/New_York', 'en').time(MOMENT), '18:04:05');
});

test('may be given in milliseconds', () => assert.equal(new Clock('UTC', 'en').time(Date.parse(MOMENT)), '23:04:05'));

test('name day and zone in full', () => {
  assert.match(new Clock('Europe/Berlin', 'en').full(MOMENT), /^Sunday, December 7, 2025 at 00:04:05 (GMT\+1|CET)$/);
});

test('of a zone that this browser does not know are in UTC, and say so', () => {
  const clock = new Clock('Mars/Olympus_Mons', 'en');
  assert.equal(clock.time(MOMENT), '23:04:05');
  assert.equal(clock.zone, 'UTC');
});

test('are empty for what is no time', () => assert.equal(new Clock('UTC', 'en').time('yesterday'), ''));
