// @ts-check
/** What every page for admins is made of: its data, its parts by id, what it says at its foot, and how it stays true. */

import { Clock } from '../../ui/clock.js';
import { Notices } from '../../ui/notices.js';
import { environmentWith } from '../../client/environment.js';
import { asksForPassword } from './password-dialog.js';
import { bindSideBar } from '../../ui/side-bar.js';

/** @typedef {import('../../client/errors.js').PulseError} PulseError */
/** @typedef {{workspace: {slug: string, timezone: string}}} PageData */

/** @template {PageData} Data */
export class AdminPage {
  /** @type {Data} what the server knew when it rendered the page */
  data = JSON.parse(this.part('page-data').textContent ?? '');
  environment = asksForPassword(environmentWith(), this.dialog('password-dialog'));
  notices = new Notices(this.part('notices'));
  clock = new Clock(this.data.workspace.timezone);
  #signIn = { label: 'Sign in', href: `/login?next=${encodeURIComponent(location.pathname)}` };

  constructor() {
    bindSideBar();
  }

  get slug() {
    return this.data.workspace.slug;
  }

  /** @param {string} id @returns {HTMLElement} */
  part(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  /** @param {string} id @returns {HTMLDialogElement} */
  dialog(id) {
    return /** @type {HTMLDialogElement} */ (this.part(id));
  }

  /** @param {string} text  something that has worked */
  say(text) {
    this.notices.pass({ tone: 'good', text });
  }

  /** @param {unknown} error  of something that has not worked, where the page has no better place to say so */
  complain(error) {
    const { status, message } = /** @type {PulseError} */ (error);
    this.notices.pass({ tone: 'warn', text: message, action: status === 401 ? this.#signIn : undefined });
  }

  /**
   * Renews what the page shows: from time to time, and when somebody comes back to it. What cannot be renewed says
   * of when it is.
   *
   * @param {() => Promise<void>} renew
   * @param {{every: number, what: string}} how  milliseconds; "This list is"
   * @returns {() => Promise<void>} renews it now
   */
  keepTrue(renew, { every, what }) {
    let shownAt = Date.now();
    const refresh = async () => {
      if (document.hidden) return;
      try {
        await renew();
        shownAt = Date.now();
        this.notices.clear('old');
      } catch (error) {
        const { status, message } = /** @type {PulseError} */ (error);
        const text = `${what} of ${this.clock.time(shownAt)}. ${message}`;
        this.notices.show('old', { tone: 'warn', text, action: status === 401 ? this.#signIn : undefined });
      }
    };
    setInterval(refresh, every);
    document.addEventListener('visibilitychange', refresh);
    addEventListener('pageshow', ({ persisted }) => persisted && refresh());
    return refresh;
  }
}
