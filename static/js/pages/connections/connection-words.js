// @ts-check
/** What is said of an open stream: how it gets in, whether it keeps up, what closing it means. Pure. */

/** @typedef {import('./connection-api.js').Connection} Connection */

const LATE = 5; // seconds behind that are worth a colour

/** @param {Connection} connection */
export function clientWords({ via, client }) {
  if (via === 'token') return `token “${client}”`;
  return client || 'not a browser that we know';
}

/**
 * @param {Pick<Connection, 'lagEvents' | 'lagSeconds'>} lag
 * @returns {{text: string, tone: 'warn' | ''}}
 */
export function lagWords({ lagEvents, lagSeconds }) {
  if (lagEvents === 0 && lagSeconds === 0) return { text: 'Up to date', tone: '' };
  const events = lagEvents === 1 ? '1 event' : `${lagEvents.toLocaleString('en')} events`;
  const tone = lagSeconds >= LATE ? 'warn' : '';
  return { text: lagSeconds > 0 ? `${events} behind, for ${lagSeconds} s` : `${events} behind`, tone };
}

/** @param {Connection} connection */
export function closeWords(connection) {
  const { name, address } = connection;
  return {
    title: `Close this stream of ${name ?? 'somebody'}’s?`,
    detail: `${address} · ${clientWords(connection)}`,
    words: 'A dashboard opens it again by itself, after some seconds, and misses nothing. To keep somebody out, change or remove the member.',
  };
}

/** @param {number} count */
export function closeAllWords(count) {
  return {
    title: count === 1 ? 'Close the one stream there is?' : `Close all ${count.toLocaleString('en')} streams?`,
    words: 'Dashboards open theirs again by themselves, after some seconds, and miss nothing.',
  };
}

/** @param {number} count */
export const closedWords = (count) =>
  count === 0 ? 'It had ended already.' : `${count === 1 ? 'One stream is' : `${count.toLocaleString('en')} streams are`} closed.`;
