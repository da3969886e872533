/** The filter of the feed: parameters of requests, and matching of events. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, isEmptyFilter, needsServer, withFilter } from '../../static/js/pages/dashboard/feed-filter.js';

const ALL = { type: '', user: '', channel: '' };

test('no parameters, no filter', () => {
  assert.equal(withFilter(new URLSearchParams('limit=1'), ALL).toString(), 'limit=1');
  assert.ok(isEmptyFilter(ALL));
});

test('the filter joins other parameters', () => {
  const query = withFilter(new URLSearchParams('kiosk=1&user=u-9'), { ...ALL, type: 'message.sent', channel: 'a b' });
  assert.equal(query.toString(), 'kiosk=1&type=message.sent&channel=a+b');
});

test('an event matches by type and person', () => {
  const event = { eventType: 'message.sent', userId: 'u-1' };
  assert.ok(matches(ALL, event));
  assert.ok(matches({ ...ALL, type: 'message.sent', user: 'u-1' }, event));
  assert.ok(!matches({ ...ALL, type: 'message.edited' }, event));
  assert.ok(!matches({ ...ALL, user: 'u-2' }, event));
});

test('only a channel needs the server', () => {
  assert.ok(needsServer({ ...ALL, channel: 'general' }));
  assert.ok(!needsServer({ ...ALL, type: 'message.sent', user: 'u-1' }));
});
