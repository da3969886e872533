// @ts-check
/** Asks the server for its time of day, and how long the question took: what clocks are compared by. */

import { endpointOf } from '../client/api.js';

/**
 * @import {Environment} from '../client/environment.js'
 * @import {ClockSample} from '../client/server-clock.js'
 */

/** @typedef {ClockSample} ServerTime */

/**
 * @param {string} workspace  slug or id
 * @param {Pick<Environment, 'fetch' | 'now'>} environment
 * @returns {Promise<ServerTime | null>}  null where there was no answer
 */
export async function askServerTime(workspace, { fetch, now }) {
  const requestedAt = now();
  try {
    const request = { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(10_000) };
    const response = await fetch(endpointOf(workspace), request);
    const respondedAt = now();
    const { meta } = await response.json();
    return { requestedAt, respondedAt, serverTime: Date.parse(meta.timestamp) };
  } catch {
    return null; // no network, no session, or somebody else's answer
  }
}
