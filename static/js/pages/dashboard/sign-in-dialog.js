// @ts-check
/** The dialog to sign in again without leaving the page, which then goes on from where it stopped. */

import { field, query } from '../../ui/dom.js';
import { requestJson } from '../../ui/http.js';

/**
 * @import {PulseError} from '../../client/errors.js'
 * @import {HttpEnvironment} from '../../ui/http.js'
 */

const WRONG_PASSWORD = 'E-mail address and password do not belong together.';

export class SignInDialog {
  #dialog;
  #environment;
  #form;
  #submit;
  #error;
  #email;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {() => void} use.onSignedIn
   * @param {() => void} use.onOtherUser  what the page shows is another person's
   * @param {HttpEnvironment} use.environment
   */
  constructor(dialog, { onSignedIn, onOtherUser, environment }) {
    this.#dialog = dialog;
    this.#environment = environment;
    this.#form = query(dialog, 'form', HTMLFormElement);
    this.#submit = query(dialog, '[type="submit"]', HTMLButtonElement);
    this.#error = query(dialog, '[data-faults]');
    this.#email = this.#value('email');
    query(dialog, '.dialog-cancel').addEventListener('click', () => dialog.close());
    this.#form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const email = await this.#signIn();
      if (email === null) return;
      dialog.close();
      if (email === this.#email) onSignedIn();
      else onOtherUser();
    });
  }

  open() {
    this.#error.textContent = '';
    field(this.#form, 'password').value = '';
    this.#dialog.showModal();
  }

  /** @returns {Promise<string | null>}  the e-mail address of the person who is signed in now */
  async #signIn() {
    if (this.#submit.ariaBusy === 'true') return null;
    this.#submit.ariaBusy = 'true';
    try {
      const body = { email: this.#value('email'), password: this.#value('password') };
      /** @type {{user: {email: string}}} */
      const { user } = await requestJson(this.#environment, '/api/auth/login', { method: 'POST', body });
      return user.email;
    } catch (error) {
      const { status, message } = /** @type {PulseError} */ (error);
      this.#error.textContent = status === 401 ? WRONG_PASSWORD : message;
      field(this.#form, 'password').select();
      return null;
    } finally {
      this.#submit.ariaBusy = 'false';
    }
  }

  /** @param {string} name */
  #value(name) {
    return field(this.#form, name).value;
  }
}
