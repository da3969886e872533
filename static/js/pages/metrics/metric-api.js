// @ts-check
/** The API of a workspace's custom metrics: list them with what they come to, make, change and remove one. */

import { askJson, gone } from '../../ui/json-api.js';

/**
 * @typedef {{field: string, op: string, value: unknown}} Condition
 * @typedef {object} Definition
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {string} aggregate
 * @property {string | null} field
 * @property {string[]} types
 * @property {Condition[]} where
 * @property {string} window
 */

/** @typedef {Definition & {meaning: string, paused: boolean, pausedBecause: string | null, value?: number | null}} Metric */

/** @typedef {{custom?: Record<string, number | null>, stale?: Record<string, number | null>}} Figures */

export class MetricApi {
  #metrics;
  #figures;
  #environment;

  /**
   * @param {string} workspace  slug or id
   * @param {import('../../ui/json-api.js').Asker} environment
   */
  constructor(workspace, environment) {
    const analytics = `/api/workspaces/${encodeURIComponent(workspace)}/analytics`;
    this.#metrics = `${analytics}/custom-metrics`;
    this.#figures = `${analytics}/realtime?metrics=custom`;
    this.#environment = environment;
  }

  /** @returns {Promise<Metric[]>} by name */
  async list() {
    return (await askJson(this.#environment, this.#metrics)).data;
  }

  /** @returns {Promise<Figures>} */
  async figures() {
    return (await askJson(this.#environment, this.#figures)).data;
  }

  /**
   * @param {Definition} body
   * @returns {Promise<Metric>}
   */
  async make(body) {
    return (await askJson(this.#environment, this.#metrics, { method: 'POST', body })).data;
  }

  /**
   * @param {string} name
   * @param {Partial<Definition> & {paused?: boolean}} body
   * @returns {Promise<Metric>}
   */
  async change(name, body) {
    return (await askJson(this.#environment, this.#of(name), { method: 'PATCH', body })).data;
  }

  /** @param {string} name */
  remove(name) {
    return gone(askJson(this.#environment, this.#of(name), { method: 'DELETE' }));
  }

  /** @param {string} name */
  #of(name) {
    return `${this.#metrics}/${encodeURIComponent(name)}`;
  }
}
