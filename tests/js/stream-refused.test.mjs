/** A refusing response is not a lost connection. */

import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connected } from './support/frames.mjs';
import { connectedTest, liveTest, worldTest } from './support/world.mjs';

describe('final', () => {
  for (const [status, code, phase, title, message] of [
    [401, 'AUTH_REQUIRED', 'signed-out', 'Sign in first', 'You are signed out. Sign in to go on.'],
    [403, 'FORBIDDEN', 'failed', 'Your role does not allow this', 'Your role does not allow this.'],
    [404, 'NOT_FOUND', 'failed', 'Not found', 'There is no such workspace, or you are not a member of it.'],
    [406, 'NOT_ACCEPTABLE', 'failed', 'No such type', 'No such type.'],
  ]) {
    worldTest(`${status}: no retry, with an error`, async (world) => {
      const client = await world.live({ maxReconnectAttempts: Infinity });
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
  for (const [status, value, wait] of [
    [429, '120', 120_000], // longer than any backoff
    [503, '120', 120_000],
    [503, 'Sat, 06 Dec 2025 12:00:45 GMT', 45_000],
  ]) {
    liveTest(`${status}, Retry-After: ${value}`, async (world) => {
      await world.answer(status, '', { 'retry-after': value });
      assert.equal(world.wait, wait);
      await world.clock.advance(wait - 1);
      assert.equal(world.server.exchanges.length, 1);
      await world.clock.advance(1);
      assert.equal(world.server.exchanges.length, 2);
    });
  }

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
