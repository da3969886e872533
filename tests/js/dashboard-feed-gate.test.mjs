/** Between the stream and the feed: pause, filters, and requests for a channel's events. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FeedGate } from '../../static/js/pages/dashboard/feed-gate.js';

const ALL = { type: '', user: '', channel: '', since: null, until: null };
const event = (eventId, eventType = 'message.sent', userId = 'u-1') => ({
  eventId, eventType, userId, timestamp: '2025-12-06T12:00:00.000Z',
});
const ids = (events) => events.map(({ eventId }) => eventId);

function opened(source = {}, limit = 3) {
  const seen = { passed: [], released: [], restarts: [], waiting: 0, trouble: '', timers: [] };
  const outlet = {
    pass: (item) => seen.passed.push(item.eventId),
    release: (items) => seen.released.push(...ids(items)),
    restart: (items) => seen.restarts.push(ids(items)),
    onWaiting: (count) => (seen.waiting = count),
    onError: (message) => (seen.trouble = message),
  };
  const setTimeout = (work) => seen.timers.push(work);
  return { seen, gate: new FeedGate(source, outlet, { limit, filter: ALL, setTimeout }) };
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
  const source = (events, after = 9) => ({ newest: async () => ({ events, after }) });

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
    const { seen, gate } = opened({ newest: () => new Promise((resolve) => answers.push(resolve)) });
    const first = gate.setFilter({ ...ALL, type: 'a.a' });
    const second = gate.setFilter({ ...ALL, type: 'b.b' });
    answers[1]({ events: [event('b')], after: 2 });
    answers[0]({ events: [event('a')], after: 1 });
    await Promise.all([first, second]);
    assert.deepEqual(seen.restarts, [['b']]);
  });

  test('a failed request shows an error and new events', async () => {
    const { seen, gate } = opened({ newest: () => Promise.reject(new Error('No answer.')) });
    await gate.setFilter({ ...ALL, user: 'u-1' });
    gate.receive(event('a'));
    assert.deepEqual([seen.trouble, seen.passed], ['No answer.', ['a']]);
  });
});

describe('a channel', () => {
  const CHANNEL = { ...ALL, channel: 'general' };

  function asked(pages) {
    const asks = [];
    const since = async (filter, after) => {
      asks.push(after);
      return pages.shift();
    };
    return { asks, ...opened({ newest: async () => ({ events: [], after: 10 }), since }) };
  }

  test('fetches matches at most once a second', async () => {
    const { seen, gate, asks } = asked([{ events: [event('b')], after: 13 }, { events: [], after: 14 }]);
    await gate.setFilter(CHANNEL);
    for (const id of 'abc') gate.receive(event(id));
    assert.equal(seen.timers.length, 1);
    await seen.timers[0]();
    assert.deepEqual([asks, seen.passed], [[10], ['b']]);
    gate.receive(event('d'));
    await seen.timers[1]();
    assert.deepEqual(asks, [10, 13]);
  });

  test('a paused feed buffers fetched events', async () => {
    const { seen, gate } = asked([{ events: [event('b')], after: 13 }]);
    await gate.setFilter(CHANNEL);
    gate.pause();
    gate.receive(event('b'));
    await seen.timers[0]();
    assert.deepEqual([seen.passed, seen.waiting], [[], 1]);
  });

  test('a response for an old filter is dropped', async () => {
    const { seen, gate } = asked([{ events: [event('b')], after: 13 }]);
    await gate.setFilter(CHANNEL);
    gate.receive(event('b'));
    await gate.setFilter(ALL);
    await seen.timers[0]();
    assert.deepEqual(seen.passed, []);
  });
});
