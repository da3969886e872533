// @ts-check
/** By how much this browser's clock differs from the server's: the question that came back soonest knows best. Pure. */

const KEPT_FOR = 1_800_000; // milliseconds: clocks drift, and get set

/** @typedef {{at: number, trip: number, ahead: number}} Sample */

export class ClockOffset {
  /** @type {Sample | null} */
  #best = null;

  /**
   * The server's time lies somewhere between question and answer: halfway, give or take half the trip.
   * @param {number} askedAt     milliseconds since 1970, by this browser, as `answeredAt`
   * @param {number} answeredAt
   * @param {number} serverTime  milliseconds since 1970, by the server
   */
  heard(askedAt, answeredAt, serverTime) {
    const trip = answeredAt - askedAt;
    if (trip < 0 || Number.isNaN(serverTime)) return; // set back meanwhile
    const isOld = this.#best !== null && answeredAt - this.#best.at > KEPT_FOR;
    if (this.#best && !isOld && this.#best.trip <= trip) return;
    this.#best = { at: answeredAt, trip, ahead: serverTime - (askedAt + answeredAt) / 2 };
  }

  /** By how many milliseconds the server's clock is ahead of this browser's; null before it is known. */
  get ahead() {
    return this.#best === null ? null : this.#best.ahead;
  }
}
