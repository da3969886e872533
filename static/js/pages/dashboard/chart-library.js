// @ts-check
/** uPlot, fetched when the first chart is wanted, and not before. */

/** The only policy that the pages' CSP allows (app/http/security_headers.py): what is loaded by address is one of our own files. */
const POLICY = 'pulse';
/** @type {Promise<any> | undefined} */
let loading;
/** @type {any} made once: the CSP allows no second one of its name */
let policy;

/**
 * @param {string | undefined} address  undefined where it is not installed
 * @returns {Promise<any>} the constructor; null where there is none
 */
export function chartLibrary(address) {
  if (!address) return Promise.resolve(null);
  loading ??= new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = trusted(address);
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

/**
 * The address for the browsers that enforce Trusted Types, where a text alone cannot become a script.
 *
 * @param {string} address
 * @returns {any}
 */
function trusted(address) {
  policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy(POLICY, { createScriptURL: ownFile });
  return policy?.createScriptURL(address) ?? address;
}

/** @param {string} address */
function ownFile(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith('/assets/')) throw new TypeError('not a file of ours');
  return url.href;
}
