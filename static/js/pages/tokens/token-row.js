// @ts-check
/** One row of the list of tokens, filled in. */

import { write } from '../admin/row-list.js';

/**
 * @param {HTMLElement} row
 * @param {import('./token-api.js').Token} token
 * @param {import('../admin/moment-words.js').MomentWords} words
 * @param {number} now
 */
export function fillRow(row, token, words, now) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
  const expires = words.expires(token.expiresAt, now);
  write(row, '.token-name', token.name);
  write(row, '.token-prefix', `${token.prefix}…`);
  write(row, '.token-made time', words.day(token.createdAt), words.full(token.createdAt));
  part('.token-made time').setAttribute('datetime', token.createdAt);
  write(row, '.token-maker', `by ${token.user.name}`, token.user.email);
  write(row, '.token-used', words.used(token.lastUsedAt, now), words.full(token.lastUsedAt));
  write(row, '.token-expiry', expires.text, words.full(token.expiresAt));
  write(row, '.token-left', expires.detail);
  part('.token-expires').dataset.tone = expires.tone;
  part('.token-revoke').ariaLabel = `Revoke ${token.name}`;
  if (part('.token-scopes').childElementCount === 0) part('.token-scopes').append(...token.scopes.map(chip));
}

/** @param {string} scope */
function chip(scope) {
  const element = document.createElement('code');
  element.className = 'tag scope';
  element.textContent = scope;
  return element;
}
