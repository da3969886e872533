// @ts-check
/** The wall's screen: the way there and back, and how it is kept awake while it shows the page. */

/** The same page for a wall, or for a desk again. @param {string} address */
export function otherScreen(address) {
  const url = new URL(address);
  if (url.searchParams.get('kiosk') === '1') url.searchParams.delete('kiosk');
  else url.searchParams.set('kiosk', '1');
  return url.href;
}

/**
 * Where the browser cannot, the screen's own settings must.
 * @param {Document} document
 * @param {WakeLock | undefined} wakeLock
 */
export function stayAwake(document, wakeLock) {
  // A browser lets go of the lock whenever the page is hidden, and does not take it back by itself.
  const ask = () => document.visibilityState === 'visible' && wakeLock?.request('screen').catch(() => {});
  document.addEventListener('visibilitychange', ask);
  ask();
}
