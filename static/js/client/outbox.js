// @ts-check
/**
 * Gives each event an id and keeps it until the server has acknowledged it, however often it has to be sent. One
 * request at a time: what is tracked meanwhile is the next batch.
 */

import { LONGEST_OWN_DELAY, obeyedDelay, ownDelay } from './backoff.js';
import { PulseError } from './errors.js';
import { OutboxPlan, isHopeless } from './outbox-plan.js';
import { OutboxQueue, bytesOf } from './outbox-queue.js';
import { OutboxStore } from './outbox-store.js';
import { judge } from './retry-decision.js';

/**
 * @import {Api, Tracked} from './api.js'
 * @import {Environment} from './environment.js'
 * @import {Entry} from './outbox-queue.js'
 */

/** Milliseconds: the server takes nothing that happened longer ago, less the time that it may take to get there. */
const OLDEST = 23.9 * 3_600_000;
// Browsers let 64 KiB of bodies at a time outlive a page, those of all requests together, and refuse what is beyond at
// once. While the page is there, half of it is used, so that the rest is free for what waits when the page goes.
const OUTLIVES_THE_PAGE = 60_000; // bytes
const OUTLIVES_BY_DEFAULT = OUTLIVES_THE_PAGE / 2;
const POLICY = { autoReconnect: true, maxAttempts: Infinity, baseDelay: 1000, maxDelay: LONGEST_OWN_DELAY };

/**
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
  #plan = new OutboxPlan(this.#queue);
  /** @type {Map<string, {resolve: (tracked: Tracked) => void, reject: (error: PulseError) => void}>} */
  #waiters = new Map();
  /** @type {OutboxStore | null} */
  #store = null;
  #place = '';
  /** @type {Entry[]} */
  #sending = [];
  /** @type {WeakMap<Entry, PulseError>} why it failed alone */
  #faults = new WeakMap();
  /** @type {Set<Entry>} in a request that outlives the page */
  #outliving = new Set();
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
   * @param {Api} api
   * @param {Environment} environment
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
    this.#keep(this.#queue.all());
    const adopted = await this.#store.adopt().catch(() => []);
    this.#take(adopted.filter((entry) => this.#queue.add(entry)));
  }

  /** The page goes: what waits is sent now, in a request that outlives it. */
  flush() {
    const { beacon } = this.#environment;
    const underWay = [...this.#outliving];
    const left = OUTLIVES_THE_PAGE - bytesOf(underWay);
    const batch = this.#queue.within(left, underWay);
    if (batch.length === 0) return;
    // What comes of a beacon is seen at the next attempt.
    if (beacon) beacon(this.#api.batchUrl, new Blob([batchOf(batch)], { type: 'application/json' }));
    else this.#flush(batch);
  }

  /** @param {Entry[]} batch */
  async #flush(batch) {
    try {
      const answers = await this.#post(batch, true).catch((error) => {
        if (error.code !== 'LOST') throw error;
        return this.#post(batch, false); // other requests of this page have used up the browser's quota
      });
      batch.forEach((entry, index) => this.#acknowledge(entry, answers[index]));
      if (this.size === 0) this.#sendNow(); // which ends the wait for the next attempt
    } catch {
      // What it was is seen at the next attempt.
    }
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
    else if (this.#plan.othersMayGo) this.#hurry();
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
    const batch = this.#plan.next();
    this.#sending = batch;
    try {
      // Not again with `keepalive`: that may be why it failed, and what waits when the page goes has the quota to itself.
      const answers = await this.#post(batch, this.#attempt === 0 && bytesOf(batch) <= OUTLIVES_BY_DEFAULT);
      this.#attempt = 0;
      batch.forEach((entry, index) => this.#acknowledge(entry, answers[index]));
      this.#strike(this.#plan.succeeded());
    } catch (error) {
      this.#refused(/** @type {PulseError} */ (error), batch);
    }
    this.#sending = [];
    if (this.#timer === null) this.#send();
  }

  /**
   * @param {Entry[]} batch
   * @param {boolean} keepalive  whether the request outlives the page
   * @returns {Promise<Tracked[]>}
   */
  async #post(batch, keepalive) {
    if (keepalive) batch.forEach((entry) => this.#outliving.add(entry));
    try {
      if (batch.length === 1) return [await this.#api.post(batch[0].body, keepalive)];
      const { events, notified } = await this.#api.postBatch(batchOf(batch), keepalive);
      return batch.map(({ eventType }, index) => ({
        success: true,
        message: 'Event tracked successfully',
        eventType,
        notified,
        ...events[index],
      }));
    } finally {
      if (keepalive) batch.forEach((entry) => this.#outliving.delete(entry));
    }
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
    if (verdict.kind === 'retry') return this.#waitAfter(error, batch);
    this.#strike(this.#plan.succeeded()); // an answer to these, whatever it says, proves that requests get through
    if (verdict.kind === 'alone') batch.forEach((entry) => (entry.alone = true));
    else verdict.faults.forEach(([entry, fault]) => this.#drop(entry, 'refused', fault));
  }

  /**
   * @param {PulseError} error
   * @param {Entry[]} batch
   */
  #waitAfter(error, batch) {
    const { random, setTimeout } = this.#environment;
    const { retryAfter } = error;
    this.#attempt += 1;
    if (retryAfter === null) this.#plan.failed(batch);
    if (batch.length === 1) this.#faults.set(batch[0], error);
    const wait =
      retryAfter === null ? ownDelay(POLICY, this.#attempt, random()) : obeyedDelay(POLICY, retryAfter, random());
    this.#notBefore = retryAfter === null ? 0 : this.#now() + wait;
    this.#timer = setTimeout(() => this.#sendNow(), wait);
  }

  /**
   * Others went through while these did not; after ten times they are given up.
   * @param {Entry[]} entries
   */
  #strike(entries) {
    const hopeless = entries.filter(isHopeless);
    this.#keep(entries.filter((entry) => !isHopeless(entry)));
    for (const entry of hopeless) {
      const cause = this.#faults.get(entry);
      const words = ['The event could not be sent, though others could.', cause?.message];
      const facts = { code: 'UNSENDABLE', status: cause?.status, cause };
      this.#drop(entry, 'refused', new PulseError(words.filter(Boolean).join(' '), facts));
    }
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
