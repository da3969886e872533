/** Between the stream and the feed: pause and filters. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FeedGate } from '../../static/js/pages/dashboard/feed-gate.js';

const ALL = { type: '', user: '', channel: '', q: '', since: null, until: null };
const event = (eventId, eventType = 'message.sent', userId = 'u-1') => ({
  eventId, eventType, userId, timestamp: '2025-12-06T12:00:00.000Z',
});
const ids = (events) => events.map(({ eventId }) => eventId);
const pageOf = (...events) => ({ events: events.toReversed(), before: null });

function opened(source = {}, limit = 3) {
  const seen = { passed: [], released: [], restarts: [], waiting: 0, trouble: '' };
  const outlet = {
    pass: (item) => seen.passed.push(item.eventId),
    release: (items) => seen.released.push(...ids(items)),
    restart: (items) => seen.restarts.push(ids(items)),
    onWaiting: (count) => (seen.waiting = count),
    onError: (message) => (seen.trouble = message),
  };
  return { seen, gate: new FeedGate(source, outlet, { limit, filter: ALL }) };
}

describe('paused', () => {
  test('buffers, counts, and releases in order', () => {
    const { seen, gate } = opened();
    gate.receive(event('a'));
    gate.pause();
    gate.receive(event('b'));
    gate.receive(event('c'));
    assert.deepEqual([seen.passed, seen.waiting], [['a'], 2]);
    gate.play();
    assert.deepEqual([seen.passed, seen.released, seen.waiting], [['a'], ['b', 'c'], 0]);
  });

  test('the buffer is bounded, the count is not', () => {
    const { seen, gate } = opened();
    gate.pause();
    for (const id of 'abcde') gate.receive(event(id));
    assert.equal(seen.waiting, 5);
    gate.play();
    assert.deepEqual(seen.released, ['c', 'd', 'e']);
  });

  test('a duplicate counts once', () => {
    const { seen, gate } = opened();
    gate.pause();
    gate.receive(event('a'));
    gate.receive(event('a'));
    assert.equal(seen.waiting, 1);
  });
});

describe('a filter', () => {
  const source = (events) => ({ page: async () => pageOf(...events) });

  test('shows the newest matches, then new ones', async () => {
    const { seen, gate } = opened(source([event('old')]));
    await gate.setFilter({ ...ALL, type: 'message.sent' });
    gate.receive(event('a'));
    gate.receive(event('b', 'task.created'));
    assert.deepEqual([seen.restarts, seen.passed], [[['old']], ['a']]);
  });

  test('events during the request come after it', async () => {
    const { seen, gate } = opened(source([event('old'), event('both')]));
    const chosen = gate.setFilter({ ...ALL, type: 'message.sent' });
    gate.receive(event('both'));
    gate.receive(event('new'));
    await chosen;
    assert.deepEqual([seen.restarts, seen.passed], [[['old', 'both']], ['new']]);
  });

  test('only the last of several filters counts', async () => {
    const answers = [];
    const { seen, gate } = opened({ page: () => new Promise((resolve) => answers.push(resolve)) });
    const first = gate.setFilter({ ...ALL, type: 'a.a' });
    const second = gate.setFilter({ ...ALL, type: 'b.b' });
    answers[1](pageOf(event('b')));
    answers[0](pageOf(event('a')));
    await Promise.all([first, second]);
    assert.deepEqual(seen.restarts, [['b']]);
  });

  test('a failed request shows an error and new events', async () => {
    const { seen, gate } = opened({ page: () => Promise.reject(new Error('No answer.')) });
    await gate.setFilter({ ...ALL, user: 'u-1' });
    gate.receive(event('a'));
    assert.deepEqual([seen.trouble, seen.passed], ['No answer.', ['a']]);
  });
});

test('a range that is over takes no new events', async () => {
  const { seen, gate } = opened({ page: async () => pageOf(event('old')) });
  await gate.setFilter({ ...ALL, until: Date.parse('2025-12-06T12:00:00.000Z') });
  gate.receive(event('new'));
  assert.deepEqual([seen.restarts, seen.passed], [[['old']], []]);
});
