/** A lost line comes back by itself: one stream, one wait, one counter. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settle } from './support/clock.mjs';
import { connected, ping, stats } from './support/frames.mjs';
import { World } from './support/world.mjs';

describe('the line is lost', () => {
  for (const way of ['cut', 'end']) {
    test(`by ${way}: the page is told, and what will be done`, async (t) => {
      const world = World.for(t);
      const client = await world.connectedLive({}, connected() + stats());
      await world[way]();
      assert.deepEqual(world.toldTo('onDisconnect'), [{ reason: 'lost', willReconnect: true }]);
      assert.deepEqual(world.toldTo('onError'), [client.error]);
      assert.equal(client.error.message, 'The server cannot be reached.');
      const { phase, attempt, maxAttempts } = client.state;
      assert.deepEqual([phase, attempt, maxAttempts, world.wait], ['reconnecting', 1, 5, 1000]);
      assert.equal(client.stats.activeUsers, 42, 'the last figures stay');
    });
  }

  test('before there was an answer', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    await world.cut();
    assert.equal(client.state.phase, 'reconnecting');
    assert.deepEqual(world.toldTo('onDisconnect'), []);
    assert.equal(world.toldTo('onError').length, 1);
  });
});

test('onError is told once of each failure, and of nothing else', async (t) => {
  const world = World.for(t);
  const client = await world.connectedLive();
  await world.cut();
  const first = client.error;
  await world.clock.nextState(1000);
  assert.equal(client.error, first, 'which stays to be read while it is tried again');
  await world.cut();
  const second = client.error;
  await world.clock.nextState(2000);
  await world.greet(connected());
  client.disconnect();
  assert.deepEqual(world.toldTo('onError'), [first, second]);
  assert.notEqual(first, second);
});

describe('attempts', () => {
  test('are made after 1, 2, 4, 8 and 16 s, then it gives up and says so', async (t) => {
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
      await world.clock.nextState(wait - 1);
      assert.equal(world.server.exchanges.length, attempt, 'not too early');
      await world.clock.nextState(1);
      assert.equal(world.server.exchanges.length, attempt + 1);
      assert.deepEqual([client.state.phase, client.state.attempt], ['connecting', attempt]);
      await world.cut();
    }
    assert.deepEqual([client.state.phase, client.error.code], ['failed', 'GAVE_UP']);
    assert.match(client.error.message, /^Gave up after 5 attempts to reconnect\./);
    assert.equal(world.toldTo('onError').at(-1), client.error);
    await world.clock.nextState(3_600_000);
    assert.equal(world.server.exchanges.length, 6, 'and nothing more');
  });

  test('are spread by chance', async (t) => {
    const world = World.for(t);
    world.chance = 0.5;
    await world.connectedLive({ reconnectDelay: 4000 });
    await world.cut();
    assert.equal(world.wait, 3000);
  });

  test('go on for ever, at most 30 s apart, where there is no last one', async (t) => {
    const world = World.for(t);
    const client = await world.live({ maxReconnectAttempts: Infinity });
    for (let attempt = 1; attempt <= 40; attempt += 1) {
      await world.cut();
      assert.equal(client.state.attempt, attempt);
      assert.ok(world.wait <= 30_000);
      await world.clock.nextState(world.wait);
    }
    assert.equal(world.server.exchanges.length, 41);
    assert.equal(client.state.maxAttempts, Infinity);
  });

  test('count from 1 again after a minute of good line', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    for (const wait of [1000, 2000]) {
      await world.cut();
      await world.clock.nextState(wait);
    }
    await world.greet(connected());
    assert.deepEqual([client.state.attempt, client.error], [0, null]);
    await world.clock.nextState(30_000);
    await world.send(ping());
    await world.clock.nextState(30_000);
    await world.cut();
    assert.deepEqual([client.state.attempt, world.wait], [1, 1000]);
  });

  test('are none without autoReconnect', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({ autoReconnect: false });
    await world.cut();
    await world.clock.nextState(3_600_000);
    assert.deepEqual(
      [client.state.phase, client.error.code, world.server.exchanges.length],
      ['failed', 'LOST', 1],
    );
    assert.deepEqual(world.toldTo('onDisconnect'), [{ reason: 'lost', willReconnect: false }]);
  });

  test('are none where 0 are allowed', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({ maxReconnectAttempts: 0 });
    await world.cut();
    assert.deepEqual([client.state.phase, client.error.code], ['failed', 'LOST']);
  });
});

describe('reconnect()', () => {
  test('starts anew after the last attempt', async (t) => {
    const world = World.for(t);
    const client = await world.live({ maxReconnectAttempts: 1 });
    await world.cut();
    await world.clock.nextState(1000);
    await world.cut();
    assert.equal(client.error.code, 'GAVE_UP');
    client.reconnect();
    assert.deepEqual([client.state.phase, client.state.attempt, client.error], ['connecting', 0, null]);
    await world.greet(connected());
    await world.cut();
    assert.deepEqual([client.state.phase, client.state.attempt], ['reconnecting', 1]);
  });

  test('cuts a wait short, and the old timer is gone', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.cut();
    client.reconnect();
    await world.greet(connected());
    await world.clock.nextState(20_000);
    assert.equal(world.server.exchanges.length, 2);
    assert.ok(client.isConnected);
  });

  test('replaces a good stream: the old one is closed first', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected({ connectionId: 'conn_2' }));
    assert.equal(client.state.hello.connectionId, 'conn_2');
    assert.deepEqual(world.toldTo('onDisconnect'), [{ reason: null, willReconnect: true }]);
    assert.equal(world.toldTo('onConnect').length, 2);
  });

  test('pressed in anger makes one stream', async (t) => {
    const world = World.for(t);
    const client = await world.live();
    for (let press = 0; press < 10; press += 1) client.reconnect();
    await settle();
    assert.equal(world.server.streams.length, 1);
    await world.greet(connected());
    assert.ok(client.isConnected);
  });

  test('called from onDisconnect and onError is one owner still', async (t) => {
    const world = World.for(t);
    const again = () => world.client.state.phase === 'reconnecting' && world.client.reconnect();
    await world.connectedLive({ onDisconnect: again, onError: again });
    await world.cut();
    await world.greet(connected());
    await world.clock.nextState(20_000);
    assert.equal(world.server.streams.length, 1);
    assert.ok(world.client.isConnected);
  });

  test('works after disconnect()', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    client.disconnect();
    client.reconnect();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });
});
