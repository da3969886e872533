/** Offline no attempt is made or counted; online retries at once. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connected } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('going offline', () => {
  connectedTest('while connected', async (world, client) => {
    await world.goOffline();
    assert.deepEqual([client.state.phase, client.isConnected], ['offline', false]);
    assert.equal(client.error.message, 'This device is offline.');
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'offline', willReconnect: true }]);
    await world.clock.advance(3_600_000);
    assert.equal(world.server.exchanges.length, 1);
    assert.equal(client.state.attempt, 0);
  });

  liveTest("while waiting keeps the attempt's number", async (world, client) => {
    await world.cut();
    await world.goOffline();
    await world.clock.advance(3_600_000);
    assert.deepEqual([client.state.phase, client.state.attempt, world.server.exchanges.length], ['offline', 1, 1]);
  });

  liveTest('while connecting', async (world, client) => {
    await world.goOffline();
    assert.deepEqual([client.state.phase, world.server.streams.length], ['offline', 0]);
  });

  worldTest('a failure while offline is not counted', async (world) => {
    world.online = false;
    const client = await world.live();
    assert.equal(client.state.phase, 'connecting', 'it is tried all the same: the browser may be wrong');
    await world.cut();
    assert.deepEqual([client.state.phase, client.state.attempt], ['offline', 0]);
  });
});

describe('coming online', () => {
  connectedTest('retries at once', async (world, client) => {
    await world.goOffline();
    await world.comeOnline();
    assert.equal(world.server.exchanges.length, 2);
    await world.greet(connected());
    assert.deepEqual([client.isConnected, client.error], [true, null]);
  });

  liveTest('cuts a wait short', async (world, client) => {
    await world.cut();
    await world.comeOnline();
    assert.deepEqual([client.state.phase, client.state.attempt, world.server.exchanges.length], ['connecting', 1, 2]);
  });

  liveTest('but not Retry-After', async (world, client) => {
    await world.answer(503, '', { 'retry-after': '60' });
    await world.goOffline();
    await world.clock.advance(10_000);
    await world.comeOnline();
    assert.deepEqual([client.state.phase, world.wait], ['reconnecting', 50_000]);
    await world.clock.advance(50_000);
    assert.equal(world.server.exchanges.length, 2);
  });

  connectedTest('keeps a working stream', async (world) => {
    await world.comeOnline();
    assert.equal(world.server.exchanges.length, 1);
  });

  for (const status of [401, 404]) {
    liveTest(`keeps the state after ${status}`, async (world) => {
      await world.answer(status);
      await world.comeOnline();
      assert.equal(world.server.exchanges.length, 1);
    });
  }
});

connectedTest('reconnect() works offline', async (world, client) => {
  await world.goOffline();
  client.reconnect();
  await world.greet(connected());
  assert.ok(client.isConnected);
});

connectedTest('no reaction after disconnect()', async (world, client) => {
  client.disconnect();
  assert.equal(world.events.listeners, 0);
  await world.goOffline();
  await world.comeOnline();
  assert.deepEqual([client.state.phase, world.server.exchanges.length], ['closed', 1]);
});
