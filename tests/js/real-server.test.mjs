/** Over a real network with real timers: the server is killed and restarted; nothing is lost or doubled. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RealtimeAnalytics, RealtimeAnalyticsPolling } from '../../static/js/realtime-analytics.js';
import { bye, connected, event, snapshot, stats } from './support/frames.mjs';
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

test('stream in chunks of one byte', async (t) => {
  const server = await RealServer.for(t);
  const events = collector();
  const live = new RealtimeAnalytics('acme', { onEvent: events.onEvent }, { fetch: server.fetch });
  t.after(() => live.disconnect());
  const exchange = await server.next();
  exchange.stream();
  for (const byte of Buffer.from(connected() + event(813, { text: 'Grüße 🎉' }).replaceAll('\n', '\r\n'))) {
    exchange.send(Buffer.from([byte]));
  }
  await events.until(1);
  assert.ok(live.isConnected);
});

test('signed out while disconnected', async (t) => {
  const server = await RealServer.for(t);
  const failed = signal();
  const live = new RealtimeAnalytics('acme', { reconnectDelay: 5, onError: failed.call }, { fetch: server.fetch });
  t.after(() => live.disconnect());
  (await server.next()).stream(connected() + bye('shutdown'));
  const problem = JSON.stringify({ status: 401, code: 'AUTH_REQUIRED', title: 'Sign in first' });
  (await server.next()).answer(401, problem, { 'content-type': 'application/problem+json' });
  assert.equal((await failed.heard).message, 'You are signed out. Sign in to go on.');
  assert.equal(live.state.phase, 'signed-out');
});

test('an event accepted, another refused', async (t) => {
  const server = await RealServer.for(t);
  const live = new RealtimeAnalytics('acme', { enabled: false }, { fetch: server.fetch });
  const tracked = live.trackEvent('message.sent', { messageId: 'm-1' });
  const post = await server.next();
  const { eventId, ...sent } = JSON.parse(post.text);
  assert.deepEqual(sent, { eventType: 'message.sent', eventData: { messageId: 'm-1' } });
  assert.match(eventId, /^[0-9a-f]{32}$/);
  post.answer(200, '{"success":true,"seq":7}', { 'content-type': 'application/json' });
  assert.equal((await tracked).seq, 7);

  const refused = assert.rejects(live.trackEvent('x'), { status: 422, code: 'INVALID_EVENT' });
  const problem = JSON.stringify({ code: 'INVALID_EVENT', errors: { eventType: ['No.'] } });
  (await server.next()).answer(422, problem, { 'content-type': 'application/problem+json' });
  await refused;
});

test("polling over a server's restart", async (t) => {
  const server = await RealServer.for(t);
  const figures = [];
  const lost = signal();
  const back = signal();
  const polling = new RealtimeAnalyticsPolling(
    'acme',
    5,
    {
      onStatsUpdate: ({ activeUsers }) => figures.push(activeUsers) && activeUsers === 43 && back.call(),
      onDisconnect: lost.call,
    },
    { fetch: server.fetch },
  );
  t.after(() => polling.stop());
  const json = { 'content-type': 'application/json' };
  (await server.next()).answer(200, JSON.stringify(snapshot()), json);
  await server.next();
  await server.kill();
  assert.equal((await lost.heard).reason, 'lost');
  await server.start();
  (await server.next()).answer(200, JSON.stringify(snapshot({ activeUsers: 43 })), json);
  await back.heard;
  assert.deepEqual(figures, [42, 43]);
});
