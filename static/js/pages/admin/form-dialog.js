// @ts-check
/** A dialog with a form: it sends what is filled in, and shows the server's answer beside what it is about. */

import { noFaults, showFaults } from './faults.js';

/**
 * @template Saved
 * @typedef {object} Use
 * @property {readonly string[]} fields  as the server calls them
 * @property {(form: FormData) => Promise<Saved>} save
 * @property {(saved: Saved) => void} onSaved
 * @property {(error: import('../../client/errors.js').PulseError) => import('./faults.js').Faults} faultsOf
 * @property {Record<string, string>} [controls]  selectors, where a field's control has another name
 */

/** @template Saved */
export class FormDialog {
  #dialog;
  #form;
  #send;
  #use;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Use<Saved>} use
   */
  constructor(dialog, use) {
    this.#dialog = dialog;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#use = use;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const button of this.#closers) button.addEventListener('click', () => dialog.close());
    // Whoever closes it while the answer is on its way could not be shown it: it stays until then.
    dialog.addEventListener('cancel', (event) => this.#isBusy && event.preventDefault());
  }

  /** @param {() => void} [prepare]  fills in the form, which is empty then */
  open(prepare) {
    this.#form.reset();
    this.#show(noFaults(this.#use.fields));
    prepare?.();
    this.#dialog.showModal();
    /** @type {HTMLElement | null} */ (this.#form.querySelector('.field-input:not([readonly])'))?.focus();
  }

  async #submit() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#show(noFaults(this.#use.fields));
    try {
      const saved = await this.#use.save(new FormData(this.#form));
      this.#dialog.close();
      this.#use.onSaved(saved);
    } catch (error) {
      this.#show(this.#use.faultsOf(/** @type {import('../../client/errors.js').PulseError} */ (error)));
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {import('./faults.js').Faults} faults */
  #show(faults) {
    showFaults(this.#form, faults, (field) => {
      const found = this.#form.querySelector(this.#use.controls?.[field] ?? `[name="${field}"]`);
      return /** @type {HTMLElement} */ (found ?? this.#send);
    });
  }

  get #closers() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.#form.querySelectorAll('.dialog-close, .dialog-cancel'));
  }

  get #isBusy() {
    return this.#send.ariaBusy === 'true';
  }

  set #isBusy(isBusy) {
    this.#send.ariaBusy = String(isBusy);
    for (const button of this.#closers) button.disabled = isBusy;
  }
}
