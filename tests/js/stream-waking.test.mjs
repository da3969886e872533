/** A page that wakes checks its stream at once; one that is frozen closes it. */

import assert from 'node:assert/strict';
import { settle } from './support/clock.mjs';
import { connected, event } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

async function dispatch(world, type) {
  world.events.dispatchEvent(new Event(type));
  await settle();
}

for (const type of ['visibilitychange', 'online', 'pageshow', 'resume']) {
  worldTest(`${type}: a silent stream is replaced`, async (world) => {
    const client = await world.connectedLive({}, connected() + event(813));
    world.clock.jump(15_000); // the laptop slept, and its timers with it
    await dispatch(world, type);
    assert.deepEqual([client.state.phase, client.state.reason], ['reconnecting', 'silent']);
    await world.clock.advance(world.wait);
    assert.equal(world.server.last.headers.get('last-event-id'), 'a1b2c3d4-813');
  });
}

for (const type of ['visibilitychange', 'online']) {
  connectedTest(`${type}: a live stream is kept`, async (world, client) => {
    world.clock.jump(14_000);
    await dispatch(world, type);
    assert.deepEqual([client.isConnected, world.server.exchanges.length], [true, 1]);
  });
}

liveTest('an overdue attempt is made', async (world) => {
  await world.cut();
  world.clock.jump(1000);
  await dispatch(world, 'visibilitychange');
  assert.equal(world.server.exchanges.length, 2);
});

for (const [sleeps, wakes] of [
  ['pagehide', 'pageshow'],
  ['freeze', 'resume'],
]) {
  worldTest(`${sleeps} closes the stream, ${wakes} resumes it`, async (world) => {
    const client = await world.connectedLive({}, connected() + event(813));
    await dispatch(world, sleeps);
    assert.deepEqual([world.server.streams.length, world.clock.pending], [0, 0]);
    await dispatch(world, wakes);
    assert.deepEqual([client.state.phase, client.state.reason], ['connecting', 'slept']);
    assert.equal(world.server.last.headers.get('last-event-id'), 'a1b2c3d4-813');
  });
}
