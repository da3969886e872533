/** The state of a connection is the same after a structured clone to another tab. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleState } from '../../static/js/client/connection-state.js';
import { PulseError } from '../../static/js/client/errors.js';
import { serializeState, deserializeState } from '../../static/js/client/connection-state.js';

const idle = idleState(Infinity, 'a1b2c3d4-9', 0);
const error = () => new PulseError('No.', { code: 'FORBIDDEN', status: 403, errors: { a: ['b'] }, retryAfter: 5 });
const sent = (state) => structuredClone(serializeState(state));

test('the error keeps its type and facts', () => {
  const there = deserializeState(sent({ ...idle, phase: 'failed', error: error() }), idle, 'a1b2c3d4-7');
  assert.ok(there.error instanceof PulseError);
  const { code, status, errors, retryAfter, message } = there.error;
  assert.deepEqual([code, status, errors, retryAfter, message], ['FORBIDDEN', 403, { a: ['b'] }, 5, 'No.']);
  assert.deepEqual([there.phase, there.maxAttempts, Object.isFrozen(there)], ['failed', Infinity, true]);
});

test("the cursor is the reader's own", () => {
  assert.equal(deserializeState(sent(idle), idle, 'a1b2c3d4-7').lastEventId, 'a1b2c3d4-7');
});

test('an equal error stays the same object', () => {
  const before = deserializeState(sent({ ...idle, error: error() }), idle, '');
  assert.equal(deserializeState(sent({ ...idle, error: error() }), before, '').error, before.error);
  assert.notEqual(deserializeState(sent({ ...idle, attempt: 2, error: error() }), before, '').error, before.error);
});
