/** What waits to be drawn: each event once, the newest of a bounded number. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedBuffer } from '../../static/js/pages/dashboard/bounded-buffer.js';

const event = (n) => ({ eventId: `e-${n}` });
const ids = (buffer) => buffer.drain().map(({ eventId }) => eventId);

test('gives what was added, in order, and once', () => {
  const buffer = new BoundedBuffer(3);
  buffer.add(event(1));
  buffer.add(event(2));
  assert.deepEqual(ids(buffer), ['e-1', 'e-2']);
  assert.deepEqual(ids(buffer), []);
});

test('knows an event again, drawn or not', () => {
  const buffer = new BoundedBuffer(3);
  assert.equal(buffer.add(event(1)), true);
  assert.equal(buffer.add(event(1)), false);
  buffer.drain();
  assert.equal(buffer.add(event(1)), false);
  assert.deepEqual(ids(buffer), []);
});

test('lets the oldest go while nobody looks', () => {
  const buffer = new BoundedBuffer(3);
  for (let n = 1; n <= 1000; n += 1) buffer.add(event(n));
  assert.deepEqual(ids(buffer), ['e-998', 'e-999', 'e-1000']);
});

test('forgets what it has long since drawn, so that days cost no memory', () => {
  const buffer = new BoundedBuffer(3);
  for (let n = 1; n <= 1000; n += 1) buffer.add(event(n));
  buffer.drain();
  assert.equal(buffer.add(event(1)), true);
  assert.equal(buffer.add(event(1000)), false);
});
