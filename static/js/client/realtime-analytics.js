// @ts-check
/**
 * The client of a workspace's live stats and events, for any page of the same origin:
 *
 *     import { RealtimeAnalytics } from '/static/js/realtime-analytics.js';
 *     const live = new RealtimeAnalytics('acme', { onStatsUpdate: (stats) => show(stats) });
 *     await live.trackEvent('message.sent', { messageId: 'm-1' });
 */

import { AnalyticsClient } from './analytics-client.js';
import { Api, endpointOf } from './api.js';
import { MAX_BACKOFF } from './backoff.js';
import { Connection } from './connection.js';
import { environmentWith } from './environment.js';
import { EventStream } from './event-stream.js';
import { StreamOrPolling } from './stream-or-polling.js';
import { readStreamOptions, requireWorkspace } from './options.js';
import { SharedConnection } from './shared-connection.js';
import { SnapshotPolling } from './snapshot-polling.js';

/**
 * @import {RetryPolicy} from './backoff.js'
 * @import {ConnectionListener} from './connection.js'
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
   * @param {Partial<Environment>} [replacements]  functions to use in place of
   *     the browser's own, for tests and for other hosts
   */
  constructor(workspace, options = {}, replacements = {}) {
    const endpoint = endpointOf(requireWorkspace(workspace));
    const settings = readStreamOptions(options);
    const environment = environmentWith(replacements);
    const query = settings.compare ? '?compare=1' : '';
    const url = `${endpoint}${query}`;
    const api = new Api(workspace, environment, query);
    const policy = retryPolicy(settings);
    const transport = openStreamOrPolling(url, api, environment);
    /** @type {(listener: ConnectionListener, cursor: string) => Connection} */
    const connection = (listener, cursor) => new Connection(transport, policy, listener, environment, cursor);
    const name = [url, policy.autoReconnect, policy.maxAttempts, policy.baseDelay].join(' ');
    super({
      api,
      connect: (listener) =>
        settings.shareStream && environment.locks && environment.channel
          ? new SharedConnection({ name, connection, api, environment }, listener, policy, settings.lastEventId)
          : connection(listener, settings.lastEventId),
      options: settings,
      environment,
    });
  }

  /** Connects now: after the last attempt has failed, after signing in again, or to cut a wait short. */
  reconnect() {
    this._connection.start();
  }

  /** Closes the stream and ends every wait; no timer and no listener stays. */
  disconnect() {
    this._connection.stop();
  }
}

const POLLING_INTERVAL = 5000; // milliseconds, as often as a stream brings stats

/**
 * @param {string} url
 * @param {Api} api
 * @param {Environment} environment
 * @returns {Transport}
 */
function openStreamOrPolling(url, api, environment) {
  const transports = {
    stream: (/** @type {TransportHandlers} */ handlers) => new EventStream(url, handlers, environment),
    polling: (/** @type {TransportHandlers} */ handlers) =>
      new SnapshotPolling(api, POLLING_INTERVAL, handlers, environment, true),
  };
  return (handlers) => new StreamOrPolling(transports, handlers, environment);
}

/**
 * @param {ReturnType<typeof readStreamOptions>} settings
 * @returns {RetryPolicy}
 */
const retryPolicy = ({ autoReconnect, maxReconnectAttempts, reconnectDelay }) => ({
  autoReconnect: autoReconnect && maxReconnectAttempts > 0,
  maxAttempts: maxReconnectAttempts,
  baseDelay: reconnectDelay,
  maxDelay: MAX_BACKOFF,
});
