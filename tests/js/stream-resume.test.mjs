/** A new stream resumes at the cursor of the old one, or resets. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { annotation, connected, event, figures, ping, reset, snapshot, stats } from './support/frames.mjs';
import { connectedTest, worldTest } from './support/world.mjs';

const resumedFrom = ({ server }) => server.last.headers.get('last-event-id');

async function loseAndReturn(world) {
  await world.cut();
  await world.clock.advance(world.wait);
}

describe('the cursor', () => {
  for (const [name, options, greeting, frames, cursor] of [
    ['is sent as Last-Event-ID', {}, connected(), event(813) + event(814) + stats() + ping(), 'a1b2c3d4-814'],
    ["begins at the greeting's lastEventId", {}, connected({ lastEventId: 'a1b2c3d4-812' }), stats(), 'a1b2c3d4-812'],
    ['is empty without lastEventId', {}, connected({ lastEventId: undefined }), stats(), ''],
    ['can be an option', { lastEventId: 'a1b2c3d4-700' }, connected(), stats(), 'a1b2c3d4-700'],
    ['ignores an unfinished frame', {}, connected(), event(813) + event(814).slice(0, -1), 'a1b2c3d4-813'],
  ]) {
    worldTest(name, async (world) => {
      const client = await world.connectedLive(options, greeting);
      assert.equal(resumedFrom(world), options.lastEventId ?? null);
      await world.send(frames);
      assert.equal(client.state.lastEventId, cursor);
      await loseAndReturn(world);
      assert.equal(resumedFrom(world), cursor || null);
    });
  }

  connectedTest('is not moved by a later greeting', async (world) => {
    await world.send(event(813));
    await loseAndReturn(world);
    await world.greet(connected({ lastEventId: 'a1b2c3d4-900' }));
    await loseAndReturn(world);
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  connectedTest('survives disconnect() and reconnect()', async (world, client) => {
    await world.send(event(813));
    client.disconnect();
    client.reconnect();
    assert.equal(resumedFrom(world), 'a1b2c3d4-813');
  });

  worldTest('is updated before onEvent', async (world) => {
    const cursors = [];
    await world.connectedLive({ onEvent: () => cursors.push(world.client.state.lastEventId) });
    const changes = world.callsOf('onStateChange').length;
    await world.send(event(813) + event(814));
    assert.deepEqual(cursors, ['a1b2c3d4-813', 'a1b2c3d4-814']);
    assert.equal(world.callsOf('onStateChange').length, changes);
  });
});

worldTest('a note is told, and moves no cursor', async (world) => {
  const client = await world.connectedLive();
  await world.send(event(813));
  const news = { change: 'created', annotation: { id: 'n-1', text: 'Release 7' } };
  await world.send(annotation(news));
  assert.deepEqual(world.callsOf('onAnnotation'), [news]);
  assert.equal(client.state.lastEventId, 'a1b2c3d4-813');
});

describe('reset', () => {
  worldTest('calls onReset, moves the cursor, reloads', async (world) => {
    const client = await world.connectedLive({}, connected() + stats());
    const stream = world.server.last;
    await world.send(reset('ffffffff-3', { reason: 'too-old' }));
    assert.deepEqual(world.callsOf('onReset'), [[{ reason: 'too-old' }, 'ffffffff-3']]);
    assert.equal(client.state.lastEventId, 'ffffffff-3');
    const { method, headers, init } = world.server.last;
    assert.deepEqual([method, headers.get('accept'), init.credentials], ['GET', 'application/json', 'same-origin']);
    await world.answer(200, snapshot({ activeUsers: 3, timestamp: '2025-12-06T12:00:01.000Z' }));
    assert.equal(client.stats.activeUsers, 3);
    stream.send(event(4));
    stream.cut();
    await world.clock.advance(1000);
    assert.equal(resumedFrom(world), 'a1b2c3d4-4');
  });

  connectedTest('brings the first stats', async (world, client) => {
    await world.send(reset('ffffffff-3'));
    await world.answer(200, snapshot());
    assert.deepEqual(client.stats, figures());
  });

  connectedTest('keeps newer stats', async (world, client) => {
    const stream = world.server.last;
    await world.send(reset('ffffffff-3'));
    stream.send(stats({ activeUsers: 50, timestamp: '2025-12-06T12:00:10.000Z' }));
    await world.answer(200, snapshot({ activeUsers: 3, timestamp: '2025-12-06T12:00:09.999Z' }));
    assert.equal(client.stats.activeUsers, 50);
  });

  connectedTest('tolerates a failed snapshot', async (world, client) => {
    await world.send(reset('ffffffff-3'));
    await world.answer(500);
    assert.deepEqual([client.isConnected, client.error], [true, null]);
  });

  connectedTest('does nothing after disconnect()', async (world, client) => {
    await world.send(reset('ffffffff-3'));
    client.disconnect();
    await world.answer(200, snapshot());
    assert.deepEqual([client.stats, world.callsOf('onStatsUpdate')], [null, []]);
  });
});
