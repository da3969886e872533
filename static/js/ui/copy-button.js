// @ts-check
/** Buttons that copy the text of the element whose id is in `data-copy`. */

import { query } from './dom.js';

const FEEDBACK_TIME = 2000; // milliseconds

/** @param {ParentNode & EventTarget} root  buttons that come into it later work too */
export function bindCopyButtons(root) {
  root.addEventListener('click', ({ target }) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest('[data-copy]'));
    const source = document.getElementById(button?.dataset.copy ?? '');
    if (button && source) copy(button, source);
  });
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} source
 */
async function copy(button, source) {
  const label = query(button, '[aria-live]');
  const before = label.textContent;
  label.textContent = (await copied(source.textContent ?? '')) ? 'Copied' : select(source);
  setTimeout(() => (label.textContent = before), FEEDBACK_TIME);
}

/** @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // denied, or plain HTTP from another machine
  }
}

/**
 * The fallback without a clipboard: selects the text, for the reader to copy.
 * @param {HTMLElement} source
 */
function select(source) {
  getSelection()?.selectAllChildren(source);
  return 'Press Ctrl+C';
}
