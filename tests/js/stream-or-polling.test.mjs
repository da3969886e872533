/** A stream that opens but brings nothing is replaced by polling, and retried. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bye, connected, event, snapshot, stats } from './support/frames.mjs';
import { liveTest, World } from './support/world.mjs';

const LOG = '/api/workspaces/acme/analytics/events';
const page = (seqs, more = {}) => ({
  data: seqs.map((seq) => ({ seq, eventId: `e-${seq}`, eventType: 'message.sent', userId: 'u-1', timestamp: 'now' })),
  meta: { nextAfter: seqs.at(-1) ?? 900, hasMore: false, lastEventId: `a1b2c3d4-${seqs.at(-1) ?? 900}`, ...more },
});

/** A client that polls, because its stream brought nothing for 10 s. */
async function polled(t, options) {
  const world = World.for(t);
  const client = await world.live(options);
  await world.greet('');
  await world.clock.advance(10_000);
  assert.equal(world.server.streams.length, 0, 'the mute stream is closed');
  await world.answer(200, snapshot());
  return { world, client };
}

for (const [name, mute] of [
  ['a stream that opens and stays mute', (world) => world.greet('')],
  ['a proxy that holds back even the head', () => {}],
]) {
  liveTest(name, async (world, client) => {
    await mute(world);
    await world.clock.advance(9999);
    assert.deepEqual([client.state.phase, world.server.exchanges.length], ['connecting', 1]);
    await world.clock.advance(1);
    await world.answer(200, snapshot());
    assert.deepEqual([client.isConnected, client.state.via, client.stats.activeUsers], [true, 'polling', 42]);
    assert.deepEqual(world.phases, ['connecting', 'connected']);
  });
}

describe('polling', () => {
  test('brings events once, with ids', async (t) => {
    const { world, client } = await polled(t);
    assert.equal(world.server.last.url, `${LOG}?after=900&limit=1000`);
    await world.answer(200, page([901, 902]));
    assert.deepEqual(
      world.callsOf('onEvent').map(([{ eventId }, id]) => [eventId, id]),
      [['e-901', 'a1b2c3d4-901'], ['e-902', 'a1b2c3d4-902']],
    );
    assert.equal(client.state.lastEventId, 'a1b2c3d4-902');
    await world.clock.advance(5000);
    await world.answer(200, snapshot({ activeUsers: 43 }));
    assert.equal(world.server.last.url, `${LOG}?after=902&limit=1000`);
    assert.equal(client.stats.activeUsers, 43);
  });

  test('brings what a stream would', async (t) => {
    const { world } = await polled(t);
    const event = { eventId: 'e-901', eventType: 'task.started', userId: 'u-1', timestamp: 'now', taskId: 't-1' };
    await world.answer(200, { ...page([901]), data: [{ seq: 901, sessionId: 's-1', channelId: 'general', ...event }] });
    assert.deepEqual(world.callsOf('onEvent'), [[{ ...event, channelId: 'general' }, 'a1b2c3d4-901']]);
  });

  test("continues from the page's cursor", async (t) => {
    const { world } = await polled(t, { lastEventId: 'a1b2c3d4-812' });
    assert.equal(world.server.last.url, `${LOG}?after=812&limit=1000`);
    await world.answer(200, page([813], { hasMore: true }));
    assert.equal(world.server.last.url, `${LOG}?after=813&limit=1000`);
    await world.answer(200, page([814]));
    assert.deepEqual(world.callsOf('onEvent').map(([, id]) => id), ['a1b2c3d4-813', 'a1b2c3d4-814']);
  });

  for (const [name, answer] of [
    ['of another life of the log', page([813], { lastEventId: 'ffffffff-813' })],
    ['with the next ones gone', page([900])],
  ]) {
    test(`resets if the log is ${name}`, async (t) => {
      const { world, client } = await polled(t, { lastEventId: 'a1b2c3d4-812' });
      await world.answer(200, answer);
      assert.equal(world.server.last.url, `${LOG}?limit=1`);
      await world.answer(200, { data: [], meta: { lastEventId: 'ffffffff-950' } });
      assert.deepEqual(world.callsOf('onReset'), [[{}, 'ffffffff-950']]);
      assert.equal(client.state.lastEventId, 'ffffffff-950');
      await world.answer(200, snapshot());
    });
  }

  test('a lost poll reconnects with a stream', async (t) => {
    const { world, client } = await polled(t);
    await world.cut();
    assert.deepEqual([client.state.phase, client.state.reason], ['reconnecting', 'lost']);
    await world.clock.advance(1000);
    assert.equal(world.server.last.headers.get('accept'), 'text/event-stream');
  });
});

describe('a trial stream', () => {
  async function tried(t) {
    const { world, client } = await polled(t);
    await world.answer(200, page([]));
    for (let poll = 0; world.server.streams.length === 0; poll += 1) {
      await world.clock.advance(5000);
      for (const body of [snapshot(), page([])]) if (world.server.snapshots.length > 0) await world.server.snapshots[0].answer(200, body);
      await world.clock.advance(0);
      for (const open of world.server.snapshots) open.answer(200, page([]));
      await world.clock.advance(0);
      assert.ok(poll < 20);
    }
    return { world, client };
  }

  test('opens after a minute while polling goes on', async (t) => {
    const { world, client } = await tried(t);
    assert.equal(world.server.streams[0].headers.get('last-event-id'), 'a1b2c3d4-900');
    assert.equal(client.state.via, 'polling');
  });

  test('takes over at its greeting', async (t) => {
    const { world, client } = await tried(t);
    world.server.streams[0].stream(connected() + stats({ activeUsers: 44 }) + event(901));
    await world.clock.advance(0);
    assert.deepEqual([client.state.via, client.stats.activeUsers], ['stream', 44]);
    assert.equal(client.state.lastEventId, 'a1b2c3d4-901');
    const before = world.server.exchanges.length;
    await world.clock.advance(50_000);
    assert.equal(world.server.exchanges.length, before, 'no poll any more');
    assert.deepEqual(world.phases, ['connecting', 'connected', 'connected']);
  });

  test('failed: polling goes on, the delay grows', async (t) => {
    const { world, client } = await tried(t);
    world.server.streams[0].stream('');
    await world.clock.advance(10_000);
    assert.equal(world.server.streams.length, 0);
    assert.equal(client.state.via, 'polling');
  });

  test('ends later like any stream', async (t) => {
    const { world, client } = await tried(t);
    world.server.streams[0].stream(connected() + bye('shutdown'));
    await world.clock.advance(0);
    assert.deepEqual([client.state.phase, client.state.reason], ['reconnecting', 'shutdown']);
  });
});
