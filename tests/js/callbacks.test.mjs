/** The page's callbacks run in order, and an exception in one stops no other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Callbacks } from '../../static/js/client/callbacks.js';

test('run in order, with their arguments', () => {
  const told = [];
  const callbacks = new Callbacks(
    { a: (...values) => told.push(['a', ...values]), b: () => told.push(['b']) },
    assert.fail,
  );
  callbacks.dispatch(['a', 1, 2], ['b']);
  assert.deepEqual(told, [['a', 1, 2], ['b']]);
});

test('a missing callback is skipped', () => new Callbacks({}, assert.fail).dispatch(['a', 1]));

test('an exception is reported, the next one runs', () => {
  const told = [];
  const reported = [];
  const broken = new Error('broken page');
  const callbacks = new Callbacks(
    {
      a: () => {
        throw broken;
      },
      b: () => told.push('b'),
    },
    (error) => reported.push(error),
  );
  callbacks.dispatch(['a'], ['b']);
  callbacks.dispatch(['b']);
  assert.deepEqual([told, reported], [['b', 'b'], [broken]]);
});

test('nested calls run after the current batch', () => {
  const told = [];
  const callbacks = new Callbacks(
    {
      a: () => {
        told.push('a');
        callbacks.dispatch(['c']);
        told.push('end of a');
      },
      b: () => told.push('b'),
      c: () => told.push('c'),
    },
    assert.fail,
  );
  callbacks.dispatch(['a'], ['b']);
  assert.deepEqual(told, ['a', 'end of a', 'b', 'c']);
});
