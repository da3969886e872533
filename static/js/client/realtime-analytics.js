// @ts-check
/**
 * Shows a workspace live, from any page of the same origin:
 *
 *     import { RealtimeAnalytics } from '/static/js/realtime-analytics.js';
 *     const live = new RealtimeAnalytics('acme', { onStatsUpdate: (stats) => show(stats) });
 *     await live.trackEvent('message.sent', { messageId: 'm-1' });
 */

import { AnalyticsClient } from './analytics-client.js';
import { Api, endpointOf } from './api.js';
import { LONGEST_OWN_DELAY } from './backoff.js';
import { Connection } from './connection.js';
import { environmentWith } from './environment.js';
import { EventStream } from './event-stream.js';
import { Ladder } from './stream-or-polling.js';
import { readStreamOptions, requireWorkspace } from './options.js';
import { SharedConnection } from './shared-connection.js';
import { SnapshotPolling } from './snapshot-polling.js';

/**
 * @import {Policy} from './backoff.js'
 * @import {Owner} from './connection.js'
 * @import {Environment} from './environment.js'
 * @import {RealtimeOptions} from './options.js'
 * @import {Transport, TransportHandlers} from './transport.js'
 */

export { PulseError } from './errors.js';
export { RealtimeAnalyticsPolling } from './realtime-analytics-polling.js';

/** `stats`, `isConnected`, `error`, `state` and `trackEvent()` are described in analytics-client.js. */
export class RealtimeAnalytics extends AnalyticsClient {
  /**
   * @param {string} workspace  slug or id
   * @param {RealtimeOptions} [options]
   * @param {Partial<Environment>} [replacements]  parts of the world to use in
   *     place of the browser's own, for tests and for other hosts; plain functions
   */
  constructor(workspace, options = {}, replacements = {}) {
    const endpoint = endpointOf(requireWorkspace(workspace));
    const settings = readStreamOptions(options);
    const environment = environmentWith(replacements);
    const query = settings.compare ? '?compare=1' : '';
    const url = `${endpoint}${query}`;
    const api = new Api(workspace, environment, query);
    const policy = policyOf(settings);
    const transport = ladderOf(url, api, environment);
    /** @type {(owner: Owner, cursor: string) => Connection} */
    const connection = (owner, cursor) => new Connection(transport, policy, owner, environment, cursor);
    const name = [url, policy.autoReconnect, policy.maxAttempts, policy.baseDelay].join(' ');
    super({
      api,
      connect: (owner) =>
        settings.shareStream && environment.locks && environment.channel
          ? new SharedConnection({ name, connection, api, environment }, owner, policy, settings.lastEventId)
          : connection(owner, settings.lastEventId),
      options: settings,
      environment,
    });
  }

  /** Connects anew and now: after the last attempt, after signing in again, or to cut a wait short. */
  reconnect() {
    this._connection.start();
  }

  /** Ends the stream and every wait, and leaves nothing behind. */
  disconnect() {
    this._connection.stop();
  }
}

const POLLING_INTERVAL = 5000; // milliseconds, as often as a stream brings figures

/**
 * @param {string} url
 * @param {Api} api
 * @param {Environment} environment
 * @returns {Transport}
 */
function ladderOf(url, api, environment) {
  const rungs = {
    stream: (/** @type {TransportHandlers} */ handlers) => new EventStream(url, handlers, environment),
    polling: (/** @type {TransportHandlers} */ handlers) =>
      new SnapshotPolling(api, POLLING_INTERVAL, handlers, environment, true),
  };
  return (handlers) => new Ladder(rungs, handlers, environment);
}

/**
 * @param {ReturnType<typeof readStreamOptions>} settings
 * @returns {Policy}
 */
const policyOf = ({ autoReconnect, maxReconnectAttempts, reconnectDelay }) => ({
  autoReconnect: autoReconnect && maxReconnectAttempts > 0,
  maxAttempts: maxReconnectAttempts,
  baseDelay: reconnectDelay,
  maxDelay: LONGEST_OWN_DELAY,
});
