/** Requests of our own pages to our JSON API: what they send, and what becomes of the answers. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ignoreNotFound, requestJson } from '../../static/js/ui/http.js';
import { FakeServer } from './support/fake-server.mjs';

const PATH = '/api/workspaces/acme/tokens';
const TOKEN = { id: 't-1', name: 'Build server' };

/** One call, and its request; a rejection is its outcome's value. */
function ask(call) {
  const server = new FakeServer();
  const outcome = call({ fetch: server.fetch, now: () => 0 }).catch((error) => error);
  return { request: server.last, outcome };
}

test('lists what there is now, not what a cache has', async () => {
  const { request, outcome } = ask((asker) => requestJson(asker, PATH));
  assert.deepEqual([request.method, request.url, request.init.cache], ['GET', PATH, 'no-store']);
  request.answer(200, { data: [TOKEN] });
  assert.deepEqual(await outcome, { data: [TOKEN] });
});

test('makes one as it is wanted', async () => {
  const wanted = { name: 'Build server', scopes: ['events:write'] };
  const { request, outcome } = ask((asker) => requestJson(asker, PATH, { method: 'POST', body: wanted }));
  assert.deepEqual([request.method, request.url], ['POST', PATH]);
  assert.equal(request.headers.get('content-type'), 'application/json');
  assert.deepEqual(JSON.parse(request.text), wanted);
  request.answer(201, { ...TOKEN, token: 'pulse_0a' });
  assert.deepEqual(await outcome, { ...TOKEN, token: 'pulse_0a' });
});

describe('revoking', () => {
  test('names the one', async () => {
    const { request, outcome } = ask((asker) => ignoreNotFound(requestJson(asker, `${PATH}/t-1`, { method: 'DELETE' })));
    assert.deepEqual([request.method, request.url], ['DELETE', `${PATH}/t-1`]);
    request.answer(204);
    assert.equal(await outcome, undefined);
  });

  test('what is gone already has worked', async () => {
    const { request, outcome } = ask((asker) => ignoreNotFound(requestJson(asker, `${PATH}/t-1`, { method: 'DELETE' })));
    request.answer(404, { title: 'There is no such thing', code: 'NOT_FOUND' });
    assert.equal(await outcome, undefined);
  });

  test('what was refused has not', async () => {
    const { request, outcome } = ask((asker) => ignoreNotFound(requestJson(asker, `${PATH}/t-1`, { method: 'DELETE' })));
    request.answer(403, { code: 'FORBIDDEN', detail: 'This takes the role admin; yours is member.' });
    assert.equal((await outcome).message, 'This takes the role admin; yours is member.');
  });
});

describe('what goes wrong', () => {
  test('names the fields', async () => {
    const { request, outcome } = ask((asker) => requestJson(asker, PATH, { method: 'POST', body: {} }));
    request.answer(422, { code: 'INVALID_INPUT', title: 'Wrong', errors: { name: ['Must be visible.'] } });
    assert.deepEqual((await outcome).errors, { name: ['Must be visible.'] });
  });

  test('is told in words when nobody answers', async () => {
    const { request, outcome } = ask((asker) => requestJson(asker, PATH));
    request.cut();
    const { code, message } = await outcome;
    assert.deepEqual([code, message], ['LOST', 'The server cannot be reached.']);
  });

  test('is told in words when the answer is cut off', async () => {
    const { request, outcome } = ask((asker) => requestJson(asker, PATH));
    request.answer(200, '{"data": [');
    assert.equal((await outcome).code, 'LOST');
  });

  test('is told in words when the answer takes too long', async () => {
    const late = Object.assign(new Error('late'), { name: 'TimeoutError' });
    const asker = { fetch: () => Promise.reject(late), now: () => 0 };
    await assert.rejects(requestJson(asker, PATH), { code: 'TIMEOUT', message: 'The server did not answer in time.' });
  });
});
