/** The filter of the feed: parameters of requests, and matching of events. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, matches, isEmptyFilter, withFilter } from '../../static/js/pages/dashboard/feed-filter.js';

const ALL = { type: '', user: '', channel: '', q: '', since: null, until: null };
const [AT_9, AT_10] = [Date.parse('2025-12-06T09:00Z'), Date.parse('2025-12-06T10:00Z')];

test('no parameters, no filter', () => {
  assert.equal(withFilter(new URLSearchParams('limit=1'), ALL).toString(), 'limit=1');
  assert.ok(isEmptyFilter(ALL));
  assert.ok(!isEmptyFilter({ ...ALL, since: AT_9 }));
});

test('the filter joins other parameters', () => {
  const query = withFilter(new URLSearchParams('limit=1'), { ...ALL, type: 'message.sent', channel: 'a b', since: AT_9 });
  assert.equal(query.toString(), 'limit=1&type=message.sent&channel=a+b&since=2025-12-06T09%3A00%3A00.000Z');
});

test('a live page has no bounds, an open range no end', () => {
  const view = { type: 'a.b', user: '', channel: '', q: '', range: 'live', until: null };
  const range = { since: AT_9, until: AT_10, isOpen: true };
  assert.deepEqual(filterOf(view, range), { ...ALL, type: 'a.b' });
  assert.deepEqual(filterOf({ ...view, range: 'today' }, range), { ...ALL, type: 'a.b', since: AT_9 });
  assert.equal(filterOf({ ...view, range: 'custom', until: AT_10 + 1 }, range).until, AT_10 + 1); // still to come
  assert.deepEqual(filterOf({ ...view, range: 'custom' }, { ...range, isOpen: false }), { ...ALL, type: 'a.b', since: AT_9, until: AT_10 });
});

test('an event matches by type, person, channel and time', () => {
  const event = { eventType: 'message.sent', eventId: 'E-1', userId: 'u-1', channelId: 'general', timestamp: '2025-12-06T09:30:00Z' };
  assert.ok(matches(ALL, event));
  assert.ok(matches({ ...ALL, type: 'message.sent', user: 'u-1', since: AT_9, until: AT_10 }, event));
  assert.ok(!matches({ ...ALL, type: 'message.edited' }, event));
  assert.ok(!matches({ ...ALL, user: 'u-2' }, event));
  assert.ok(matches({ ...ALL, channel: 'general' }, event));
  assert.ok(!matches({ ...ALL, channel: 'other' }, event));
  assert.ok(!matches({ ...ALL, since: AT_10 }, event));
  assert.ok(!matches({ ...ALL, until: AT_9 }, event));
  assert.ok(matches({ ...ALL, q: 'SENT' }, event));
  assert.ok(matches({ ...ALL, q: 'e-1' }, event));
  assert.ok(!matches({ ...ALL, q: 'u-1' }, event));
});
