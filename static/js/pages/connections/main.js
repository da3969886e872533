// @ts-check
/** The page of live connections: brings the list, the two questions and the API together, and keeps the list true. */

import { AdminPage } from '../admin/admin-page.js';
import { MomentWords } from '../admin/moment-words.js';
import { Question } from '../admin/question.js';
import { RowList } from '../admin/row-list.js';
import { ConnectionApi } from './connection-api.js';
import { closeAllWords, closeWords, closedWords } from './connection-words.js';
import { fillRow } from './connection-row.js';

const REFRESH_EVERY = 5000; // milliseconds
const SHOWN = 500; // a page with thousands of rows would help nobody

/** @typedef {import('./connection-api.js').Connection} Connection */
/** @type {AdminPage<{workspace: {slug: string, timezone: string}, self: string}>} */
const page = new AdminPage();
const words = new MomentWords(page.clock.zone);
const api = new ConnectionApi(page.slug, page.environment);
const closeAll = /** @type {HTMLButtonElement} */ (page.part('close-all'));
const more = /** @type {HTMLElement} */ (page.part('connections').querySelector('.connections-more'));
let count = 0;

/** @type {RowList<Connection>} */
const list = new RowList(page.part('connections'), {
  key: (connection) => connection.connectionId,
  fill: (row, connection) => fillRow(row, connection, page.data.self, words, Date.now()),
  acts: { '.connection-close': (connection) => closing.open(connection) },
});
/** @type {Question<Connection>} */
const closing = new Question(page.dialog('close-dialog'), {
  ask: closeWords,
  act: async ({ connectionId }) => page.say(closedWords(await api.close(connectionId))),
  onDone: (connection) => {
    const next = list.remove(connection)?.querySelector('.connection-close');
    /** @type {HTMLElement} */ (next ?? page.part('connections')).focus();
    refresh();
  },
});
/** @type {Question<null>} */
const closingAll = new Question(page.dialog('close-all-dialog'), {
  ask: () => closeAllWords(count),
  act: async () => page.say(closedWords(await api.closeAll())),
  onDone: () => refresh(),
});

async function listed() {
  const { data, meta } = await api.list();
  count = meta.count;
  closeAll.disabled = count === 0;
  page.part('as-of').textContent = page.clock.time(meta.timestamp);
  page.part('empty-title').textContent = 'Nobody listens now';
  more.hidden = count <= SHOWN;
  more.textContent = `and ${(count - SHOWN).toLocaleString('en')} more, opened later`;
  return data.slice(0, SHOWN);
}

const refresh = page.keepTrue(() => list.renew(listed), { every: REFRESH_EVERY, what: 'This list is' });

refresh();
closeAll.addEventListener('click', () => closingAll.open(null));
