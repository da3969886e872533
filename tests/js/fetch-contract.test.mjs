/** The fake server behaves like a real one in everything that the client relies on. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { settle } from './support/clock.mjs';
import { FakeServer } from './support/fake-server.mjs';
import { RealServer } from './support/real-server.mjs';

const decoder = new TextDecoder();

async function realServer(t) {
  const server = await RealServer.for(t);
  return { fetch: server.fetch, next: () => server.next(), gone: (exchange) => exchange.over };
}

async function fakeServer() {
  const server = new FakeServer();
  const gone = async (exchange) => assert.equal(exchange.open, false);
  return { fetch: server.fetch, next: async () => server.last, gone };
}

for (const [name, serverFor] of [
  ['a real server', realServer],
  ['the fake server', fakeServer],
]) {
  describe(name, () => {
    test('gets the request', async (t) => {
      const server = await serverFor(t);
      const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
      const response = server.fetch('/path?a=b', { method: 'POST', headers, body: '{"a":1}' });
      const exchange = await server.next();
      assert.deepEqual([exchange.method, exchange.url, exchange.text], ['POST', '/path?a=b', '{"a":1}']);
      assert.equal(exchange.headers.get('accept'), 'application/json');
      assert.equal(exchange.headers.get('last-event-id'), null);
      exchange.answer(200);
      await (await response).text();
    });

    test('answers with status, headers and body', async (t) => {
      const server = await serverFor(t);
      const answered = server.fetch('/');
      (await server.next()).answer(503, '{"code":"X"}', { 'retry-after': '7', 'content-type': 'application/json' });
      const response = await answered;
      assert.deepEqual([response.ok, response.status, response.headers.get('retry-after')], [false, 503, '7']);
      assert.deepEqual(await response.json(), { code: 'X' });
    });

    test('streams: what is sent is read before the end', async (t) => {
      const server = await serverFor(t);
      const answered = server.fetch('/');
      const exchange = await server.next();
      exchange.stream();
      const response = await answered;
      assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
      const reader = response.body.getReader();
      for (const text of ['one', 'zwei: ü']) {
        exchange.send(text);
        assert.equal(decoder.decode((await reader.read()).value), text);
      }
      exchange.end();
      assert.deepEqual(await reader.read(), { done: true, value: undefined });
    });

    test('cut before the answer', async (t) => {
      const server = await serverFor(t);
      const answered = assert.rejects(server.fetch('/'), TypeError);
      (await server.next()).cut();
      await answered;
    });

    test('cut in the middle of a stream', async (t) => {
      const server = await serverFor(t);
      const answered = server.fetch('/');
      const exchange = await server.next();
      exchange.stream('one');
      const reader = (await answered).body.getReader();
      await reader.read();
      const read = assert.rejects(reader.read(), TypeError);
      exchange.cut();
      await read;
    });

    test('left before the answer, for a reason', async (t) => {
      const server = await serverFor(t);
      const abort = new AbortController();
      const reason = new Error('tired of waiting');
      const answered = assert.rejects(server.fetch('/', { signal: abort.signal }), reason);
      const exchange = await server.next();
      abort.abort(reason);
      await answered;
      await server.gone(exchange);
    });

    test('left in the middle of a stream', async (t) => {
      const server = await serverFor(t);
      const abort = new AbortController();
      const answered = server.fetch('/', { signal: abort.signal });
      const exchange = await server.next();
      exchange.stream('one');
      const reader = (await answered).body.getReader();
      await reader.read();
      const read = assert.rejects(reader.read(), { name: 'AbortError' });
      abort.abort();
      await read;
      await settle();
      await server.gone(exchange);
    });
  });
}
