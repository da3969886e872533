// @ts-check
/** Shows a confirmation page as a dialog: `a[data-confirm]` links to a page with the form `#confirm`. */

import { loadPage } from './page-loader.js';

/** @param {Document} page */
export function bindConfirmDialogs(page) {
  page.addEventListener('click', (event) => {
    const link = /** @type {Element} */ (event.target).closest('a[data-confirm]');
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.href);
  });
}

/** @param {string} url */
async function open(url) {
  const found = await loadPage(url).catch(() => null);
  const form = /** @type {HTMLFormElement | null | undefined} */ (found?.querySelector('form#confirm'));
  // Not found, signed out, or no server: the browser's own navigation shows it.
  if (!form) return location.assign(url);
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog';
  dialog.role = 'alertdialog';
  dialog.setAttribute('aria-labelledby', 'confirm-title');
  dialog.setAttribute('aria-describedby', 'confirm-words');
  form.className = 'dialog-form';
  dialog.append(form);
  const no = /** @type {HTMLElement} */ (form.querySelector('[data-close]'));
  no.addEventListener('click', (event) => {
    event.preventDefault();
    dialog.close();
  });
  no.autofocus = true;
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
