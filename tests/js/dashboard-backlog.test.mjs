/** What waits to be drawn: each event once, the newest of a bounded number. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog } from '../../static/js/pages/dashboard/backlog.js';

const event = (n) => ({ eventId: `e-${n}` });
const ids = (backlog) => backlog.take().map(({ eventId }) => eventId);

test('gives what was added, in order, and once', () => {
  const backlog = new Backlog(3);
  backlog.add(event(1));
  backlog.add(event(2));
  assert.deepEqual(ids(backlog), ['e-1', 'e-2']);
  assert.deepEqual(ids(backlog), []);
});

test('knows an event again, drawn or not', () => {
  const backlog = new Backlog(3);
  assert.equal(backlog.add(event(1)), true);
  assert.equal(backlog.add(event(1)), false);
  backlog.take();
  assert.equal(backlog.add(event(1)), false);
  assert.deepEqual(ids(backlog), []);
});

test('lets the oldest go while nobody looks', () => {
  const backlog = new Backlog(3);
  for (let n = 1; n <= 1000; n += 1) backlog.add(event(n));
  assert.deepEqual(ids(backlog), ['e-998', 'e-999', 'e-1000']);
});

test('forgets what it has long since drawn, so that days cost no memory', () => {
  const backlog = new Backlog(3);
  for (let n = 1; n <= 1000; n += 1) backlog.add(event(n));
  backlog.take();
  assert.equal(backlog.add(event(1)), true);
  assert.equal(backlog.add(event(1000)), false);
});
