/** A fake clock with timers, which only a test advances. */

/** Runs all pending promises: fetch and streams take several turns of the event loop. */
export async function settle() {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeClock {
  #now;
  #timers = new Map();
  #lastTimer = 0;

  constructor(now = Date.parse('2025-12-06T12:00:00Z')) {
    this.#now = now;
  }

  now = () => this.#now;

  setTimeout = (callback, milliseconds) => {
    this.#lastTimer += 1;
    this.#timers.set(this.#lastTimer, { at: this.#now + Math.max(0, milliseconds), callback });
    return this.#lastTimer;
  };

  clearTimeout = (timer) => void this.#timers.delete(timer);

  get pending() {
    return this.#timers.size;
  }

  /** Runs every timer that falls due on the way, each at its own time. */
  async advance(milliseconds) {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [timer, { at, callback }] = next;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
      await settle();
    }
    this.#now = end;
  }

  /** Time passes without timers: a laptop that sleeps, or a clock that is set. */
  jump(milliseconds) {
    this.#now += milliseconds;
  }

  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, a], [, b]) => a.at - b.at)[0];
  }
}
