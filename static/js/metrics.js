// @ts-check
/** The page of custom metrics: brings the list, the dialogs and the API together, and keeps the list true. */

import { Clock } from './dashboard/clock.js';
import { Notices } from './dashboard/notices.js';
import { bindPopovers } from './dashboard/popover.js';
import { bindTheme, localStorageOrNull } from './dashboard/theme.js';
import { environmentWith } from './environment.js';
import { DefineDialog } from './metrics/define-dialog.js';
import { MetricApi } from './metrics/metric-api.js';
import { MetricList } from './metrics/metric-list.js';
import { RemoveDialog } from './metrics/remove-dialog.js';

/** Milliseconds. */
const REFRESH_EVERY = 10_000;

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const dialog = (/** @type {string} */ id) => /** @type {HTMLDialogElement} */ (part(id));

/** @typedef {import('./metrics/metric-api.js').Metric} Metric */
/** @type {{workspace: {slug: string, timezone: string}, metrics: Metric[]}} */
const page = JSON.parse(part('page-data').textContent ?? '');
const clock = new Clock(page.workspace.timezone);
const api = new MetricApi(page.workspace.slug, environmentWith());
const notices = new Notices(part('notices'));
const signIn = { label: 'Sign in', href: `/login?next=${encodeURIComponent(location.pathname)}` };

const list = new MetricList(part('metrics'), {
  onChange: (metric) => define.open(metric),
  onPause: pauseOrResume,
  onRemove: (metric) => remove.open(metric),
});
const define = new DefineDialog(dialog('define-dialog'), {
  save: (definition, changed) => (changed ? api.change(changed.name, definition) : api.make(definition)),
  onSaved: (metric) => {
    list.put(metric);
    refresh();
  },
});
const remove = new RemoveDialog(dialog('remove-dialog'), {
  remove: (metric) => api.remove(metric.name),
  onRemoved: (metric) => {
    list.remove(metric.name);
    part('new-metric').focus();
    notices.pass({ tone: 'good', text: `“${metric.title || metric.name}” is removed.` });
  },
});

/** @param {Metric} metric */
async function pauseOrResume(metric) {
  try {
    list.put(await api.change(metric.name, { paused: !metric.paused }));
    await refresh();
  } catch (error) {
    notices.pass({ tone: 'warn', text: /** @type {Error} */ (error).message });
  }
}

/** Others make metrics too, and figures change: a list that cannot be renewed says of when it is. */
async function refresh() {
  if (document.hidden) return;
  const asked = list.changes;
  try {
    const [metrics, figures] = await Promise.all([api.list(), api.figures()]);
    if (list.changes === asked) list.show(metrics);
    list.tell(figures);
    shownAt = Date.now();
    notices.clear('old');
  } catch (error) {
    const { status, message } = /** @type {import('./errors.js').PulseError} */ (error);
    const text = `These figures are of ${clock.time(shownAt)}. ${message}`;
    notices.show('old', { tone: 'warn', text, action: status === 401 ? signIn : undefined });
  }
}

let shownAt = Date.now();
list.show(page.metrics);
refresh();
setInterval(refresh, REFRESH_EVERY);
document.addEventListener('visibilitychange', refresh);
addEventListener('pageshow', ({ persisted }) => persisted && refresh());
part('new-metric').addEventListener('click', () => define.open(null));

bindTheme(part('theme-menu'), localStorageOrNull());
bindPopovers(document);
