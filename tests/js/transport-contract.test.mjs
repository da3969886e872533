/** Both transports fulfil the contract of transport.js. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Api, endpointOf } from '../../static/js/client/api.js';
import { EventStream } from '../../static/js/client/event-stream.js';
import { SnapshotPolling } from '../../static/js/client/snapshot-polling.js';
import { settle } from './support/clock.mjs';
import { connected, snapshot, stats } from './support/frames.mjs';
import { World, worldTest } from './support/world.mjs';

const TRANSPORTS = {
  'an event stream': {
    open: (handlers, environment) => new EventStream(endpointOf('acme'), handlers, environment),
    succeed: (server) => server.last.stream(connected() + stats()),
    silence: 60_000,
  },
  polling: {
    open: (handlers, environment) =>
      new SnapshotPolling(new Api('acme', environment), 5000, handlers, environment),
    succeed: (server) => server.last.answer(200, snapshot()),
    silence: 20_000,
  },
};

for (const [name, { open, succeed, silence }] of Object.entries(TRANSPORTS)) {
  describe(name, () => {
    async function opened(t) {
      const world = World.for(t);
      const heard = [];
      const handlers = {
        lastEventId: 'a1b2c3d4-7',
        onFrame: ({ event, id }) => heard.push([event, id]),
        onRetry: () => {},
        onEnd: ({ reason }) => heard.push(['end', reason]),
      };
      const transport = open(handlers, world.environment);
      await settle();
      return { world, heard, transport };
    }

    async function succeeded(t) {
      const all = await opened(t);
      succeed(all.world.server);
      await settle();
      return all;
    }

    test('requests at once', async (t) => {
      const { world, transport } = await opened(t);
      assert.equal(world.server.open.length, 1);
      transport.close();
    });

    test('greeting and stats keep the cursor', async (t) => {
      const { heard, transport } = await succeeded(t);
      assert.deepEqual(heard, [['connected', 'a1b2c3d4-7'], ['stats', 'a1b2c3d4-7']]);
      transport.close();
    });

    for (const [how, end, reason] of [
      ['cut', (world) => world.server.last.cut(), 'lost'],
      ['refused', (world) => world.server.last.answer(503), 'refused'],
      ['left without a word', (world) => world.clock.advance(silence), null],
    ]) {
      test(`${how}: ends once, with a reason`, async (t) => {
        const { world, heard } = await opened(t);
        await end(world);
        await settle();
        assert.equal(heard.length, 1);
        assert.equal(heard[0][0], 'end');
        if (reason) assert.equal(heard[0][1], reason);
        assert.deepEqual([world.server.open.length, world.clock.pending], [0, 0]);
        await world.clock.advance(600_000);
        assert.deepEqual([heard.length, world.server.exchanges.length], [1, 1]);
      });
    }

    test('silent after a success', async (t) => {
      const { world, heard } = await succeeded(t);
      await world.clock.advance(silence);
      assert.deepEqual(heard.slice(2).map(([event]) => event), ['end']);
      assert.deepEqual([world.server.open.length, world.clock.pending], [0, 0]);
    });

    test('closed during the request', async (t) => {
      const { world, heard, transport } = await opened(t);
      transport.close();
      await settle();
      assert.deepEqual([heard, world.server.open.length, world.clock.pending], [[], 0, 0]);
    });

    test('closed twice after a success', async (t) => {
      const { world, heard, transport } = await succeeded(t);
      transport.close();
      transport.close();
      await world.clock.advance(600_000);
      assert.deepEqual([heard.length, world.server.open.length, world.clock.pending], [2, 0, 0]);
    });
  });
}

worldTest('polling greets once', async (world) => {
  const heard = [];
  const handlers = { lastEventId: '', onFrame: ({ event }) => heard.push(event) };
  const polling = new SnapshotPolling(new Api('acme', world.environment), 5000, handlers, world.environment);
  for (let poll = 0; poll < 3; poll += 1) {
    await settle();
    world.server.last.answer(200, snapshot());
    await world.clock.advance(5000);
  }
  assert.deepEqual(heard, ['connected', 'stats', 'stats', 'stats']);
  polling.close();
});
