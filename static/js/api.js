// @ts-check
/** The workspace's endpoint for single requests: read the snapshot, track an event. */

import { PulseError, errorFromAnswer } from './errors.js';

/**
 * The counters of a workspace, exact at `timestamp`.
 *
 * @typedef {object} Stats
 * @property {number} activeUsers
 * @property {number} onlineUsers
 * @property {number} activeSessions
 * @property {number} messagesLastHour
 * @property {number} messagesToday
 * @property {number} activeChannels
 * @property {number} activeOrchestrators
 * @property {number} tasksInProgress
 * @property {Record<string, number>} eventCounts  since local midnight, by event type
 * @property {string} timestamp
 */

/**
 * @typedef {object} SnapshotMeta
 * @property {string} workspaceId
 * @property {string} userId
 * @property {'snapshot'} mode
 * @property {number} connections
 * @property {string} lastEventId
 * @property {string} timestamp
 *
 * @typedef {{data: Stats, meta: SnapshotMeta}} Snapshot
 */

/**
 * @typedef {object} Tracked
 * @property {true} success
 * @property {string} message
 * @property {string} eventType
 * @property {string} eventId
 * @property {number} seq        the event's number in its workspace
 * @property {number} notified   streams of the workspace that were told
 * @property {string} timestamp
 * @property {true} [duplicate]
 */

/** Milliseconds in which the server must have answered. */
export const ANSWER_LIMIT = 15_000;

/** @param {string} workspace  slug or id */
export const endpointOf = (workspace) =>
  `/api/workspaces/${encodeURIComponent(workspace)}/analytics/realtime`;

export class Api {
  #url;
  #environment;

  /**
   * @param {string} workspace
   * @param {import('./environment.js').Environment} environment
   */
  constructor(workspace, environment) {
    this.#url = endpointOf(workspace);
    this.#environment = environment;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<Snapshot>}
   */
  snapshot(signal) {
    return this.#ask({ headers: { Accept: 'application/json' }, cache: 'no-store' }, signal);
  }

  /**
   * @param {string} eventType
   * @param {Record<string, unknown>} [eventData]
   * @returns {Promise<Tracked>}
   */
  async track(eventType, eventData) {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    return this.#ask({ method: 'POST', headers, body: JSON.stringify({ eventType, eventData }) });
  }

  /**
   * @param {RequestInit} request
   * @param {AbortSignal} [signal]
   */
  async #ask(request, signal) {
    const { fetch, now, setTimeout, clearTimeout } = this.#environment;
    const abort = new AbortController();
    const giveUp = () =>
      abort.abort(new PulseError('The server did not answer in time.', { code: 'TIMEOUT' }));
    const timer = setTimeout(giveUp, ANSWER_LIMIT);
    signal?.addEventListener('abort', () => abort.abort(), { once: true });
    try {
      const response = await fetch(this.#url, {
        ...request,
        credentials: 'same-origin',
        signal: abort.signal,
      });
      if (!response.ok) throw await errorFromAnswer(response, now());
      return await readJson(response);
    } catch (cause) {
      if (cause instanceof PulseError) throw cause;
      throw new PulseError('The server cannot be reached.', { code: 'LOST', cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @param {Response} response */
async function readJson(response) {
  const text = await response.text(); // a cut line fails here, and is then not mistaken for a strange answer
  try {
    return JSON.parse(text);
  } catch (cause) {
    const words = 'Something between this page and the server answered in its place.';
    throw new PulseError(words, { code: 'UNEXPECTED_ANSWER', status: response.status, cause });
  }
}
