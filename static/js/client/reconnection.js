// @ts-check
/**
 * Decides what the connection does next: state and what happened in, new state out. Pure: time, chance and
 * the browser's opinion of the network come in as values.
 */

import { LONGEST_OBEYED_DELAY, obeyedDelay, ownDelay } from './backoff.js';
import { holdsStream, isTrying } from './connection-state.js';
import { PulseError } from './errors.js';

/**
 * @import {Policy} from './backoff.js'
 * @import {Ending} from './close-reasons.js'
 * @import {ConnectionState, Phase} from './connection-state.js'
 * @import {Hello} from './options.js'
 */

/**
 * Milliseconds that a stream has to last before the attempts that led to it are forgotten.
 */
export const GOOD_LINE = 60_000;
/** Milliseconds after the server's word that it is away for now: a deploy, a migration. */
export const PATIENCE = 300_000;

/**
 * @typedef {object} Context
 * @property {Policy} policy
 * @property {number} now
 * @property {number} random
 * @property {boolean} online
 * @property {number} serverRetry  milliseconds of the stream's `retry:` field; 0 where there was none
 */

/**
 * What can happen: start (also: anew), stop, due (the wait is over), greeted (the stream works), ended, the
 * browser's offline and online, and the server's word on its own health.
 *
 * @typedef {{type: 'start', reason?: string | null} | {type: 'stop'} | {type: 'due'} | {type: 'offline'} | {type: 'online'}
 *   | {type: 'greeted', hello: Hello} | {type: 'ended', ending: Ending}
 *   | {type: 'health', degraded: boolean}} Happening
 */

/**
 * @param {ConnectionState} state
 * @param {Happening} happening
 * @param {Context} context
 * @returns {ConnectionState} the same object where nothing changes
 */
export function advance(state, happening, context) {
  switch (happening.type) {
    case 'start':
      return afterStart(state, happening.reason ?? null, context);
    case 'stop':
      return afterStop(state, context);
    case 'due':
      return state.phase === 'reconnecting' ? enter(state, 'connecting', {}, context) : state;
    case 'greeted':
      return afterGreeting(state, happening.hello, context);
    case 'ended':
      return holdsStream(state) ? afterEnding(state, happening.ending, context) : state;
    case 'offline':
      return holdsStream(state) || isTrying(state) ? waitForNetwork(state, context) : state;
    case 'online':
      return state.phase === 'offline' || state.phase === 'reconnecting' ? tryAtOnce(state, context) : state;
    case 'health':
      return afterHealth(state, happening.degraded);
  }
}

const NEW_COUNT = { attempt: 0, attemptsBefore: 0, patientUntil: 0 };

/**
 * @param {ConnectionState} state
 * @param {string | null} reason
 * @param {Context} context
 */
function afterStart(state, reason, context) {
  return enter(state, 'connecting', { ...NEW_COUNT, notBefore: 0, error: null, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Context} context
 */
function afterStop(state, context) {
  if (state.phase === 'closed') return state;
  return enter(state, 'closed', { ...NEW_COUNT, notBefore: 0, error: null, reason: 'disconnected' }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Hello} hello
 * @param {Context} context
 */
function afterGreeting(state, hello, context) {
  if (!holdsStream(state)) return state;
  const via = hello?.mode === 'polling' ? 'polling' : 'stream';
  const attemptsBefore = state.phase === 'connected' ? state.attemptsBefore : state.attempt;
  const changes = { ...NEW_COUNT, attemptsBefore, notBefore: 0, error: null, reason: null, hello, via };
  return enter(state, 'connected', /** @type {Partial<ConnectionState>} */ (changes), context);
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
 * @param {Ending} ending
 * @param {Context} context
 */
function afterEnding(state, ending, context) {
  const { policy, online, now } = context;
  if (isFinal(ending) || !policy.autoReconnect) return giveIn(state, ending, context);
  const patientUntil = IS_AWAY.has(ending.reason) ? now + PATIENCE : state.patientUntil;
  const counted = { ...state, attempt: attemptsSoFar(state, ending, now), patientUntil };
  if (brokeWithoutWord(ending) && !online) return waitForNetwork(counted, context);
  if (counted.attempt >= policy.maxAttempts && now >= patientUntil) return giveUp(counted, ending, context);
  return waitForNextAttempt(counted, ending, context);
}

/**
 * @param {ConnectionState} state
 * @param {Ending} ending
 * @param {number} now
 */
function attemptsSoFar({ phase, attempt, attemptsBefore, since }, { reason }, now) {
  if (phase !== 'connected') return attempt;
  return now - since >= GOOD_LINE || reason === 'max-duration' ? 0 : attemptsBefore;
}

/**
 * Whether asking again would bring the same answer, a 4xx except for 429, or is not wanted.
 * @param {Ending} ending
 */
function isFinal({ reason, error }) {
  if (reason === 'dismissed') return true;
  const status = error?.status ?? 0;
  return reason === 'refused' && status >= 400 && status < 500 && status !== 429;
}

/**
 * Whether the line itself may be gone. An answer or a goodbye proves that it works, whatever the browser says.
 * @param {Ending} ending
 */
const brokeWithoutWord = ({ reason }) => reason === 'lost' || reason === 'silent';

/**
 * @param {ConnectionState} state
 * @param {Ending} ending
 * @param {Context} context
 */
function giveIn(state, { reason, error }, context) {
  const phase = error === null ? 'closed' : error.status === 401 ? 'signed-out' : 'failed';
  return enter(state, phase, { ...NEW_COUNT, notBefore: 0, error, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Ending} ending
 * @param {Context} context
 */
function giveUp(state, { reason, error }, context) {
  const tries = state.maxAttempts === 1 ? '1 attempt' : `${state.maxAttempts} attempts`;
  const words = [`Gave up after ${tries} to reconnect.`, error?.message, 'Reconnect to try again.'];
  const final = new PulseError(words.filter(Boolean).join(' '), {
    code: 'GAVE_UP',
    status: error?.status,
    cause: error,
  });
  return enter(state, 'failed', { error: final, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Ending} ending
 * @param {Context} context
 */
function waitForNextAttempt(state, ending, context) {
  const attempt = Math.min(state.attempt + 1, context.policy.maxAttempts);
  const retryAt = context.now + delayBefore(attempt, ending, context);
  const askedTo = ending.error?.retryAfter != null || REFUSED_FOR_NOW.has(ending.reason);
  const notBefore = askedTo ? retryAt : 0;
  return enter(
    state,
    'reconnecting',
    { attempt, attemptsBefore: 0, retryAt, notBefore, error: ending.error, reason: ending.reason },
    context,
  );
}

/** In place of a stream, by 200: as binding as 503 with `Retry-After`, which an EventSource would take for the end. */
const REFUSED_FOR_NOW = new Set(['limit', 'maintenance', 'unavailable']);
const IS_AWAY = new Set([...REFUSED_FOR_NOW, 'shutdown']);

/**
 * The larger of the client's own delay and the server's `retry:`, after every ending: whatever ends many streams at once
 * (a restart, a proxy, an admin) would otherwise bring all of them back within the same second.
 *
 * @param {number} attempt
 * @param {Ending} ending
 * @param {Context} context
 */
function delayBefore(attempt, { reason, error }, { policy, random, serverRetry }) {
  if (error?.retryAfter != null) return obeyedDelay(policy, error.retryAfter, random);
  const longest = REFUSED_FOR_NOW.has(reason) ? LONGEST_OBEYED_DELAY : policy.maxDelay;
  return Math.max(ownDelay(policy, attempt, random), Math.min(serverRetry, longest));
}

/**
 * The attempt keeps its number: without a network nothing was attempted.
 * @param {ConnectionState} state
 * @param {Context} context
 */
function waitForNetwork(state, context) {
  const error = new PulseError('This device is offline.', { code: 'OFFLINE' });
  if (!context.policy.autoReconnect) return giveIn(state, { reason: 'offline', error }, context);
  return enter(state, 'offline', { error, reason: 'offline' }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Context} context
 */
function tryAtOnce(state, context) {
  if (context.now >= state.notBefore) return enter(state, 'connecting', {}, context);
  if (state.phase === 'reconnecting') return state;
  return enter(state, 'reconnecting', { retryAt: state.notBefore }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Phase} phase
 * @param {Partial<ConnectionState>} changes
 * @param {Context} context
 * @returns {ConnectionState}
 */
function enter(state, phase, changes, { now }) {
  const next = { ...state, retryAt: null, hello: null, via: null, degraded: false, ...changes, phase };
  const goesOn = phase === state.phase || (isTrying(next) && isTrying(state));
  return Object.freeze({ ...next, since: goesOn ? state.since : now });
}
