// @ts-check
/** Positions each popover under the button that opens it, inside the window. */

const MARGIN = 8;

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
