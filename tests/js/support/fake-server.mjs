/** A fake server behind fetch(), of which a test answers each request. fetch-contract.test.mjs compares it with a real one. */

const encoder = new TextEncoder();

export class FakeServer {
  /** Every request so far, in order. */
  exchanges = [];
  /** The most streams that were ever open at a time. */
  mostStreams = 0;

  fetch = (url, init = {}) =>
    new Promise((resolve, reject) => {
      this.exchanges.push(new Exchange(url, init, resolve, reject));
      this.mostStreams = Math.max(this.mostStreams, this.streams.length);
    });

  get last() {
    return this.exchanges.at(-1);
  }

  get open() {
    return this.exchanges.filter(({ open }) => open);
  }

  get snapshots() {
    return this.open.filter(({ method, headers }) => method === 'GET' && headers.get('accept') !== 'text/event-stream');
  }

  get streams() {
    return this.open.filter(({ headers }) => headers.get('accept') === 'text/event-stream');
  }
}

class Exchange {
  open = true;
  answered = false;
  #resolve;
  #reject;
  #body = null;

  constructor(url, init, resolve, reject) {
    this.url = url;
    this.init = init;
    this.method = init.method ?? 'GET';
    this.headers = new Headers(init.headers);
    this.text = init.body;
    this.#resolve = resolve;
    this.#reject = reject;
    if (init.signal?.aborted) this.#break(init.signal.reason);
    init.signal?.addEventListener('abort', () => this.#break(init.signal.reason));
  }

  /** A whole answer; an object becomes JSON. */
  answer(status, body = '', headers = {}) {
    this.open = false;
    this.answered = true;
    const json =
      typeof body === 'string'
        ? {}
        : { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' };
    const text = status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body);
    this.#resolve(new Response(text, { status, headers: { ...json, ...headers } }));
  }

  /** The head of an event stream, and its first bytes. */
  stream(first = '', headers = {}) {
    this.answered = true;
    const body = new ReadableStream({ start: (controller) => void (this.#body = controller) });
    const type = { 'content-type': 'text/event-stream; charset=utf-8' };
    this.#resolve(new Response(body, { status: 200, headers: { ...type, ...headers } }));
    if (first) this.send(first);
  }

  send(text) {
    this.#body.enqueue(typeof text === 'string' ? encoder.encode(text) : text);
  }

  end() {
    if (!this.open) return;
    this.open = false;
    this.#body.close();
  }

  /** Breaks the connection, before the response or within it. */
  cut() {
    this.#break(new TypeError('network error'));
  }

  #break(reason) {
    if (!this.open) return;
    this.open = false;
    if (this.#body) this.#body.error(reason);
    else this.#reject(reason);
  }
}
