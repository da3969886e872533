/** Offline no attempt is made or counted; online retries at once. */

import assert from 'node:assert/strict';
import { connected } from './support/frames.mjs';
import { connectedTest, worldTest } from './support/world.mjs';

connectedTest('offline, no attempt is made', async (world, client) => {
  await world.goOffline();
  assert.deepEqual([client.state.phase, client.isConnected], ['offline', false]);
  assert.equal(client.error.message, 'This device is offline.');
  assert.deepEqual(world.callsOf('onDisconnect'), [{ reason: 'offline', willReconnect: true }]);
  await world.clock.advance(3_600_000);
  assert.equal(world.server.exchanges.length, 1);
  assert.equal(client.state.attempt, 0);
});

connectedTest('online, it retries at once', async (world, client) => {
  await world.goOffline();
  await world.comeOnline();
  assert.equal(world.server.exchanges.length, 2);
  await world.greet(connected());
  assert.deepEqual([client.isConnected, client.error], [true, null]);
});

worldTest('a failure while offline is not counted', async (world) => {
  world.online = false;
  const client = await world.live();
  assert.equal(client.state.phase, 'connecting', 'it is tried all the same: the browser may be wrong');
  await world.cut();
  assert.deepEqual([client.state.phase, client.state.attempt], ['offline', 0]);
});

connectedTest('no reaction after disconnect()', async (world, client) => {
  client.disconnect();
  assert.equal(world.events.listeners, 0);
  await world.goOffline();
  await world.comeOnline();
  assert.deepEqual([client.state.phase, world.server.exchanges.length], ['closed', 1]);
});
