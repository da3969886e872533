// @ts-check
/** The question before something goes: which one, what follows, and the deed once it is answered with yes. */

/**
 * @template Subject
 * @typedef {object} Use
 * @property {(subject: Subject) => {title: string, detail?: string, words?: string}} ask  `words` replace the template's
 * @property {(subject: Subject) => Promise<unknown>} act
 * @property {(subject: Subject) => void} onDone
 */

/** @template Subject */
export class Question {
  #dialog;
  #send;
  #use;
  /** @type {{subject: Subject} | null} what it is about */
  #about = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {Use<Subject>} use
   */
  constructor(dialog, use) {
    this.#dialog = dialog;
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#use = use;
    this.#part('.dialog-cancel').addEventListener('click', () => dialog.close());
    this.#part('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {Subject} subject */
  open(subject) {
    this.#about = { subject };
    const { title, detail = '', words } = this.#use.ask(subject);
    this.#part('h2').textContent = title;
    this.#part('code').textContent = detail;
    if (words !== undefined) this.#part('.question-words').textContent = words;
    this.#fault = '';
    this.#dialog.showModal();
  }

  async #submit() {
    const about = this.#about;
    if (about === null || this.#send.ariaBusy === 'true') return;
    this.#send.ariaBusy = 'true';
    this.#fault = '';
    try {
      await this.#use.act(about.subject);
      // The dialog may have been closed meanwhile, and opened for another.
      if (this.#about === about) this.#dialog.close();
      this.#use.onDone(about.subject);
    } catch (error) {
      this.#fault = /** @type {Error} */ (error).message;
    } finally {
      this.#send.ariaBusy = 'false';
    }
  }

  /** @param {string} text */
  set #fault(text) {
    this.#part('[data-faults]').textContent = text;
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
