/** A refusing response becomes an error with a text for people and facts for programs. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PulseError, errorFromResponse } from '../../static/js/client/errors.js';

const problem = (status, body, headers = {}) =>
  new Response(JSON.stringify({ type: '/api/docs#CODE', status, ...body }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
const read = (response) => errorFromResponse(response, 0);

describe('a problem document', () => {
  test("code, text and fields of the server", async () => {
    const errors = {
      eventType: ['Unknown type'],
      'eventData.messageId': ['Missing data for required field.', 'Or two.'],
    };
    const error = await read(problem(422, { code: 'INVALID_EVENT', title: 'The event is not valid', errors }));
    assert.ok(error instanceof PulseError && error instanceof Error);
    assert.equal(
      error.message,
      'The event is not valid. eventType: Unknown type. eventData.messageId: Missing data for required field. Or two.',
    );
    assert.deepEqual([error.name, error.code, error.status], ['PulseError', 'INVALID_EVENT', 422]);
    assert.deepEqual(error.errors, errors);
  });

  test('detail wins over title', async () => {
    const error = await read(problem(403, { code: 'FORBIDDEN', title: 'No', detail: 'Viewers cannot send events.' }));
    assert.equal(error.message, 'Viewers cannot send events.');
  });

  test('Retry-After comes in milliseconds', async () => {
    assert.equal((await read(problem(429, { code: 'SLOW_DOWN' }, { 'retry-after': '7' }))).retryAfter, 7000);
    assert.equal((await read(problem(429, { code: 'SLOW_DOWN' }))).retryAfter, null);
  });
});

describe('anything else', () => {
  for (const [status, code, message] of [
    [401, 'AUTH_REQUIRED', 'You are signed out. Sign in to go on.'],
    [403, 'FORBIDDEN', 'Your role in this workspace does not allow this.'],
    [413, 'PAYLOAD_TOO_LARGE', 'That is too much at once for the server.'],
    [418, 'HTTP_418', 'The server did not accept this (418).'],
    [429, 'TOO_MANY_REQUESTS', 'That was too often; wait a little.'],
    [500, 'HTTP_500', 'The server had a problem (500).'],
    [502, 'HTTP_502', 'The server had a problem (502).'],
    [503, 'UNAVAILABLE', 'The server is busy or being looked after.'],
  ]) {
    test(`a proxy's ${status} page`, async () => {
      const page = new Response('<html><h1>nginx</h1>', { status, headers: { 'content-type': 'text/html' } });
      const error = await read(page);
      assert.deepEqual([error.code, error.message, error.errors], [code, message, null]);
    });
  }

  for (const body of ['{"code":', 'null', '"text"', '']) {
    test(`a broken document: ${JSON.stringify(body)}`, async () => {
      const broken = new Response(body, { status: 500, headers: { 'content-type': 'application/problem+json' } });
      assert.equal((await read(broken)).code, 'HTTP_500');
    });
  }
});
