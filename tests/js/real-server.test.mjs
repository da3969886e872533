/** Over a real network with real timers: the server is killed and restarted; nothing is lost or doubled. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RealtimeAnalytics } from '../../static/js/realtime-analytics.js';
import { connected, event, stats } from './support/frames.mjs';
import { RealServer } from './support/real-server.mjs';

/** A promise that a callback fulfils, so that tests wait for events and not for time. */
function signal() {
  let call;
  const heard = new Promise((resolve) => (call = resolve));
  return { heard, call };
}

/** The ids of events as they come; `until(n)` is fulfilled with the n-th. */
function collector() {
  const ids = [];
  const waiting = [];
  return {
    ids,
    onEvent: (data, id) => {
      ids.push(id);
      waiting.filter(({ count }) => count === ids.length).forEach(({ resolve }) => resolve());
    },
    until: (count) =>
      new Promise((resolve) => (ids.length >= count ? resolve() : waiting.push({ count, resolve }))),
  };
}

test('server killed in the middle of a frame', async (t) => {
  const server = await RealServer.for(t);
  const events = collector();
  const left = signal();
  const second = signal();
  const live = new RealtimeAnalytics(
    'acme',
    {
      reconnectDelay: 5,
      maxReconnectAttempts: Infinity,
      onEvent: events.onEvent,
      onDisconnect: left.call,
      onStateChange: ({ attempt }) => attempt === 2 && second.call(),
    },
    { fetch: server.fetch },
  );
  t.after(() => live.disconnect());

  const first = await server.next();
  first.stream(connected() + stats() + event(813));
  await events.until(1);
  first.send(event(814).slice(0, 20));
  await server.kill();
  assert.deepEqual(await left.heard, { reason: 'lost', willReconnect: true });
  await second.heard; // attempt 1 found no server

  await server.start();
  const resumed = await server.next();
  assert.equal(resumed.headers.get('last-event-id'), 'a1b2c3d4-813');
  resumed.stream(connected() + stats({ activeUsers: 43 }) + event(814) + event(815));
  await events.until(3);
  assert.deepEqual(events.ids, ['a1b2c3d4-813', 'a1b2c3d4-814', 'a1b2c3d4-815']);
  assert.deepEqual([live.isConnected, live.error, live.stats.activeUsers], [true, null, 43]);

  live.disconnect();
  await resumed.over;
});
