// @ts-check
/** Buttons that copy a text of the page: `data-copy` names the element that holds it. */

const SAID_FOR = 2000;

/** @param {ParentNode} root */
export function bindCopyButtons(root) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-copy]'))) {
    const source = /** @type {HTMLElement} */ (document.getElementById(button.dataset.copy ?? ''));
    button.addEventListener('click', () => copy(button, source));
  }
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
