/** Offline no attempt is made or counted; online retries at once. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected } from './support/frames.mjs';
import { World } from './support/world.mjs';

describe('going offline', () => {
  test('while connected', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.goOffline();
    assert.deepEqual([client.state.phase, client.isConnected], ['offline', false]);
    assert.equal(client.error.message, 'This device is offline.');
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'offline', willReconnect: true }]);
    await world.clock.advance(3_600_000);
    assert.equal(world.server.exchanges.length, 1);
    assert.equal(client.state.attempt, 0);
  });

  test("while waiting keeps the attempt's number", async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.cut();
    await world.goOffline();
    await world.clock.advance(3_600_000);
    assert.deepEqual(
      [client.state.phase, client.state.attempt, world.server.exchanges.length],
      ['offline', 1, 1],
    );
  });

  test('while connecting', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.goOffline();
    assert.deepEqual([client.state.phase, world.server.streams.length], ['offline', 0]);
  });

  test('a failure while offline is not counted', async (t) => {
    const world = World.for(t);
    world.online = false;
    const client = await world.live();
    assert.equal(client.state.phase, 'connecting', 'it is tried all the same: the browser may be wrong');
    await world.cut();
    assert.deepEqual([client.state.phase, client.state.attempt], ['offline', 0]);
  });
});

describe('coming online', () => {
  test('retries at once', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.goOffline();
    await world.comeOnline();
    assert.equal(world.server.exchanges.length, 2);
    await world.greet(connected());
    assert.deepEqual([client.isConnected, client.error], [true, null]);
  });

  test('cuts a wait short', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.cut();
    await world.comeOnline();
    assert.deepEqual(
      [client.state.phase, client.state.attempt, world.server.exchanges.length],
      ['connecting', 1, 2],
    );
  });

  test('but not Retry-After', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.answer(503, '', { 'retry-after': '60' });
    await world.goOffline();
    await world.clock.advance(10_000);
    await world.comeOnline();
    assert.deepEqual([client.state.phase, world.wait], ['reconnecting', 50_000]);
    await world.clock.advance(50_000);
    assert.equal(world.server.exchanges.length, 2);
  });

  test('keeps a working stream', async (t) => {
    const world = World.for(t);
    await world.connectedLive();
    await world.comeOnline();
    assert.equal(world.server.exchanges.length, 1);
  });

  for (const status of [401, 404]) {
    test(`keeps the state after ${status}`, async (t) => {
      const world = World.for(t);
      await world.live();
      await world.answer(status);
      await world.comeOnline();
      assert.equal(world.server.exchanges.length, 1);
    });
  }
});

test('reconnect() works offline', async (t) => {
  const world = World.for(t);
  const client = await world.connectedLive();
  await world.goOffline();
  client.reconnect();
  await world.greet(connected());
  assert.ok(client.isConnected);
});

test('no reaction after disconnect()', async (t) => {
  const world = World.for(t);
  const client = await world.connectedLive();
  client.disconnect();
  assert.equal(world.events.listeners, 0);
  await world.goOffline();
  await world.comeOnline();
  assert.deepEqual([client.state.phase, world.server.exchanges.length], ['closed', 1]);
});
