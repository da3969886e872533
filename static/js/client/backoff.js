// @ts-check
/** The delay before a retry: exponential backoff with jitter, or what the server's `Retry-After` asks for. Pure. */

/**
 * @typedef {object} RetryPolicy
 * @property {boolean} autoReconnect
 * @property {number} maxAttempts  Infinity = for ever
 * @property {number} baseDelay    milliseconds before attempt 1
 * @property {number} maxDelay     milliseconds; the limit of the backoff
 */

export const MAX_BACKOFF = 30_000; // milliseconds
// Milliseconds. A server may send hours by mistake, and a timer beyond 24 days fires at once.
export const MAX_RETRY_AFTER = 3_600_000;

/**
 * Exponential backoff: attempt n waits baseDelay · 2^(n−1), at most maxDelay, less a random part of up to half of it.
 * Without the jitter all clients that lost the same server would return at the same moment, at the maximum too.
 *
 * @param {RetryPolicy} policy
 * @param {number} attempt  from 1
 * @param {number} random   0 ≤ x < 1
 * @returns {number} milliseconds
 */
export function backoffDelay({ baseDelay, maxDelay }, attempt, random) {
  return Math.round(Math.min(baseDelay * 2 ** (attempt - 1), maxDelay) * (1 - random / 2));
}

/**
 * At least what `Retry-After` says, plus a random part of up to one baseDelay. At least one baseDelay in all, or a
 * server that always says 0 would get a request loop; at most an hour, whatever maxDelay is.
 *
 * @param {RetryPolicy} policy
 * @param {number} requested  milliseconds
 * @param {number} random     0 ≤ x < 1
 * @returns {number} milliseconds
 */
export function retryAfterDelay({ baseDelay }, requested, random) {
  return Math.round(Math.min(Math.max(requested, baseDelay), MAX_RETRY_AFTER) + random * baseDelay);
}
