// @ts-check
/** The API of a workspace's settings, and of the types of events it has seen. */

import { askJson } from '../../ui/json-api.js';

/**
 * @typedef {{slug: string, name: string, timezone: string, strict: boolean, addresses: string}} Settings
 *
 * @typedef {object} SeenType
 * @property {string} eventType
 * @property {number} count  in the last seven days
 * @property {string | null} lastSeen
 * @property {string} [meaning]  of a type that Pulse knows
 *
 * @typedef {{known: SeenType[], custom: SeenType[]}} Types
 */

export class SettingsApi {
  #root;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    this.#root = `/api/workspaces/${encodeURIComponent(workspace)}`;
    this.#environment = environment;
  }

  /**
   * @param {Partial<Settings>} body
   * @returns {Promise<Settings>}
   */
  change(body) {
    return askJson(this.#environment, `${this.#root}/settings`, { method: 'PATCH', body });
  }

  /** @returns {Promise<Types>} */
  async types() {
    return (await askJson(this.#environment, `${this.#root}/analytics/event-types`)).data;
  }
}
