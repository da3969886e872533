// @ts-check
/**
 * A stream, or polling where a stream opens and stays mute, as behind a proxy that buffers. The stream is tried
 * again from time to time while polling goes on, and takes over once it speaks. A transport (see transport.js).
 */

import { isLater } from './cursor.js';

/**
 * @import {Environment} from './environment.js'
 * @import {Frame, OpenTransport, Transport, TransportHandlers} from './transport.js'
 */

const FIRST_TRIAL = 60_000; // milliseconds of polling
const LONGEST_PAUSE = 600_000;
const MOVES_THE_CURSOR = new Set(['event', 'alert', 'reset']);

export class Ladder {
  #rungs;
  #handlers;
  #environment;
  #cursor;
  /** @type {OpenTransport | null} what brings the frames */
  #open = null;
  /** @type {OpenTransport | null} a stream that may take over */
  #trial = null;
  #pause = FIRST_TRIAL;
  /** @type {any} */
  #timer = null;

  /**
   * @param {{stream: Transport, polling: Transport}} rungs
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   */
  constructor(rungs, handlers, environment) {
    this.#rungs = rungs;
    this.#handlers = handlers;
    this.#environment = environment;
    this.#cursor = handlers.lastEventId;
    this.#openStream();
  }

  close() {
    this.#environment.clearTimeout(this.#timer);
    this.#open?.close();
    this.#trial?.close();
  }

  wake() {
    this.#open?.wake();
    // Another network, perhaps: a laptop that was carried home has left the proxy behind.
    if (this.#timer !== null) this.#tryStream();
  }

  #openStream() {
    let greeted = false;
    this.#open = this.#rungs.stream({
      ...this.#handlers,
      onFrame: (frame) => {
        greeted ||= frame.event === 'connected';
        this.#pass(frame);
      },
      onEnd: (ending) => {
        if (ending.reason === 'silent' && !greeted) this.#poll();
        else this.#handlers.onEnd(ending);
      },
    });
  }

  #poll() {
    this.#open = this.#rungs.polling({
      ...this.#handlers,
      lastEventId: this.#cursor,
      onFrame: (frame) => this.#pass(frame),
      onEnd: (ending) => {
        this.close();
        this.#handlers.onEnd(ending);
      },
    });
    this.#tryStreamLater();
  }

  #tryStreamLater() {
    this.#timer = this.#environment.setTimeout(() => this.#tryStream(), this.#pause);
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #tryStream() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
    const trial = this.#rungs.stream({
      ...this.#handlers,
      lastEventId: this.#cursor,
      onFrame: (frame) => {
        if (frame.event === 'connected') this.#takeOver(trial);
        this.#pass(frame);
      },
      onEnd: (ending) => {
        if (this.#open === trial) return this.#handlers.onEnd(ending);
        this.#trial = null;
        this.#tryStreamLater();
      },
    });
    this.#trial = trial;
  }

  /** @param {OpenTransport} trial */
  #takeOver(trial) {
    this.#open?.close();
    this.#open = trial;
    this.#trial = null;
  }

  /**
   * The stream on trial begins where polling was when it opened, and polling may have gone on since.
   * @param {Frame} frame
   */
  #pass(frame) {
    if (frame.event === 'event' && !isLater(frame.id, this.#cursor)) return;
    if (MOVES_THE_CURSOR.has(frame.event)) this.#cursor = frame.id;
    if (frame.event === 'connected') this.#cursor ||= frame.data?.lastEventId ?? '';
    this.#handlers.onFrame({ ...frame, id: this.#cursor });
  }
}
