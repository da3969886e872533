// @ts-check
/** Looks at the line: watches one stream for as long as a heartbeat, and another that goes on from a given event. */

import { endpointOf } from '../../client/api.js';
import { parseCursor } from '../../client/cursor.js';
import { askServerTime } from '../../ui/server-time.js';
import { MUTE_AFTER, laterFrames } from './frames.js';
import { StreamWatch } from './stream-watch.js';

/**
 * @import {Environment} from '../../client/environment.js'
 * @import {ServerTime} from '../../ui/server-time.js'
 */

const FEWEST_FRAMES = 4; // after the first ones: fewer do not show whether they come one by one
const LOOK_EVERY = 250;

/**
 * @typedef {object} Observations
 * @property {number} now
 * @property {boolean} isDone
 * @property {StreamWatch} stream
 * @property {{asked: string, began: string | null} | null} resumed  null: there is nothing to resume from, or not yet
 * @property {ServerTime | null} clock
 */

export class Examination {
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

  /** Makes an end of it; nothing is told any more. */
  stop() {
    this.#isOver = true;
  }

  async run() {
    const clock = await askServerTime(this.#workspace, this.#environment);
    const stream = new StreamWatch(this.#url, '', this.#environment);
    /** @type {Observations} */
    const seen = { now: 0, isDone: false, stream, resumed: null, clock };
    await this.#wait(() => hasSeenEnough(stream, this.#environment.now()), seen);
    stream.close();
    seen.resumed = await this.#resume(stream, seen);
    this.#tell({ ...seen, isDone: true });
  }

  /**
   * The event before the newest one is known to be there: a stream that goes on from it says so in its greeting.
   * @param {StreamWatch} stream
   * @param {Observations} seen
   */
  async #resume(stream, seen) {
    const newest = parseCursor(stream.first('connected')?.data.lastEventId ?? '');
    if (!newest || newest.seq === 0) return null;
    const asked = `${newest.epoch}-${newest.seq - 1}`;
    const second = new StreamWatch(this.#url, asked, this.#environment);
    const isTold = () => second.first('connected') !== null || second.endedAt !== null;
    await this.#wait(() => isTold() || this.#environment.now() - second.requestedAt > MUTE_AFTER, seen);
    second.close();
    return { asked, began: second.first('connected')?.data.lastEventId ?? null };
  }

  /**
   * @param {() => boolean} isEnough
   * @param {Observations} seen
   */
  async #wait(isEnough, seen) {
    while (!this.#isOver && !isEnough()) {
      this.#tell(seen);
      await new Promise((resolve) => this.#environment.setTimeout(() => resolve(null), LOOK_EVERY));
    }
  }

  /** @param {Observations} seen */
  #tell(seen) {
    if (!this.#isOver) this.#onChange({ ...seen, now: this.#environment.now() });
  }
}

/**
 * @param {StreamWatch} stream
 * @param {number} now
 */
function hasSeenEnough(stream, now) {
  if (stream.endedAt !== null) return true;
  const greeting = stream.first('connected');
  if (!greeting) return now - (stream.head?.at ?? stream.requestedAt) > MUTE_AFTER;
  const heartbeat = greeting.data.heartbeatInterval * 1000;
  const open = now - greeting.at;
  if (open > 2 * heartbeat + MUTE_AFTER) return true;
  return open > heartbeat && stream.first('ping') !== null && laterFrames(stream).length >= FEWEST_FRAMES;
}
