// @ts-check
/** The question before a token ends: which one, what follows, and that nothing brings it back. */

/** @typedef {import('./token-api.js').Token} Token */

export class RevokeDialog {
  #dialog;
  #send;
  #words;
  #revoke;
  #onRevoked;
  /** @type {Token | null} */
  #token = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {object} use
   * @param {import('./moment-words.js').MomentWords} use.words
   * @param {(token: Token) => Promise<void>} use.revoke
   * @param {(token: Token) => void} use.onRevoked
   */
  constructor(dialog, { words, revoke, onRevoked }) {
    this.#dialog = dialog;
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#words = words;
    this.#revoke = revoke;
    this.#onRevoked = onRevoked;
    this.#part('.dialog-cancel').addEventListener('click', () => dialog.close());
    this.#part('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {Token} token */
  open(token) {
    this.#token = token;
    this.#part('h2').textContent = `Revoke “${token.name}”?`;
    this.#part('code').textContent = `${token.prefix}…`;
    this.#part('#revoke-words').textContent = consequences(token, this.#words, Date.now());
    this.#part('[data-faults]').textContent = '';
    this.#dialog.showModal();
  }

  async #submit() {
    const token = this.#token;
    if (token === null || this.#send.ariaBusy === 'true') return;
    this.#send.ariaBusy = 'true';
    this.#part('[data-faults]').textContent = '';
    try {
      await this.#revoke(token);
      // The dialog may have been closed meanwhile, and opened for another.
      if (this.#token === token) this.#dialog.close();
      this.#onRevoked(token);
    } catch (error) {
      this.#part('[data-faults]').textContent = /** @type {Error} */ (error).message;
    } finally {
      this.#send.ariaBusy = 'false';
    }
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}

/**
 * @param {Token} token
 * @param {import('./moment-words.js').MomentWords} words
 * @param {number} now
 */
function consequences({ lastUsedAt }, words, now) {
  const lastUse = words.used(lastUsedAt, now).toLowerCase();
  const used = lastUsedAt === null ? 'It was never used.' : `It was last used ${lastUse}.`;
  return `${used} Whatever still uses it is turned away within a second. This cannot be undone.`;
}
