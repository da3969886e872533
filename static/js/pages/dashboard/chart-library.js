// @ts-check
/** Loads uPlot, the library of the charts, with the first chart. */

/** @import uPlot from 'uplot' */

/**
 * The only policy that the CSP of the pages allows (app/http/security_headers.py): scripts are loaded from our own
 * files.
 */
const POLICY = 'pulse';

/**
 * What the page's global object has of uPlot and of Trusted Types, which not all browsers know.
 * @typedef {object} ChartGlobals
 * @property {typeof uPlot} [uPlot]
 * @property {{createPolicy: (name: string, rules: ScriptUrlPolicy) => ScriptUrlPolicy}} [trustedTypes]
 *
 * @typedef {{createScriptURL: (address: string) => string}} ScriptUrlPolicy
 */

/** @type {Promise<typeof uPlot | null> | undefined} */
let loading;
/** @type {ScriptUrlPolicy | undefined} created once: the CSP allows no second one of the name */
let policy;

/**
 * @param {string | undefined} address  undefined if uPlot is not installed
 * @returns {Promise<typeof uPlot | null>} null if it is not installed, or cannot be loaded
 */
export function loadChartLibrary(address) {
  if (!address) return Promise.resolve(null);
  loading ??= new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = trustedUrl(address);
    script.addEventListener('load', () => resolve(/** @type {ChartGlobals} */ (globalThis).uPlot ?? null));
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
 * The address as browsers with Trusted Types want it, where a plain string cannot become a script.
 * @param {string} address
 */
function trustedUrl(address) {
  policy ??= /** @type {ChartGlobals} */ (globalThis).trustedTypes?.createPolicy(POLICY, { createScriptURL: ownFile });
  return policy?.createScriptURL(address) ?? address;
}

/** @param {string} address */
function ownFile(address) {
  const url = new URL(address, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith('/assets/')) throw new TypeError('not a file of ours');
  return url.href;
}
