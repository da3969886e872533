// @ts-check
/** The ways in which a stream ends, each with its name and, where a person should know, its error. */

import { PulseError } from './errors.js';

/**
 * @typedef {object} Ending
 * @property {string} reason  'lost', 'silent', 'refused', or the server's own word of goodbye: 'shutdown',
 *     'max-duration', 'slow', 'closed-by-admin', 'revoked', in place of a stream
 *     'limit', 'maintenance', 'unavailable', or 'dismissed' (204)
 * @property {PulseError | null} error  null for a routine goodbye
 */

/**
 * The line broke: no answer, a cut, or an end without goodbye.
 * @param {unknown} [cause]
 * @returns {Ending}
 */
export const lost = (cause) => ({
  reason: 'lost',
  error:
    cause instanceof PulseError
      ? cause
      : new PulseError('The server cannot be reached.', { code: 'LOST', cause }),
});

/**
 * Nothing arrived for so long that the line must be dead, though nobody closed it.
 * @param {number} milliseconds
 * @returns {Ending}
 */
export const silent = (milliseconds) => ({
  reason: 'silent',
  error: new PulseError(`Nothing came from the server for ${Math.round(milliseconds / 1000)} s.`, {
    code: 'SILENT',
  }),
});

/**
 * The server answered, and the answer was no.
 * @param {PulseError} error
 * @returns {Ending}
 */
export const refused = (error) => ({ reason: 'refused', error });

/**
 * 204 No Content in place of a stream, which tells an EventSource not to come back either.
 * @type {Ending}
 */
export const dismissed = Object.freeze({ reason: 'dismissed', error: null });

/** @type {Record<string, {code: string, words: string} | null>} */
const GOODBYES = {
  shutdown: null,
  'max-duration': null,
  slow: { code: 'SLOW', words: 'This page could not keep up, so the server closed its stream.' },
  'closed-by-admin': { code: 'CLOSED_BY_ADMIN', words: 'An administrator closed the live connection.' },
  revoked: { code: 'REVOKED', words: 'Your access has changed.' },
  limit: { code: 'TOO_MANY_STREAMS', words: 'Too many live connections are open already.' },
  maintenance: { code: 'MAINTENANCE', words: 'The server is being maintained.' },
  unavailable: { code: 'UNAVAILABLE', words: 'The server cannot send live data right now.' },
};

const UNKNOWN = new PulseError('The server ended the live connection.', { code: 'LOST' });

/**
 * The server said why it ends the stream. A reason that this client does not know, a later version's, is handled as a
 * lost line is.
 * @param {unknown} reason
 * @returns {Ending}
 */
export function bye(reason) {
  if (typeof reason !== 'string' || !Object.hasOwn(GOODBYES, reason)) return lost(UNKNOWN);
  const goodbye = GOODBYES[reason];
  return { reason, error: goodbye && new PulseError(goodbye.words, { code: goodbye.code }) };
}
