// @ts-check
/**
 * Decides what the connection does next: state and what happened in, new state out. Pure: time, chance and
 * the browser's opinion of the network come in as values.
 */

import { obeyedDelay, ownDelay } from './backoff.js';
import { holdsStream, isTrying } from './connection-state.js';
import { PulseError } from './errors.js';

/**
 * @typedef {import('./connection-state.js').ConnectionState} ConnectionState
 * @typedef {import('./connection-state.js').Phase} Phase
 * @typedef {import('./endings.js').Ending} Ending
 * @typedef {import('./options.js').Hello} Hello
 */

/**
 * @typedef {object} Context
 * @property {import('./backoff.js').Policy} policy
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

/**
 * @param {ConnectionState} state
 * @param {string | null} reason
 * @param {Context} context
 */
function afterStart(state, reason, context) {
  return enter(state, 'connecting', { attempt: 0, notBefore: 0, error: null, reason }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Context} context
 */
function afterStop(state, context) {
  if (state.phase === 'closed') return state;
  return enter(state, 'closed', { attempt: 0, notBefore: 0, error: null, reason: 'disconnected' }, context);
}

/**
 * @param {ConnectionState} state
 * @param {Hello} hello
 * @param {Context} context
 */
function afterGreeting(state, hello, context) {
  if (!holdsStream(state)) return state;
  const via = hello?.mode === 'polling' ? 'polling' : 'stream';
  const changes = { attempt: 0, notBefore: 0, error: null, reason: null, hello, via };
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
  const { policy, online } = context;
  if (isFinal(ending) || !policy.autoReconnect) return giveIn(state, ending, context);
  if (brokeWithoutWord(ending) && !online) return waitForNetwork(state, context);
  if (state.attempt >= policy.maxAttempts) return giveUp(state, ending, context);
  return waitForNextAttempt(state, ending, context);
}

/**
 * Whether asking again would bring the same answer: a 4xx, except for 429.
 * @param {Ending} ending
 */
function isFinal({ reason, error }) {
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
  return enter(state, phase, { attempt: 0, notBefore: 0, error, reason }, context);
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
  const attempt = state.attempt + 1;
  const retryAt = context.now + delayBefore(attempt, ending, context);
  const notBefore = ending.error?.retryAfter == null ? 0 : retryAt;
  return enter(
    state,
    'reconnecting',
    { attempt, retryAt, notBefore, error: ending.error, reason: ending.reason },
    context,
  );
}

const OBEYED = new Set(['shutdown', 'limit', 'maintenance', 'unavailable']);

/**
 * @param {number} attempt
 * @param {Ending} ending
 * @param {Context} context
 */
function delayBefore(attempt, { reason, error }, { policy, random, serverRetry }) {
  if (error?.retryAfter != null) return obeyedDelay(policy, error.retryAfter, random);
  const own = ownDelay(policy, attempt, random);
  // What sends many clients away at once, or refuses them for now: the server drew another `retry:` for each, to
  // spread them.
  return OBEYED.has(reason) ? Math.max(own, Math.min(serverRetry, policy.maxDelay)) : own;
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
