/** A connection that is dead without being closed is noticed by its silence. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connected, event, ping, stats } from './support/frames.mjs';
import { connectedTest, worldTest } from './support/world.mjs';

worldTest('two missed heartbeats end the stream', async (world) => {
  const client = await world.connectedLive({}, connected({ heartbeatInterval: 30 }));
  await world.clock.advance(59_999);
  assert.ok(client.isConnected);
  await world.clock.advance(1);
  assert.deepEqual([client.state.phase, client.state.reason], ['reconnecting', 'silent']);
  assert.equal(client.error.message, 'Nothing came from the server for 60 s.');
  assert.equal(world.server.streams.length, 0, 'the dead stream is closed before there is another');
  await world.clock.advance(1000);
  assert.equal(world.server.exchanges.length, 2);
});

describe('data resets the silence', () => {
  for (const [name, text] of [
    ['a ping', ping()],
    ['figures', stats()],
    ['an event', event(813)],
    ['a comment', ': still here\n\n'],
  ]) {
    connectedTest(name, async (world, client) => {
      for (let interval = 0; interval < 4; interval += 1) {
        await world.clock.advance(45_000);
        await world.send(text);
      }
      assert.ok(client.isConnected);
      await world.clock.advance(60_000);
      assert.equal(client.state.reason, 'silent');
    });
  }
});

for (const [interval, limit] of [[7, 14_000], ...[undefined, null, 0, -1, '30'].map((senseless) => [senseless, 10_000])]) {
  worldTest(`interval ${interval}: silent after ${limit} ms`, async (world) => {
    const client = await world.connectedLive({}, connected({ heartbeatInterval: interval }));
    await world.clock.advance(limit - 1);
    assert.ok(client.isConnected);
    await world.clock.advance(1);
    assert.equal(client.state.reason, 'silent');
  });
}
