// @ts-check
/**
 * Gives each event an id and keeps it until the server has acknowledged it, however often it has to be sent. One
 * request at a time: what is tracked meanwhile is the next batch.
 */

import { LONGEST_OWN_DELAY, obeyedDelay, ownDelay } from './backoff.js';
import { PulseError } from './errors.js';
import { OutboxQueue } from './outbox-queue.js';
import { OutboxStore } from './outbox-store.js';
import { judge } from './outbox-verdict.js';

/** Milliseconds: the server takes nothing that happened longer ago, less the time that it may take to get there. */
const OLDEST = 23.9 * 3_600_000;
const GOES_WITH_THE_PAGE = 30_000; // characters: browsers let 64 KiB at a time outlive a page
const POLICY = { autoReconnect: true, maxAttempts: Infinity, baseDelay: 1000, maxDelay: LONGEST_OWN_DELAY };

/**
 * @typedef {import('./outbox-queue.js').Entry} Entry
 * @typedef {import('./api.js').Tracked} Tracked
 *
 * @typedef {object} Dropped  an event that is never sent
 * @property {string} eventType
 * @property {string} eventId
 * @property {Record<string, unknown>} [eventData]
 * @property {'refused' | 'full' | 'expired'} reason
 * @property {PulseError} error
 */

export class Outbox {
  #api;
  #environment;
  #onDropped;
  #queue = new OutboxQueue();
  /** @type {Map<string, {resolve: (tracked: Tracked) => void, reject: (error: PulseError) => void}>} */
  #waiters = new Map();
  /** @type {OutboxStore | null} */
  #store = null;
  #place = '';
  /** @type {Entry[]} */
  #sending = [];
  #attempt = 0;
  #notBefore = 0;
  /** @type {any} */
  #timer = null;
  #listening = false;
  #hurry = () => this.#now() >= this.#notBefore && this.#sendNow();
  #leave = (/** @type {Event} */ { type }) => {
    if (type !== 'visibilitychange' || !this.#environment.isVisible()) this.flush();
  };

  /**
   * @param {import('./api.js').Api} api
   * @param {import('./environment.js').Environment} environment
   * @param {(dropped: Dropped) => void} onDropped
   */
  constructor(api, environment, onDropped) {
    this.#api = api;
    this.#environment = environment;
    this.#onDropped = onDropped;
  }

  /** How many events wait for the server's word. */
  get size() {
    return this.#queue.size;
  }

  /**
   * @param {string} eventType
   * @param {Record<string, unknown>} [eventData]
   * @returns {Promise<Tracked>}  once it is committed; rejects with a PulseError when it never will be
   */
  async track(eventType, eventData) {
    const entry = this.#entryOf(eventType, eventData);
    const outcome = new Promise((resolve, reject) => this.#waiters.set(entry.eventId, { resolve, reject }));
    if (this.#queue.add(entry)) this.#take([entry]);
    else this.#drop(entry, 'full', new PulseError('Too many events wait to be sent.', { code: 'OUTBOX_FULL' }));
    return outcome;
  }

  /**
   * Who is there, as soon as that is known: events survive a reload from then on, for this person alone.
   * @param {string} workspaceId
   * @param {string} userId
   */
  async belongsTo(workspaceId, userId) {
    const place = `${workspaceId} ${userId}`;
    if (place === this.#place) return;
    this.#place = place;
    this.#store = new OutboxStore(place, this.#environment);
    this.#keep(this.#queue.next(Infinity));
    const adopted = await this.#store.adopt().catch(() => []);
    this.#take(adopted.filter((entry) => this.#queue.add(entry)));
  }

  /** The page goes: what waits is sent now, in a request that outlives it. */
  flush() {
    const { beacon } = this.#environment;
    if (this.#sending.length === 0 && !beacon) return this.#sendNow();
    const rest = this.#queue.next(GOES_WITH_THE_PAGE, beacon ? [] : this.#sending);
    if (rest.length === 0) return;
    // What comes of it is seen at the next attempt.
    if (beacon) beacon(this.#api.batchUrl, new Blob([batchOf(rest)], { type: 'application/json' }));
    else this.#post(rest).catch(() => {});
  }

  /**
   * @param {string} eventType
   * @param {Record<string, unknown>} [eventData]
   * @returns {Entry}
   */
  #entryOf(eventType, eventData) {
    const madeAt = this.#now();
    const eventId = this.#environment.uuid();
    // By the server's clock, or not at all: an event that says no time gets that of its arrival.
    const timestamp = this.#api.clock.timestamp(madeAt) ?? undefined;
    return { eventId, eventType, madeAt, body: JSON.stringify({ eventType, eventData, eventId, timestamp }) };
  }

  #now() {
    return this.#environment.now();
  }

  /** @param {Entry[]} entries  in the queue already */
  #take(entries) {
    this.#keep(entries);
    if (this.#timer === null) this.#send();
  }

  /** @param {Entry[]} entries */
  #keep(entries) {
    if (entries.length > 0) this.#store?.keep(entries).catch(() => {}); // a browser that keeps nothing
  }

  #sendNow() {
    this.#environment.clearTimeout(this.#timer);
    this.#timer = null;
    this.#send();
  }

  async #send() {
    this.#expire();
    this.#listen(this.size > 0);
    if (this.#sending.length > 0 || this.size === 0) return;
    const batch = (this.#sending = this.#queue.next());
    try {
      const answers = await this.#post(batch);
      this.#attempt = 0;
      batch.forEach((entry, index) => this.#acknowledge(entry, answers[index]));
    } catch (error) {
      this.#refused(/** @type {PulseError} */ (error), batch);
    }
    this.#sending = [];
    if (this.#timer === null) this.#send();
  }

  /**
   * @param {Entry[]} batch
   * @returns {Promise<Tracked[]>}
   */
  async #post(batch) {
    const text = batch.reduce((sum, { body }) => sum + body.length, 0);
    const goesOn = text <= GOES_WITH_THE_PAGE;
    if (batch.length === 1) return [await this.#api.post(batch[0].body, goesOn)];
    const { events, notified } = await this.#api.postBatch(batchOf(batch), goesOn);
    return batch.map(({ eventType }, index) => ({
      success: true,
      message: 'Event tracked successfully',
      eventType,
      notified,
      ...events[index],
    }));
  }

  /**
   * @param {Entry} entry
   * @param {Tracked} answer
   */
  #acknowledge(entry, answer) {
    this.#remove(entry)?.resolve(answer);
  }

  /**
   * @param {PulseError} error
   * @param {Entry[]} batch
   */
  #refused(error, batch) {
    const verdict = judge(error, batch);
    if (verdict.kind === 'retry') return this.#waitAfter(error);
    if (verdict.kind === 'alone') batch.forEach((entry) => (entry.alone = true));
    else verdict.faults.forEach(([entry, fault]) => this.#drop(entry, 'refused', fault));
  }

  /** @param {PulseError} error */
  #waitAfter({ retryAfter }) {
    const { random, setTimeout } = this.#environment;
    this.#attempt += 1;
    const wait =
      retryAfter === null ? ownDelay(POLICY, this.#attempt, random()) : obeyedDelay(POLICY, retryAfter, random());
    this.#notBefore = retryAfter === null ? 0 : this.#now() + wait;
    this.#timer = setTimeout(() => this.#sendNow(), wait);
  }

  #expire() {
    for (const entry of this.#queue.madeBefore(this.#now() - OLDEST))
      this.#drop(entry, 'expired', new PulseError('The event could not be sent for a day.', { code: 'EXPIRED' }));
  }

  /**
   * @param {Entry} entry
   * @param {Dropped['reason']} reason
   * @param {PulseError} error
   */
  #drop(entry, reason, error) {
    const { eventType, eventId, eventData } = JSON.parse(entry.body);
    this.#remove(entry)?.reject(error);
    this.#onDropped({ eventType, eventId, eventData, reason, error });
  }

  /** @param {Entry} entry */
  #remove(entry) {
    const waiter = this.#waiters.get(entry.eventId);
    this.#waiters.delete(entry.eventId);
    this.#queue.remove(entry);
    this.#store?.forget([entry]).catch(() => {});
    if (this.size === 0) this.#store?.release();
    return waiter;
  }

  /** @param {boolean} wanted */
  #listen(wanted) {
    if (wanted === this.#listening) return;
    this.#listening = wanted;
    const { events } = this.#environment;
    const act = (wanted ? events.addEventListener : events.removeEventListener).bind(events);
    act('online', this.#hurry);
    for (const type of ['pagehide', 'freeze', 'visibilitychange']) act(type, this.#leave, true);
  }
}

/** @param {Entry[]} entries */
const batchOf = (entries) => `{"events":[${entries.map(({ body }) => body).join(',')}]}`;
