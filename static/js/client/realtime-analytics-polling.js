// @ts-check
/** The fallback where no stream gets through: the same figures, state and tracking, from the snapshot. */

import { AnalyticsClient } from './analytics-client.js';
import { Api } from './api.js';
import { LONGEST_OWN_DELAY } from './backoff.js';
import { Connection } from './connection.js';
import { environmentWith } from './environment.js';
import { readPollingOptions, requireInterval, requireWorkspace } from './options.js';
import { SnapshotPolling } from './snapshot-polling.js';

/**
 * @import {Policy} from './backoff.js'
 * @import {Environment} from './environment.js'
 * @import {PollingOptions} from './options.js'
 * @import {Transport} from './transport.js'
 */

/** After a failed poll it waits one interval, then two, four … up to 30 s, and never gives up by itself. */
export class RealtimeAnalyticsPolling extends AnalyticsClient {
  /**
   * @param {string} workspace  slug or id
   * @param {number} [interval]  5000 (ms), from one answer to the next question
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
      connect: (owner) => new Connection(transport, policyOf(interval), owner, environment),
      options: readPollingOptions(options),
      environment,
    });
  }

  /** Asks now, and goes on asking. */
  start() {
    this._connection.start();
  }

  stop() {
    this._connection.stop();
  }
}

/**
 * @param {number} interval
 * @returns {Policy}
 */
const policyOf = (interval) => ({
  autoReconnect: true,
  maxAttempts: Infinity,
  baseDelay: interval,
  maxDelay: Math.max(LONGEST_OWN_DELAY, interval),
});
