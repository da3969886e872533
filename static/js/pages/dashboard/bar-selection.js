// @ts-check
/** Which bars of a chart are selected: one, or a stretch between an anchor and a moving end. Pure. */

/** @typedef {{from: number, to: number}} SelectedBars  indexes, both included */

export class BarSelection {
  #anchor = -1;
  #end = -1;

  /** @returns {SelectedBars | null} */
  get bars() {
    if (this.#anchor < 0) return null;
    return { from: Math.min(this.#anchor, this.#end), to: Math.max(this.#anchor, this.#end) };
  }

  /** The bar that moves next. */
  get end() {
    return this.#end;
  }

  /**
   * @param {number} anchor
   * @param {number} [end]
   */
  set(anchor, end = anchor) {
    [this.#anchor, this.#end] = [anchor, end];
  }

  clear() {
    this.set(-1);
  }

  /** @param {number} index */
  has(index) {
    const { bars } = this;
    return bars !== null && bars.from <= index && index <= bars.to;
  }

  /**
   * By keyboard. The first step selects the last bar, which is the newest.
   * @param {number} step  Infinity: to the last one
   * @param {number} length  how many bars there are
   * @param {boolean} isExtended  keeps the anchor
   */
  move(step, length, isExtended) {
    if (length === 0) return;
    const end = this.#end < 0 ? (step === -Infinity ? 0 : length - 1) : this.#end + step;
    const inside = Math.max(0, Math.min(length - 1, end));
    this.set(isExtended && this.#anchor >= 0 ? this.#anchor : inside, inside);
  }
}
