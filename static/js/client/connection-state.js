// @ts-check
/** The state of the connection, a frozen object, and its serialization for other tabs. */

import { PulseError } from './errors.js';

/** @import {Hello} from './options.js' */

/**
 * - `idle`: not started (`enabled: false`)
 * - `connecting`: a request is under way; `attempt` is 0 for the first, n for retry n
 * - `connected`: the server has greeted us; frames arrive
 * - `reconnecting`: waiting until `retryAt` for try `attempt` of `maxAttempts`
 * - `offline`: the browser has no network; retries by itself when it has one, and counts no attempts meanwhile
 * - `signed-out`: the server answered 401; sign in, then `reconnect()`
 * - `failed`: stopped for the reason in `error`: 403, 404, another refusal, or the last attempt;
 *   `reconnect()` starts anew
 * - `closed`: ended by `disconnect()`, or routinely by the server without `autoReconnect`
 *
 * @typedef {'idle' | 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'signed-out' | 'failed'
 *   | 'closed'} Phase
 */

/**
 * @typedef {object} ConnectionState
 * @property {Phase} phase
 * @property {number} since  when this began (milliseconds since 1970, as all times here); connecting and
 *     reconnecting count as one, so that during an outage it is the start of the outage
 * @property {number} attempt  the number of the retry under way or awaited; 0 if none is needed
 * @property {number} attemptsBefore  while connected: the number of the attempt that succeeded. It counts on if
 *     the stream breaks within a minute, or a server that greets and then breaks would get a request every second for
 *     ever
 * @property {number} maxAttempts  may be Infinity
 * @property {number} patientUntil  the server announced an outage: until then failed attempts are no reason to give up;
 *     else 0
 * @property {number | null} retryAt  when the next attempt is made, while waiting for it
 * @property {number} notBefore  the server demanded to wait until then (`Retry-After`); else 0
 * @property {string | null} reason  why the last stream ended: 'lost', 'silent', 'refused', 'offline',
 *     'disconnected', or the server's reason ('shutdown', 'max-duration', 'slow', 'closed-by-admin', 'revoked'; in place
 *     of a stream 'limit', 'maintenance', 'unavailable'; 'dismissed' by 204); 'handover': the tab that held the stream
 *     for this one has gone; 'slept': the page was frozen, or left and come back to; null while connected, and after
 *     `reconnect()`
 * @property {PulseError | null} error  the same for a person; null while all is well
 * @property {string} lastEventId  the cursor: where a new stream resumes; "" before the first greeting
 * @property {Hello | null} hello  the server's greeting on the present stream; null
 *     while not connected
 * @property {'stream' | 'polling' | null} via  how stats and events come while connected: pushed at once, or
 *     polled every few seconds, because a stream opened and brought nothing (it is retried by itself)
 * @property {boolean} degraded  connected, but the server says that stats and events may come late
 */

/**
 * @param {number} maxAttempts
 * @param {string} lastEventId
 * @param {number} now
 * @returns {ConnectionState}
 */
export function idleState(maxAttempts, lastEventId, now) {
  return Object.freeze({
    phase: 'idle',
    since: now,
    attempt: 0,
    attemptsBefore: 0,
    maxAttempts,
    patientUntil: 0,
    retryAt: null,
    notBefore: 0,
    reason: null,
    error: null,
    lastEventId,
    hello: null,
    via: null,
    degraded: false,
  });
}

/** @param {ConnectionState} state */
export const holdsStream = ({ phase }) => phase === 'connecting' || phase === 'connected';

/** @param {ConnectionState} state */
export const isTrying = ({ phase }) => phase === 'connecting' || phase === 'reconnecting';

/**
 * Whether the connection comes back by itself, or is there.
 * @param {ConnectionState} state
 */
export const isActive = (state) =>
  holdsStream(state) || state.phase === 'reconnecting' || state.phase === 'offline';

/**
 * Whether the last attempt has failed, for a reason that may have passed since.
 * @param {ConnectionState} state
 */
export const gaveUp = ({ phase, error }) => phase === 'failed' && error?.code === 'GAVE_UP';

/**
 * For another tab: a structured clone would lose an error's code and status.
 * @param {ConnectionState} state
 */
export function serializeState({ error, ...state }) {
  if (error === null) return { ...state, error };
  const { message, code, status, errors, retryAfter } = error;
  return { ...state, error: { message, code, status, errors, retryAfter } };
}

/** @typedef {ReturnType<typeof serializeState>} SerializedState */

/**
 * @param {SerializedState} serialized
 * @param {ConnectionState} before  whose error object is kept if the error is the same, so that it is not a new one
 * @param {string} lastEventId  the reading tab's own
 * @returns {ConnectionState}
 */
export function deserializeState({ error, ...state }, before, lastEventId) {
  return Object.freeze({ ...state, lastEventId, error: error && sameOrNewError(error, state.attempt, before) });
}

/**
 * @param {NonNullable<SerializedState['error']>} facts
 * @param {number} attempt
 * @param {ConnectionState} before
 */
function sameOrNewError({ message, ...facts }, attempt, before) {
  const isSame = before.error?.message === message && before.error.code === facts.code;
  return isSame && before.attempt === attempt ? before.error : new PulseError(message, facts);
}
