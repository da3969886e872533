// @ts-check
/** A connection's state as one tab tells it to another: an error would arrive without its code and its status. */

import { PulseError } from './errors.js';

/** @import {ConnectionState} from './connection-state.js' */

/** @param {ConnectionState} state */
export function packState({ error, ...state }) {
  if (error === null) return { ...state, error };
  const { message, code, status, errors, retryAfter } = error;
  return { ...state, error: { message, code, status, errors, retryAfter } };
}

/**
 * @param {ReturnType<typeof packState>} packed
 * @param {ConnectionState} before  whose error is the same object still, where it is the same error
 * @param {string} lastEventId  the reader's own
 * @returns {ConnectionState}
 */
export function unpackState({ error, ...state }, before, lastEventId) {
  return Object.freeze({ ...state, lastEventId, error: error && sameOrNew(error, state.attempt, before) });
}

/**
 * @param {NonNullable<ReturnType<typeof packState>['error']>} facts
 * @param {number} attempt
 * @param {ConnectionState} before
 */
function sameOrNew({ message, ...facts }, attempt, before) {
  const isSame = before.error?.message === message && before.error.code === facts.code;
  return isSame && before.attempt === attempt ? before.error : new PulseError(message, facts);
}
