// @ts-check
/** A queue of calls to the page's callbacks: one at a time and in order; an exception is reported and stops nothing. */

/** @typedef {[name: string, ...values: unknown[]]} CallbackCall  a callback's name and its arguments */

export class Callbacks {
  #functions;
  #report;
  /** @type {Array<() => void>} */
  #queue = [];
  #isRunning = false;

  /**
   * @param {object} functions  by name; what is missing is not called
   * @param {(error: unknown) => void} report
   */
  constructor(functions, report) {
    this.#functions = /** @type {Record<string, unknown>} */ (functions);
    this.#report = report;
  }

  /**
   * Queued, not called directly: a callback may itself disconnect or reconnect, and the calls which that causes have
   * to come after all of these.
   *
   * @param {...CallbackCall} calls
   */
  dispatch(...calls) {
    for (const [name, ...values] of calls) {
      const callback = this.#functions[name];
      if (typeof callback === 'function') this.#queue.push(() => callback(...values));
    }
    if (!this.#isRunning) this.#runQueue();
  }

  #runQueue() {
    this.#isRunning = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      try {
        next();
      } catch (error) {
        this.#report(error);
      }
    }
    this.#isRunning = false;
  }
}
