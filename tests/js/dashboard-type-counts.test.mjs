/** Today's event types, the most frequent first. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankTypes } from '../../static/js/pages/dashboard/type-counts.js';

test('the most frequent first, with full bar', () => {
  const { ranked, total } = rankTypes({ 'task.created': 5, 'message.sent': 20 });
  assert.deepEqual(ranked, [
    { type: 'message.sent', count: 20, share: 1, colour: 0 },
    { type: 'task.created', count: 5, share: 0.25, colour: 3 },
  ]);
  assert.equal(total, 25);
});

test('equal counts are ordered by name', () => {
  const names = (counts) => rankTypes(counts).ranked.map(({ type }) => type);
  assert.deepEqual(names({ 'b.b': 1, 'a.a': 1 }), ['a.a', 'b.b']);
  assert.deepEqual(names({ 'a.a': 1, 'b.b': 1 }), ['a.a', 'b.b']);
});

test('`other` is in the total, not in the list', () => {
  const { ranked, total, others } = rankTypes({ 'message.sent': 1, other: 40 });
  assert.equal(ranked.length, 1);
  assert.equal(ranked[0].share, 1);
  assert.deepEqual({ total, others }, { total: 41, others: 40 });
});

test('no events, no bars', () => assert.deepEqual(rankTypes({}), { ranked: [], total: 0, others: 0 }));
