// @ts-check
/** The dialog that makes a token: name, scopes, and an expiry that says what it comes to. */

import { FormDialog } from '../admin/form-dialog.js';
import { FIELDS, expiryOf, faultsOf, wantedToken } from './token-form.js';

/**
 * @typedef {import('./token-form.js').WantedToken} WantedToken
 * @typedef {import('./token-api.js').MadeToken} MadeToken
 */

const CONTROLS = { expiresAt: '[name="lifetime"]:checked' };

export class MakeDialog {
  #form;
  #words;
  /** @type {FormDialog<MadeToken>} */
  #fields;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {import('../admin/moment-words.js').MomentWords} use.words
   * @param {(wanted: WantedToken) => Promise<MadeToken>} use.make
   * @param {(made: MadeToken) => void} use.onMade
   */
  constructor(dialog, { words, make, onMade }) {
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#words = words;
    const save = (/** @type {FormData} */ form) => make(wantedToken(form, Date.now()));
    this.#fields = new FormDialog(dialog, { fields: FIELDS, controls: CONTROLS, faultsOf, save, onSaved: onMade });
    for (const radio of this.#form.querySelectorAll('[name="lifetime"]')) {
      radio.addEventListener('change', () => this.#explainExpiry(Date.now()));
    }
  }

  /** @param {number} now */
  open(now) {
    this.#fields.open(() => this.#explainExpiry(now));
  }

  /** @param {number} now */
  #explainExpiry(now) {
    const expiry = expiryOf(String(new FormData(this.#form).get('lifetime')), now);
    const words = expiry === null ? 'Works until somebody revokes it.' : `Works until ${this.#words.day(expiry)}.`;
    /** @type {HTMLElement} */ (this.#form.querySelector('.make-expiry')).textContent = words;
  }
}
