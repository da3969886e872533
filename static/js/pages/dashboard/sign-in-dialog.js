// @ts-check
/** Signing in again where one is: the page then goes on from where it stopped. */

import { REQUEST_TIMEOUT } from '../../client/api.js';
import { errorFromResponse } from '../../client/errors.js';

export class SignInDialog {
  #dialog;
  #form;
  #send;
  #fault;
  #who;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {() => void} use.onSignedIn
   * @param {() => void} use.onSomebodyElse  what the page shows is another person's
   */
  constructor(dialog, { onSignedIn, onSomebodyElse }) {
    this.#dialog = dialog;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#fault = /** @type {HTMLElement} */ (dialog.querySelector('[data-faults]'));
    this.#who = this.#value('email');
    dialog.querySelector('.dialog-cancel')?.addEventListener('click', () => dialog.close());
    this.#form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const who = await this.#signIn();
      if (who === null) return;
      dialog.close();
      if (who === this.#who) onSignedIn();
      else onSomebodyElse();
    });
  }

  open() {
    this.#fault.textContent = '';
    this.#field('password').value = '';
    this.#dialog.showModal();
  }

  /** @returns {Promise<string | null>}  the e-mail address of whoever is signed in now */
  async #signIn() {
    if (this.#send.ariaBusy === 'true') return null;
    this.#send.ariaBusy = 'true';
    try {
      const response = await fetch('/api/auth/login', {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        body: JSON.stringify({ email: this.#value('email'), password: this.#value('password') }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT),
      });
      if (response.status === 401) throw new Error('E-mail address and password do not belong together.');
      if (!response.ok) throw await errorFromResponse(response, Date.now());
      return (await response.json()).user.email;
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      const isOurs = name === 'PulseError' || name === 'Error';
      this.#fault.textContent = isOurs ? message : 'The server cannot be reached.';
      this.#field('password').select();
      return null;
    } finally {
      this.#send.ariaBusy = 'false';
    }
  }

  /** @param {string} name */
  #value(name) {
    return this.#field(name).value;
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}
