// @ts-check
/**
 * How current the page is: the age of the stats, the latency of events, and the backfill after a reconnection. Pure.
 */

const LATE_AFTER = 3; // ticks: one may be lost, two may be slow

/** The age of the stats by this browser's clock, since the server's may differ. */
export class StatsAge {
  #receivedAt;
  #interval = Infinity;
  /** The time of the newest stats, by the server's clock. */
  timestamp;

  /**
   * @param {string} timestamp  of the stats in the page
   * @param {number} now
   */
  constructor(timestamp, now) {
    this.timestamp = timestamp;
    this.#receivedAt = now;
  }

  /**
   * @param {number} seconds  between two stats, as the server announces
   * @param {number} now
   */
  expectEvery(seconds, now) {
    this.#interval = seconds * 1000;
    this.#receivedAt = now;
  }

  /**
   * @param {string} timestamp
   * @param {number} now
   */
  received(timestamp, now) {
    this.timestamp = timestamp;
    this.#receivedAt = now;
  }

  /** @param {number} now */
  areLate(now) {
    return now - this.#receivedAt > LATE_AFTER * this.#interval;
  }
}

const MEDIAN_OF = 9;
const MAX_SAMPLES = 100; // more than MEDIAN_OF, since some may turn out to be of past events
const SAMPLE_TTL = 300_000; // milliseconds
const MAX_LATENCY = 30_000; // milliseconds; beyond, the event is one of the past that was posted or fetched late

/**
 * The time from the recording of an event to its row on the screen: the median of the latest ones. Both times are
 * stored as they were read, because the offset between the two clocks may become known only later.
 */
export class EventLatency {
  /** @type {{recordedAt: number, shownAt: number}[]} */
  #samples = [];

  /**
   * @param {string} timestamp  of the event, by the server's clock
   * @param {number} shownAt  by this browser's, as all that follows
   */
  addSample(timestamp, shownAt) {
    const recordedAt = Date.parse(timestamp);
    if (Number.isNaN(recordedAt)) return;
    this.#samples.push({ recordedAt, shownAt });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /**
   * @param {number} now
   * @param {number | null} offset  by how much the server's clock is ahead; null while that is not known
   * @returns {number | null}  milliseconds; null without recent samples, or without the offset
   */
  median(now, offset) {
    if (offset === null) return null;
    const latencies = this.#samples
      .filter(({ shownAt }) => now - shownAt < SAMPLE_TTL)
      .map(({ recordedAt, shownAt }) => shownAt + offset - recordedAt)
      .filter((latency) => Math.abs(latency) < MAX_LATENCY)
      .slice(-MEDIAN_OF);
    const middle = latencies.sort((a, b) => a - b)[latencies.length >> 1];
    return middle === undefined ? null : Math.max(0, middle);
  }
}

const MENTIONED_FROM = 10; // events; fewer are here before a text about them could be read
const BACKFILL_OVER_AFTER = 1000; // milliseconds without an event

/** Whether the stream is still sending what the page missed: events from before it was opened. */
export class BackfillProgress {
  #openedAt = -Infinity;
  #count = 0;
  #receivedAt = -Infinity;

  /** @param {string | undefined} timestamp  of the greeting */
  streamOpened(timestamp) {
    this.#openedAt = Date.parse(timestamp ?? '');
    this.#count = 0;
  }

  /**
   * @param {string} timestamp  of the event
   * @param {number} now
   */
  received(timestamp, now) {
    this.#count = this.wasMissed(timestamp) ? this.#count + 1 : 0;
    this.#receivedAt = now;
  }

  /**
   * Whether an event is from before the stream was opened.
   * @param {string} timestamp
   */
  wasMissed(timestamp) {
    return Date.parse(timestamp) < this.#openedAt;
  }

  /**
   * @param {number} now
   * @returns {number}  missed events so far; 0 when the backfill is over
   */
  count(now) {
    return this.#count >= MENTIONED_FROM && now - this.#receivedAt < BACKFILL_OVER_AFTER ? this.#count : 0;
  }
}
