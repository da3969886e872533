/** Wherever the network cuts a stream, the frames are the same. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, parse, parseChunks } from './support/parsing.mjs';

const STREAM = bytesOf(
  '\ufeff: hello\r\n\r\nretry: 3127\r\nevent: connected\r\ndata: {"a":1}\r\n\r\n' +
    'id: a1b2c3d4-813\revent: event\rdata: Grüße 🎉\rdata: zwei\u2028drei\r\r' +
    'id: \0bad\ndata\ndata:\n\n\r\n\ndata:x\r\n\n\r\nid: a1b2c3d4-814\n\n\ndata: cut off',
);
const WHOLE = parse(STREAM);

test('the whole stream', () => {
  assert.deepEqual(WHOLE, {
    frames: [
      ['connected', '{"a":1}', ''],
      ['event', 'Grüße 🎉\nzwei\u2028drei', 'a1b2c3d4-813'],
      ['message', '\n', 'a1b2c3d4-813'],
      ['message', 'x', 'a1b2c3d4-813'],
    ],
    retries: [3127],
    lastEventId: 'a1b2c3d4-814',
  });
});

test('cut once, at every byte', () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    assert.deepEqual(parseChunks([STREAM.slice(0, cut), STREAM.slice(cut)]), WHOLE, `cut at byte ${cut}`);
  }
});

test('cut into pieces of every size', () => {
  for (let size = 1; size < 40; size += 1) {
    const pieces = [];
    for (let at = 0; at < STREAM.length; at += size) pieces.push(STREAM.slice(at, at + size));
    assert.deepEqual(parseChunks(pieces), WHOLE, `pieces of ${size}`);
  }
});

test('cut twice, at every pair of bytes, with an empty chunk between', () => {
  for (let first = 0; first < STREAM.length; first += 1) {
    for (let second = first; second < STREAM.length; second += 3) {
      const pieces = [STREAM.slice(0, first), new Uint8Array(), STREAM.slice(first, second), STREAM.slice(second)];
      assert.deepEqual(parseChunks(pieces), WHOLE, `cut at bytes ${first} and ${second}`);
    }
  }
});

test('a frame is delivered with its last chunk', () => {
  assert.equal(parseChunks(['data: a\r', '\r']).frames.length, 1);
  assert.equal(parseChunks(['data: a\n', '\n']).frames.length, 1);
});
