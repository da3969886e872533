// @ts-check
/**
 * Hooks for React (16.8 or newer), which the page brings itself:
 *
 *     import * as React from 'react';
 *     import { createHooks } from '/static/js/react.js';
 *     const { useRealtimeAnalytics } = createHooks(React);
 */

import { PulseError } from './errors.js';
import { POLLING_CALLBACKS, STREAM_CALLBACKS, STREAM_SETTINGS } from './options.js';
import { RealtimeAnalytics } from './realtime-analytics.js';
import { RealtimeAnalyticsPolling } from './realtime-analytics-polling.js';

/**
 * @import {AnalyticsClient} from './analytics-client.js'
 * @import {Stats} from './api.js'
 * @import {PollingOptions, RealtimeOptions} from './options.js'
 */

/**
 * @typedef {object} View
 * @property {Stats | null} stats  the newest figures, null before the first
 * @property {boolean} isConnected
 * @property {PulseError | null} error  what is wrong with the line; null while all is well
 *
 * @typedef {{trackEvent: AnalyticsClient['trackEvent']}} Tracking  see analytics-client.js
 * @typedef {View & Tracking & {reconnect: () => void, disconnect: () => void}} Realtime
 * @typedef {View & Tracking} Polling
 */

/** @type {View} */
const NOTHING_YET = Object.freeze({ stats: null, isConnected: false, error: null });

/** @param {any} React  the module, or whatever has useCallback, useEffect, useRef and useState */
export function createHooks({ useCallback, useEffect, useRef, useState }) {
  /**
   * A client for as long as the component is there and the `key` stays the same; callbacks may change all the time.
   *
   * @param {object} use
   * @param {unknown[]} use.key
   * @param {boolean} [use.idle]  there is nothing to connect to yet
   * @param {Record<string, any>} use.options
   * @param {string[]} use.callbacks
   * @param {(options: any) => any} use.make
   * @param {(client: any) => void} use.end
   */
  function useClient({ key, idle = false, options, callbacks, make, end }) {
    const [view, setView] = useState(NOTHING_YET);
    const latest = useRef(options);
    const client = useRef(null);

    useEffect(() => {
      latest.current = options;
    });

    useEffect(() => {
      setView(NOTHING_YET);
      if (idle) return;
      const isMine = () => client.current === made;
      const hear = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...news) => {
        if (!isMine()) return; // the component has gone
        setView((/** @type {View} */ before) => changed(before, made));
        latest.current[name]?.(...news);
      };
      const heard = Object.fromEntries(callbacks.map((name) => [name, hear(name)]));
      const made = make({ ...latest.current, ...heard });
      client.current = made;
      return () => {
        client.current = null;
        end(made);
      };
    }, key);

    const trackEvent = useCallback(async (/** @type {any} */ ...event) => {
      if (client.current) return client.current.trackEvent(...event);
      throw new PulseError('There is no workspace yet, or the component is not on the page.', { code: 'NOT_MOUNTED' });
    }, []);
    return { client, view, trackEvent };
  }

  /**
   * @param {string | null} [workspaceId]  slug or id; idle until there is one, as in a router's first rendering
   * @param {RealtimeOptions} [options]  another value of one that is no callback connects
   *     anew; `lastEventId` counts when it connects
   * @returns {Realtime}
   */
  function useRealtimeAnalytics(workspaceId, options = {}) {
    const { client, view, trackEvent } = useClient({
      key: [workspaceId, ...STREAM_SETTINGS.map((name) => options[name])],
      idle: !workspaceId,
      options,
      callbacks: STREAM_CALLBACKS,
      make: (all) => new RealtimeAnalytics(/** @type {string} */ (workspaceId), all),
      end: (made) => made.disconnect(),
    });
    const reconnect = useCallback(() => client.current?.reconnect(), []);
    const disconnect = useCallback(() => client.current?.disconnect(), []);
    return { ...view, reconnect, disconnect, trackEvent };
  }

  /**
   * @param {string | null} [workspaceId]  slug or id; idle until there is one
   * @param {number} [interval]  milliseconds
   * @param {PollingOptions} [options]
   * @returns {Polling}
   */
  function useRealtimeAnalyticsPolling(workspaceId, interval = 5000, options = {}) {
    const { view, trackEvent } = useClient({
      key: [workspaceId, interval, options.enabled],
      idle: !workspaceId,
      options,
      callbacks: POLLING_CALLBACKS,
      make: (all) => new RealtimeAnalyticsPolling(/** @type {string} */ (workspaceId), interval, all),
      end: (made) => made.stop(),
    });
    return { ...view, trackEvent };
  }

  return { useRealtimeAnalytics, useRealtimeAnalyticsPolling };
}

/**
 * The same object where nothing that is shown has changed: React then draws nothing.
 *
 * @param {View} before
 * @param {AnalyticsClient} client
 * @returns {View}
 */
function changed(before, { stats, isConnected, error }) {
  const isSame = before.stats === stats && before.isConnected === isConnected && before.error === error;
  return isSame ? before : { stats, isConnected, error };
}
