// @ts-check
/** Prevents a form from being sent twice, by a double click or by reloading the response. */

const SENT_AGAIN_AFTER = 5000; // milliseconds

/** @param {Document} page */
export function bindForms(page) {
  const sent = new Set();
  page.addEventListener('submit', (event) => {
    const form = event.target;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    // The reader may have stopped a slow answer, and sends the form again.
    setTimeout(() => sent.delete(form), SENT_AGAIN_AFTER);
  });
  // After Back, the form may be sent again.
  addEventListener('pageshow', ({ persisted }) => persisted && sent.clear());

  const { search } = location;
  /** @type {HTMLElement | null} shown only in this response: reloading loads the page without it */
  const once = page.querySelector('[data-shown-once]');
  if (once) history.replaceState(null, '', once.dataset.shownOnce);
  else if (new URLSearchParams(search).has('done')) history.replaceState(null, '', location.pathname);
}
