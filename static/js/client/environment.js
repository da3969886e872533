// @ts-check
/** What the client uses of the browser (network, timers, clock, randomness, tabs, storage), replaceable for tests. */

/**
 * @typedef {object} Environment
 * @property {(url: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {((url: string, body: Blob) => boolean) | null} beacon  null if fetch() supports `keepalive`
 * @property {(callback: () => void, milliseconds: number) => number} setTimeout
 * @property {(timer: number | null) => void} clearTimeout
 * @property {() => number} now        milliseconds since 1970
 * @property {() => number} random     0 ≤ x < 1
 * @property {() => string} uuid       a new one each time
 * @property {EventTarget} events      dispatches the page's own events, such as `online`: the window
 * @property {() => boolean} isOnline  false where the browser is sure that there is no network
 * @property {() => boolean} isVisible
 * @property {LockManager | null} locks
 * @property {((name: string) => BroadcastChannel) | null} channel
 * @property {IDBFactory | null} storage
 * @property {(error: unknown) => void} report  gets what a callback threw, and frames that cannot be parsed
 */

/**
 * The browser's own functions, with what the caller replaces.
 *
 * @param {Partial<Environment>} [replacements]
 * @param {typeof globalThis} [world]
 * @returns {Environment}
 */
export function environmentWith(replacements = {}, world = globalThis) {
  return { ...environmentOf(world), ...replacements };
}

/**
 * @param {typeof globalThis} world
 * @returns {Environment}
 */
function environmentOf(world) {
  return {
    fetch: (url, init) => world.fetch(url, init),
    beacon: supportsKeepalive(world) ? null : (url, body) => world.navigator?.sendBeacon?.(url, body) ?? false,
    setTimeout: (callback, milliseconds) => world.setTimeout(callback, milliseconds),
    clearTimeout: (timer) => world.clearTimeout(timer ?? undefined),
    now: () => world.Date.now(),
    random: () => world.Math.random(),
    uuid: () => randomId(world.crypto),
    events: typeof world.addEventListener === 'function' ? world : new EventTarget(),
    isOnline: () => world.navigator?.onLine !== false,
    isVisible: () => world.document?.visibilityState !== 'hidden',
    locks: world.navigator?.locks ?? null, // absent on a page over plain HTTP from another machine
    channel:
      typeof world.BroadcastChannel === 'function' ? (name) => new world.BroadcastChannel(name) : null,
    storage: storageOf(world),
    report: (error) =>
      typeof world.reportError === 'function' ? world.reportError(error) : world.console.error(error),
  };
}

/** @param {typeof globalThis} world */
const supportsKeepalive = ({ Request }) => typeof Request === 'function' && 'keepalive' in Request.prototype;

/**
 * Not crypto.randomUUID(): a page over plain HTTP does not have it.
 * @param {Crypto} crypto
 */
function randomId(crypto) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {typeof globalThis} world */
function storageOf(world) {
  try {
    return world.indexedDB ?? null;
  } catch {
    return null; // a sandboxed frame throws on the access itself
  }
}
