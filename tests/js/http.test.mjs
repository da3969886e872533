/** JSON requests of our pages: what is sent, and each kind of response and failure. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requestJson } from '../../static/js/ui/http.js';
import { FakeServer } from './support/fake-server.mjs';

const PATH = '/api/workspaces/acme/tokens';
const TOKEN = { id: 't-1', name: 'Build server' };

/** One call, and its request; the outcome of a rejection is its error. */
function send(call) {
  const server = new FakeServer();
  const outcome = call({ fetch: server.fetch, now: () => 0 }).catch((error) => error);
  return { request: server.last, outcome };
}

test('a GET bypasses the cache', async () => {
  const { request, outcome } = send((environment) => requestJson(environment, PATH));
  assert.deepEqual([request.method, request.url, request.init.cache], ['GET', PATH, 'no-store']);
  request.answer(200, { data: [TOKEN] });
  assert.deepEqual(await outcome, { data: [TOKEN] });
});

test('a POST sends JSON and returns the response', async () => {
  const wanted = { name: 'Build server', scopes: ['events:write'] };
  const { request, outcome } = send((environment) => requestJson(environment, PATH, { method: 'POST', body: wanted }));
  assert.deepEqual([request.method, request.url], ['POST', PATH]);
  assert.equal(request.headers.get('content-type'), 'application/json');
  assert.deepEqual(JSON.parse(request.text), wanted);
  request.answer(201, { ...TOKEN, token: 'pulse_0a' });
  assert.deepEqual(await outcome, { ...TOKEN, token: 'pulse_0a' });
});

describe('errors', () => {
  test('carry the status of a refusal', async () => {
    const { request, outcome } = send((environment) => requestJson(environment, PATH));
    request.answer(403, { code: 'FORBIDDEN', detail: 'This takes the role admin; yours is member.' });
    const { status, message } = await outcome;
    assert.deepEqual([status, message], [403, 'This takes the role admin; yours is member.']);
  });

  test('LOST without a response', async () => {
    const { request, outcome } = send((environment) => requestJson(environment, PATH));
    request.cut();
    const { code, message } = await outcome;
    assert.deepEqual([code, message], ['LOST', 'The server cannot be reached.']);
  });

  test('LOST if the response is cut', async () => {
    const { request, outcome } = send((environment) => requestJson(environment, PATH));
    request.answer(200, '{"data": [');
    assert.equal((await outcome).code, 'LOST');
  });

  test('TIMEOUT if there is none in time', async () => {
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    const environment = { fetch: () => Promise.reject(late), now: () => 0 };
    await assert.rejects(requestJson(environment, PATH), { code: 'TIMEOUT', message: 'The server did not answer in time.' });
  });
});
