/** Events tracked during a request go together in the next one; an invalid one does not block the others. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from './support/clock.mjs';
import { World } from './support/world.mjs';

const receipts = (batch) => ({
  success: true,
  notified: 5,
  events: batch.map(({ eventId }, index) => ({ eventId, seq: index + 1, timestamp: 'now' })),
});
const sent = (world) => JSON.parse(world.server.last.text).events ?? [JSON.parse(world.server.last.text)];
const idsOf = (world) => sent(world).map(({ eventId }) => eventId);

/** A client with a request in flight, while `count` more events are tracked. */
async function busy(t, count, options = {}) {
  const world = World.for(t);
  const client = await world.live({ enabled: false, ...options });
  const outcomes = Array.from({ length: count + 1 }, (_, index) =>
    client.trackEvent('message.sent', { index }).catch((error) => error),
  );
  await settle();
  assert.equal(world.server.exchanges.length, 1);
  return { world, client, outcomes };
}

const finishFirst = (world) => world.answer(200, { success: true, eventId: 'id-1', seq: 1 });

async function answerBatch(world) {
  await world.answer(200, receipts(sent(world)));
}

test('a batch keeps the order', async (t) => {
  const { world, outcomes } = await busy(t, 3);
  await finishFirst(world);
  assert.equal(world.server.last.url, '/api/workspaces/acme/analytics/realtime/batch');
  assert.deepEqual(idsOf(world), ['id-2', 'id-3', 'id-4']);
  await answerBatch(world);
  assert.deepEqual(await outcomes[2], {
    success: true,
    message: 'Event tracked successfully',
    eventType: 'message.sent',
    eventId: 'id-3',
    seq: 2,
    notified: 5,
    timestamp: 'now',
  });
});

test('at most 100 events in a batch', async (t) => {
  const { world } = await busy(t, 150);
  await finishFirst(world);
  assert.equal(sent(world).length, 100);
  await answerBatch(world);
  assert.equal(sent(world).length, 50);
  await answerBatch(world);
  assert.equal(world.client.unsentEvents, 0);
});

test('a batch without response is resent with its ids', async (t) => {
  const { world } = await busy(t, 3);
  await finishFirst(world);
  const { text } = world.server.last;
  await world.cut();
  await world.clock.advance(1000);
  assert.equal(world.server.last.text, text);
  await answerBatch(world);
});

test('an invalid event is dropped, others are sent', async (t) => {
  const { world, outcomes } = await busy(t, 3);
  await finishFirst(world);
  const errors = { 'events.1.eventType': ['Must be lower case.'] };
  await world.answer(422, { code: 'INVALID_EVENT', title: 'The event is not valid', errors });
  const fault = await outcomes[2];
  assert.deepEqual([fault.code, fault.status, fault.errors], ['INVALID_EVENT', 422, { eventType: ['Must be lower case.'] }]);
  assert.equal(fault.message, 'eventType: Must be lower case.');
  assert.deepEqual(idsOf(world), ['id-2', 'id-4']);
  assert.deepEqual(world.callsOf('onEventDropped'), [
    { eventType: 'message.sent', eventId: 'id-3', eventData: { index: 2 }, reason: 'refused', error: fault },
  ]);
  await answerBatch(world);
});

test('an unspecific refusal sends one by one', async (t) => {
  const { world, outcomes } = await busy(t, 2);
  await finishFirst(world);
  await world.answer(413);
  assert.deepEqual(idsOf(world), ['id-2']);
  await world.answer(413);
  assert.equal((await outcomes[1]).status, 413);
  assert.deepEqual(idsOf(world), ['id-3']);
  await world.answer(200, { success: true, eventId: 'id-3', seq: 2 });
  assert.equal((await outcomes[2]).seq, 2);
});

test('401 drops the batch with one error', async (t) => {
  const { world, outcomes } = await busy(t, 2);
  await finishFirst(world);
  await world.answer(401);
  assert.deepEqual([(await outcomes[1]).code, (await outcomes[2]).code], ['AUTH_REQUIRED', 'AUTH_REQUIRED']);
  assert.equal(world.server.exchanges.length, 2);
});

test('the queue is limited to 1000 events', async (t) => {
  const { world, outcomes } = await busy(t, 1000);
  assert.equal((await outcomes[1000]).code, 'OUTBOX_FULL');
  const [{ eventId, reason }] = world.callsOf('onEventDropped');
  assert.deepEqual([eventId, reason], ['id-1001', 'full']);
  await finishFirst(world);
  while (world.client.unsentEvents > 0) await answerBatch(world);
});

test('events expire after a day', async (t) => {
  const { world, outcomes } = await busy(t, 0);
  await world.cut();
  world.clock.jump(24 * 3_600_000);
  await world.comeOnline();
  assert.equal((await outcomes[0]).code, 'EXPIRED');
  assert.equal(world.callsOf('onEventDropped')[0].reason, 'expired');
  await world.clock.advance(60_000);
  assert.equal(world.server.exchanges.length, 1);
});

test('leaving the page flushes the queue', async (t) => {
  const { world } = await busy(t, 2);
  world.events.dispatchEvent(new Event('pagehide'));
  await settle();
  assert.deepEqual(idsOf(world), ['id-2', 'id-3']);
  assert.equal(world.server.last.init.keepalive, true);
  await answerBatch(world);
  world.server.exchanges[0].answer(200, { success: true, eventId: 'id-1', seq: 1 });
  await settle();
  assert.deepEqual(idsOf(world), ['id-2', 'id-3'], 'again, and the server knows the ids');
  await answerBatch(world);
});
