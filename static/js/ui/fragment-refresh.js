// @ts-check
/** Reloads the `[data-refresh]` fragments of a page: periodically, and when the page becomes visible. */

import { loadPage } from './page-loader.js';

/**
 * @import {Notices} from './notices.js'
 * @import {PageLoadError} from './page-loader.js'
 */

/** Seconds, unless `data-refresh-every` says otherwise. */
const REFRESH_INTERVAL = 30;

/**
 * @param {Document} page
 * @param {Notices} notices
 */
export function refreshFragments(page, notices) {
  const first = /** @type {HTMLElement | null} */ (page.querySelector('[data-refresh]'));
  if (first === null) return;
  const { refresh: url = '', refreshEvery = REFRESH_INTERVAL } = first.dataset;
  let shownAt = Date.now();
  const refresh = async () => {
    if (page.hidden) return;
    try {
      const fresh = await loadPage(url);
      for (const old of page.querySelectorAll('[data-refresh]')) {
        const found = fresh.getElementById(old.id);
        if (found) replaceChanged(old, found);
      }
      shownAt = Date.now();
      notices.clear('old');
    } catch (error) {
      const { message, status } = /** @type {PageLoadError} */ (error);
      const signIn = { label: 'Sign in', href: `/login?next=${encodeURIComponent(url)}` };
      const text = `This list is ${Math.round((Date.now() - shownAt) / 1000)} s old. ${message}`;
      notices.show('old', { tone: 'warn', text, action: status === 401 ? signIn : undefined });
    }
  };
  setInterval(refresh, 1000 * Number(refreshEvery));
  page.addEventListener('visibilitychange', refresh);
  addEventListener('pageshow', ({ persisted }) => persisted && refresh());
}

/**
 * Replaces the rows that changed, but not what the reader is using.
 * @param {Element} old
 * @param {Element} fresh
 */
function replaceChanged(old, fresh) {
  const [rows, freshRows] = [old, fresh].map((fragment) => fragment.querySelector('[data-rows]'));
  if (!rows || !freshRows) {
    if (old.innerHTML !== fresh.innerHTML && !isInUse(old)) old.replaceChildren(...fresh.childNodes);
    return;
  }
  const before = new Map([...rows.children].map((row) => [row.id, row]));
  [...freshRows.children].forEach((row, at) => {
    const shown = before.get(row.id);
    const kept = shown && (shown.outerHTML === row.outerHTML || isInUse(shown)) ? shown : row;
    before.delete(row.id);
    if (shown && kept !== shown) shown.replaceWith(kept);
    if (rows.children[at] !== kept) rows.insertBefore(kept, rows.children[at] ?? null);
  });
  for (const row of before.values()) row.remove();
}

/** @param {Element} part  whether it has the focus, or a choice that is not saved yet */
function isInUse(part) {
  if (part !== document.activeElement && part.contains(document.activeElement)) return true;
  return [...part.querySelectorAll('option')].some((option) => option.selected !== option.defaultSelected);
}
