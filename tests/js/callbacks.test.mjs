/** The page's callbacks are called in order, and none can break another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Callbacks } from '../../static/js/client/callbacks.js';

test('in the order told, with their values', () => {
  const told = [];
  const callbacks = new Callbacks(
    { a: (...values) => told.push(['a', ...values]), b: () => told.push(['b']) },
    assert.fail,
  );
  callbacks.dispatch(['a', 1, 2], ['b']);
  assert.deepEqual(told, [['a', 1, 2], ['b']]);
});

test('what nobody wants to know is not told', () => new Callbacks({}, assert.fail).dispatch(['a', 1]));

test('one that throws is reported, and the next is called', () => {
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

test('news that a callback causes come after the news it is part of', () => {
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
