/** The client's reaction to each reason in the server's `bye` frame. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { bye, connected, event, retry } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('routine', () => {
  for (const reason of ['shutdown', 'max-duration']) {
    connectedTest(`${reason} reconnects without an error`, async (world, client) => {
      await world.send(bye(reason));
      assert.deepEqual(world.callsOf('onDisconnect'), [{ reason, willReconnect: true }]);
      assert.deepEqual([client.error, world.callsOf('onError')], [null, []]);
      assert.equal(world.server.streams.length, 0, 'it does not wait for the server to hang up');
      await world.clock.advance(1000);
      await world.greet(connected());
      assert.ok(client.isConnected);
    });
  }
});

describe('not routine', () => {
  for (const [reason, message] of [
    ['slow', 'This page could not keep up, so the server closed its stream.'],
    ['closed-by-admin', 'An administrator closed the live connection.'],
  ]) {
    worldTest(`${reason} reconnects after \`retry:\`, with an error`, async (world) => {
      const client = await world.connectedLive({}, retry(5000) + connected());
      await world.send(bye(reason));
      assert.deepEqual([client.state.reason, client.error.message, world.wait], [reason, message, 5000]);
    });
  }

  for (const reason of ['limit', 'maintenance', 'unavailable']) {
    liveTest(`${reason} in place of a stream waits for \`retry:\``, async (world, client) => {
      await world.greet(retry(9000) + bye(reason));
      assert.deepEqual([client.state.phase, client.state.reason, world.wait], ['reconnecting', reason, 9000]);
    });
  }

  for (const [status, phase] of [
    [401, 'signed-out'],
    [403, 'failed'],
    [404, 'failed'],
  ]) {
    worldTest(`revoked, then ${status}: stays away`, async (world) => {
      const client = await world.connectedLive({ maxReconnectAttempts: Infinity });
      await world.send(bye('revoked'));
      assert.equal(client.error.message, 'Your access has changed.');
      await world.clock.advance(1000);
      await world.answer(status);
      await world.clock.advance(3_600_000);
      assert.equal(world.server.exchanges.length, 2);
      assert.deepEqual([client.state.phase, client.error.status], [phase, status]);
    });
  }
});

connectedTest('frames after bye are dropped', async (world, client) => {
  await world.send(event(813) + bye('shutdown') + event(814));
  assert.equal(world.callsOf('onEvent').length, 1);
  assert.equal(client.state.lastEventId, 'a1b2c3d4-813');
  assert.equal(world.callsOf('onDisconnect').length, 1);
});
