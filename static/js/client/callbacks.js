// @ts-check
/** The page's callbacks: called one at a time and in order; what one throws is reported and stops nothing. */

/** @typedef {[name: string, ...values: unknown[]]} News  a callback's name and what it is told */

export class Callbacks {
  #functions;
  #report;
  /** @type {Array<() => void>} */
  #waiting = [];
  #calling = false;

  /**
   * @param {Record<string, any>} functions  by name; what is missing is not called
   * @param {(error: unknown) => void} report
   */
  constructor(functions, report) {
    this.#functions = functions;
    this.#report = report;
  }

  /**
   * A callback may itself disconnect or reconnect; what that causes is told after all of this.
   *
   * @param {...News} news
   */
  tell(...news) {
    for (const [name, ...values] of news) {
      const callback = this.#functions[name];
      if (callback) this.#waiting.push(() => callback(...values));
    }
    if (!this.#calling) this.#callAll();
  }

  #callAll() {
    this.#calling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        next();
      } catch (error) {
        this.#report(error);
      }
    }
    this.#calling = false;
  }
}
