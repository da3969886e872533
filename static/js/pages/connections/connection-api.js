// @ts-check
/** The API of a workspace's open streams: list them, close one, close all. */

import { askJson } from '../../ui/json-api.js';

/**
 * @typedef {object} Connection
 * @property {string} connectionId
 * @property {string} userId
 * @property {string | null} name
 * @property {string | null} role
 * @property {'session' | 'token'} via
 * @property {string} client  the browser, or the token's name
 * @property {string} address
 * @property {string} since
 * @property {string} worker
 * @property {string} transport
 * @property {number} lagEvents
 * @property {number} lagSeconds
 *
 * @typedef {{data: Connection[], meta: {count: number, timestamp: string}}} Listed
 */

export class ConnectionApi {
  #root;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    this.#root = `/api/workspaces/${encodeURIComponent(workspace)}/analytics`;
    this.#environment = environment;
  }

  /** @returns {Promise<Listed>} the oldest first */
  list() {
    return askJson(this.#environment, `${this.#root}/connections`);
  }

  /**
   * @param {string} id
   * @returns {Promise<number>} how many were closed: none, if it is gone already
   */
  close(id) {
    return this.#close(`${this.#root}/connections/${encodeURIComponent(id)}`);
  }

  /** @returns {Promise<number>} how many were closed */
  closeAll() {
    return this.#close(`${this.#root}/realtime`);
  }

  /** @param {string} url */
  async #close(url) {
    return (await askJson(this.#environment, url, { method: 'DELETE' })).closedCount;
  }
}
