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
import { environmentWith } from './environment.js';
import { EventStream } from './event-stream.js';
import { readStreamOptions, requireWorkspace } from './options.js';

export { PulseError } from './errors.js';
export { RealtimeAnalyticsPolling } from './realtime-analytics-polling.js';

/** `stats`, `isConnected`, `error`, `state` and `trackEvent()` are described in analytics-client.js. */
export class RealtimeAnalytics extends AnalyticsClient {
  /**
   * @param {string} workspace  slug or id
   * @param {import('./options.js').RealtimeOptions} [options]
   * @param {Partial<import('./environment.js').Environment>} [replacements]  parts of the world to use in
   *     place of the browser's own, for tests and for other hosts; plain functions
   */
  constructor(workspace, options = {}, replacements = {}) {
    const url = endpointOf(requireWorkspace(workspace));
    const settings = readStreamOptions(options);
    const environment = environmentWith(replacements);
    super({
      api: new Api(workspace, environment),
      transport: (handlers) => new EventStream(url, handlers, environment),
      policy: policyOf(settings),
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

/**
 * @param {ReturnType<typeof readStreamOptions>} settings
 * @returns {import('./backoff.js').Policy}
 */
const policyOf = ({ autoReconnect, maxReconnectAttempts, reconnectDelay }) => ({
  autoReconnect: autoReconnect && maxReconnectAttempts > 0,
  maxAttempts: maxReconnectAttempts,
  baseDelay: reconnectDelay,
  maxDelay: LONGEST_OWN_DELAY,
});
