/** A page that watches `acme` and writes down what it is told; `?` takes options, as JSON. */

import { RealtimeAnalytics } from '/static/js/realtime-analytics.js';

const options = JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}');
const told = { ids: [], resets: 0, phases: [], dropped: [] };
const live = new RealtimeAnalytics('acme', {
  maxReconnectAttempts: Infinity,
  reconnectDelay: 200,
  onEvent: (_, id) => told.ids.push(id),
  onReset: () => (told.resets += 1),
  onStateChange: ({ phase, via }) => told.phases.push(via === 'polling' ? 'polling' : phase),
  onEventDropped: ({ reason }) => told.dropped.push(reason),
  ...options,
});

Object.assign(window, { live, told });
