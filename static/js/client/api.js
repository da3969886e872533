// @ts-check
/** The HTTP API of a workspace, one request each: snapshot, event log, posting of events. */

import { PulseError, errorFromResponse } from './errors.js';
import { ServerClock } from './server-clock.js';

/** @import {Environment} from './environment.js' */

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
 * @typedef {object} TrackedEvent
 * @property {true} success
 * @property {string} message
 * @property {string} eventType
 * @property {string} eventId
 * @property {number} seq        the event's number in its workspace
 * @property {number} notified   streams of the workspace that were sent the event
 * @property {string} timestamp
 * @property {true} [duplicate]
 */

/**
 * An event in the event log.
 *
 * @typedef {object} LogEntry
 * @property {number} seq
 * @property {string} eventId
 * @property {string} eventType
 * @property {string} userId
 * @property {string | null} sessionId
 * @property {string} timestamp
 * @property {string} [channelId]
 * @property {string} [taskId]
 * @property {string} [orchestratorId]
 *
 * @typedef {{data: LogEntry[], meta: {nextAfter: number, hasMore: boolean, nextBefore?: number | null, lastEventId: string}}} LogPage
 */

/** Milliseconds. */
export const REQUEST_TIMEOUT = 15_000;

/** @param {string} workspace  slug or id */
export const endpointOf = (workspace) =>
  `/api/workspaces/${encodeURIComponent(workspace)}/analytics/realtime`;

/** @param {string} workspace  slug or id */
export const logOf = (workspace) => `/api/workspaces/${encodeURIComponent(workspace)}/analytics/events`;

const JSON_BODY = { Accept: 'application/json', 'Content-Type': 'application/json' };
const NO_CACHE = /** @type {RequestInit} */ ({ headers: { Accept: 'application/json' }, cache: 'no-store' });
const MAX_PAGE_SIZE = 1000; // events; the server's limit

export class Api {
  /** The server's time of day, estimated from its responses. */
  clock = new ServerClock();
  #url;
  #query;
  #log;
  #environment;

  /**
   * @param {string} workspace
   * @param {Environment} environment
   * @param {string} [query]  of the snapshot, such as "?compare=1"
   */
  constructor(workspace, environment, query = '') {
    this.#url = endpointOf(workspace);
    this.#query = query;
    this.#log = logOf(workspace);
    this.#environment = environment;
  }

  get batchUrl() {
    return `${this.#url}/batch`;
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<Snapshot>}
   */
  snapshot(signal) {
    return this.#request(`${this.#url}${this.#query}`, NO_CACHE, signal);
  }

  /**
   * A page of the events after `seq`, in order; `meta.lastEventId` is the cursor of its last one.
   *
   * @param {number} seq
   * @param {AbortSignal} [signal]
   * @returns {Promise<LogPage>}
   */
  eventsAfter(seq, signal) {
    return this.#request(`${this.#log}?after=${seq}&limit=${MAX_PAGE_SIZE}`, NO_CACHE, signal);
  }

  /**
   * @param {AbortSignal} [signal]
   * @returns {Promise<string>}  the cursor of the newest event
   */
  async head(signal) {
    return (await this.#request(`${this.#log}?limit=1`, NO_CACHE, signal)).meta.lastEventId;
  }

  /**
   * @param {string} body  one event
   * @param {boolean} [keepalive]  whether the request outlives the page
   * @returns {Promise<TrackedEvent>}
   */
  post(body, keepalive = false) {
    return this.#request(this.#url, { method: 'POST', headers: JSON_BODY, body, keepalive });
  }

  /**
   * @param {string} body  `{"events": […]}`
   * @param {boolean} [keepalive]
   * @returns {Promise<{events: Array<{eventId: string, seq: number, timestamp: string, duplicate?: true}>,
   *   notified: number}>}  a result for each event, in order
   */
  postBatch(body, keepalive = false) {
    return this.#request(this.batchUrl, { method: 'POST', headers: JSON_BODY, body, keepalive });
  }

  /**
   * @param {string} url
   * @param {RequestInit} request
   * @param {AbortSignal} [signal]
   */
  async #request(url, request, signal) {
    const { fetch, now, setTimeout, clearTimeout } = this.#environment;
    const abort = new AbortController();
    const requestedAt = now();
    const onTimeout = () =>
      abort.abort(new PulseError('The server did not answer in time.', { code: 'TIMEOUT' }));
    const timer = setTimeout(onTimeout, REQUEST_TIMEOUT);
    signal?.addEventListener('abort', () => abort.abort(), { once: true });
    try {
      const response = await fetch(url, {
        ...request,
        credentials: 'same-origin',
        signal: abort.signal,
      });
      this.clock.addDateHeader(response.headers.get('date'), requestedAt, now());
      if (!response.ok) throw await errorFromResponse(response, now());
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
  // A connection that is cut fails here, and is not mistaken for a response that is no JSON.
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = 'Something between this page and the server answered in its place.';
    throw new PulseError(message, { code: 'UNEXPECTED_ANSWER', status: response.status, cause });
  }
}
