/** A new stream goes on where the old one ended, or says that it cannot. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, event, figures, ping, reset, snapshot, stats } from './support/frames.mjs';
import { World } from './support/world.mjs';

const resumedFrom = ({ server }) => server.last.headers.get('last-event-id');

async function loseAndReturn(world) {
  await world.cut();
  await world.clock.nextState(world.wait);
}

describe('the cursor', () => {
  test('is sent with the next request', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    assert.equal(resumedFrom(world), null);
    await world.send(event(813) + event(814) + stats() + ping());
    assert.equal(client.state.lastEventId, 'a1b2c3d4-814');
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-814');
  });

  test('is at first where the greeting says that the stream begins: no gap before the first event', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({}, connected({ lastEventId: 'a1b2c3d4-812' }) + stats());
    assert.equal(client.state.lastEventId, 'a1b2c3d4-812');
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-812');
  });

  test('is no later than the last event, whatever the greeting says', async (t) => {
    const world = World.for(t);
    await world.connectedLive();
    await world.send(event(813));
    await loseAndReturn(world);
    await world.greet(connected({ lastEventId: 'a1b2c3d4-900' }));
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  test('is none where the greeting names none', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({}, connected({ lastEventId: undefined }));
    assert.equal(client.state.lastEventId, '');
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), null);
  });

  test('may be given by the page that shows earlier events', async (t) => {
    const world = World.for(t);
    await world.connectedLive({ lastEventId: 'a1b2c3d4-700' });
    assert.equal(resumedFrom(world), 'a1b2c3d4-700');
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-700');
  });

  test('outlives streams that bring no id, and failures', async (t) => {
    const world = World.for(t);
    await world.connectedLive();
    await world.send(event(813));
    await loseAndReturn(world);
    await world.greet(connected() + stats());
    await loseAndReturn(world);
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  test('does not move for a frame that was cut off', async (t) => {
    const world = World.for(t);
    await world.connectedLive();
    await world.send(event(813) + event(814).slice(0, -1));
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  test('is kept by disconnect() and reconnect()', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.send(event(813));
    client.disconnect();
    client.reconnect();
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  test('is where it should be when the page hears of the event, though that is no news of the connection', async (t) => {
    const world = World.for(t);
    const cursors = [];
    await world.connectedLive({ onEvent: () => cursors.push(world.client.state.lastEventId) });
    const changes = world.toldTo('onStateChange').length;
    await world.send(event(813) + event(814));
    assert.deepEqual(cursors, ['a1b2c3d4-813', 'a1b2c3d4-814']);
    assert.equal(world.toldTo('onStateChange').length, changes);
  });
});

describe('reset', () => {
  test('tells the page, moves the cursor and reloads the snapshot', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive({}, connected() + stats());
    const stream = world.server.last;
    await world.send(reset('ffffffff-3', { reason: 'too-old' }));
    assert.deepEqual(world.toldTo('onReset'), [[{ reason: 'too-old' }, 'ffffffff-3']]);
    assert.equal(client.state.lastEventId, 'ffffffff-3');
    const { method, headers, init } = world.server.last;
    assert.deepEqual(
      [method, headers.get('accept'), init.credentials],
      ['GET', 'application/json', 'same-origin'],
    );
    await world.answer(200, snapshot({ activeUsers: 3, timestamp: '2025-12-06T12:00:01.000Z' }));
    assert.equal(client.stats.activeUsers, 3);
    stream.send(event(4));
    stream.cut();
    await world.clock.nextState(1000);
    assert.equal(resumedFrom(world), 'a1b2c3d4-4');
  });

  test('brings the first figures where there were none', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.send(reset('ffffffff-3'));
    await world.answer(200, snapshot());
    assert.deepEqual(client.stats, figures());
  });

  test('does not put an older snapshot over newer figures', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    const stream = world.server.last;
    await world.send(reset('ffffffff-3'));
    stream.send(stats({ activeUsers: 50, timestamp: '2025-12-06T12:00:10.000Z' }));
    await world.answer(200, snapshot({ activeUsers: 3, timestamp: '2025-12-06T12:00:09.999Z' }));
    assert.equal(client.stats.activeUsers, 50);
  });

  test('lives without the snapshot', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.send(reset('ffffffff-3'));
    await world.answer(500);
    assert.deepEqual([client.isConnected, client.error], [true, null]);
  });

  test('brings nothing after disconnect()', async (t) => {
    const world = World.for(t);
    const client = await world.connectedLive();
    await world.send(reset('ffffffff-3'));
    client.disconnect();
    await world.answer(200, snapshot());
    assert.deepEqual([client.stats, world.toldTo('onStatsUpdate')], [null, []]);
  });
});
