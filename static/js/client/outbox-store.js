// @ts-check
/**
 * Keeps unsent events over a reload, in IndexedDB. Entries have an owner, a page that lives: it holds a lock by
 * its name. What a dead owner left is adopted, by one page, if the same person is there.
 */

/**
 * @import {Environment} from './environment.js'
 * @import {Entry} from './outbox-queue.js'
 */

const DATABASE = 'pulse-outbox';
const TABLE = 'events';

/**
 * @typedef {Entry & {owner: string, place: string}} KeptEntry
 */

export class OutboxStore {
  #place;
  #owner;
  #storage;
  #locks;
  /** @type {Promise<IDBDatabase> | null} */
  #database = null;
  /** @type {(() => void) | null} */
  #release = null;

  /**
   * @param {string} place  whose events these are, and of which workspace
   * @param {Environment} environment
   */
  constructor(place, { storage, locks, uuid }) {
    this.#place = place;
    this.#owner = uuid();
    this.#storage = storage;
    this.#locks = locks;
  }

  /** @param {Entry[]} entries */
  async keep(entries) {
    this.#hold();
    const kept = entries.map((entry) => ({ ...entry, owner: this.#owner, place: this.#place }));
    await this.#change((table) => kept.forEach((entry) => table.put(entry)));
  }

  /** @param {Entry[]} entries */
  async forget(entries) {
    await this.#change((table) => entries.forEach(({ eventId }) => table.delete(eventId)));
  }

  /**
   * Takes over what pages that are gone have left.
   * @returns {Promise<Entry[]>}  oldest first
   */
  async adopt() {
    const others = (await this.#kept()).filter(({ owner, place }) => place === this.#place && owner !== this.#owner);
    /** @type {Entry[]} */
    const adopted = [];
    for (const owner of new Set(others.map((entry) => entry.owner))) {
      await this.#ifDead(owner, async () => {
        // Read again: another page may have been faster.
        const orphans = (await this.#kept()).filter((entry) => entry.owner === owner && entry.place === this.#place);
        await this.keep(orphans);
        adopted.push(...orphans);
      });
    }
    return adopted.sort((one, other) => one.madeAt - other.madeAt);
  }

  /** The page has nothing to keep for now: a held lock would keep it out of the back/forward cache. */
  release() {
    this.#release?.();
    this.#release = null;
  }

  #hold() {
    if (this.#release || !this.#locks) return;
    const held = new Promise((resolve) => (this.#release = () => resolve(undefined)));
    try {
      this.#locks.request(lockOf(this.#owner), () => held).catch(() => {});
    } catch {
      // Refused to this page: as without locks.
    }
  }

  /**
   * Where there are no locks, or none for this page, nobody knows; then two pages may send the same, which the server
   * sees by the ids.
   *
   * @param {string} owner
   * @param {() => Promise<void>} act
   */
  async #ifDead(owner, act) {
    if (!this.#locks) return act();
    let answered = false;
    try {
      await this.#locks.request(lockOf(owner), { ifAvailable: true }, (lock) => {
        answered = true;
        return lock ? act() : undefined;
      });
    } catch (error) {
      if (answered) throw error;
      await act();
    }
  }

  /** @returns {Promise<KeptEntry[]>} */
  #kept() {
    return this.#transact('readonly', (table) => table.getAll());
  }

  /** @param {(table: IDBObjectStore) => void} act */
  async #change(act) {
    await this.#transact('readwrite', (table) => void act(table));
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(table: IDBObjectStore) => IDBRequest | void} act
   * @returns {Promise<any>}
   */
  async #transact(mode, act) {
    this.#database ??= open(this.#storage);
    const transaction = (await this.#database).transaction(TABLE, mode);
    const request = act(transaction.objectStore(TABLE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

/** @param {string} owner */
const lockOf = (owner) => `pulse outbox ${owner}`;

/**
 * @param {IDBFactory | null} storage
 * @returns {Promise<IDBDatabase>}  rejects where the browser keeps nothing
 */
async function open(storage) {
  if (!storage) throw new Error('there is no IndexedDB');
  const request = storage.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: 'eventId' });
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // never in a newer page's way
      resolve(request.result);
    };
  });
}
