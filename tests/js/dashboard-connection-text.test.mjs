/** The state of the connection as text. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { idleState } from '../../static/js/client/connection-state.js';
import { connectionText } from '../../static/js/pages/dashboard/connection-text.js';
import { PulseError } from '../../static/js/client/errors.js';

const NOW = 1_764_978_000_000;
const LOST = new PulseError('The server cannot be reached.', { code: 'LOST' });

function words(changes, context = {}) {
  const state = { ...idleState(Infinity, '', NOW), ...changes };
  return connectionText(state, { now: NOW, statsTime: '12:04:05', areStatsLate: false, ...context });
}

const badge = (...values) => {
  const { condition, tone, word, detail } = words(...values);
  return [condition, tone, word, detail];
};

test('connecting for the first time', () => {
  assert.deepEqual(badge({ phase: 'idle' }), ['connecting', '', 'Connecting', '']);
  assert.deepEqual(badge({ phase: 'connecting' }), ['connecting', '', 'Connecting', '']);
});

describe('connected', () => {
  test('shows the latency once it is known', () => {
    assert.deepEqual(badge({ phase: 'connected' }, { latency: 38 }), ['live', 'good', 'Live', '38 ms']);
  });

  test('shows the progress of a backfill', () => {
    const expected = ['catching-up', 'warn', 'Catching up', '212 missed events so far'];
    assert.deepEqual(badge({ phase: 'connected' }, { backfilled: 212, latency: 38 }), expected);
  });

  test('shows the time of the stats', () => {
    assert.deepEqual(badge({ phase: 'connected' }), ['live', 'good', 'Live', 'as of 12:04:05']);
  });

  test('a latency below the precision of the clocks', () => {
    assert.deepEqual(badge({ phase: 'connected' }, { latency: 0 }), ['live', 'good', 'Live', '< 25 ms']);
  });

  test('slow when the server is degraded', () => {
    const slow = ['slow', 'warn', 'Slow', 'events may come late'];
    assert.deepEqual(badge({ phase: 'connected', degraded: true }), slow);
  });

  test('late when no stats come, degraded or not', () => {
    const late = ['late', 'warn', 'Late', 'figures from 12:04:05'];
    assert.deepEqual(badge({ phase: 'connected' }, { areStatsLate: true }), late);
    assert.deepEqual(badge({ phase: 'connected', degraded: true }, { areStatsLate: true }), late);
  });
});

describe('reconnecting', () => {
  const SECOND_TRY = { phase: 'reconnecting', attempt: 2, retryAt: NOW + 3001, error: LOST };
  const waiting = (changes) => badge({ ...SECOND_TRY, ...changes })[3];

  test('counts down to the next attempt', () => {
    assert.deepEqual(badge(SECOND_TRY), ['reconnecting', 'warn', 'Reconnecting', 'in 4 s (try 2)']);
    assert.equal(waiting({ retryAt: NOW + 1000 }), 'in 1 s (try 2)');
  });

  test('never shows 0 s', () => {
    assert.equal(waiting({ retryAt: NOW }), 'in 1 s (try 2)');
    assert.equal(badge({ phase: 'connecting', attempt: 2, error: LOST })[3], 'now (try 2)');
  });

  test('shows the maximum if there is one', () => {
    assert.equal(waiting({ maxAttempts: 5 }), 'in 4 s (try 2 of 5)');
  });

  test('shows minutes for a long wait', () => {
    assert.equal(waiting({ retryAt: NOW + 600_000 }), 'in 10 min (try 2)');
  });

  test('no attempt number before the first', () => assert.equal(waiting({ attempt: 0 }), 'in 4 s'));

  test('shows the cause', () => {
    const because = (changes) => words({ phase: 'reconnecting', attempt: 1, retryAt: NOW, ...changes }).sentence;
    assert.match(because({ error: LOST }), /^The server cannot be reached\. The page tries again by itself/);
    assert.match(because({ reason: 'shutdown' }), /^The server is restarting\. /);
    assert.match(because({ reason: 'max-duration' }), /^The server asked for a fresh connection\. /);
    for (const [reason, word] of [['limit', 'Too many streams'], ['maintenance', 'Maintenance'], ['unavailable', 'Unavailable']])
      assert.equal(badge({ phase: 'reconnecting', attempt: 1, retryAt: NOW, reason })[2], word);
    assert.match(because({ reason: 'constructor' }), /^The connection was lost\. /);
  });
});

test('polling behind a buffering proxy', () => {
  const state = { phase: 'connected', via: 'polling' };
  assert.deepEqual(badge(state).slice(0, 3), ['polling', 'warn', 'Polling']);
  assert.match(words(state).sentence, /^Something on the way, such as a proxy, holds the live stream back\./);
});

describe('not live', () => {
  test('offline', () => {
    const error = new PulseError('This device is offline.', { code: 'OFFLINE' });
    assert.deepEqual(badge({ phase: 'offline', error }), ['offline', 'bad', 'Offline', 'no network']);
    assert.match(words({ phase: 'offline', error }).sentence, /^This device is offline\. The page goes on when/);
  });

  test('signed out', () => {
    assert.deepEqual(badge({ phase: 'signed-out' }), ['signed-out', 'bad', 'Signed out', 'not live']);
    assert.match(words({ phase: 'signed-out' }).sentence, /Sign in to go on/);
  });

  test("stopped with the client's reason", () => {
    const error = new PulseError('There is no such workspace.', { code: 'NOT_FOUND', status: 404 });
    assert.deepEqual(badge({ phase: 'failed', error }), ['failed', 'bad', 'Stopped', 'not live']);
    assert.equal(words({ phase: 'failed', error }).sentence, error.message);
  });

  test('ended', () => assert.deepEqual(badge({ phase: 'closed' }), ['closed', '', 'Disconnected', 'not live']));
});
