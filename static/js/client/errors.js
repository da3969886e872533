// @ts-check
/** The client's one error class, and how a refusing response becomes one: problem document, status, `Retry-After`. */

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
   * Makes `<div>Error: {error}</div>` work in React, which draws the parts of an iterable. Without it React throws
   * "Objects are not valid as a React child" and unmounts the page at the first lost connection.
   */
  *[Symbol.iterator]() {
    yield this.message;
  }
}

// For responses without a problem document: a proxy's, mostly.
/** @type {Record<number, {code: string, message: string}>} */
const BY_STATUS = {
  401: { code: 'AUTH_REQUIRED', message: 'You are signed out. Sign in to go on.' },
  403: { code: 'FORBIDDEN', message: 'Your role in this workspace does not allow this.' },
  404: { code: 'NOT_FOUND', message: 'There is no such workspace, or you are not a member of it.' },
  413: { code: 'PAYLOAD_TOO_LARGE', message: 'That is too much at once for the server.' },
  429: { code: 'TOO_MANY_REQUESTS', message: 'That was too often; wait a little.' },
  503: { code: 'UNAVAILABLE', message: 'The server is busy or being looked after.' },
};

// Of these the client's text is used even if the server sends one: it says what to do, and what is missing.
const OWN_TEXT = new Set([401, 404]);

/**
 * The error for a refusing response, from its problem document (RFC 9457) if it has one.
 *
 * @param {Response} response
 * @param {number} now  milliseconds since 1970
 * @returns {Promise<PulseError>}
 */
export async function errorFromResponse(response, now) {
  const { status } = response;
  const problem = await problemDocument(response);
  return new PulseError(messageFor(status, problem), {
    code: problem.code ?? BY_STATUS[status]?.code ?? `HTTP_${status}`,
    status,
    errors: problem.errors ?? null,
    retryAfter: parseRetryAfter(response.headers, now),
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
function messageFor(status, { title, detail, errors }) {
  const general = `The server ${status >= 500 ? 'had a problem' : 'did not accept this'} (${status}).`;
  const ours = BY_STATUS[status]?.message ?? general;
  if (OWN_TEXT.has(status)) return ours;
  return [sentence(detail ?? title ?? ours), ...fieldMessages(errors ?? {}).map(sentence)].join(' ');
}

/**
 * "name: message" for each field.
 * @param {FieldErrors} errors
 */
export const fieldMessages = (errors) =>
  Object.entries(errors).map(([name, messages]) => `${name}: ${[messages].flat().join(' ')}`);

/** @param {string} message */
const sentence = (message) => (/[.!?]$/.test(message) ? message : `${message}.`);

const SECONDS = /^[0-9]+$/;
const STARTS_WITH_A_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * The `Retry-After` header, in seconds or as an HTTP date.
 *
 * @param {Headers} headers
 * @param {number} now  milliseconds since 1970; used only if the response has no `Date` header
 * @returns {number | null}  milliseconds from now; null if the header is absent or invalid
 */
export function parseRetryAfter(headers, now) {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (SECONDS.test(value)) return Number(value) * 1000;
  const then = httpDate(value);
  if (then === null) return null;
  // Both dates are the server's: the browser's own clock may be hours off.
  return Math.max(0, then - (httpDate(headers.get('date') ?? '') ?? now));
}

/**
 * @param {string} text
 * @returns {number | null}
 */
function httpDate(text) {
  if (!STARTS_WITH_A_DAY.test(text)) return null;
  // The oldest of the three formats names no zone; all of them mean UTC.
  const milliseconds = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
