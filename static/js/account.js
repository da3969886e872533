// @ts-check
/** The page of one's own account: the theme, the menus, and moments as the reader's clock shows them. */

import { bindPopovers } from './dashboard/popover.js';
import { bindTheme, localStorageOrNull } from './dashboard/theme.js';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  time.title = time.textContent ?? '';
  time.textContent = moment.format(new Date(time.dateTime));
}

bindTheme(/** @type {HTMLElement} */ (document.getElementById('theme-menu')), localStorageOrNull());
bindPopovers(document);
