// @ts-check
/** The API of a workspace's tokens: list them, make one, revoke one. */

import { ANSWER_LIMIT } from '../api.js';
import { PulseError, errorFromAnswer } from '../errors.js';

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
   * @param {Pick<import('../environment.js').Environment, 'fetch' | 'now'>} environment
   */
  constructor(workspace, environment) {
    this.#url = `/api/workspaces/${encodeURIComponent(workspace)}/tokens`;
    this.#environment = environment;
  }

  /** @returns {Promise<Token[]>} the newest first */
  async list() {
    const response = await this.#ask(this.#url, { cache: 'no-store' });
    return (await bodyOf(response)).data;
  }

  /**
   * @param {import('./token-form.js').WantedToken} wanted
   * @returns {Promise<MadeToken>}
   */
  async make(wanted) {
    const headers = { 'Content-Type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify(wanted) };
    return bodyOf(await this.#ask(this.#url, request));
  }

  /**
   * One that is gone already is what was wanted.
   * @param {string} id
   */
  async revoke(id) {
    try {
      await this.#ask(`${this.#url}/${encodeURIComponent(id)}`, { method: 'DELETE' });
    } catch (error) {
      if (/** @type {PulseError} */ (error).status !== 404) throw error;
    }
  }

  /**
   * @param {string} url
   * @param {RequestInit} request
   * @returns {Promise<Response>} one that says yes; all else throws a PulseError
   */
  async #ask(url, { headers, ...request }) {
    const { fetch, now } = this.#environment;
    const options = {
      ...request,
      headers: { Accept: 'application/json', ...headers },
      credentials: /** @type {const} */ ('same-origin'),
      signal: AbortSignal.timeout(ANSWER_LIMIT),
    };
    const response = await fetch(url, options).catch((cause) => Promise.reject(lost(cause)));
    if (!response.ok) throw await errorFromAnswer(response, now());
    return response;
  }
}

/** @param {Response} response */
const bodyOf = (response) => response.json().catch((cause) => Promise.reject(lost(cause)));

/** @param {any} cause */
function lost(cause) {
  if (cause?.name === 'TimeoutError') {
    return new PulseError('The server did not answer in time.', { code: 'TIMEOUT', cause });
  }
  return new PulseError('The server cannot be reached.', { code: 'LOST', cause });
}
