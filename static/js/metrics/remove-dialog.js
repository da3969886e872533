// @ts-check
/** The question before a metric goes. */

/** @typedef {import('./metric-api.js').Metric} Metric */

export class RemoveDialog {
  #dialog;
  #send;
  #remove;
  #onRemoved;
  /** @type {Metric | null} */
  #metric = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {{remove: (metric: Metric) => Promise<void>, onRemoved: (metric: Metric) => void}} use
   */
  constructor(dialog, { remove, onRemoved }) {
    this.#dialog = dialog;
    this.#send = /** @type {HTMLButtonElement} */ (dialog.querySelector('[type="submit"]'));
    this.#remove = remove;
    this.#onRemoved = onRemoved;
    this.#part('.dialog-cancel').addEventListener('click', () => dialog.close());
    this.#part('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {Metric} metric */
  open(metric) {
    this.#metric = metric;
    this.#part('h2').textContent = `Remove “${metric.title || metric.name}”?`;
    this.#part('[data-faults]').textContent = '';
    this.#dialog.showModal();
  }

  async #submit() {
    const metric = this.#metric;
    if (metric === null || this.#send.ariaBusy === 'true') return;
    this.#send.ariaBusy = 'true';
    try {
      await this.#remove(metric);
      if (this.#metric === metric) this.#dialog.close();
      this.#onRemoved(metric);
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
