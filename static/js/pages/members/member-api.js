// @ts-check
/** The API of a workspace's members: list them, change a role, remove one, make a link for a new password. */

import { askJson, gone } from '../../ui/json-api.js';

/**
 * @typedef {object} Member
 * @property {string} userId
 * @property {string} name
 * @property {string} email
 * @property {string} role
 * @property {string} since
 * @property {string | null} lastSeen  when their latest event was
 * @property {boolean} active  whether they may sign in
 */

export class MemberApi {
  #url;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/members`;
    this.#environment = environment;
  }

  /** @returns {Promise<Member[]>} in order of e-mail address */
  async list() {
    return (await askJson(this.#environment, this.#url)).data;
  }

  /**
   * @param {string} id
   * @param {string} role
   * @returns {Promise<Member>}
   */
  changeRole(id, role) {
    return askJson(this.#environment, this.#of(id), { method: 'PATCH', body: { role } });
  }

  /** @param {string} id */
  remove(id) {
    return gone(askJson(this.#environment, this.#of(id), { method: 'DELETE' }));
  }

  /**
   * @param {string} id
   * @returns {Promise<string>} a one-time link by which they set a new password
   */
  async makeResetLink(id) {
    return (await askJson(this.#environment, `${this.#of(id)}/reset-link`, { method: 'POST' })).data.url;
  }

  /** @param {string} id */
  #of(id) {
    return `${this.#url}/${encodeURIComponent(id)}`;
  }
}
