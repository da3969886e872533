// @ts-check
/** uPlot, fetched when the first chart is wanted, and not before. */

/** @type {Promise<any> | undefined} */
let loading;

/**
 * @param {string | undefined} address  undefined where it is not installed
 * @returns {Promise<any>} the constructor; null where there is none
 */
export function chartLibrary(address) {
  if (!address) return Promise.resolve(null);
  loading ??= new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = address;
    script.addEventListener('load', () => resolve(/** @type {any} */ (globalThis).uPlot ?? null));
    script.addEventListener('error', () => {
      loading = undefined; // the next panel tries again
      script.remove();
      resolve(null);
    });
    document.head.append(script);
  });
  return loading;
}
