// @ts-check
/** Roving focus in a list whose buttons are one stop of the Tab key together: hundreds of stops would trap the keyboard. */

/**
 * Handles an arrow key: down to the next button, up to the one before, and from the first to the scrolling element.
 * @param {KeyboardEvent} event
 * @param {Iterable<HTMLElement>} list  the buttons that can be focused
 * @param {HTMLElement} scroller  contains the list
 */
export function moveFocus(event, list, scroller) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...list];
  const next = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step;
  if (buttons.length === 0 || next >= buttons.length) return;
  event.preventDefault();
  (buttons[next] ?? scroller).focus();
}
