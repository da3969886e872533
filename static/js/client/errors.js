// @ts-check
/** What went wrong, in words for a person, with the server's status, code and fields for a program. */

import { retryAfterOf } from './retry-after.js';

/** @typedef {Record<string, string[]>} FieldErrors  messages by dotted field name */

export class PulseError extends Error {
  /** @override */
  name = 'PulseError';

  /**
   * @param {string} message
   * @param {object} facts
   * @param {string} facts.code  stable: the server's, or one of this client's (LOST, SILENT, OFFLINE, …)
   * @param {number | null} [facts.status] the HTTP status; null where no answer came
   * @param {FieldErrors | null} [facts.errors]
   * @param {number | null} [facts.retryAfter]  milliseconds the server asks to wait
   * @param {unknown} [facts.cause]
   */
  constructor(message, { code, status = null, errors = null, retryAfter = null, cause }) {
    super(message, { cause });
    this.code = code;
    this.status = status;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  /**
   * What React draws for `{error}`: an iterable's parts. Without it, `<div>Error: {error}</div>` is "Objects are not valid
   * as a React child", which takes the whole page down at the first cut line.
   */
  *[Symbol.iterator]() {
    yield this.message;
  }
}

// For answers without a problem document: a proxy's, mostly.
/** @type {Record<number, {code: string, words: string}>} */
const BY_STATUS = {
  401: { code: 'AUTH_REQUIRED', words: 'You are signed out. Sign in to go on.' },
  403: { code: 'FORBIDDEN', words: 'Your role in this workspace does not allow this.' },
  404: { code: 'NOT_FOUND', words: 'There is no such workspace, or you are not a member of it.' },
  413: { code: 'PAYLOAD_TOO_LARGE', words: 'That is too much at once for the server.' },
  429: { code: 'TOO_MANY_REQUESTS', words: 'That was too often; wait a little.' },
  503: { code: 'UNAVAILABLE', words: 'The server is busy or being looked after.' },
};

// Here we know better than the server's general words: what to do, and what it is that is missing.
const OUR_WORDS = new Set([401, 404]);

/**
 * The error that a refusing answer stands for: its problem document (RFC 9457) where it brings one.
 *
 * @param {Response} response
 * @param {number} now
 * @returns {Promise<PulseError>}
 */
export async function errorFromAnswer(response, now) {
  const { status } = response;
  const problem = await problemDocument(response);
  return new PulseError(wordsFor(status, problem), {
    code: problem.code ?? BY_STATUS[status]?.code ?? `HTTP_${status}`,
    status,
    errors: problem.errors ?? null,
    retryAfter: retryAfterOf(response.headers, now),
  });
}

/**
 * @param {Response} response
 * @returns {Promise<{code?: string, title?: string, detail?: string, errors?: FieldErrors}>}
 */
async function problemDocument(response) {
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json\s*(;|$)/i.test(type)) return {}; // a proxy's HTML page
  const body = await response.json().catch(() => null);
  return body !== null && typeof body === 'object' ? body : {};
}

/**
 * @param {number} status
 * @param {{title?: string, detail?: string, errors?: FieldErrors}} problem
 */
function wordsFor(status, { title, detail, errors }) {
  const general = `The server ${status >= 500 ? 'had a problem' : 'did not accept this'} (${status}).`;
  const ours = BY_STATUS[status]?.words ?? general;
  if (OUR_WORDS.has(status)) return ours;
  const fields = Object.entries(errors ?? {}).map(
    ([name, messages]) => `${name}: ${[messages].flat().join(' ')}`,
  );
  return [sentence(detail ?? title ?? ours), ...fields.map(sentence)].join(' ');
}

/** @param {string} words */
const sentence = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);
