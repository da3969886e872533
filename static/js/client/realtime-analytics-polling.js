// @ts-check
/** The client that only polls the snapshot, without a stream: the same stats, state and tracking. */

import { AnalyticsClient } from './analytics-client.js';
import { Api } from './api.js';
import { MAX_BACKOFF } from './backoff.js';
import { Connection } from './connection.js';
import { environmentWith } from './environment.js';
import { readPollingOptions, requireInterval, requireWorkspace } from './options.js';
import { SnapshotPolling } from './snapshot-polling.js';

/**
 * @import {RetryPolicy} from './backoff.js'
 * @import {Environment} from './environment.js'
 * @import {PollingOptions} from './options.js'
 * @import {Transport} from './transport.js'
 */

/** After a failed poll it waits one interval, then two, four … up to 30 s, and never gives up. */
export class RealtimeAnalyticsPolling extends AnalyticsClient {
  /**
   * @param {string} workspace  slug or id
   * @param {number} [interval]  5000 (ms), from a response to the next request
   * @param {PollingOptions} [options]
   * @param {Partial<Environment>} [replacements]  see RealtimeAnalytics
   */
  constructor(workspace, interval = 5000, options = {}, replacements = {}) {
    requireInterval(interval);
    const environment = environmentWith(replacements);
    const api = new Api(requireWorkspace(workspace), environment);
    /** @type {Transport} */
    const transport = (handlers) => new SnapshotPolling(api, interval, handlers, environment);
    super({
      api,
      connect: (listener) => new Connection(transport, retryPolicy(interval), listener, environment),
      options: readPollingOptions(options),
      environment,
    });
  }

  /** Polls now, and goes on polling. */
  start() {
    this._connection.start();
  }

  stop() {
    this._connection.stop();
  }
}

/**
 * @param {number} interval
 * @returns {RetryPolicy}
 */
const retryPolicy = (interval) => ({
  autoReconnect: true,
  maxAttempts: Infinity,
  baseDelay: interval,
  maxDelay: Math.max(MAX_BACKOFF, interval),
});
