/** A refusing response is not a lost connection. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connected } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('final', () => {
  for (const [status, code, phase, message] of [
    [401, 'AUTH_REQUIRED', 'signed-out', 'You are signed out. Sign in to go on.'],
    [403, 'FORBIDDEN', 'failed', 'Your role does not allow this.'],
    [404, 'NOT_FOUND', 'failed', 'There is no such workspace, or you are not a member of it.'],
    [406, 'NOT_ACCEPTABLE', 'failed', 'None of the accepted types can be served.'],
  ]) {
    worldTest(`${status}: no retry, with an error`, async (world) => {
      const client = await world.live({ maxReconnectAttempts: Infinity });
      const title = message.slice(0, -1);
      await world.answer(status, { status, code, title });
      await world.clock.advance(3_600_000);
      assert.equal(world.server.exchanges.length, 1);
      assert.equal(client.state.phase, phase);
      assert.deepEqual([client.error.status, client.error.code, client.error.message], [status, code, message]);
      assert.deepEqual(world.callsOf('onError'), [client.error]);
    });
  }

  connectedTest('reconnect() after signing in resumes', async (world, client) => {
    await world.cut();
    await world.clock.advance(1000);
    await world.answer(401);
    assert.equal(client.state.phase, 'signed-out');
    client.reconnect();
    await world.greet(connected());
    assert.deepEqual([client.isConnected, client.error], [true, null]);
  });
});

describe('for now', () => {
  for (const status of [429, 503]) {
    liveTest(`${status}: Retry-After in seconds, beyond 30 s too`, async (world) => {
      await world.answer(status, '', { 'retry-after': '120' });
      assert.equal(world.wait, 120_000);
      await world.clock.advance(119_999);
      assert.equal(world.server.exchanges.length, 1);
      await world.clock.advance(1);
      assert.equal(world.server.exchanges.length, 2);
    });

    liveTest(`${status}: Retry-After as a date`, async (world) => {
      await world.answer(status, '', { 'retry-after': 'Sat, 06 Dec 2025 12:00:45 GMT' });
      assert.equal(world.wait, 45_000);
    });

    liveTest(`${status}: backoff without Retry-After`, async (world) => {
      await world.answer(status);
      assert.equal(world.wait, 1000);
    });
  }

  liveTest('Retry-After may be shorter than the backoff', async (world) => {
    for (const wait of [1000, 2000, 4000]) {
      await world.cut();
      await world.clock.advance(wait);
    }
    await world.answer(503, '', { 'retry-after': '2' });
    assert.equal(world.wait, 2000);
  });

  liveTest('reconnect() ignores Retry-After', async (world, client) => {
    await world.answer(503, '', { 'retry-after': '600' });
    client.reconnect();
    await world.greet(connected());
    assert.ok(client.isConnected);
  });

  worldTest('refusals count as attempts', async (world) => {
    const client = await world.live({ maxReconnectAttempts: 2 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await world.answer(503, '', { 'retry-after': '5' });
      await world.clock.advance(5000);
    }
    assert.equal(world.server.exchanges.length, 3);
    assert.deepEqual([client.state.phase, client.error.code, client.error.status], ['failed', 'GAVE_UP', 503]);
  });

  for (const status of [500, 502, 504]) {
    liveTest(`${status}: a deploy passes`, async (world, client) => {
      await world.answer(status, '<html>', { 'content-type': 'text/html' });
      assert.deepEqual([client.state.phase, client.error.status], ['reconnecting', status]);
      await world.clock.advance(1000);
      await world.greet(connected());
      assert.ok(client.isConnected);
    });
  }
});

describe('another response', () => {
  for (const [status, type] of [
    [200, 'text/html'],
    [200, 'application/json'],
    [200, 'text/event-streams'],
    [200, 'text/event-stream-x'],
    [202, 'text/event-stream'],
  ]) {
    liveTest(`${status} ${type} is retried`, async (world, client) => {
      await world.answer(status, 'Welcome to the guest network', { 'content-type': type });
      assert.equal(client.error.code, 'UNEXPECTED_ANSWER');
      assert.equal(client.error.message, 'Something between this page and the server answered in its place.');
      assert.equal(client.state.phase, 'reconnecting');
    });
  }
});
