// @ts-check
/**
 * At-least-once delivery of tracked events: each has an id, by which the server drops duplicates, and is sent until
 * it is acknowledged. One request at a time: what is tracked meanwhile is the next batch.
 */

import { MAX_BACKOFF, retryAfterDelay, backoffDelay } from './backoff.js';
import { PulseError } from './errors.js';
import { BatchPlan, isUnsendable } from './outbox-plan.js';
import { OutboxQueue, bytesOf } from './outbox-queue.js';
import { OutboxStore } from './outbox-store.js';
import { decideRetry } from './retry-decision.js';

/**
 * @import {Api, TrackedEvent} from './api.js'
 * @import {Environment} from './environment.js'
 * @import {OutboxEntry} from './outbox-queue.js'
 */

/** Milliseconds: the server's limit of a day, less the time that the request may take. */
const MAX_EVENT_AGE = 23.9 * 3_600_000;
// Browsers limit the bodies of all `keepalive` requests of a page to 64 KiB together, and fail those beyond at once.
// Routine requests use half of it, so that the rest is free for the flush when the page is left.
const MAX_KEEPALIVE_BYTES = 60_000; // bytes
const ROUTINE_KEEPALIVE_BYTES = MAX_KEEPALIVE_BYTES / 2;
const POLICY = { autoReconnect: true, maxAttempts: Infinity, baseDelay: 1000, maxDelay: MAX_BACKOFF };

/**
 * @typedef {object} DroppedEvent  an event that will not be sent
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
  #batchPlan = new BatchPlan(this.#queue);
  /** @type {Map<string, {resolve: (tracked: TrackedEvent) => void, reject: (error: PulseError) => void}>} */
  #waiters = new Map();
  /** @type {OutboxStore | null} */
  #store = null;
  #ownerKey = '';
  /** @type {OutboxEntry[]} */
  #sending = [];
  /** @type {WeakMap<OutboxEntry, PulseError>} of those that failed alone */
  #lastErrors = new WeakMap();
  /** @type {Set<OutboxEntry>} in a `keepalive` request, which outlives the page */
  #keptAlive = new Set();
  #attempt = 0;
  #notBefore = 0;
  /** @type {number | null} */
  #timer = null;
  #isListening = false;
  #retryNow = () => this.#now() >= this.#notBefore && this.#sendNow();
  #onPageHide = (/** @type {Event} */ { type }) => {
    if (type !== 'visibilitychange' || !this.#environment.isVisible()) this.flush();
  };

  /**
   * @param {Api} api
   * @param {Environment} environment
   * @param {(dropped: DroppedEvent) => void} onDropped
   */
  constructor(api, environment, onDropped) {
    this.#api = api;
    this.#environment = environment;
    this.#onDropped = onDropped;
  }

  /** How many events are not acknowledged yet. */
  get size() {
    return this.#queue.size;
  }

  /**
   * @param {string} eventType
   * @param {Record<string, unknown>} [eventData]
   * @returns {Promise<TrackedEvent>}  once it is committed; rejects with a PulseError when it never will be
   */
  async track(eventType, eventData) {
    const entry = this.#newEntry(eventType, eventData);
    const result = new Promise((resolve, reject) => this.#waiters.set(entry.eventId, { resolve, reject }));
    if (this.#queue.add(entry)) this.#enqueued([entry]);
    else this.#drop(entry, 'full', new PulseError('Too many events wait to be sent.', { code: 'OUTBOX_FULL' }));
    return result;
  }

  /**
   * Sets the person whose events these are, as soon as it is known: from then on they survive a reload.
   * @param {string} workspaceId
   * @param {string} userId
   */
  async setOwner(workspaceId, userId) {
    const ownerKey = `${workspaceId} ${userId}`;
    if (ownerKey === this.#ownerKey) return;
    this.#ownerKey = ownerKey;
    this.#store = new OutboxStore(ownerKey, this.#environment);
    this.#persist(this.#queue.all());
    const adopted = await this.#store.adoptOrphans().catch(() => []);
    this.#enqueued(adopted.filter((entry) => this.#queue.add(entry)));
  }

  /** Sends what waits in a request that outlives the page, which is being left. */
  flush() {
    const { beacon } = this.#environment;
    const inFlight = [...this.#keptAlive];
    const bytesLeft = MAX_KEEPALIVE_BYTES - bytesOf(inFlight);
    const batch = this.#queue.batchWithin(bytesLeft, inFlight);
    if (batch.length === 0) return;
    // A beacon has no response: the next attempt shows what came of it.
    if (beacon) beacon(this.#api.batchUrl, new Blob([batchOf(batch)], { type: 'application/json' }));
    else this.#flush(batch);
  }

  /** @param {OutboxEntry[]} batch */
  async #flush(batch) {
    try {
      const results = await this.#post(batch, true).catch((error) => {
        if (error.code !== 'LOST') throw error;
        return this.#post(batch, false); // the browser's quota is used up by other requests of this page
      });
      batch.forEach((entry, index) => this.#acknowledge(entry, results[index]));
      if (this.size === 0) this.#sendNow(); // ends the wait for the next attempt
    } catch {
      // The next attempt shows what it was.
    }
  }

  /**
   * @param {string} eventType
   * @param {Record<string, unknown>} [eventData]
   * @returns {OutboxEntry}
   */
  #newEntry(eventType, eventData) {
    const madeAt = this.#now();
    const eventId = this.#environment.uuid();
    // By the server's clock, or none: the server gives an event without a time that of its arrival.
    const timestamp = this.#api.clock.timestamp(madeAt) ?? undefined;
    return { eventId, eventType, madeAt, body: JSON.stringify({ eventType, eventData, eventId, timestamp }) };
  }

  #now() {
    return this.#environment.now();
  }

  /** @param {OutboxEntry[]} entries  in the queue already */
  #enqueued(entries) {
    this.#persist(entries);
    if (this.#timer === null) this.#send();
    else if (this.#batchPlan.othersCanSend) this.#retryNow();
  }

  /** @param {OutboxEntry[]} entries */
  #persist(entries) {
    if (entries.length > 0) this.#store?.save(entries).catch(() => {}); // a browser that denies storage
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
    const batch = this.#batchPlan.nextBatch();
    this.#sending = batch;
    try {
      // A retry is without `keepalive`, which may be why it failed, and leaves the quota to the flush.
      const results = await this.#post(batch, this.#attempt === 0 && bytesOf(batch) <= ROUTINE_KEEPALIVE_BYTES);
      this.#attempt = 0;
      batch.forEach((entry, index) => this.#acknowledge(entry, results[index]));
      this.#recordStrikes(this.#batchPlan.succeeded());
    } catch (error) {
      this.#handleFailure(/** @type {PulseError} */ (error), batch);
    }
    this.#sending = [];
    if (this.#timer === null) this.#send();
  }

  /**
   * @param {OutboxEntry[]} batch
   * @param {boolean} keepalive  whether the request outlives the page
   * @returns {Promise<TrackedEvent[]>}
   */
  async #post(batch, keepalive) {
    if (keepalive) batch.forEach((entry) => this.#keptAlive.add(entry));
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
      if (keepalive) batch.forEach((entry) => this.#keptAlive.delete(entry));
    }
  }

  /**
   * @param {OutboxEntry} entry
   * @param {TrackedEvent} result
   */
  #acknowledge(entry, result) {
    this.#remove(entry)?.resolve(result);
  }

  /**
   * @param {PulseError} error
   * @param {OutboxEntry[]} batch
   */
  #handleFailure(error, batch) {
    const decision = decideRetry(error, batch);
    if (decision.kind === 'retry') return this.#waitAfter(error, batch);
    this.#recordStrikes(this.#batchPlan.succeeded()); // any response proves that requests get through
    if (decision.kind === 'one-by-one') batch.forEach((entry) => (entry.alone = true));
    else decision.rejected.forEach(([entry, fault]) => this.#drop(entry, 'refused', fault));
  }

  /**
   * @param {PulseError} error
   * @param {OutboxEntry[]} batch
   */
  #waitAfter(error, batch) {
    const { random, setTimeout } = this.#environment;
    const { retryAfter } = error;
    this.#attempt += 1;
    if (retryAfter === null) this.#batchPlan.failed(batch);
    if (batch.length === 1) this.#lastErrors.set(batch[0], error);
    const wait =
      retryAfter === null
        ? backoffDelay(POLICY, this.#attempt, random())
        : retryAfterDelay(POLICY, retryAfter, random());
    this.#notBefore = retryAfter === null ? 0 : this.#now() + wait;
    this.#timer = setTimeout(() => this.#sendNow(), wait);
  }

  /**
   * Counts that others got through while these did not; after ten times they are given up.
   * @param {OutboxEntry[]} entries
   */
  #recordStrikes(entries) {
    const unsendable = entries.filter(isUnsendable);
    this.#persist(entries.filter((entry) => !isUnsendable(entry)));
    for (const entry of unsendable) {
      const cause = this.#lastErrors.get(entry);
      const parts = ['The event could not be sent, though others could.', cause?.message];
      const facts = { code: 'UNSENDABLE', status: cause?.status, cause };
      this.#drop(entry, 'refused', new PulseError(parts.filter(Boolean).join(' '), facts));
    }
  }

  #expire() {
    for (const entry of this.#queue.createdBefore(this.#now() - MAX_EVENT_AGE))
      this.#drop(entry, 'expired', new PulseError('The event could not be sent for a day.', { code: 'EXPIRED' }));
  }

  /**
   * @param {OutboxEntry} entry
   * @param {DroppedEvent['reason']} reason
   * @param {PulseError} error
   */
  #drop(entry, reason, error) {
    const { eventType, eventId, eventData } = JSON.parse(entry.body);
    this.#remove(entry)?.reject(error);
    this.#onDropped({ eventType, eventId, eventData, reason, error });
  }

  /** @param {OutboxEntry} entry */
  #remove(entry) {
    const waiter = this.#waiters.get(entry.eventId);
    this.#waiters.delete(entry.eventId);
    this.#queue.remove(entry);
    this.#store?.remove([entry]).catch(() => {});
    if (this.size === 0) this.#store?.release();
    return waiter;
  }

  /** @param {boolean} wanted */
  #listen(wanted) {
    if (wanted === this.#isListening) return;
    this.#isListening = wanted;
    const { events } = this.#environment;
    const act = (wanted ? events.addEventListener : events.removeEventListener).bind(events);
    act('online', this.#retryNow);
    for (const type of ['pagehide', 'freeze', 'visibilitychange']) act(type, this.#onPageHide, true);
  }
}

/** @param {OutboxEntry[]} entries */
const batchOf = (entries) => `{"events":[${entries.map(({ body }) => body).join(',')}]}`;
