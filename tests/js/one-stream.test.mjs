/** In any order of events there is never a second stream, and the client recovers with a working server. */

import assert from 'node:assert/strict';
import { settle } from './support/clock.mjs';
import { bye, connected, event } from './support/frames.mjs';
import { worldTest } from './support/world.mjs';

/** A small random generator with a seed, so that a failure can be reproduced. */
function chanceOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const stream = ({ server }) => server.streams.at(-1);

const MISCHIEF = [
  (world) => world.client.reconnect(),
  (world) => world.client.disconnect(),
  (world) => world.goOffline(),
  (world) => world.comeOnline(),
  (world, chance) => world.clock.advance(chance() * 70_000),
  (world, chance) => world.clock.advance(chance() * 3000),
  (world) => stream(world)?.cut(),
  (world) => stream(world)?.answered || stream(world)?.answer(503, '', { 'retry-after': '40' }),
  (world) => stream(world)?.answered || stream(world)?.answer(401),
  (world) => stream(world)?.answered || stream(world)?.stream(connected()),
  (world) => stream(world)?.answered || stream(world)?.stream(connected() + event(813)),
  (world) => stream(world)?.answered && stream(world)?.send(bye('shutdown')),
  (world) => stream(world)?.answered && stream(world)?.end(),
];

for (let seed = 1; seed <= 25; seed += 1) {
  worldTest(`in disorder ${seed}`, async (world) => {
    const chance = chanceOf(seed);
    world.chance = chance();
    const client = await world.live({ maxReconnectAttempts: 3 });
    for (let step = 0; step < 60; step += 1) {
      await MISCHIEF[Math.floor(chance() * MISCHIEF.length)](world, chance);
      await settle();
      const holds = ['connecting', 'connected'].includes(client.state.phase);
      const { streams, snapshots } = world.server;
      const at = `${client.state.phase} by ${client.state.via} at step ${step}`;
      assert.ok(streams.length <= (holds ? 1 : 0), at);
      assert.ok(snapshots.length <= (holds ? 1 : 0), at);
      if (client.state.via === 'stream') assert.deepEqual([streams.length, snapshots.length], [1, 0], at);
      assert.equal(client.isConnected, client.state.hello !== null);
      assert.equal(client.state.phase === 'reconnecting', client.state.retryAt !== null);
    }
    world.online = true;
    client.reconnect();
    await settle();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });
}
