// @ts-check
/**
 * The state machine of the connection: state and event in, next state out. Pure: the time, a random number and the
 * browser's `onLine` come in as values.
 */

import { MAX_RETRY_AFTER, backoffDelay, retryAfterDelay } from './backoff.js';
import { holdsStream, isTrying } from './connection-state.js';
import { PulseError } from './errors.js';

/**
 * @import {RetryPolicy} from './backoff.js'
 * @import {CloseReason} from './close-reasons.js'
 * @import {ConnectionState, Phase} from './connection-state.js'
 * @import {Hello} from './options.js'
 */

/** Milliseconds that a stream has to last before the count of attempts starts anew. */
export const STABLE_AFTER = 60_000;
/**
 * Milliseconds after the server announced an outage (a deploy, a migration) in which no number of attempts is the
 * last.
 */
export const OUTAGE_TOLERANCE = 300_000;

/**
 * @typedef {object} ReconnectContext
 * @property {RetryPolicy} policy
 * @property {number} now
 * @property {number} random
 * @property {boolean} online
 * @property {number} serverRetry  milliseconds of the stream's `retry:` field; 0 if there was none
 */

/**
 * `start` (also anew), `stop`, `due` (the delay is over), `greeted` (the stream works), `ended` (the transport did),
 * the browser's `offline` and `online`, and `health` as the server reports it.
 *
 * @typedef {{type: 'start', reason?: string | null} | {type: 'stop'} | {type: 'due'} | {type: 'offline'}
 *   | {type: 'online'} | {type: 'greeted', hello: Hello} | {type: 'ended', closeReason: CloseReason}
 *   | {type: 'health', degraded: boolean}} ConnectionEvent
 */

/**
 * @param {ConnectionState} state
 * @param {ConnectionEvent} event
 * @param {ReconnectContext} context
 * @returns {ConnectionState} the same object if nothing changes
 */
export function nextState(state, event, context) {
  switch (event.type) {
    case 'start':
      return afterStart(state, event.reason ?? null, context);
    case 'stop':
      return afterStop(state, context);
    case 'due':
      return state.phase === 'reconnecting' ? withPhase(state, 'connecting', {}, context) : state;
    case 'greeted':
      return afterGreeting(state, event.hello, context);
    case 'ended':
      return holdsStream(state) ? afterClose(state, event.closeReason, context) : state;
    case 'offline':
      return holdsStream(state) || isTrying(state) ? waitForNetwork(state, context) : state;
    case 'online':
      return state.phase === 'offline' || state.phase === 'reconnecting' ? retryNow(state, context) : state;
    case 'health':
      return afterHealth(state, event.degraded);
  }
}

const RESET_COUNTERS = { attempt: 0, attemptsBefore: 0, patientUntil: 0 };

/**
 * @param {ConnectionState} state
 * @param {string | null} reason
 * @param {ReconnectContext} context
 */
function afterStart(state, reason, context) {
  return withPhase(state, 'connecting', { ...RESET_COUNTERS, notBefore: 0, error: null, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {ReconnectContext} context
 */
function afterStop(state, context) {
  if (state.phase === 'closed') return state;
  return withPhase(state, 'closed', { ...RESET_COUNTERS, notBefore: 0, error: null, reason: 'disconnected' }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Hello} hello
 * @param {ReconnectContext} context
 */
function afterGreeting(state, hello, context) {
  if (!holdsStream(state)) return state;
  const via = hello?.mode === 'polling' ? 'polling' : 'stream';
  const attemptsBefore = state.phase === 'connected' ? state.attemptsBefore : state.attempt;
  /** @type {Partial<ConnectionState>} */
  const changes = { ...RESET_COUNTERS, attemptsBefore, notBefore: 0, error: null, reason: null, hello, via };
  return withPhase(state, 'connected', changes, context);
}

/**
 * @param {ConnectionState} state
 * @param {boolean} degraded
 */
function afterHealth(state, degraded) {
  if (state.phase !== 'connected' || state.degraded === degraded) return state;
  return Object.freeze({ ...state, degraded });
}

/**
 * @param {ConnectionState} state
 * @param {CloseReason} closeReason
 * @param {ReconnectContext} context
 */
function afterClose(state, closeReason, context) {
  const { policy, online, now } = context;
  if (isFinal(closeReason) || !policy.autoReconnect) return stop(state, closeReason, context);
  const patientUntil = AWAY_REASONS.has(closeReason.reason) ? now + OUTAGE_TOLERANCE : state.patientUntil;
  const counted = { ...state, attempt: attemptsSoFar(state, closeReason, now), patientUntil };
  if (mayBeNetworkLoss(closeReason) && !online) return waitForNetwork(counted, context);
  if (counted.attempt >= policy.maxAttempts && now >= patientUntil) return giveUp(counted, closeReason, context);
  return waitForNextAttempt(counted, closeReason, context);
}

/**
 * @param {ConnectionState} state
 * @param {CloseReason} closeReason
 * @param {number} now
 */
function attemptsSoFar({ phase, attempt, attemptsBefore, since }, { reason }, now) {
  if (phase !== 'connected') return attempt;
  return now - since >= STABLE_AFTER || reason === 'max-duration' ? 0 : attemptsBefore;
}

/**
 * Whether a retry is pointless (4xx except for 429: the response would be the same) or not wanted (204).
 * @param {CloseReason} closeReason
 */
function isFinal({ reason, error }) {
  if (reason === 'dismissed') return true;
  const status = error?.status ?? 0;
  return reason === 'refused' && status >= 400 && status < 500 && status !== 429;
}

/**
 * Whether the network may be down. A response or a `bye` frame proves that it works, whatever `onLine` says.
 * @param {CloseReason} closeReason
 */
const mayBeNetworkLoss = ({ reason }) => reason === 'lost' || reason === 'silent';

/**
 * @param {ConnectionState} state
 * @param {CloseReason} closeReason
 * @param {ReconnectContext} context
 */
function stop(state, { reason, error }, context) {
  const phase = error === null ? 'closed' : error.status === 401 ? 'signed-out' : 'failed';
  return withPhase(state, phase, { ...RESET_COUNTERS, notBefore: 0, error, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {CloseReason} closeReason
 * @param {ReconnectContext} context
 */
function giveUp(state, { reason, error }, context) {
  const tries = state.maxAttempts === 1 ? '1 attempt' : `${state.maxAttempts} attempts`;
  const parts = [`Gave up after ${tries} to reconnect.`, error?.message, 'Reconnect to try again.'];
  const final = new PulseError(parts.filter(Boolean).join(' '), {
    code: 'GAVE_UP',
    status: error?.status,
    cause: error,
  });
  return withPhase(state, 'failed', { error: final, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {CloseReason} closeReason
 * @param {ReconnectContext} context
 */
function waitForNextAttempt(state, closeReason, context) {
  const attempt = Math.min(state.attempt + 1, context.policy.maxAttempts);
  const retryAt = context.now + delayBefore(attempt, closeReason, context);
  const serverSetDelay = closeReason.error?.retryAfter != null || REFUSED_FOR_NOW.has(closeReason.reason);
  const notBefore = serverSetDelay ? retryAt : 0;
  return withPhase(
    state,
    'reconnecting',
    { attempt, attemptsBefore: 0, retryAt, notBefore, error: closeReason.error, reason: closeReason.reason },
    context,
  );
}

/**
 * Sent as `bye` on a 200 in place of 503 with `Retry-After`, at which an EventSource would not reconnect; as binding.
 */
const REFUSED_FOR_NOW = new Set(['limit', 'maintenance', 'unavailable']);
const AWAY_REASONS = new Set([...REFUSED_FOR_NOW, 'shutdown']);

/**
 * The larger of the client's backoff and the server's `retry:`, after every kind of end: what ends many streams at once
 * (a restart, a proxy, an administrator) would otherwise bring all of them back within the same second.
 *
 * @param {number} attempt
 * @param {CloseReason} closeReason
 * @param {ReconnectContext} context
 */
function delayBefore(attempt, { reason, error }, { policy, random, serverRetry }) {
  if (error?.retryAfter != null) return retryAfterDelay(policy, error.retryAfter, random);
  const maxDelay = REFUSED_FOR_NOW.has(reason) ? MAX_RETRY_AFTER : policy.maxDelay;
  return Math.max(backoffDelay(policy, attempt, random), Math.min(serverRetry, maxDelay));
}

/**
 * The attempt keeps its number: without a network it was not made.
 * @param {ConnectionState} state
 * @param {ReconnectContext} context
 */
function waitForNetwork(state, context) {
  const error = new PulseError('This device is offline.', { code: 'OFFLINE' });
  if (!context.policy.autoReconnect) return stop(state, { reason: 'offline', error }, context);
  return withPhase(state, 'offline', { error, reason: 'offline' }, context);
}

/**
 * @param {ConnectionState} state
 * @param {ReconnectContext} context
 */
function retryNow(state, context) {
  if (context.now >= state.notBefore) return withPhase(state, 'connecting', {}, context);
  if (state.phase === 'reconnecting') return state;
  return withPhase(state, 'reconnecting', { retryAt: state.notBefore }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Phase} phase
 * @param {Partial<ConnectionState>} changes
 * @param {ReconnectContext} context
 * @returns {ConnectionState}
 */
function withPhase(state, phase, changes, { now }) {
  const next = { ...state, retryAt: null, hello: null, via: null, degraded: false, ...changes, phase };
  const isSamePeriod = phase === state.phase || (isTrying(next) && isTrying(state));
  return Object.freeze({ ...next, since: isSamePeriod ? state.since : now });
}
