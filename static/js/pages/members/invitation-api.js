// @ts-check
/** The API of a workspace's invitations: list them, make one, revoke one. */

import { askJson, gone } from '../../ui/json-api.js';

/**
 * @typedef {object} Invitation
 * @property {string} id
 * @property {string} email
 * @property {string} role
 * @property {string} expiresAt
 *
 * @typedef {Invitation & {url: string}} MadeInvitation
 */

export class InvitationApi {
  #url;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/invitations`;
    this.#environment = environment;
  }

  /** @returns {Promise<Invitation[]>} in order of e-mail address */
  async list() {
    return (await askJson(this.#environment, this.#url)).data;
  }

  /**
   * @param {{email: string, role: string}} body
   * @returns {Promise<MadeInvitation>} with its link, which is told this once
   */
  async invite(body) {
    return (await askJson(this.#environment, this.#url, { method: 'POST', body })).data;
  }

  /** @param {string} id */
  revoke(id) {
    return gone(askJson(this.#environment, `${this.#url}/${encodeURIComponent(id)}`, { method: 'DELETE' }));
  }
}
