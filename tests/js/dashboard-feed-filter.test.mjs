/** Which events the feed shows: read from the address, written to it, and asked of an event. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFilter, matches, isEmptyFilter, needsServer, withFilter } from '../../static/js/pages/dashboard/feed-filter.js';

const ALL = { type: '', user: '', channel: '' };

test('an address without a filter shows everything', () => {
  assert.deepEqual(readFilter(new URLSearchParams('metric=onlineUsers')), ALL);
  assert.ok(isEmptyFilter(ALL));
});

test('what is chosen is kept in the address, beside what else is there', () => {
  const query = withFilter(new URLSearchParams('kiosk=1&user=u-9'), { ...ALL, type: 'message.sent', channel: 'a b' });
  assert.equal(query.toString(), 'kiosk=1&type=message.sent&channel=a+b');
  assert.deepEqual(readFilter(query), { type: 'message.sent', user: '', channel: 'a b' });
});

test('an event fits when type and person are those chosen', () => {
  const event = { eventType: 'message.sent', userId: 'u-1' };
  assert.ok(matches(ALL, event));
  assert.ok(matches({ ...ALL, type: 'message.sent', user: 'u-1' }, event));
  assert.ok(!matches({ ...ALL, type: 'message.edited' }, event));
  assert.ok(!matches({ ...ALL, user: 'u-2' }, event));
});

test('only the channel has to be asked of the server', () => {
  assert.ok(needsServer({ ...ALL, channel: 'general' }));
  assert.ok(!needsServer({ ...ALL, type: 'message.sent', user: 'u-1' }));
});
