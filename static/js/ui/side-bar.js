// @ts-check
/** The bar of a page: theme and menus. A menu is a popover, positioned under its button, inside the window. */

import { byId } from './dom.js';
import { bindTheme, localStorageOrNull } from './theme.js';

const MARGIN = 8; // pixels

/** On the pages other than the dashboard, which has more in its bar. */
export function bindSideBar() {
  bindTheme(byId('theme-menu'), localStorageOrNull());
  bindPopovers(document);
}

/** @param {ParentNode} root */
export function bindPopovers(root) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[popovertarget]'))) {
    const popover = document.getElementById(button.getAttribute('popovertarget') ?? '');
    popover?.addEventListener('toggle', () => popover.matches(':popover-open') && place(popover, button));
  }
}

/**
 * @param {HTMLElement} popover
 * @param {HTMLElement} button
 */
function place(popover, button) {
  const { left, right, bottom } = button.getBoundingClientRect();
  const room = document.documentElement.clientWidth - popover.offsetWidth - MARGIN;
  // Aligned with the button's left edge; in the right half of the window with its right edge.
  const wanted = left + right > document.documentElement.clientWidth ? right - popover.offsetWidth : left;
  popover.style.left = `${Math.max(MARGIN, Math.min(wanted, room))}px`;
  popover.style.top = `${bottom + 4}px`;
}
