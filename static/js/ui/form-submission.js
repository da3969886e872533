// @ts-check
/** Prevents a form from being sent twice, by a double click or by reloading the response. */

/** @param {Document} page */
export function bindForms(page) {
  const sent = new Set();
  page.addEventListener('submit', (event) => {
    if (sent.has(event.target)) event.preventDefault();
    sent.add(event.target);
  });
  // After Back, the form may be sent again.
  addEventListener('pageshow', ({ persisted }) => persisted && sent.clear());

  const { search } = location;
  /** @type {HTMLElement | null} shown only in this response: reloading loads the page without it */
  const once = page.querySelector('[data-shown-once]');
  if (once) history.replaceState(null, '', once.dataset.shownOnce);
  else if (new URLSearchParams(search).has('done')) history.replaceState(null, '', location.pathname);
}
