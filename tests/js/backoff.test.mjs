/** The delay before a retry: exponential backoff with jitter, or Retry-After. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { retryAfterDelay, backoffDelay } from '../../static/js/client/backoff.js';

const POLICY = { autoReconnect: true, maxAttempts: Infinity, baseDelay: 1000, maxDelay: 30_000 };
const ALMOST_ONE = 1 - Number.EPSILON;

describe('exponential backoff', () => {
  test('doubles up to the maximum', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffDelay(POLICY, attempt, 0));
    assert.deepEqual(delays, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('jitter removes up to half', () => {
    assert.equal(backoffDelay(POLICY, 3, 0.5), 3000);
    assert.equal(backoffDelay(POLICY, 3, ALMOST_ONE), 2000);
    assert.equal(backoffDelay(POLICY, 100, ALMOST_ONE), 15_000);
  });

  test('stays at the maximum after days', () => assert.equal(backoffDelay(POLICY, 5_000, 0), 30_000));
});

describe("Retry-After", () => {
  test('may exceed the maximum of the backoff', () =>
    assert.equal(retryAfterDelay(POLICY, 120_000, 0), 120_000));

  test('jitter adds up to one base delay', () => {
    assert.equal(retryAfterDelay(POLICY, 120_000, 0.5), 120_500);
    assert.equal(retryAfterDelay(POLICY, 120_000, ALMOST_ONE), 121_000);
  });

  test('of 0 waits one base delay', () => assert.equal(retryAfterDelay(POLICY, 0, 0), 1000));

  test('is limited to an hour', () => assert.equal(retryAfterDelay(POLICY, 365 * 86_400_000, 0), 3_600_000));
});
