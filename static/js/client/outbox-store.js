// @ts-check
/**
 * Stores unsent events in IndexedDB, so that they survive a reload. Each entry has an owner, the page that sends it,
 * which holds a Web Lock of that name. The entries of an owner that is gone are adopted by one page of the same
 * person.
 */

/**
 * @import {Environment} from './environment.js'
 * @import {OutboxEntry} from './outbox-queue.js'
 */

const DATABASE = 'pulse-outbox';
const OBJECT_STORE = 'events';

/** @typedef {OutboxEntry & {owner: string, place: string}} StoredEntry */

export class OutboxStore {
  #place;
  #owner;
  #storage;
  #locks;
  /** @type {Promise<IDBDatabase> | null} */
  #database = null;
  /** @type {(() => void) | null} */
  #resolveLock = null;

  /**
   * @param {string} place  the workspace and the person: only their pages adopt these events
   * @param {Environment} environment
   */
  constructor(place, { storage, locks, uuid }) {
    this.#place = place;
    this.#owner = uuid();
    this.#storage = storage;
    this.#locks = locks;
  }

  /** @param {OutboxEntry[]} entries */
  async save(entries) {
    this.#holdLock();
    const stored = entries.map((entry) => ({ ...entry, owner: this.#owner, place: this.#place }));
    await this.#transact('readwrite', (table) => stored.map((entry) => table.put(entry)));
  }

  /** @param {OutboxEntry[]} entries */
  async remove(entries) {
    await this.#transact('readwrite', (table) => entries.map(({ eventId }) => table.delete(eventId)));
  }

  /**
   * Takes over the events of pages that are gone.
   * @returns {Promise<OutboxEntry[]>}  oldest first
   */
  async adoptOrphans() {
    const others = (await this.#readAll()).filter(({ owner, place }) => place === this.#place && owner !== this.#owner);
    /** @type {OutboxEntry[]} */
    const adopted = [];
    for (const owner of new Set(others.map((entry) => entry.owner))) {
      await this.#ifOwnerIsGone(owner, async () => {
        // Read again: another page may have adopted them meanwhile.
        const orphans = (await this.#readAll()).filter((entry) => entry.owner === owner && entry.place === this.#place);
        await this.save(orphans);
        adopted.push(...orphans);
      });
    }
    return adopted.sort((one, other) => one.madeAt - other.madeAt);
  }

  /** Releases the lock once nothing is stored: it would keep the page out of the back/forward cache. */
  release() {
    this.#resolveLock?.();
    this.#resolveLock = null;
  }

  #holdLock() {
    if (this.#resolveLock || !this.#locks) return;
    const released = new Promise((resolve) => (this.#resolveLock = () => resolve(undefined)));
    try {
      this.#locks.request(lockName(this.#owner), () => released).catch(() => {});
    } catch {
      // Denied to this page: the same as without locks.
    }
  }

  /**
   * Without locks, or if they are denied to this page, it cannot be known; two pages may then send the same event,
   * which the server drops by its id.
   *
   * @param {string} owner
   * @param {() => Promise<void>} act
   */
  async #ifOwnerIsGone(owner, act) {
    if (!this.#locks) return act();
    let answered = false;
    try {
      await this.#locks.request(lockName(owner), { ifAvailable: true }, (lock) => {
        answered = true;
        return lock ? act() : undefined;
      });
    } catch (error) {
      if (answered) throw error;
      await act();
    }
  }

  /** @returns {Promise<StoredEntry[]>} */
  async #readAll() {
    const [entries] = await this.#transact('readonly', (table) => [table.getAll()]);
    return entries;
  }

  /**
   * @template Result
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore) => IDBRequest<Result>[]} act
   * @returns {Promise<Result[]>}  the result of each request, once the transaction is complete
   */
  async #transact(mode, act) {
    this.#database ??= open(this.#storage);
    const transaction = (await this.#database).transaction(OBJECT_STORE, mode);
    const requests = act(transaction.objectStore(OBJECT_STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(requests.map(({ result }) => result));
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** @param {string} owner */
const lockName = (owner) => `pulse outbox ${owner}`;

/**
 * @param {IDBFactory | null} storage
 * @returns {Promise<IDBDatabase>}  rejects if the browser denies storage
 */
async function open(storage) {
  if (!storage) throw new Error('there is no IndexedDB');
  const request = storage.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(OBJECT_STORE, { keyPath: 'eventId' });
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // never blocks the upgrade of a newer page
      resolve(request.result);
    };
  });
}
