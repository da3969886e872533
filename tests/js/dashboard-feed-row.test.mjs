/** The texts of an event's row. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../static/js/ui/clock.js';
import { dayText, feedRow } from '../../static/js/pages/dashboard/feed-row.js';

const CLOCK = new Clock('Europe/Berlin', 'en');
const MIKA = '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const EVENT = { eventType: 'message.sent', eventId: 'e-1', timestamp: '2025-12-06T12:04:05.000Z', userId: MIKA };

for (const [name, userId, names, ...expected] of [
  ["a member's name", MIKA, { [MIKA]: 'Mika' }, 'Mika', true],
  ['the short id of a non-member', MIKA, {}, '0190a1b2', false],
  ['an id like a property of Object', 'constructor', {}, 'construc', false],
  ['an event without a user', undefined, {}, '', false],
]) {
  test(name, () => {
    const { who, isNamed } = feedRow({ ...EVENT, userId }, names, CLOCK);
    assert.deepEqual([who, isNamed], expected);
  });
}

test('time and type', () => {
  const { time, iso, type, colour } = feedRow(EVENT, {}, CLOCK);
  assert.deepEqual({ time, iso, type, colour }, { time: '13:04:05', iso: EVENT.timestamp, type: 'message.sent', colour: 0 });
});

for (const [name, subject, where] of [
  ['a channel', { channelId: 'general', taskId: 't-1' }, '#general'],
  ['a task', { taskId: 't-1' }, 't-1'],
  ['an orchestrator', { orchestratorId: 'planner' }, 'planner'],
  ['nothing', {}, ''],
]) {
  test(`where: ${name}`, () => assert.equal(feedRow({ ...EVENT, ...subject }, {}, CLOCK).where, where));
}

for (const [name, timestamp, now, text] of [
  ['today', '2025-12-06T22:59:00Z', '2025-12-06T12:00:00Z', 'Today'],
  ['yesterday, though it is today in UTC', '2025-12-06T22:59:00Z', '2025-12-06T23:01:00Z', 'Yesterday, Saturday, December 6'],
  ['yesterday over a clock change', '2025-03-30T00:30:00Z', '2025-03-30T22:30:00Z', 'Yesterday, Sunday, March 30'],
  ['earlier', '2025-12-01T12:00:00Z', '2025-12-06T12:00:00Z', 'Monday, December 1'],
]) {
  test(`day: ${name}`, () => {
    assert.equal(dayText(feedRow({ ...EVENT, timestamp }, {}, CLOCK), CLOCK, Date.parse(now)), text);
  });
}
