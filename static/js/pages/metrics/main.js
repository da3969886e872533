// @ts-check
/** The page of custom metrics: brings the list, the dialogs and the API together, and keeps the list true. */

import { AdminPage } from '../admin/admin-page.js';
import { Question } from '../admin/question.js';
import { RowList } from '../admin/row-list.js';
import { DefineDialog } from './define-dialog.js';
import { MetricApi } from './metric-api.js';
import { calledBy, fillRow } from './metric-row.js';

/** Milliseconds. */
const REFRESH_EVERY = 10_000;

/** @typedef {import('./metric-api.js').Metric} Metric */
/** @type {AdminPage<{workspace: {slug: string, timezone: string}, metrics: Metric[]}>} */
const page = new AdminPage();
const api = new MetricApi(page.slug, page.environment);
/** @type {import('./metric-api.js').Figures} */
let figures = {};

/** @type {RowList<Metric>} */
const list = new RowList(page.part('metrics'), {
  key: (metric) => metric.name,
  fill: (row, metric) => fillRow(row, metric, figures),
  order: (one, other) => (one.name < other.name ? -1 : 1),
  acts: {
    '.metric-change': (metric) => define.open(metric),
    '.metric-pause': pauseOrResume,
    '.metric-remove': (metric) => remove.open(metric),
  },
});
const define = new DefineDialog(page.dialog('define-dialog'), {
  save: (definition, changed) => (changed ? api.change(changed.name, definition) : api.make(definition)),
  onSaved: (metric) => {
    put(metric);
    refresh();
  },
});
/** @type {Question<Metric>} */
const remove = new Question(page.dialog('remove-dialog'), {
  ask: (metric) => ({ title: `Remove “${calledBy(metric)}”?` }),
  act: (metric) => api.remove(metric.name),
  onDone: (metric) => {
    list.remove(metric);
    page.part('new-metric').focus();
    page.say(`“${calledBy(metric)}” is removed.`);
  },
});

/** @param {Metric} metric  new or changed, with its value where the server has one yet */
function put(metric) {
  if (metric.value !== undefined) figures.custom = { ...figures.custom, [metric.name]: metric.value };
  list.put(metric);
}

/** @param {Metric} metric */
async function pauseOrResume(metric) {
  try {
    put(await api.change(metric.name, { paused: !metric.paused }));
    await refresh();
  } catch (error) {
    page.complain(error);
  }
}

const refresh = page.keepTrue(
  // Others make metrics too, and figures change.
  () =>
    list.renew(async () => {
      const [metrics, current] = await Promise.all([api.list(), api.figures()]);
      figures = current;
      return metrics;
    }),
  { every: REFRESH_EVERY, what: 'These figures are' },
);

list.show(page.data.metrics);
refresh();
page.part('new-metric').addEventListener('click', () => define.open(null));
