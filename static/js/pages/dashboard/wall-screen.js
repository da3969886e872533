// @ts-check
/** A wall screen: cards alone, with a clock, a way out, a wake lock and a warning before its session ends. */

import { query, setText } from '../../ui/dom.js';

/** @import { Clock } from '../../ui/clock.js' */

const DAY = 24 * 3600_000; // milliseconds
const MINUTE = 60_000;
const KIOSK = 'kiosk'; // the parameter of its address

export class WallScreen {
  #root;
  #clock;

  /**
   * @param {HTMLElement} root
   * @param {Clock} clock
   */
  constructor(root, clock) {
    this.#root = root;
    this.#clock = clock;
    query(root, '.wall-leave', HTMLAnchorElement).href = toggledKiosk(location.href);
    document.addEventListener('keydown', (event) => this.#press(event));
    this.#show();
    keepAwake();
  }

  #show() {
    const now = Date.now();
    setText(query(this.#root, '.wall-clock'), this.#clock.minute(now));
    const session = query(this.#root, '.wall-session');
    const text = sessionText(session.dataset.ends, now, this.#clock);
    setText(session, text);
    session.hidden = text === '';
    setTimeout(() => this.#show(), MINUTE - (now % MINUTE));
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || isOverlayOpen()) return;
    location.assign(toggledKiosk(location.href));
  }
}

/**
 * The address of this page as a wall screen, or from there back.
 * @param {string} address
 */
export function toggledKiosk(address) {
  const url = new URL(address);
  if (url.searchParams.get(KIOSK) === '1') url.searchParams.delete(KIOSK);
  else url.searchParams.set(KIOSK, '1');
  return url.href;
}

/**
 * "Signed in until 6 Dec, 12:04", from a day before; otherwise empty.
 * @param {string | undefined} endsAt  ISO 8601
 * @param {number} now  milliseconds since 1970
 * @param {Pick<Clock, 'day'>} clock
 */
export function sessionText(endsAt, now, clock) {
  const ends = Date.parse(endsAt ?? '');
  return ends - now < DAY ? `Signed in until ${clock.day(ends)}. Sign in again before.` : '';
}

/** True if Escape has something else to close. */
const isOverlayOpen = () => document.querySelector('dialog[open], [popover]:popover-open') !== null;

/** Holds a screen wake lock, which a browser releases whenever the page is hidden and does not take again by itself. */
function keepAwake() {
  /** @type {{wakeLock?: WakeLock}} */
  const { wakeLock } = navigator; // not in all browsers: there the settings of the screen have to do it
  const request = () => document.visibilityState === 'visible' && wakeLock?.request('screen').catch(() => {});
  document.addEventListener('visibilitychange', request);
  request();
}
