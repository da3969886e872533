/** Frames forwarded by another tab: each event once, in order, gaps fetched. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TabReorderBuffer } from '../../static/js/client/tab-reorder.js';
import { settle } from './support/clock.mjs';

const id = (seq) => (seq === null ? '' : `a1b2c3d4-${seq}`);
const event = (seq) => ({ event: 'event', data: {}, id: id(seq) });

/** A reorder buffer at a cursor, and an event log that contains `logged`. */
function inboxAt(seq, logged = []) {
  const delivered = [];
  const asked = [];
  const missed = async (cursor) => {
    asked.push(cursor);
    if (logged instanceof Error) throw logged;
    return logged.filter((frame) => frame.event === 'reset' || frame.id > cursor);
  };
  const reorder = new TabReorderBuffer(id(seq), (frame) => delivered.push(frame.id), missed);
  const pass = (...seqs) => seqs.forEach((now) => reorder.receive(event(now), id(now - 1)));
  return { reorder, delivered, asked, pass };
}

test('frames in order pass through', () => {
  const { delivered, pass } = inboxAt(810);
  pass(811, 812);
  assert.deepEqual(delivered, [id(811), id(812)]);
});

test('a duplicate is dropped', () => {
  const { delivered, pass } = inboxAt(810);
  pass(811, 812, 811, 812, 813);
  assert.deepEqual(delivered, [id(811), id(812), id(813)]);
});

test('without a cursor the first frame counts', () => {
  const { delivered, pass } = inboxAt(null);
  pass(900, 901);
  assert.deepEqual(delivered, [id(900), id(901)]);
});

test('a gap is fetched from the log', async () => {
  const { delivered, asked, pass } = inboxAt(810, [811, 812, 813].map(event));
  pass(813, 814);
  assert.deepEqual(delivered, []);
  await settle();
  assert.deepEqual(asked, [id(810)]);
  assert.deepEqual(delivered, [id(811), id(812), id(813), id(814)]);
});

test('catchUpTo() fetches at once', async () => {
  const { reorder, delivered } = inboxAt(810, [811, 812].map(event));
  reorder.catchUpTo(id(812));
  await settle();
  assert.deepEqual(delivered, [id(811), id(812)]);
});

test('a failed fetch is retried', async () => {
  const broken = new Error('the line is cut');
  const { reorder, delivered, pass } = inboxAt(810, broken);
  pass(813);
  await settle();
  assert.deepEqual(delivered, []);
  pass(814);
  await settle();
  assert.deepEqual([delivered, reorder.cursor], [[], id(810)]);
});

test('a reset from the log continues there', async () => {
  const reset = { event: 'reset', data: {}, id: 'ffffffff-3' };
  const { reorder, delivered } = inboxAt(810, [reset]);
  reorder.receive({ event: 'event', data: {}, id: 'ffffffff-4' }, 'ffffffff-3');
  await settle();
  assert.deepEqual(delivered, ['ffffffff-3', 'ffffffff-4']);
});
