// @ts-check
/** How long to wait before an attempt: by the client's own rule, or by the server's wish. Pure. */

/**
 * @typedef {object} Policy
 * @property {boolean} autoReconnect
 * @property {number} maxAttempts  Infinity = for ever
 * @property {number} baseDelay    milliseconds before attempt 1
 * @property {number} maxDelay     milliseconds that no attempt's own delay exceeds
 */

export const LONGEST_OWN_DELAY = 30_000;
// A server may ask for hours by mistake, and a timer beyond 24 days fires at once.
export const LONGEST_OBEYED_DELAY = 3_600_000;

/**
 * Attempt n waits baseDelay · 2^(n−1), at most maxDelay, less up to half of it by chance: clients that lost the
 * same server at the same moment must not return at the same moment, at the maximum neither.
 *
 * @param {Policy} policy
 * @param {number} attempt  from 1
 * @param {number} random   0 ≤ x < 1
 * @returns {number} milliseconds
 */
export function ownDelay({ baseDelay, maxDelay }, attempt, random) {
  return Math.round(Math.min(baseDelay * 2 ** (attempt - 1), maxDelay) * (1 - random / 2));
}

/**
 * What `Retry-After` asks for, never less: spread over one baseDelay more, and at least one baseDelay, since a
 * server that says 0 for ever must not be hammered. Beyond maxDelay if it says so, but not beyond an hour.
 *
 * @param {Policy} policy
 * @param {number} wish  milliseconds
 * @param {number} random
 */
export function obeyedDelay({ baseDelay }, wish, random) {
  return Math.round(Math.min(Math.max(wish, baseDelay), LONGEST_OBEYED_DELAY) + random * baseDelay);
}
