// @ts-check
/** Buttons that copy a text of the page: `data-copy` names the element that holds it. */

const SAID_FOR = 2000;

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
  const label = /** @type {HTMLElement} */ (button.querySelector('[aria-live]'));
  const before = label.textContent;
  label.textContent = (await copied(source.textContent ?? '')) ? 'Copied' : select(source);
  setTimeout(() => (label.textContent = before), SAID_FOR);
}

/** @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // plain http beyond this machine, or forbidden
  }
}

/**
 * The next best: everything marked, one key left to press.
 * @param {HTMLElement} source
 */
function select(source) {
  getSelection()?.selectAllChildren(source);
  return 'Press Ctrl+C';
}
