/** The page's callbacks run in order, and an exception in one stops no other. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Callbacks } from '../../static/js/client/callbacks.js';

test('run in order, with their arguments', () => {
  const calls = [];
  const callbacks = new Callbacks(
    { a: (...values) => calls.push(['a', ...values]), b: () => calls.push(['b']) },
    assert.fail,
  );
  callbacks.dispatch(['a', 1, 2], ['b']);
  assert.deepEqual(calls, [['a', 1, 2], ['b']]);
});

test('a missing callback is skipped', () => new Callbacks({}, assert.fail).dispatch(['a', 1]));

test('an exception is reported, the next one runs', () => {
  const calls = [];
  const reported = [];
  const broken = new Error('broken page');
  const callbacks = new Callbacks(
    {
      a: () => {
        throw broken;
      },
      b: () => calls.push('b'),
    },
    (error) => reported.push(error),
  );
  callbacks.dispatch(['a'], ['b']);
  callbacks.dispatch(['b']);
  assert.deepEqual([calls, reported], [['b', 'b'], [broken]]);
});

test('nested calls run after the current batch', () => {
  const calls = [];
  const callbacks = new Callbacks(
    {
      a: () => {
        calls.push('a');
        callbacks.dispatch(['c']);
        calls.push('end of a');
      },
      b: () => calls.push('b'),
      c: () => calls.push('c'),
    },
    assert.fail,
  );
  callbacks.dispatch(['a'], ['b']);
  assert.deepEqual(calls, ['a', 'end of a', 'b', 'c']);
});
