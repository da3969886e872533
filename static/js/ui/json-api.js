// @ts-check
/** Asks our own JSON API from a page of ours, in the name of whoever is signed in. */

import { REQUEST_TIMEOUT } from '../client/api.js';
import { PulseError, errorFromResponse } from '../client/errors.js';

/** @import {Environment} from '../client/environment.js' */

/** @typedef {Pick<Environment, 'fetch' | 'now'>} Asker */

/**
 * @param {Asker} environment
 * @param {string} url
 * @param {{method?: string, body?: unknown}} [request]  a body is sent as JSON
 * @returns {Promise<any>} what the answer says; null if it says nothing; all but a yes throws a PulseError
 */
export async function askJson({ fetch, now }, url, { method = 'GET', body } = {}) {
  const sends = body !== undefined;
  const response = await fetch(url, {
    method,
    headers: { Accept: 'application/json', ...(sends && { 'Content-Type': 'application/json' }) },
    ...(sends && { body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'same-origin',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT),
  }).catch((cause) => Promise.reject(lost(cause)));
  if (!response.ok) throw await errorFromResponse(response, now());
  if (response.status === 204) return null;
  return response.json().catch((cause) => Promise.reject(lost(cause)));
}

/** @param {any} cause */
function lost(cause) {
  if (cause?.name === 'TimeoutError') {
    return new PulseError('The server did not answer in time.', { code: 'TIMEOUT', cause });
  }
  return new PulseError('The server cannot be reached.', { code: 'LOST', cause });
}
