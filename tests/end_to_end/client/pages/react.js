/** A page made with React, in Strict Mode: `show(props)` draws a watcher, `show(null)` takes it away. */

import { createHooks } from '/static/js/react.js';
import { requireFrom } from '/pages/require.js';

const require = await requireFrom({
  react: 'react/cjs/react.development.js',
  scheduler: 'scheduler/cjs/scheduler.development.js',
  'react-dom': 'react-dom/cjs/react-dom.development.js',
  'react-dom/client': 'react-dom/cjs/react-dom-client.development.js',
});
const React = require('react');
const { useRealtimeAnalytics, useRealtimeAnalyticsPolling } = createHooks(React);

function Watcher({ workspace, options }) {
  const shown = useRealtimeAnalytics(workspace, options);
  React.useEffect(() => void (window.shown = shown));
  return shown.isConnected ? `live: ${shown.stats?.messagesToday}` : (shown.error?.message ?? 'not live');
}

function Poller({ workspace = 'acme', interval }) {
  const shown = useRealtimeAnalyticsPolling(workspace, interval);
  React.useEffect(() => void (window.shown = shown));
  return shown.isConnected ? `polled: ${shown.stats?.messagesToday}` : 'not live';
}

/** The hooks' oldest example, as people have copied it. */
function BasicUsage({ workspaceId }) {
  const { stats, error } = useRealtimeAnalytics(workspaceId);
  if (error) return React.createElement('div', null, 'Error: ', error);
  return React.createElement('div', null, 'Active: ', stats?.activeUsers);
}

const root = require('react-dom/client').createRoot(document.getElementById('root'));
const draw = (part) => root.render(React.createElement(React.StrictMode, null, part));

window.heard = [];
window.show = (props) => draw(props && React.createElement(Watcher, props));
window.basic = (props) => draw([
  React.createElement('h1', { key: 1 }, 'Analytics'),
  React.createElement(BasicUsage, { key: 2, ...props }),
]);
window.poll = (props) => draw(React.createElement(Poller, props));
/** Options whose callbacks are new functions each time. */
window.hearing = (name, more = {}) => ({ ...more, onEvent: (_, id) => window.heard.push([name, id]) });
