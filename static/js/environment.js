// @ts-check
/** The world outside the client: network, timers, clock, chance, and what the browser says of the line. */

/**
 * @typedef {object} Environment
 * @property {(url: string, init?: RequestInit) => Promise<Response>} fetch
 * @property {(callback: () => void, milliseconds: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} now        milliseconds since 1970
 * @property {() => number} random     0 ≤ x < 1
 * @property {EventTarget} events      where `online` and `offline` are heard: the window
 * @property {() => boolean} isOnline  false where the browser is sure that there is no network
 * @property {(error: unknown) => void} report  told what a callback threw, or a frame that could not be read
 */

/**
 * The browser's own world, with what the caller puts in its place.
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
    setTimeout: (callback, milliseconds) => world.setTimeout(callback, milliseconds),
    clearTimeout: (timer) => world.clearTimeout(timer),
    now: () => world.Date.now(),
    random: () => world.Math.random(),
    events: typeof world.addEventListener === 'function' ? world : new EventTarget(),
    isOnline: () => world.navigator?.onLine !== false,
    report: (error) =>
      typeof world.reportError === 'function' ? world.reportError(error) : world.console.error(error),
  };
}
