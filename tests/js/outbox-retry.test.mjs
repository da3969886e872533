/** An event is resent under the same id until the server has acknowledged or refused it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settle } from './support/clock.mjs';
import { World } from './support/world.mjs';

const answer = (eventId = 'id-1', more = {}) => ({ success: true, eventType: 'message.sent', eventId, seq: 7, ...more });

async function tracking(t) {
  const world = World.for(t);
  const client = await world.live({ enabled: false });
  const outcome = client.trackEvent('message.sent', { messageId: 'm-1' });
  await settle();
  return { world, client, outcome };
}

describe('the request is repeated after', () => {
  for (const [name, fail, wait] of [
    ['a cut line', (world) => world.cut(), 1000],
    ['no answer for 15 s', (world) => world.clock.advance(15_000), 1000],
    ['a stranger’s answer', (world) => world.answer(200, '<html>Welcome', { 'content-type': 'text/html' }), 1000],
    ['a fault of the server', (world) => world.answer(500), 1000],
    ['an outcome that is not known', (world) => world.answer(503, { code: 'OUTCOME_UNKNOWN' }), 1000],
    ['too many at a time', (world) => world.answer(429, '', { 'retry-after': '7' }), 7000],
  ]) {
    test(name, async (t) => {
      const { world, client, outcome } = await tracking(t);
      const { text } = world.server.last;
      await fail(world);
      assert.equal(client.unsentEvents, 1);
      await world.clock.advance(wait - 1);
      assert.equal(world.server.exchanges.length, 1);
      await world.clock.advance(1);
      assert.equal(world.server.last.text, text);
      await world.answer(200, answer());
      assert.equal((await outcome).seq, 7);
      assert.equal(client.unsentEvents, 0);
    });
  }
});

test('delays grow up to 30 s', async (t) => {
  const { world, outcome } = await tracking(t);
  for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = world.server.exchanges.length;
    await world.cut();
    await world.clock.advance(wait - 1);
    assert.equal(world.server.exchanges.length, before);
    await world.clock.advance(1);
    assert.equal(world.server.exchanges.length, before + 1);
  }
  await world.answer(200, answer());
  await outcome;
});

test('going online retries at once', async (t) => {
  const { world, outcome } = await tracking(t);
  await world.cut();
  await world.comeOnline();
  assert.equal(world.server.exchanges.length, 2);
  await world.answer(200, answer('id-1', { duplicate: true }));
  assert.equal((await outcome).duplicate, true);
});

test('disconnect() keeps tracked events', async (t) => {
  const { world, client, outcome } = await tracking(t);
  await world.cut();
  client.disconnect();
  await world.clock.advance(1000);
  await world.answer(200, answer());
  assert.equal((await outcome).seq, 7);
});

test("timestamps use the server's clock", async (t) => {
  const { world, client, outcome } = await tracking(t);
  await world.answer(200, answer(), { date: 'Sat, 06 Dec 2025 15:00:00 GMT' }); // three hours ahead of the visitor
  await outcome;
  const second = client.trackEvent('message.sent');
  await settle();
  assert.equal(JSON.parse(world.server.last.text).timestamp, '2025-12-06T15:00:00.500Z');
  await world.answer(200, answer('id-2'));
  await second;
});
