// @ts-check
/** One row of the list of connections, filled in. */

import { write } from '../admin/row-list.js';
import { clientWords, lagWords } from './connection-words.js';

/**
 * @param {HTMLElement} row
 * @param {import('./connection-api.js').Connection} connection
 * @param {string} self  the id of whoever looks
 * @param {import('../admin/moment-words.js').MomentWords} words
 * @param {number} now
 */
export function fillRow(row, connection, self, words, now) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
  const { name, role, userId } = connection;
  const lag = lagWords(connection);
  write(row, '.connection-name', name ?? userId.slice(0, 8));
  write(row, '.connection-mark', userId === self ? 'You' : '');
  write(row, '.connection-role', role ?? 'no member any more');
  write(row, '.connection-address', connection.address);
  write(row, '.connection-client', clientWords(connection));
  write(row, '.connection-since', words.used(connection.since, now), words.full(connection.since));
  write(row, '.connection-transport', connection.transport);
  write(row, '.connection-worker', `worker ${connection.worker.slice(0, 6)}`, connection.worker);
  write(row, '.connection-behind', lag.text);
  part('.connection-lag').dataset.tone = lag.tone;
  part('.connection-close').ariaLabel = `Close ${name ?? 'somebody'}’s stream from ${connection.address}`;
}
