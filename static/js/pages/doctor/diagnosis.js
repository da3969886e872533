// @ts-check
/**
 * Tests the network path: records one stream for as long as a heartbeat, and a second one that resumes from an event.
 */

import { endpointOf } from '../../client/api.js';
import { parseCursor } from '../../client/cursor.js';
import { fetchServerTime } from '../../ui/http.js';
import { SILENT_AFTER, StreamRecorder, laterFrames } from './stream-recorder.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {ClockSample} from '../../client/server-clock.js'
 */

const MIN_FRAMES = 4; // after the first ones; fewer do not show whether they come one by one
const CHECK_INTERVAL = 250; // milliseconds

/**
 * @typedef {object} Observations
 * @property {number} now
 * @property {boolean} isDone
 * @property {StreamRecorder} stream
 * @property {{requested: string, began: string | null} | null} resumed  null: nothing to resume from, or not yet done
 * @property {ClockSample | null} clock
 */

export class Diagnosis {
  #url;
  #workspace;
  #environment;
  #onChange;
  #isOver = false;

  /**
   * @param {string} workspace
   * @param {Environment} environment
   * @param {(observations: Observations) => void} onChange
   */
  constructor(workspace, environment, onChange) {
    this.#workspace = workspace;
    this.#url = endpointOf(workspace);
    this.#environment = environment;
    this.#onChange = onChange;
  }

  /** Ends it; `onChange` is not called any more. */
  stop() {
    this.#isOver = true;
  }

  async run() {
    const clock = await fetchServerTime(this.#workspace, this.#environment);
    const stream = new StreamRecorder(this.#url, '', this.#environment);
    /** @type {Observations} */
    const seen = { now: 0, isDone: false, stream, resumed: null, clock };
    await this.#wait(() => isComplete(stream, this.#environment.now()), seen);
    stream.close();
    seen.resumed = await this.#resume(stream, seen);
    this.#report({ ...seen, isDone: true });
  }

  /**
   * Resumes from the event before the newest one, which certainly exists: the greeting has to name it.
   * @param {StreamRecorder} stream
   * @param {Observations} seen
   */
  async #resume(stream, seen) {
    const newest = parseCursor(stream.first('connected')?.data.lastEventId ?? '');
    if (!newest || newest.seq === 0) return null;
    const requested = `${newest.epoch}-${newest.seq - 1}`;
    const second = new StreamRecorder(this.#url, requested, this.#environment);
    const isAnswered = () => second.first('connected') !== null || second.endedAt !== null;
    await this.#wait(() => isAnswered() || this.#environment.now() - second.requestedAt > SILENT_AFTER, seen);
    second.close();
    return { requested, began: second.first('connected')?.data.lastEventId ?? null };
  }

  /**
   * @param {() => boolean} isComplete
   * @param {Observations} seen
   */
  async #wait(isComplete, seen) {
    while (!this.#isOver && !isComplete()) {
      this.#report(seen);
      await new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), CHECK_INTERVAL));
    }
  }

  /** @param {Observations} seen */
  #report(seen) {
    if (!this.#isOver) this.#onChange({ ...seen, now: this.#environment.now() });
  }
}

/**
 * @param {StreamRecorder} stream
 * @param {number} now
 */
function isComplete(stream, now) {
  if (stream.endedAt !== null) return true;
  const greeting = stream.first('connected');
  if (!greeting) return now - (stream.head?.at ?? stream.requestedAt) > SILENT_AFTER;
  const heartbeat = greeting.data.heartbeatInterval * 1000;
  const open = now - greeting.at;
  if (open > 2 * heartbeat + SILENT_AFTER) return true;
  return open > heartbeat && stream.first('ping') !== null && laterFrames(stream).length >= MIN_FRAMES;
}
