/** A wrong option throws in the constructor, by its name. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readPollingOptions, readStreamOptions } from '../../static/js/client/options.js';
import { RealtimeAnalytics, RealtimeAnalyticsPolling } from '../../static/js/realtime-analytics.js';

const USUAL = {
  enabled: true,
  autoReconnect: true,
  maxReconnectAttempts: 5,
  reconnectDelay: 1000,
  shareStream: true,
  compare: false,
  lastEventId: '',
};

describe('defaults', () => {
  test('of the stream', () => assert.deepEqual(readStreamOptions({}), USUAL));

  test('of polling', () => assert.deepEqual(readPollingOptions({}), { enabled: true }));

  test('replace undefined and null', () => {
    assert.deepEqual(readStreamOptions({ enabled: undefined, onEvent: null, reconnectDelay: undefined }), USUAL);
  });
});

describe('accepted', () => {
  for (const options of [
    { maxReconnectAttempts: Infinity },
    { maxReconnectAttempts: 0 },
    { reconnectDelay: 1 },
    { enabled: false },
    { shareStream: false },
    { compare: true },
    { lastEventId: 'a1b2c3d4-812' },
  ]) {
    test(JSON.stringify(options), () =>
      assert.deepEqual(readStreamOptions(options), { ...USUAL, ...options }),
    );
  }
});

describe('rejected', () => {
  for (const [options, message] of [
    [{ onStatUpdate: () => {} }, 'unknown option onStatUpdate'],
    [{ toString: () => 'x' }, 'unknown option toString'],
    [{ enabled: 'no' }, 'option enabled must be true or false'],
    [{ maxReconnectAttempts: -1 }, 'option maxReconnectAttempts must be a whole number of attempts, or Infinity'],
    [{ maxReconnectAttempts: 2.5 }, 'option maxReconnectAttempts must be a whole number of attempts, or Infinity'],
    [{ maxReconnectAttempts: '5' }, 'option maxReconnectAttempts must be a whole number of attempts, or Infinity'],
    [{ reconnectDelay: 0 }, 'option reconnectDelay must be a positive number of milliseconds'],
    [{ reconnectDelay: NaN }, 'option reconnectDelay must be a positive number of milliseconds'],
    [{ reconnectDelay: 2 ** 31 }, 'option reconnectDelay must be a positive number of milliseconds'],
    [{ reconnectDelay: Infinity }, 'option reconnectDelay must be a positive number of milliseconds'],
    [{ lastEventId: 7 }, "option lastEventId must be an event's id, or empty"],
    [{ lastEventId: 'a\n1' }, "option lastEventId must be an event's id, or empty"],
    [{ onEvent: 'log' }, 'option onEvent must be a function'],
  ]) {
    test(message, () =>
      assert.throws(() => new RealtimeAnalytics('acme', options), { name: 'TypeError', message }),
    );
  }

  test("a stream's option for polling", () => {
    assert.throws(() => readPollingOptions({ maxReconnectAttempts: 5 }), {
      message: 'unknown option maxReconnectAttempts',
    });
  });

  for (const workspace of ['', undefined, null, 7]) {
    test(`the workspace ${JSON.stringify(workspace)}`, () => {
      const message = 'workspace must be a slug or an id';
      assert.throws(() => new RealtimeAnalytics(workspace), { name: 'TypeError', message });
      assert.throws(() => new RealtimeAnalyticsPolling(workspace), { name: 'TypeError', message });
    });
  }

  for (const interval of [0, -5, NaN, Infinity, '5000']) {
    test(`the interval ${interval}`, () => {
      const message = 'interval must be a positive number of milliseconds';
      assert.throws(() => new RealtimeAnalyticsPolling('acme', interval), { name: 'TypeError', message });
    });
  }
});
