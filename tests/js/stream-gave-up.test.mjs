/** With default options a page reconnects after a deploy by itself, and after an outage when it is used. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { settle } from './support/clock.mjs';
import { bye, connected, retry } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

/** Nothing listens for `milliseconds`: each attempt breaks at once. */
async function down(world, milliseconds) {
  const end = world.clock.now() + milliseconds;
  while (world.clock.now() < end) {
    await world.clock.advance(100);
    if (world.server.last.open && !world.server.last.answered) await world.cut();
  }
}

async function happen(world, type) {
  world.events.dispatchEvent(new Event(type));
  await settle();
}

async function greetNext(world) {
  if (world.client.state.retryAt) await world.clock.advance(world.wait);
  await world.greet(connected());
}

worldTest('a deploy of two minutes', async (world) => {
  const client = await world.connectedLive({}, retry(3000) + connected());
  await world.send(bye('shutdown'));
  await down(world, 120_000);
  assert.equal(client.state.phase, 'reconnecting');
  await greetNext(world);
  assert.ok(client.isConnected);
});

liveTest('a server that answers "maintenance" for an hour', async (world, client) => {
  for (let waited = 0; waited < 3_600_000; waited += 9000) {
    await world.greet(retry(9000) + bye('maintenance'));
    await world.clock.advance(world.wait);
  }
  await world.greet(connected());
  assert.ok(client.isConnected);
});

describe('after giving up it reconnects', () => {
  for (const type of ['online', 'focus', 'click', 'visibilitychange']) {
    connectedTest(`at ${type}`, async (world, client) => {
      await world.cut();
      await down(world, 120_000);
      assert.equal(client.error.code, 'GAVE_UP');
      await happen(world, type);
      assert.deepEqual([client.state.phase, client.state.attempt, client.error], ['connecting', 0, null]);
      await world.greet(connected());
      assert.ok(client.isConnected);
    });
  }

  for (const [status, phase] of [[401, 'signed-out'], [403, 'failed'], [404, 'failed']]) {
    liveTest(`not after ${status}`, async (world, client) => {
      await world.answer(status);
      for (const type of ['online', 'focus', 'click']) await happen(world, type);
      assert.deepEqual([client.state.phase, world.server.exchanges.length], [phase, 1]);
    });
  }
});

worldTest('204 closes for good', async (world) => {
  const client = await world.live({ maxReconnectAttempts: Infinity });
  await world.answer(204);
  await world.clock.advance(3_600_000);
  for (const type of ['online', 'focus', 'click']) await happen(world, type);
  assert.deepEqual([client.state.phase, client.state.reason, world.server.exchanges.length], ['closed', 'dismissed', 1]);
});

worldTest('greeting and breaking exhausts the attempts', async (world) => {
  const client = await world.connectedLive({ reconnectDelay: 100 });
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await world.cut();
    assert.equal(world.wait, 100 * 2 ** attempt);
    await world.clock.advance(world.wait);
    await world.greet(connected());
  }
  await world.cut();
  assert.equal(client.error.code, 'GAVE_UP');
});
