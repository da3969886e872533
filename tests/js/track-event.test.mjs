/** trackEvent() sends one event and resolves with the server's response. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PulseError } from '../../static/js/realtime-analytics.js';
import { settle } from './support/clock.mjs';
import { connectedTest, World } from './support/world.mjs';

const ANSWER = {
  success: true,
  message: 'Event tracked successfully',
  eventType: 'message.sent',
  eventId: 'e-1',
  seq: 7,
  notified: 5,
};

/** A client without a stream, and its rejection as a value. */
async function track(t, ...event) {
  const world = World.for(t);
  const client = await world.live({ enabled: false });
  const outcome = client.trackEvent(...event).catch((error) => error);
  await settle();
  return { world, outcome };
}

test('the request', async (t) => {
  const { world, outcome } = await track(t, 'message.sent', { messageId: 'm-1', text: '<b>' });
  const { url, method, headers, text, init } = world.server.last;
  assert.deepEqual([method, url], ['POST', '/api/workspaces/acme/analytics/realtime']);
  assert.deepEqual(Object.fromEntries(headers), { accept: 'application/json', 'content-type': 'application/json' });
  assert.equal(text, '{"eventType":"message.sent","eventData":{"messageId":"m-1","text":"<b>"},"eventId":"id-1"}');
  assert.equal(init.credentials, 'same-origin');
  await world.answer(200, ANSWER);
  assert.deepEqual(await outcome, ANSWER);
});

test('no data, no eventData', async (t) => {
  const { world, outcome } = await track(t, 'user.active');
  assert.equal(world.server.last.text, '{"eventType":"user.active","eventId":"id-1"}');
  await world.answer(200, ANSWER);
  await outcome;
});

describe('a refusal', () => {
  test('has the errors by field', async (t) => {
    const { world, outcome } = await track(t, 'Nonsense');
    const errors = { eventType: ['Not a valid event type.'] };
    await world.answer(422, { code: 'INVALID_EVENT', title: 'The event is not valid', errors });
    const error = await outcome;
    assert.ok(error instanceof PulseError);
    assert.deepEqual([error.status, error.code, error.errors], [422, 'INVALID_EVENT', errors]);
    assert.equal(error.message, 'The event is not valid. eventType: Not a valid event type.');
  });

  connectedTest('does not affect the stream', async (world, client) => {
    const outcome = client.trackEvent('message.sent').catch(({ code }) => code);
    await settle();
    await world.answer(403);
    assert.equal(await outcome, 'FORBIDDEN');
    assert.deepEqual([client.isConnected, client.error, world.callsOf('onError')], [true, null, []]);
  });
});

test('data that is no JSON rejects', async (t) => {
  const circle = {};
  circle.self = circle;
  const { world, outcome } = await track(t, 'message.sent', circle);
  assert.ok((await outcome) instanceof TypeError);
  assert.equal(world.server.exchanges.length, 0);
});
