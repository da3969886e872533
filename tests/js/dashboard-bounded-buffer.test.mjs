/** The buffer of the feed: bounded, without duplicates. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedBuffer } from '../../static/js/pages/dashboard/bounded-buffer.js';

const event = (n) => ({ eventId: `e-${n}` });
const ids = (buffer) => buffer.drain().map(({ eventId }) => eventId);

test('drains in order, once', () => {
  const buffer = new BoundedBuffer(3);
  buffer.add(event(1));
  buffer.add(event(2));
  assert.deepEqual(ids(buffer), ['e-1', 'e-2']);
  assert.deepEqual(ids(buffer), []);
});

test('drops duplicates, drained or not', () => {
  const buffer = new BoundedBuffer(3);
  assert.equal(buffer.add(event(1)), true);
  assert.equal(buffer.add(event(1)), false);
  buffer.drain();
  assert.equal(buffer.add(event(1)), false);
  assert.deepEqual(ids(buffer), []);
});

test('drops the oldest beyond the limit', () => {
  const buffer = new BoundedBuffer(3);
  for (let n = 1; n <= 1000; n += 1) buffer.add(event(n));
  assert.deepEqual(ids(buffer), ['e-998', 'e-999', 'e-1000']);
});

test('forgets old ids, so memory is bounded', () => {
  const buffer = new BoundedBuffer(3);
  for (let n = 1; n <= 1000; n += 1) buffer.add(event(n));
  buffer.drain();
  assert.equal(buffer.add(event(1)), true);
  assert.equal(buffer.add(event(1000)), false);
});
