// @ts-check
/** The API of a workspace's tokens: list them, make one, revoke one. */

import { askJson, gone } from '../../ui/json-api.js';

/**
 * @typedef {object} Token
 * @property {string} id
 * @property {string} name
 * @property {string} prefix  as much of it as lists may show
 * @property {string[]} scopes
 * @property {string} createdAt
 * @property {string | null} lastUsedAt
 * @property {string | null} expiresAt
 * @property {{id: string, email: string, name: string}} user  whose it is
 */

/** @typedef {Token & {token: string}} MadeToken  the one answer that holds the token itself */

export class TokenApi {
  #url;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/tokens`;
    this.#environment = environment;
  }

  /** @returns {Promise<Token[]>} the newest first */
  async list() {
    return (await askJson(this.#environment, this.#url)).data;
  }

  /**
   * @param {import('./token-form.js').WantedToken} body
   * @returns {Promise<MadeToken>}
   */
  make(body) {
    return askJson(this.#environment, this.#url, { method: 'POST', body });
  }

  /** @param {string} id */
  revoke(id) {
    return gone(askJson(this.#environment, `${this.#url}/${encodeURIComponent(id)}`, { method: 'DELETE' }));
  }
}
