// @ts-check
/** What the dashboard asks of figures: their history, why they are what they are, and which ones one has chosen. */

const MOST_METRICS = 20; // in one question
const PATIENCE = 20_000;

/**
 * @typedef {object} Series
 * @property {string} metric
 * @property {string} unit
 * @property {Array<number | null>} value
 * @property {Array<number | null>} min
 * @property {Array<number | null>} max
 * @property {Array<number | null>} last
 *
 * @typedef {{at: string[], series: Series[]}} History
 * @typedef {{since: number, until: number, step: string}} Stretch  in milliseconds since 1970
 */

export class FiguresApi {
  #root;

  /** @param {string} workspace  slug or id */
  constructor(workspace) {
    this.#root = `/api/workspaces/${encodeURIComponent(workspace)}`;
  }

  /**
   * @param {string[]} metrics  any number of them
   * @param {Stretch} stretch
   * @param {AbortSignal} [signal]
   * @returns {Promise<History>}
   */
  async history(metrics, stretch, signal) {
    const questions = [];
    for (let from = 0; from < metrics.length; from += MOST_METRICS)
      questions.push(this.#ask(this.#historyUrl(metrics.slice(from, from + MOST_METRICS), stretch), {}, signal));
    const answers = await Promise.all(questions);
    return { at: answers[0].data.at, series: answers.flatMap(({ data }) => data.series) };
  }

  /**
   * @param {string} metric
   * @param {Stretch} stretch
   * @param {string} zone
   */
  csvUrl(metric, stretch, zone) {
    return `${this.#historyUrl([metric], stretch)}&tz=${encodeURIComponent(zone)}&format=csv`;
  }

  /**
   * @param {string} metric
   * @param {AbortSignal} [signal]
   */
  explain(metric, signal) {
    return this.#ask(`${this.#root}/analytics/explain?metric=${encodeURIComponent(metric)}`, {}, signal);
  }

  /**
   * @param {string[] | null} cards  null: the usual ones
   * @returns {Promise<{data: {cards: string[], others: string[]}}>}
   */
  choose(cards) {
    const headers = { 'Content-Type': 'application/json' };
    return this.#ask(`${this.#root}/dashboard`, { method: 'PUT', headers, body: JSON.stringify({ cards }) });
  }

  /**
   * @param {string[]} metrics
   * @param {Stretch} stretch
   */
  #historyUrl(metrics, { since, until, step }) {
    const [from, to] = [since, until].map((moment) => new Date(moment).toISOString());
    return `${this.#root}/analytics/history?metric=${metrics.join(',')}&since=${from}&until=${to}&step=${step}`;
  }

  /**
   * @param {string} url
   * @param {RequestInit} request
   * @param {AbortSignal} [signal]
   */
  async #ask(url, request, signal) {
    const limit = AbortSignal.timeout(PATIENCE);
    const response = await fetch(url, { ...request, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (!response.ok) throw new Error(await wordsOf(response));
    return response.json();
  }
}

/** @param {Response} response */
async function wordsOf(response) {
  const problem = await response.json().catch(() => ({}));
  return problem.detail ?? 'The server could not answer.';
}
