/** A node:http server with the interface of FakeServer, which can be killed and restarted. */

import { createServer } from 'node:http';
import { once } from 'node:events';

export class RealServer {
  #server;
  #port = 0;
  #arrived = [];
  #awaited = [];

  static async for(t) {
    const server = new RealServer();
    await server.start();
    t.after(() => server.kill());
    return server;
  }

  /** Listens; after a kill() at the same address. */
  async start() {
    this.#server = createServer((request, response) => this.#take(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  /** Ends like a killed process: no `bye` frame, connections broken, port closed. */
  async kill() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** A fetch() that finds this server from a path, as a page's own does. */
  fetch = (path, init) => fetch(new URL(path, `http://127.0.0.1:${this.#port}`), init);

  /** The next request that no test has taken yet. */
  next() {
    const exchange = this.#arrived.shift();
    return exchange ? Promise.resolve(exchange) : new Promise((resolve) => this.#awaited.push(resolve));
  }

  async #take(request, response) {
    const exchange = new Exchange(request, response);
    await exchange.read();
    const awaited = this.#awaited.shift();
    if (awaited) awaited(exchange);
    else this.#arrived.push(exchange);
  }
}

class Exchange {
  text;
  #request;
  #response;

  constructor(request, response) {
    this.#request = request;
    this.#response = response;
    this.url = request.url;
    this.method = request.method;
    this.headers = new Headers(request.headers);
    /** Fulfilled when the client has gone, or the answer is complete. */
    this.over = once(response, 'close');
  }

  async read() {
    const chunks = await this.#request.toArray();
    this.text = Buffer.concat(chunks).toString() || undefined;
  }

  answer(status, body = '', headers = {}) {
    this.#response.writeHead(status, headers).end(body);
  }

  stream(first = '') {
    this.#response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    this.#response.flushHeaders();
    if (first) this.send(first);
  }

  send(text) {
    this.#response.write(text);
  }

  end() {
    this.#response.end();
  }

  cut() {
    this.#response.destroy();
  }
}
