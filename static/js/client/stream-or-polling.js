// @ts-check
/**
 * A transport (see transport.js) that falls back from a stream to polling, if the stream opens but brings nothing, as
 * behind a proxy that buffers. While it polls, it opens a stream now and then, which takes over at its first frame.
 */

import { CURSOR_FRAMES, isLater } from './cursor.js';

/**
 * @import {Environment} from './environment.js'
 * @import {Frame, OpenTransport, Transport, TransportHandlers} from './transport.js'
 */

const FIRST_TRIAL_DELAY = 60_000; // milliseconds of polling
const MAX_TRIAL_DELAY = 600_000;

export class StreamOrPolling {
  #transports;
  #handlers;
  #environment;
  #cursor;
  /** @type {OpenTransport | null} the source of the frames */
  #active = null;
  /** @type {OpenTransport | null} a stream that may take over */
  #trial = null;
  #retryDelay = FIRST_TRIAL_DELAY;
  /** @type {number | null} */
  #timer = null;

  /**
   * @param {{stream: Transport, polling: Transport}} transports
   * @param {TransportHandlers} handlers
   * @param {Environment} environment
   */
  constructor(transports, handlers, environment) {
    this.#transports = transports;
    this.#handlers = handlers;
    this.#environment = environment;
    this.#cursor = handlers.lastEventId;
    this.#openStream();
  }

  close() {
    this.#environment.clearTimeout(this.#timer);
    this.#active?.close();
    this.#trial?.close();
  }

  wake() {
    this.#active?.wake();
    // Perhaps on another network, without the proxy: a laptop that was carried home.
    if (this.#timer !== null) this.#startTrial();
  }

  #openStream() {
    let greeted = false;
    this.#active = this.#transports.stream({
      ...this.#handlers,
      onFrame: (frame) => {
        greeted ||= frame.event === 'connected';
        this.#forward(frame);
      },
      onEnd: (end) => {
        if (end.reason === 'silent' && !greeted) this.#startPolling();
        else this.#handlers.onEnd(end);
      },
    });
  }

  #startPolling() {
    this.#active = this.#transports.polling({
      ...this.#handlers,
      lastEventId: this.#cursor,
      onFrame: (frame) => this.#forward(frame),
      onEnd: (end) => {
        this.close();
        this.#handlers.onEnd(end);
      },
    });
    this.#scheduleTrial();
  }

  #scheduleTrial() {
    this.#timer = this.#environment.setTimeout(() => this.#startTrial(), this.#retryDelay);
    this.#retryDelay = Math.min(2 * this.#retryDelay, MAX_TRIAL_DELAY);
  }

  #startTrial() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
    const trial = this.#transports.stream({
      ...this.#handlers,
      lastEventId: this.#cursor,
      onFrame: (frame) => {
        if (frame.event === 'connected') this.#promoteTrial(trial);
        this.#forward(frame);
      },
      onEnd: (end) => {
        if (this.#active === trial) return this.#handlers.onEnd(end);
        this.#trial = null;
        this.#scheduleTrial();
      },
    });
    this.#trial = trial;
  }

  /** @param {OpenTransport} trial */
  #promoteTrial(trial) {
    this.#active?.close();
    this.#active = trial;
    this.#trial = null;
  }

  /**
   * Drops duplicates: the trial stream resumes where polling was when it opened, and polling may have moved on since.
   * @param {Frame} frame
   */
  #forward(frame) {
    if (frame.event === 'event' && !isLater(frame.id, this.#cursor)) return;
    if (CURSOR_FRAMES.has(frame.event)) this.#cursor = frame.id;
    if (frame.event === 'connected') this.#cursor ||= frame.data?.lastEventId ?? '';
    this.#handlers.onFrame({ ...frame, id: this.#cursor });
  }
}
