// @ts-check
/** The bar of the pages other than the dashboard: its menus and the theme. */

import { byId } from './dom.js';
import { bindPopovers } from './popover.js';
import { bindTheme, localStorageOrNull } from './theme.js';

export function bindSideBar() {
  bindTheme(byId('theme-menu'), localStorageOrNull());
  bindPopovers(document);
}
