/** Polling brings the same stats, state and callbacks as the stream. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settle } from './support/clock.mjs';
import { figures, snapshot } from './support/frames.mjs';
import { World, worldTest } from './support/world.mjs';

async function polled(t, interval, options) {
  const world = World.for(t);
  const client = await world.polling(interval, options);
  await world.answer(200, snapshot());
  return { world, client };
}

describe('polls', () => {
  test('request the snapshot', async (t) => {
    const { world, client } = await polled(t);
    const { url, headers, init } = world.server.last;
    assert.equal(url, '/api/workspaces/acme/analytics/realtime');
    assert.deepEqual(Object.fromEntries(headers), { accept: 'application/json' });
    assert.deepEqual([init.credentials, init.cache], ['same-origin', 'no-store']);
    assert.deepEqual([client.stats, client.isConnected, client.error], [figures(), true, null]);
  });

  test('follow each other every 5 s', async (t) => {
    const { world, client } = await polled(t);
    await world.clock.advance(4999);
    assert.equal(world.server.exchanges.length, 1);
    await world.clock.advance(1);
    assert.equal(world.server.exchanges.length, 2);
    await world.answer(200, snapshot({ activeUsers: 43 }));
    assert.equal(client.stats.activeUsers, 43);
  });

  test('never overlap', async (t) => {
    const { world } = await polled(t, 1000);
    await world.clock.advance(1000);
    await world.clock.advance(10_000);
    assert.equal(world.server.exchanges.length, 2);
    await world.answer(200, snapshot());
    await world.clock.advance(999);
    assert.equal(world.server.exchanges.length, 2);
    await world.clock.advance(1);
    assert.equal(world.server.exchanges.length, 3);
  });

  test('call the callbacks of the stream', async (t) => {
    const { world } = await polled(t);
    await world.clock.advance(5000);
    await world.answer(200, snapshot());
    assert.deepEqual(
      world.calls.map(([callback]) => callback),
      ['onStateChange', 'onStateChange', 'onConnect', 'onStatsUpdate', 'onStatsUpdate'],
    );
    assert.deepEqual(world.phases, ['connecting', 'connected']);
    assert.deepEqual(
      [world.callsOf('onConnect')[0].mode, world.callsOf('onConnect')[0].workspaceId],
      ['polling', 'w-1'],
    );
  });

  test('track events', async (t) => {
    const { world, client } = await polled(t);
    const tracked = client.trackEvent('message.sent', { messageId: 'm-1' });
    await settle();
    assert.equal(world.server.last.method, 'POST');
    await world.answer(200, { success: true });
    assert.deepEqual(await tracked, { success: true });
  });
});

describe('a failed poll', () => {
  test('sets error, keeps stats, backs off', async (t) => {
    const { world, client } = await polled(t);
    await world.clock.advance(5000);
    await world.cut();
    assert.deepEqual([client.isConnected, client.error.code, client.stats], [false, 'LOST', figures()]);
    for (const wait of [5000, 10_000, 20_000, 30_000, 30_000, 30_000, 30_000]) {
      assert.deepEqual([client.state.phase, world.wait], ['reconnecting', wait]);
      await world.clock.advance(wait);
      await world.cut();
    }
    await world.clock.advance(30_000);
    await world.answer(200, snapshot({ activeUsers: 44 }));
    assert.deepEqual([client.isConnected, client.error, client.stats.activeUsers], [true, null, 44]);
  });

  test('never retries before the interval', async (t) => {
    const { world } = await polled(t, 120_000);
    await world.clock.advance(120_000);
    await world.cut();
    assert.equal(world.wait, 120_000);
  });

  test('times out without a response', async (t) => {
    const { world, client } = await polled(t);
    await world.clock.advance(5000);
    await world.clock.advance(15_000);
    assert.deepEqual([client.state.phase, client.error.code], ['reconnecting', 'TIMEOUT']);
  });

  worldTest('handles a response that is no JSON', async (world) => {
    const client = await world.polling();
    await world.answer(200, '<html>', { 'content-type': 'text/html' });
    assert.deepEqual([client.state.phase, client.error.code], ['reconnecting', 'UNEXPECTED_ANSWER']);
  });

  for (const [status, phase] of [
    [401, 'signed-out'],
    [403, 'failed'],
    [404, 'failed'],
  ]) {
    test(`${status} ends the polling`, async (t) => {
      const { world, client } = await polled(t);
      await world.clock.advance(5000);
      await world.answer(status);
      await world.clock.advance(3_600_000);
      assert.deepEqual([client.state.phase, client.error.status, world.server.exchanges.length], [phase, status, 2]);
    });
  }

  for (const status of [429, 503]) {
    test(`${status} respects Retry-After`, async (t) => {
      const { world } = await polled(t);
      await world.clock.advance(5000);
      await world.answer(status, '', { 'retry-after': '90' });
      assert.equal(world.wait, 90_000);
    });
  }
});

describe('stop() and start()', () => {
  test('stop between polls', async (t) => {
    const { world, client } = await polled(t);
    client.stop();
    await world.clock.advance(60_000);
    assert.deepEqual([client.state.phase, world.server.exchanges.length], ['closed', 1]);
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'disconnected', willReconnect: false }]);
  });

  test('stop during a poll', async (t) => {
    const { world, client } = await polled(t);
    await world.clock.advance(5000);
    client.stop();
    await settle();
    assert.deepEqual([world.server.open.length, client.error], [0, null]);
  });

  worldTest('stop in a callback', async (world) => {
    await world.polling(5000, { onConnect: () => world.client.stop() });
    await world.answer(200, snapshot());
    await world.clock.advance(60_000);
    assert.equal(world.server.exchanges.length, 1);
    assert.deepEqual(world.callsOf('onStatsUpdate'), []);
  });

  test('start polls at once', async (t) => {
    const { world, client } = await polled(t);
    client.stop();
    client.start();
    await world.answer(200, snapshot({ activeUsers: 45 }));
    assert.deepEqual([client.stats.activeUsers, world.server.exchanges.length], [45, 2]);
  });

  worldTest('start twice polls once', async (world) => {
    const client = await world.polling();
    client.start();
    client.start();
    await settle();
    assert.equal(world.server.open.length, 1);
    await world.answer(200, snapshot());
    await world.clock.advance(5000);
    assert.equal(world.server.open.length, 1);
  });

  worldTest('disabled waits for start()', async (world) => {
    const client = await world.polling(5000, { enabled: false });
    assert.equal(world.server.exchanges.length, 0);
    client.start();
    await world.answer(200, snapshot());
    assert.ok(client.isConnected);
  });
});

test('pauses offline, polls at once online', async (t) => {
  const { world, client } = await polled(t);
  await world.goOffline();
  await world.clock.advance(60_000);
  assert.deepEqual([client.state.phase, world.server.exchanges.length], ['offline', 1]);
  await world.comeOnline();
  await world.answer(200, snapshot());
  assert.ok(client.isConnected);
});
