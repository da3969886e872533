// @ts-check
/** JSON requests to our own API with the session of the page: one time-out, and a PulseError for every failure. */

import { REQUEST_TIMEOUT, endpointOf } from '../client/api.js';
import { PulseError, errorFromResponse } from '../client/errors.js';

/**
 * @import {Environment} from '../client/environment.js'
 * @import {ClockSample} from '../client/server-clock.js'
 */

/** @typedef {Pick<Environment, 'fetch' | 'now'>} HttpEnvironment */

/**
 * @typedef {object} JsonRequest
 * @property {string} [method]  "GET"
 * @property {unknown} [body]  sent as JSON
 * @property {AbortSignal} [signal]
 * @property {number} [timeout]  milliseconds
 */

/**
 * @template Result
 * @param {HttpEnvironment} environment
 * @param {string} url
 * @param {JsonRequest} [request]
 * @returns {Promise<Result>} the parsed response; rejects with a PulseError
 */
export async function requestJson({ fetch, now }, url, request = {}) {
  const { method = 'GET', body, signal, timeout = REQUEST_TIMEOUT } = request;
  const hasBody = body !== undefined;
  const limit = AbortSignal.timeout(timeout);
  const response = await fetch(url, {
    method,
    headers: { Accept: 'application/json', ...(hasBody && { 'Content-Type': 'application/json' }) },
    ...(hasBody && { body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'same-origin',
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  }).catch((cause) => Promise.reject(unreachable(cause)));
  if (!response.ok) throw await errorFromResponse(response, now());
  return response.json().catch((cause) => Promise.reject(unreachable(cause)));
}

/**
 * One sample of the server's time of day, to compare the clocks by.
 *
 * @param {string} workspace  slug or id
 * @param {HttpEnvironment} environment
 * @returns {Promise<ClockSample | null>}  null if there is no network, no session, or no valid response
 */
export async function fetchServerTime(workspace, { fetch, now }) {
  const requestedAt = now();
  try {
    const request = { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) };
    const response = await fetch(endpointOf(workspace), request);
    const respondedAt = now(); // before the body is read, which would add to the round trip
    const { meta } = await response.json();
    return { requestedAt, respondedAt, serverTime: Date.parse(meta.timestamp) };
  } catch {
    return null;
  }
}

/** @param {unknown} cause */
function unreachable(cause) {
  const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
  return isTimeout
    ? new PulseError('The server did not answer in time.', { code: 'TIMEOUT', cause })
    : new PulseError('The server cannot be reached.', { code: 'LOST', cause });
}
