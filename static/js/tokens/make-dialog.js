// @ts-check
/** The dialog that makes a token: name, scopes, expiry, and the server's answer beside what it is about. */

import { expiryOf, faultsOf, noFaults, wantedToken } from './token-form.js';

/**
 * @typedef {import('./token-form.js').WantedToken} WantedToken
 * @typedef {import('./token-api.js').MadeToken} MadeToken
 */

export class MakeDialog {
  #dialog;
  #form;
  #name;
  #send;
  #words;
  #make;
  #onMade;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {import('./moment-words.js').MomentWords} use.words
   * @param {(wanted: WantedToken) => Promise<MadeToken>} use.make
   * @param {(made: MadeToken) => void} use.onMade
   */
  constructor(dialog, { words, make, onMade }) {
    this.#dialog = dialog;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#name = /** @type {HTMLInputElement} */ (this.#form.elements.namedItem('name'));
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#words = words;
    this.#make = make;
    this.#onMade = onMade;
    this.#listen();
  }

  /** @param {number} now */
  open(now) {
    this.#form.reset();
    this.#showFaults(noFaults());
    this.#explainExpiry(now);
    this.#dialog.showModal();
    this.#name.focus();
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(Date.now());
    });
    for (const radio of this.#form.querySelectorAll('[name="lifetime"]')) {
      radio.addEventListener('change', () => this.#explainExpiry(Date.now()));
    }
    for (const button of this.#dialog.querySelectorAll('.dialog-close, .dialog-cancel')) {
      button.addEventListener('click', () => this.#dialog.close());
    }
    // Whoever closes it while the answer is on its way could not be shown the token: it stays until then.
    this.#dialog.addEventListener('cancel', (event) => this.#isBusy && event.preventDefault());
  }

  /** @param {number} now */
  async #submit(now) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#showFaults(noFaults());
    try {
      const made = await this.#make(wantedToken(new FormData(this.#form), now));
      this.#dialog.close();
      this.#onMade(made);
    } catch (error) {
      this.#showFaults(faultsOf(/** @type {import('../errors.js').PulseError} */ (error)));
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {number} now */
  #explainExpiry(now) {
    const expiry = expiryOf(String(new FormData(this.#form).get('lifetime')), now);
    const words = expiry === null ? 'Works until somebody revokes it.' : `Works until ${this.#words.day(expiry)}.`;
    this.#part('.make-expiry').textContent = words;
  }

  /** @param {import('./token-form.js').Faults} faults */
  #showFaults(faults) {
    for (const [field, messages] of Object.entries(faults)) {
      this.#part(`[data-faults="${field}"]`).textContent = messages.join('\n');
    }
    this.#name.ariaInvalid = String(faults.name.length > 0);
    const [field] = Object.entries(faults).find(([, messages]) => messages.length > 0) ?? [];
    if (field) this.#firstOf(field)?.focus();
  }

  /** @param {string} field  as the server calls it */
  #firstOf(field) {
    const selector = { name: '[name="name"]', scopes: '[name="scopes"]', expiresAt: '[name="lifetime"]:checked' };
    const found = this.#form.querySelector(selector[/** @type {keyof typeof selector} */ (field)] ?? '[type="submit"]');
    return /** @type {HTMLElement | null} */ (found);
  }

  get #isBusy() {
    return this.#send.ariaBusy === 'true';
  }

  set #isBusy(isBusy) {
    this.#send.ariaBusy = String(isBusy);
    for (const button of this.#dialog.querySelectorAll('.dialog-close, .dialog-cancel')) {
      /** @type {HTMLButtonElement} */ (button).disabled = isBusy;
    }
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
