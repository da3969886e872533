/** A lost connection is retried: one stream, one timer, one counter. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { settle } from './support/clock.mjs';
import { connected, stats } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('lost connection', () => {
  for (const way of ['cut', 'end']) {
    worldTest(`by ${way}: callbacks and state`, async (world) => {
      const client = await world.connectedLive({}, connected() + stats());
      await world[way]();
      assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'lost', willReconnect: true }]);
      assert.deepEqual(world.callsOf('onError'), [client.error]);
      assert.equal(client.error.message, 'The server cannot be reached.');
      const { phase, attempt, maxAttempts } = client.state;
      assert.deepEqual([phase, attempt, maxAttempts, world.wait], ['reconnecting', 1, 5, 1000]);
      assert.equal(client.stats.activeUsers, 42, 'the last figures stay');
    });
  }

  liveTest('before a response', async (world, client) => {
    await world.cut();
    assert.equal(client.state.phase, 'reconnecting');
    assert.deepEqual(world.callsOf('onDisconnect'), []);
    assert.equal(world.callsOf('onError').length, 1);
  });
});

connectedTest('onError is called once per failure', async (world, client) => {
  await world.cut();
  const first = client.error;
  await world.clock.advance(1000);
  assert.equal(client.error, first, 'which stays to be read while it is tried again');
  await world.cut();
  const second = client.error;
  await world.clock.advance(2000);
  await world.greet(connected());
  client.disconnect();
  assert.deepEqual(world.callsOf('onError'), [first, second]);
  assert.notEqual(first, second);
});

describe('attempts', () => {
  connectedTest('after 1, 2, 4, 8 and 16 s, then giving up', async (world, client) => {
    await world.cut();
    for (const [attempt, wait] of [[1, 1000], [2, 2000], [3, 4000], [4, 8000], [5, 16_000]]) {
      assert.deepEqual([client.state.attempt, world.wait], [attempt, wait]);
      await world.clock.advance(wait - 1);
      assert.equal(world.server.exchanges.length, attempt, 'not too early');
      await world.clock.advance(1);
      assert.equal(world.server.exchanges.length, attempt + 1);
      assert.deepEqual([client.state.phase, client.state.attempt], ['connecting', attempt]);
      await world.cut();
    }
    assert.deepEqual([client.state.phase, client.error.code], ['failed', 'GAVE_UP']);
    const words = 'Gave up after 5 attempts to reconnect. The server cannot be reached. Reconnect to try again.';
    assert.equal(client.error.message, words);
    assert.equal(world.callsOf('onError').at(-1), client.error);
    await world.clock.advance(3_600_000);
    assert.equal(world.server.exchanges.length, 6, 'and nothing more');
  });

  worldTest('infinite, at most 30 s apart', async (world) => {
    const client = await world.live({ maxReconnectAttempts: Infinity });
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      await world.cut();
      assert.equal(client.state.attempt, attempt);
      assert.ok(world.wait <= 30_000);
      await world.clock.advance(world.wait);
    }
    assert.equal(world.server.exchanges.length, 41);
    assert.equal(client.state.maxAttempts, Infinity);
  });

  worldTest('have jitter', async (world) => {
    world.chance = 0.5;
    await world.connectedLive({ reconnectDelay: 4000 });
    await world.cut();
    assert.equal(world.wait, 3000);
  });

  for (const options of [{ autoReconnect: false }, { maxReconnectAttempts: 0 }]) {
    worldTest(`none with ${JSON.stringify(options)}`, async (world) => {
      const client = await world.connectedLive(options);
      await world.cut();
      await world.clock.advance(3_600_000);
      assert.deepEqual([client.state.phase, client.error.code, world.server.exchanges.length], ['failed', 'LOST', 1]);
      assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'lost', willReconnect: false }]);
    });
  }
});

describe('reconnect()', () => {
  worldTest('after the last attempt', async (world) => {
    const client = await world.live({ maxReconnectAttempts: 1 });
    await world.cut();
    await world.clock.advance(1000);
    await world.cut();
    assert.equal(client.error.code, 'GAVE_UP');
    client.reconnect();
    assert.deepEqual([client.state.phase, client.state.attempt, client.error], ['connecting', 0, null]);
    await world.greet(connected());
    await world.cut();
    assert.deepEqual([client.state.phase, client.state.attempt], ['reconnecting', 1]);
  });

  connectedTest('cuts a wait short, without the old timer', async (world, client) => {
    await world.cut();
    client.reconnect();
    await world.greet(connected());
    await world.clock.advance(20_000);
    assert.equal(world.server.exchanges.length, 2);
    assert.ok(client.isConnected);
  });

  connectedTest('replaces an open stream', async (world, client) => {
    client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected({ connectionId: 'conn_2' }));
    assert.equal(client.state.hello.connectionId, 'conn_2');
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: null, willReconnect: true }]);
    assert.equal(world.callsOf('onConnect').length, 2);
  });

  liveTest('many times makes one stream', async (world, client) => {
    for (let press = 0; press < 10; press += 1) client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected());
    assert.ok(client.isConnected);
  });

  worldTest('in onDisconnect and onError', async (world) => {
    const again = () => world.client.state.phase === 'reconnecting' && world.client.reconnect();
    await world.connectedLive({ onDisconnect: again, onError: again });
    await world.cut();
    await world.greet(connected());
    await world.clock.advance(20_000);
    assert.equal(world.server.streams.length, 1);
    assert.ok(world.client.isConnected);
  });

  connectedTest('after disconnect()', async (world, client) => {
    client.disconnect();
    client.reconnect();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });
});
