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
 * @typedef {object} HookView
 * @property {Stats | null} stats  the newest stats, null before the first
 * @property {boolean} isConnected
 * @property {PulseError | null} error  what is wrong with the connection; null if nothing is
 *
 * @typedef {{trackEvent: AnalyticsClient['trackEvent']}} TrackingHook  see analytics-client.js
 * @typedef {HookView & TrackingHook & {reconnect: () => void, disconnect: () => void}} RealtimeHook
 * @typedef {HookView & TrackingHook} PollingHook
 */

/** @type {HookView} */
const INITIAL_VIEW = Object.freeze({ stats: null, isConnected: false, error: null });

/**
 * What is used of React's module.
 * @typedef {object} ReactHooks
 * @property {<Callback>(callback: Callback, dependencies: unknown[]) => Callback} useCallback
 * @property {(effect: () => (() => void) | void, dependencies?: unknown[]) => void} useEffect
 * @property {<Value>(value: Value) => {current: Value}} useRef
 * @property {<Value>(value: Value) => [Value, (change: Value | ((before: Value) => Value)) => void]} useState
 */

/** @param {ReactHooks} React */
export function createHooks({ useCallback, useEffect, useRef, useState }) {
  /**
   * A client for as long as the component is mounted and `key` stays the same; the callbacks may change at any time.
   *
   * @template {RealtimeAnalytics | RealtimeAnalyticsPolling} Client
   * @template {object} Options
   * @param {object} use
   * @param {unknown[]} use.key
   * @param {boolean} [use.idle]  there is nothing to connect to yet
   * @param {Options} use.options
   * @param {string[]} use.callbacks
   * @param {(options: Options) => Client} use.make
   * @param {(client: Client) => void} use.end
   */
  function useClient({ key, idle = false, options, callbacks, make, end }) {
    const [view, setView] = useState(INITIAL_VIEW);
    const latest = useRef(options);
    const client = useRef(/** @type {Client | null} */ (null));

    useEffect(() => {
      latest.current = options;
    });

    useEffect(() => {
      setView(INITIAL_VIEW);
      if (idle) return;
      const isCurrent = () => client.current === created;
      const forward = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...values) => {
        if (!isCurrent()) return; // the component is unmounted
        setView((/** @type {HookView} */ before) => changed(before, created));
        const callback = /** @type {Record<string, unknown>} */ (latest.current)[name];
        if (typeof callback === 'function') callback(...values);
      };
      const forwarded = Object.fromEntries(callbacks.map((name) => [name, forward(name)]));
      const created = make({ ...latest.current, ...forwarded });
      client.current = created;
      return () => {
        client.current = null;
        end(created);
      };
    }, key);

    /** @type {AnalyticsClient['trackEvent']} */
    const track = async (type, data) => {
      if (client.current) return client.current.trackEvent(type, data);
      throw new PulseError('There is no workspace yet, or the component is not on the page.', { code: 'NOT_MOUNTED' });
    };
    const trackEvent = useCallback(track, []);
    return { client, view, trackEvent };
  }

  /**
   * @param {string | null} [workspaceId]  slug or id; idle until there is one, as in a router's first rendering
   * @param {RealtimeOptions} [options]  another value of one that is not a callback connects
   *     anew; `lastEventId` counts when it connects
   * @returns {RealtimeHook}
   */
  function useRealtimeAnalytics(workspaceId, options = {}) {
    const { client, view, trackEvent } = useClient({
      key: [workspaceId, ...STREAM_SETTINGS.map((name) => options[name])],
      idle: !workspaceId,
      options,
      callbacks: STREAM_CALLBACKS,
      make: (all) => new RealtimeAnalytics(/** @type {string} */ (workspaceId), all),
      end: (created) => created.disconnect(),
    });
    const reconnect = useCallback(() => client.current?.reconnect(), []);
    const disconnect = useCallback(() => client.current?.disconnect(), []);
    return { ...view, reconnect, disconnect, trackEvent };
  }

  /**
   * @param {string | null} [workspaceId]  slug or id; idle until there is one
   * @param {number} [interval]  milliseconds
   * @param {PollingOptions} [options]
   * @returns {PollingHook}
   */
  function useRealtimeAnalyticsPolling(workspaceId, interval = 5000, options = {}) {
    const { view, trackEvent } = useClient({
      key: [workspaceId, interval, options.enabled],
      idle: !workspaceId,
      options,
      callbacks: POLLING_CALLBACKS,
      make: (all) => new RealtimeAnalyticsPolling(/** @type {string} */ (workspaceId), interval, all),
      end: (created) => created.stop(),
    });
    return { ...view, trackEvent };
  }

  return { useRealtimeAnalytics, useRealtimeAnalyticsPolling };
}

/**
 * The same object if nothing in it has changed, so that React does not render again.
 *
 * @param {HookView} before
 * @param {AnalyticsClient} client
 * @returns {HookView}
 */
function changed(before, { stats, isConnected, error }) {
  const isSame = before.stats === stats && before.isConnected === isConnected && before.error === error;
  return isSame ? before : { stats, isConnected, error };
}
