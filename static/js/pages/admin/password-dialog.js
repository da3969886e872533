// @ts-check
/** Asks for the password where the server wants to see it again, and then repeats what was asked. */

import { REQUEST_TIMEOUT } from '../../client/api.js';
import { askJson } from '../../ui/json-api.js';
import { dealtOut } from './faults.js';
import { FormDialog } from './form-dialog.js';

const FIELDS = ['password'];
const URL = '/api/auth/reauthenticate';

/**
 * The environment, but a request that is refused with REAUTH_REQUIRED waits for the password and is sent again.
 * Whoever closes the dialog gets the refusal.
 *
 * @param {import('../../client/environment.js').Environment} environment
 * @param {HTMLDialogElement} dialog
 * @returns {import('../../client/environment.js').Environment}
 */
export function asksForPassword(environment, dialog) {
  const asker = new PasswordDialog(environment, dialog);
  return {
    ...environment,
    fetch: async (url, init) => {
      const answer = await environment.fetch(url, init);
      if (!(await wantsPassword(answer)) || !(await asker.ask())) return answer;
      // The time limit of the first request has run while somebody typed.
      return environment.fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT) });
    },
  };
}

class PasswordDialog {
  #dialog;
  #form;
  #isConfirmed = false;

  /**
   * @param {import('../../client/environment.js').Environment} environment
   * @param {HTMLDialogElement} dialog
   */
  constructor(environment, dialog) {
    this.#dialog = dialog;
    this.#form = new FormDialog(dialog, {
      fields: FIELDS,
      faultsOf: (error) => dealtOut(error, FIELDS),
      save: (form) => askJson(environment, URL, { method: 'POST', body: { password: form.get('password') } }),
      onSaved: () => (this.#isConfirmed = true),
    });
  }

  /** @returns {Promise<boolean>} whether the password was right; false when the dialog was closed */
  ask() {
    this.#isConfirmed = false;
    return new Promise((resolve) => {
      // The dialog closes before it is told that the password was right.
      this.#dialog.addEventListener('close', () => setTimeout(() => resolve(this.#isConfirmed)), { once: true });
      this.#form.open();
    });
  }
}

/** @param {Response} answer */
async function wantsPassword(answer) {
  if (answer.status !== 403) return false;
  const problem = await answer.clone().json().catch(() => null);
  return problem?.code === 'REAUTH_REQUIRED';
}
