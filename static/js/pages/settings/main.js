// @ts-check
/** The page of settings: a form that saves what was changed, and the types of events, kept true. */

import { AdminPage } from '../admin/admin-page.js';
import { dealtOut, noFaults, showFaults } from '../admin/faults.js';
import { MomentWords } from '../admin/moment-words.js';
import { RowList, write } from '../admin/row-list.js';
import { exact } from '../../ui/figure.js';
import { hueOf } from '../../ui/type-colour.js';
import { SettingsApi } from './settings-api.js';
import { lossWords, sorted, zoneWords } from './settings-words.js';

const REFRESH_EVERY = 15_000; // milliseconds
const FIELDS = ['name', 'timezone', 'strict', 'addresses'];

/** @typedef {import('./settings-api.js').SeenType} SeenType */
/** @type {AdminPage<{workspace: {slug: string, timezone: string}, settings: import('./settings-api.js').Settings}>} */
const page = new AdminPage();
const api = new SettingsApi(page.slug, page.environment);
const words = new MomentWords(page.clock.zone);
const form = /** @type {HTMLFormElement} */ (page.part('settings-form'));
const save = /** @type {HTMLButtonElement} */ (page.part('save'));
const control = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.querySelector(`[name="${name}"]`));
const place = (/** @type {string} */ name) => control(name) ?? save; // what is about no field is about saving
const unseen = /** @type {HTMLDetailsElement} */ (page.part('types').querySelector('.types-unseen'));
let saved = page.data.settings;
/** @type {SeenType[]} */
let custom = [];

/** @type {RowList<SeenType>} */
const list = new RowList(page.part('types-seen'), {
  key: (type) => type.eventType,
  fill: (row, { eventType, meaning, count, lastSeen }) => {
    write(row, '.type-name', eventType);
    row.dataset.hue = String(hueOf(eventType));
    write(row, '.type-meaning', meaning ?? 'The workspace’s own');
    write(row, '.type-count', exact(count));
    write(row, '.type-last', words.used(lastSeen, Date.now()), words.full(lastSeen));
  },
});

function read() {
  const [name, timezone, addresses] = ['name', 'timezone', 'addresses'].map((field) => control(field).value);
  return { name, timezone, addresses, strict: control('strict').checked };
}

function explain() {
  const { timezone, strict } = read();
  page.part('settings-timezone-hint').textContent = zoneWords(timezone, Date.now());
  page.part('strict-loss').textContent = lossWords({ wasStrict: saved.strict, isStrict: strict, custom });
}

async function submit() {
  if (save.ariaBusy === 'true') return;
  save.ariaBusy = 'true';
  showFaults(form, noFaults(FIELDS), place);
  try {
    saved = await api.change(read());
    show();
    page.say('Saved.');
  } catch (error) {
    showFaults(form, dealtOut(/** @type {import('../../client/errors.js').PulseError} */ (error), FIELDS), place);
  } finally {
    save.ariaBusy = 'false';
  }
}

function show() {
  control('name').value = saved.name;
  control('timezone').value = saved.timezone;
  control('strict').checked = saved.strict;
  control('addresses').value = saved.addresses;
  explain();
}

async function types() {
  const found = await api.types();
  const { seen, unseen: names } = sorted(found);
  custom = found.custom;
  explain();
  unseen.hidden = names.length === 0;
  const title = /** @type {HTMLElement} */ (unseen.querySelector('summary'));
  title.textContent = `${names.length} known types were not seen`;
  write(unseen, '.types-unseen-names', names.join(', '));
  return seen;
}

show();
form.addEventListener('input', explain);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
const refresh = page.keepTrue(() => list.renew(types), { every: REFRESH_EVERY, what: 'These counts are' });
refresh();
