// @ts-check
/** Keeps a wall's screen awake while it shows the page. Where the browser cannot, the screen's own settings must. */

/**
 * @param {Document} document
 * @param {WakeLock | undefined} wakeLock
 */
export function stayAwake(document, wakeLock) {
  // A browser lets go of the lock whenever the page is hidden, and does not take it back by itself.
  const ask = () => document.visibilityState === 'visible' && wakeLock?.request('screen').catch(() => {});
  document.addEventListener('visibilitychange', ask);
  ask();
}
