// @ts-check
/** One row of the list of tokens, filled in. */

/**
 * @param {HTMLElement} row
 * @param {import('./token-api.js').Token} token
 * @param {import('./moment-words.js').MomentWords} words
 * @param {number} now
 */
export function fillRow(row, token, words, now) {
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
  const expires = words.expires(token.expiresAt, now);
  set(part('.token-name'), token.name);
  set(part('.token-prefix'), `${token.prefix}…`);
  set(part('.token-made time'), words.day(token.createdAt), words.full(token.createdAt));
  part('.token-made time').setAttribute('datetime', token.createdAt);
  set(part('.token-maker'), `by ${token.user.name}`, token.user.email);
  set(part('.token-used'), words.used(token.lastUsedAt, now), words.full(token.lastUsedAt));
  set(part('.token-expiry'), expires.text, words.full(token.expiresAt));
  set(part('.token-left'), expires.detail);
  part('.token-expires').dataset.tone = expires.tone;
  part('.token-revoke').ariaLabel = `Revoke ${token.name}`;
  if (part('.token-scopes').childElementCount === 0) part('.token-scopes').append(...token.scopes.map(chip));
}

/** @param {string} scope */
function chip(scope) {
  const element = document.createElement('code');
  element.className = 'scope';
  element.textContent = scope;
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 * @param {string} [title]
 */
function set(element, text, title = '') {
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== title) element.title = title;
}
