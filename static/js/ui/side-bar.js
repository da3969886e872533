// @ts-check
/** The bar of a page beside the dashboard: its menus, and the theme. */

import { bindPopovers } from './popover.js';
import { bindTheme, localStorageOrNull } from './theme.js';

export function bindSideBar() {
  bindTheme(/** @type {HTMLElement} */ (document.getElementById('theme-menu')), localStorageOrNull());
  bindPopovers(document);
}
