/**
 * A proxy in front of Pulse, as a process of its own: it serves the tests' pages from the same origin, passes the rest
 * on, and can hold answers back as a proxy that buffers does. `POST /front/buffering` with `on` or `off` says which.
 *
 *     node front.mjs PORT PULSE_PORT
 */

import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const [port, pulse] = process.argv.slice(2).map(Number);
const PAGES = new URL('./pages/', import.meta.url);
const MODULES = new URL('../../../node_modules/', import.meta.url);
const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8' };
let buffering = false;

/** A file of ours; undefined for what is Pulse's. */
function fileOf(path) {
  if (path.startsWith('/pages/')) return new URL(path.slice('/pages/'.length), PAGES);
  if (path.startsWith('/modules/')) return new URL(path.slice('/modules/'.length), MODULES);
}

async function serve(file, response) {
  const type = TYPES[fileURLToPath(file).split('.').at(-1)];
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(await readFile(file));
}

async function switchBuffering(asked, response) {
  buffering = Buffer.concat(await asked.toArray()).toString() === 'on';
  response.writeHead(204).end();
}

/** Head and body go on as they come; of an event stream, while buffering, only the head: it never ends. */
function passOn(asked, response) {
  const { method, url: path, headers } = asked;
  const onwards = request({ host: '127.0.0.1', port: pulse, method, path, headers, agent: false }, (answer) => {
    const holdBack = buffering && answer.headers['content-type']?.startsWith('text/event-stream');
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    if (holdBack) answer.resume();
    else answer.pipe(response);
    answer.on('close', () => response.destroy());
  });
  onwards.on('error', () => response.destroy());
  response.on('close', () => onwards.destroy());
  asked.pipe(onwards);
}

createServer((asked, response) => {
  const file = fileOf(asked.url);
  if (asked.url === '/front/buffering') switchBuffering(asked, response);
  else if (file) serve(file, response).catch(() => response.writeHead(404).end());
  else passOn(asked, response);
}).listen(port, '127.0.0.1', () => console.log('ready'));
