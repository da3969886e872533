/** A lost connection is retried: one stream, one timer, one counter. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settle } from './support/clock.mjs';
import { connected, ping, stats } from './support/frames.mjs';
import { World } from './support/world.mjs';

describe('lost connection', () => {
  for (const way of ['cut', 'end']) {
    test(`by ${way}: callbacks and state`, async (t) => {
      const world = World.for(t);
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

  test('before a response', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.cut();
    assert.equal(client.state.phase, 'reconnecting');
    assert.deepEqual(world.callsOf('onDisconnect'), []);
    assert.equal(world.callsOf('onError').length, 1);
  });
});

test('onError is called once per failure', async (t) => {
  const world = World.for(t);
  const client = await world.connectedLive();
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
  test('after 1, 2, 4, 8 and 16 s, then giving up', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.cut();
    for (const [attempt, wait] of [
      [1, 1000],
      [2, 2000],
      [3, 4000],
      [4, 8000],
      [5, 16_000],
    ]) {
      assert.deepEqual([client.state.attempt, world.wait], [attempt, wait]);
      await world.clock.advance(wait - 1);
      assert.equal(world.server.exchanges.length, attempt, 'not too early');
      await world.clock.advance(1);
      assert.equal(world.server.exchanges.length, attempt + 1);
      assert.deepEqual([client.state.phase, client.state.attempt], ['connecting', attempt]);
      await world.cut();
    }
    assert.deepEqual([client.state.phase, client.error.code], ['failed', 'GAVE_UP']);
    assert.match(client.error.message, /^Gave up after 5 attempts to reconnect\./);
    assert.equal(world.callsOf('onError').at(-1), client.error);
    await world.clock.advance(3_600_000);
    assert.equal(world.server.exchanges.length, 6, 'and nothing more');
  });

  test('have jitter', async (t) => {
    const world = World.for(t);
    world.chance = 0.5;
    await world.connectedLive({ reconnectDelay: 4000 });
    await world.cut();
    assert.equal(world.wait, 3000);
  });

  test('infinite, at most 30 s apart', async (t) => {
    const world = World.for(t);
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

  test('count from 1 after a minute connected', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    for (const wait of [1000, 2000]) {
      await world.cut();
      await world.clock.advance(wait);
    }
    await world.greet(connected());
    assert.deepEqual([client.state.attempt, client.error], [0, null]);
    await world.clock.advance(30_000);
    await world.send(ping());
    await world.clock.advance(30_000);
    await world.cut();
    assert.deepEqual([client.state.attempt, world.wait], [1, 1000]);
  });

  test('none without autoReconnect', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({ autoReconnect: false });
    await world.cut();
    await world.clock.advance(3_600_000);
    assert.deepEqual(
      [client.state.phase, client.error.code, world.server.exchanges.length],
      ['failed', 'LOST', 1],
    );
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'lost', willReconnect: false }]);
  });

  test('none with a maximum of 0', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({ maxReconnectAttempts: 0 });
    await world.cut();
    assert.deepEqual([client.state.phase, client.error.code], ['failed', 'LOST']);
  });
});

describe('reconnect()', () => {
  test('after the last attempt', async (t) => {
    const world = World.for(t);
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

  test('cuts a wait short, without the old timer', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.cut();
    client.reconnect();
    await world.greet(connected());
    await world.clock.advance(20_000);
    assert.equal(world.server.exchanges.length, 2);
    assert.ok(client.isConnected);
  });

  test('replaces an open stream', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected({ connectionId: 'conn_2' }));
    assert.equal(client.state.hello.connectionId, 'conn_2');
    assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: null, willReconnect: true }]);
    assert.equal(world.callsOf('onConnect').length, 2);
  });

  test('many times makes one stream', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    for (let press = 0; press < 10; press += 1) client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected());
    assert.ok(client.isConnected);
  });

  test('in onDisconnect and onError', async (t) => {
    const world = World.for(t);
    const again = () => world.client.state.phase === 'reconnecting' && world.client.reconnect();
    await world.connectedLive({ onDisconnect: again, onError: again });
    await world.cut();
    await world.greet(connected());
    await world.clock.advance(20_000);
    assert.equal(world.server.streams.length, 1);
    assert.ok(world.client.isConnected);
  });

  test('after disconnect()', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    client.disconnect();
    client.reconnect();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });
});
