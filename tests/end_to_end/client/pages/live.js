/** A page that watches `acme` and records what its callbacks get; `?` takes options, as JSON. */

import { RealtimeAnalytics } from '/static/js/realtime-analytics.js';

const options = JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}');
const recorded = { ids: [], resets: 0, phases: [], dropped: [] };
const live = new RealtimeAnalytics('acme', {
  maxReconnectAttempts: Infinity,
  reconnectDelay: 200,
  onEvent: (_, id) => recorded.ids.push(id),
  onReset: () => (recorded.resets += 1),
  onStateChange: ({ phase, via }) => recorded.phases.push(via === 'polling' ? 'polling' : phase),
  onEventDropped: ({ reason }) => recorded.dropped.push(reason),
  ...options,
});

Object.assign(window, { live, recorded });
