/** Limits are in bytes, and a poison message does not block the others. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutboxQueue } from '../../static/js/client/outbox-queue.js';
import { settle } from './support/clock.mjs';
import { World, worldTest } from './support/world.mjs';

const QUOTA = 64 * 1024; // of all requests with `keepalive` that are in flight, as in the Fetch Standard
const bytes = (text) => new TextEncoder().encode(text).length;
const sentBy = ({ text }) => JSON.parse(text).events ?? [JSON.parse(text)];
const receipts = (events) => ({
  notified: 0,
  events: events.map(({ eventId }) => ({ eventId, seq: 1, timestamp: 'now' })),
});
const receipt = (exchange) =>
  exchange.url.endsWith('/batch') ? receipts(sentBy(exchange)) : { success: true, eventId: 'x', seq: 1 };

/** A world whose browser refuses what is beyond the quota, and whose server answers as `reply(exchange)` does. */
async function tracker(t, reply) {
  const world = World.for(t);
  const { fetch } = world.server;
  let underWay = 0;
  world.server.fetch = async (url, init = {}) => {
    const size = init.keepalive ? bytes(init.body) : 0;
    if (underWay + size > QUOTA) throw new TypeError('Failed to fetch');
    underWay += size;
    const answer = fetch(url, init);
    queueMicrotask(() => reply(world.server.last));
    return answer.finally(() => (underWay -= size));
  };
  const client = await world.live({ enabled: false });
  return { world, client };
}

const answer = (exchange) => exchange.answer(200, receipt(exchange));

test('bytes, not characters, limit a request', async (t) => {
  const { world, client } = await tracker(t, answer);
  const outcomes = Array.from({ length: 12 }, () => client.trackEvent('cjk.test', { t: '日'.repeat(2400) }));
  await world.clock.advance(0);
  assert.equal(client.unsentEvents, 0);
  await Promise.all(outcomes);
  for (const { text, init } of world.server.exchanges) assert.ok(!init.keepalive || bytes(text) <= QUOTA / 2);
});

test('a refused keepalive is retried without', async (t) => {
  const { world, client } = await tracker(t, answer);
  const { fetch } = world.server;
  world.server.fetch = (url, init) => (init.keepalive ? Promise.reject(new TypeError('quota')) : fetch(url, init));
  client.disconnect();
  const fresh = await world.live({ enabled: false });
  const outcome = fresh.trackEvent('message.sent');
  await world.clock.advance(1000);
  assert.equal((await outcome).seq, 1);
});

worldTest('a flush skips what is too large', async (world) => {
  const client = await world.live({ enabled: false });
  for (const size of [1, 25_000, 9_000, 9_000, 2_000]) client.trackEvent('cjk.test', { t: '日'.repeat(size) });
  await settle();
  world.events.dispatchEvent(new Event('pagehide'));
  await settle();
  const { init, text } = world.server.last;
  assert.equal(init.keepalive, true);
  assert.deepEqual(sentBy({ text }).map(({ eventId }) => eventId), ['id-3', 'id-4']); // 27 KB each; 6 KB have no room
  assert.ok(bytes(text) + bytes(world.server.exchanges[0].text) <= QUOTA);
  for (const exchange of world.server.exchanges) answer(exchange);
  await settle();
  while (client.unsentEvents > 0) {
    answer(world.server.last);
    await settle();
  }
});

test('a poison message is set aside, then dropped', async (t) => {
  const isPoison = (exchange) => exchange.text.includes('poison');
  const { world, client } = await tracker(t, (exchange) => (isPoison(exchange) ? exchange.cut() : answer(exchange)));
  client.trackEvent('message.sent', { text: 'first' });
  const poison = client.trackEvent('message.sent', { text: 'poison' }).catch((error) => error);
  const others = Array.from({ length: 10 }, () => client.trackEvent('message.sent', { text: 'good' }));
  await world.clock.advance(60_000);
  await Promise.all(others);
  assert.equal(client.unsentEvents, 1);
  for (let n = 0; n < 12; n += 1) {
    const next = client.trackEvent('message.sent', { text: 'later' });
    await settle();
    await next; // at once, without the delay of the poison message
    await world.clock.advance(60_000);
  }
  const { code, message } = await poison;
  assert.equal(code, 'UNSENDABLE');
  assert.equal(message, 'The event could not be sent, though others could. The server cannot be reached.');
  assert.deepEqual(world.callsOf('onEventDropped').map(({ eventId, reason }) => [eventId, reason]), [['id-2', 'refused']]);
});

test('an outage drops nothing', async (t) => {
  let down = true;
  const order = [];
  const { world, client } = await tracker(t, (exchange) => {
    if (down) return exchange.cut();
    order.push(...sentBy(exchange).map(({ eventId }) => eventId));
    answer(exchange);
  });
  for (let n = 0; n < 20; n += 1) client.trackEvent('message.sent', { n });
  await world.clock.advance(20 * 3_600_000);
  assert.equal(client.unsentEvents, 20);
  down = false;
  await world.clock.advance(60_000);
  assert.equal(client.unsentEvents, 0);
  assert.equal(new Set(order).size, 20);
  assert.deepEqual(world.callsOf('onEventDropped'), []);
});

test('a batch is limited by its bytes', () => {
  const queue = new OutboxQueue();
  for (let n = 0; n < 10; n += 1)
    queue.add({ eventId: `${n}`, eventType: 'cjk.test', body: '日'.repeat(20_000), madeAt: 0 });
  assert.equal(queue.nextBatch().length, 4); // of 60,000 bytes each
});
